"""The server as the agent sees it: one kept-alive connection pool, every failure as one of four facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from agent import __version__
from agent.http_client import Answer, HttpClient, HttpFailure
from agent.protocol import DeploymentWish, DeploymentWishes, HeartbeatReply, Job, UnsettledJobs

M = TypeVar("M", bound=BaseModel)

_OK = 200
_NO_CONTENT = 204
_REDIRECT = 300
_UNAUTHORISED = frozenset({401, 403})
_NOT_FOUND = 404
_CONFLICT = 409
_TOO_MANY = 429
_SERVER_FAULT = 500
_TIMEOUT_S = 15.0
_FILE_TIMEOUT_S = 120.0


class ServerAway(Exception):
    """No usable answer (connection, time-out, 5xx, 429, garbage); try again later."""


class KeyRefused(Exception):
    """The server does not know this key for this agent; pair again or put the new key into the key file."""


class LeaseLost(Exception):
    """The job is no longer held under this lease, or is not this agent's; drop it."""


class Rejected(Exception):
    """The server understood and refuses; the same request will be refused again."""


class Missing(Exception):
    """The server has no such file; sending it again, or asking later, may help."""


class ServerClient:
    """Calls of `/api/agents/{id}/…`. `read_key` is asked again after a refusal, so that a rotated key takes effect.

    `instance` tells this installation from another one with the same key: the server lets one at a time work.
    """

    def __init__(
        self, server: str, agent_id: UUID, read_key: Callable[[], str], *, instance: UUID | None = None
    ) -> None:
        self._read_key = read_key
        headers = {"X-Agent-Key": read_key(), "User-Agent": f"forex-elite-agent/{__version__}"}
        if instance is not None:
            headers["X-Agent-Instance"] = str(instance)
        self._http = HttpClient(f"{server.rstrip('/')}/api/agents/{agent_id}", headers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    def reload_key(self) -> None:
        """Read the key anew."""
        self._http.headers["X-Agent-Key"] = self._read_key()

    async def heartbeat(self, body: bytes) -> HeartbeatReply:
        """Sign of life; the answer carries the server's clock and wishes."""
        return _read(HeartbeatReply, await self._call("POST", "/heartbeat", body))

    async def next_job(self, wait_s: int) -> Job | None:
        """The next job, waiting up to `wait_s` seconds for one."""
        answer = await self._call("GET", f"/jobs/next?wait={wait_s}", timeout_s=wait_s + _TIMEOUT_S)
        return None if answer.status == _NO_CONTENT else _read(Job, answer)

    async def unsettled(self, *, include_running: bool) -> list[Job]:
        """Jobs the server gave and never heard of again, each under a fresh lease.

        `include_running` also takes those still leased, of which one may have been lost on its way to us: right after
        the start, or when a claim was not answered, and never while one is under way.
        """
        path = "/jobs/unsettled?running=true" if include_running else "/jobs/unsettled"
        return _read(UnsettledJobs, await self._call("GET", path)).items

    async def extend(self, job_id: str, lease_token: UUID) -> None:
        """Prolong a lease by its length, from now."""
        _object(await self._call("POST", f"/jobs/{job_id}/extend", _dump({"lease_token": str(lease_token)})))

    async def result(self, job_id: str, body: dict[str, Any]) -> None:
        """Report the end of a job; returns once the server has it."""
        answer = _object(await self._call("POST", f"/jobs/{job_id}/result", _dump(body)))
        if "status" not in answer:
            raise ServerAway("the answer to a result does not acknowledge it")

    async def deployments(self) -> list[DeploymentWish]:
        """What the server wants of every deployment on this agent's accounts."""
        return _read(DeploymentWishes, await self._call("GET", "/deployments")).items

    async def download(self, sha256: str) -> bytes:
        """A file by its content; raises Missing. The caller compares the hash."""
        return (await self._call("GET", f"/artifacts/{sha256}", timeout_s=_FILE_TIMEOUT_S)).content

    async def upload(self, sha256: str, content: bytes, *, kind: str) -> None:
        """Store a file under its content; storing it again changes nothing."""
        path = f"/artifacts/{sha256}?kind={kind}"
        _object(await self._call("PUT", path, content, timeout_s=_FILE_TIMEOUT_S, kind="application/octet-stream"))

    async def send(self, path: str, body: dict[str, Any]) -> None:
        """Upload a report (`/prices`, `/accounts`, `/trades`, `/logs`)."""
        answer = await self._call("POST", path, _dump(body))
        if answer.status != _NO_CONTENT:
            _object(answer)

    async def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        timeout_s: float = _TIMEOUT_S,
        kind: str = "application/json",
    ) -> Answer:
        try:
            answer = await self._http.request(method, path, body, timeout_s=timeout_s, kind=kind)
        except HttpFailure as error:
            raise ServerAway(str(error)) from error
        status = answer.status
        if _OK <= status < _REDIRECT:
            return answer
        text = f"{method} {path}: {status} {answer.text[:300]}"
        if status == _NOT_FOUND and path.startswith("/artifacts/"):
            raise Missing(text)
        if status in _UNAUTHORISED or (status == _NOT_FOUND and not path.startswith("/jobs/")):
            raise KeyRefused(text)
        if path.startswith("/jobs/") and status in {_NOT_FOUND, _CONFLICT}:
            raise LeaseLost(text)
        if status >= _SERVER_FAULT or status == _TOO_MANY:
            raise ServerAway(text)
        raise Rejected(text)


def _dump(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value)


def _object(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; a proxy's friendly page with status 200 is no acknowledgement."""
    try:
        value = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise ServerAway(f"unreadable answer: {answer.text[:200]!r}") from error
    if not isinstance(value, dict):
        raise ServerAway(f"unexpected answer: {answer.text[:200]!r}")
    return value


def _read(model: type[M], answer: Answer) -> M:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise ServerAway(f"unreadable answer: {error.error_count()} faults, {answer.text[:200]!r}") from error
