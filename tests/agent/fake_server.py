"""A server for the agent's tests: real HTTP on a real socket, the queue's rules in memory, failures on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

KEY = "fe_agent_key_of_the_tests"


@dataclass
class ServerJob:
    """A job as the server's queue keeps it."""

    id: str
    type: str
    payload: dict[str, Any]
    account: dict[str, Any] | None
    expires_at: datetime | None
    status: str = "pending"
    lease_token: str = ""
    attempts: int = 0
    leased_until: datetime | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    history: list[str] = field(default_factory=list)


@dataclass
class Failure:
    """One answer to spoil: `reset` drops the connection, `garbage` answers nonsense, a number is a status.

    `lost_reply` does the work and drops the connection before answering.
    """

    path: str
    kind: str | int
    code: str = "on-demand"
    """What a problem document says, where `kind` is a status."""


class FakeServer:
    """`async with FakeServer() as server:` then `server.url`."""

    def __init__(self) -> None:
        self.agent_id: UUID = uuid4()
        self.key = KEY
        self.jobs: dict[str, ServerJob] = {}
        self.lease_s = 30.0
        self.heartbeats: list[dict[str, Any]] = []
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[str] = []
        self.failures: list[Failure] = []
        self.is_away = False
        self.intervals: dict[str, float] = {"heartbeat_s": 0.2}
        self.symbols: list[str] = ["EURUSD"]
        self.shift = timedelta(0)
        self.port = 0
        self.artifacts: dict[str, bytes] = {}
        self.wishes: list[dict[str, Any]] = []
        self.accounts: list[dict[str, Any]] | None = None
        """What the heartbeat's answer says of the agent's accounts."""
        self.password = "s3cret word"
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._connections):
            writer.close()
        await asyncio.sleep(0)

    # --- what tests do --------------------------------------------------------------------------------------------

    async def offer(
        self,
        payload: dict[str, Any],
        *,
        login: int = 5001,
        broker: str = "Fake-Demo",
        kind: str = "trade",
        expires_s: float | None = 60.0,
    ) -> ServerJob:
        """Put a job into the queue."""
        expires = None if expires_s is None else self.now() + timedelta(seconds=expires_s)
        account = {"id": str(uuid4()), "login": login, "server": broker}
        job = ServerJob(str(uuid7()), kind, payload, account, expires)
        self.jobs[job.id] = job
        await self.tell()
        return job

    async def tell(self) -> None:
        """Wake up everybody who waits for a change."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
        """Wait until a request made something true."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(condition)

    async def ended(self, job: ServerJob, *statuses: str, timeout_s: float = 20.0) -> ServerJob:
        """Wait until a job has one of the statuses (default: any final one)."""
        wanted = statuses or ("completed", "failed", "expired")
        await self.until(lambda: job.status in wanted, timeout_s)
        return job

    async def leave(self) -> None:
        """Be away: drop all connections, answer nobody."""
        self.is_away = True
        for writer in list(self._connections):
            writer.transport.abort()

    def lose_lease(self, job: ServerJob) -> None:
        """What the reaper does to an order whose lease ran out."""
        job.lease_token = str(uuid4())
        job.status = "unknown"

    async def reap(self) -> None:
        """Act on leases that ran out and jobs nobody took in time, as the real server does every second."""
        now = self.now()
        for job in self.jobs.values():
            if job.status == "running" and job.leased_until is not None and job.leased_until <= now:
                job.status = "unknown"
            if job.status == "pending" and job.expires_at is not None and job.expires_at <= now:
                job.status = "expired"
        await self.tell()

    def latest(self, path: str) -> dict[str, Any]:
        """The newest report to a path."""
        return next(body for at, body in reversed(self.reports) if at == path)

    # --- HTTP -----------------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path, _, query = target.partition("?")
        path = path.removeprefix(f"/api/agents/{self.agent_id}")
        if self.is_away:
            return False
        self.requests.append(f"{method} {path}")
        failure = next((failure for failure in self.failures if failure.path in path), None)
        if failure is not None:
            self.failures.remove(failure)
            if failure.kind == "reset":
                await self.tell()
                writer.transport.abort()
                return False
            if failure.kind == "garbage":
                return await self._answer(writer, 200, b"<html>not what you expect")
            if isinstance(failure.kind, int):
                return await self._answer(writer, failure.kind, json.dumps({"code": failure.code}).encode())
        if headers.get("x-agent-key") != self.key:
            return await self._answer(writer, 401, b'{"code":"not-signed-in"}')
        if path.startswith("/artifacts/"):
            return await self._file(writer, method, path.rpartition("/")[2], body)
        status, answer = await self._route(path, query, json.loads(body) if body else {}, writer)
        if failure is not None and failure.kind == "lost_reply":
            await self.tell()
            writer.transport.abort()
            return False
        return await self._answer(writer, status, json.dumps(answer).encode() if answer is not None else b"")

    async def _file(self, writer: asyncio.StreamWriter, method: str, name: str, body: bytes) -> bool:
        if method == "PUT":
            self.artifacts[name] = body
            return await self._answer(writer, 200, json.dumps({"sha256": name, "size": len(body)}).encode())
        if name not in self.artifacts:
            return await self._answer(writer, 404, b'{"code":"not-found"}')
        return await self._answer(writer, 200, self.artifacts[name])

    async def _answer(self, writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        await self.tell()
        return True

    async def _route(
        self, path: str, query: str, body: dict[str, Any], writer: asyncio.StreamWriter
    ) -> tuple[int, dict[str, Any] | None]:
        if path == "/heartbeat":
            self.heartbeats.append(body)
            config = {"intervals": self.intervals, "symbols": self.symbols, "accounts": self.accounts}
            return 200, {"server_time": self.now().isoformat(), "config": config}
        if path == "/jobs/next":
            job = await self._next(float(query.removeprefix("wait=") or 0), writer)
            return (204, None) if job is None else (200, self._lease(job))
        if path == "/deployments":
            return 200, {"items": self.wishes}
        if path.endswith("/credentials"):
            account = next(each for each in self.accounts or [] if each["id"] in path)
            log_in = {name: account[name] for name in ("login", "server")}
            return 200, {**log_in, "password": self.password, "version": account["password_version"]}
        if path == "/jobs/unsettled":
            wanted = {"running", "unknown"} if query == "running=true" else {"unknown"}
            taken = [job for job in self.jobs.values() if job.status in wanted]
            return 200, {"items": [self._lease(job) for job in taken]}
        if path.startswith("/jobs/"):
            _, _, job_id, action = path.split("/")
            return self._act(self.jobs[job_id], action, body)
        self.reports.append((path, body))
        if path == "/logs":
            return 204, None
        return 200, {"stored": 1, "refused": []}

    async def _next(self, wait_s: float, writer: asyncio.StreamWriter) -> ServerJob | None:
        def pending() -> ServerJob | None:
            now = self.now()
            for job in self.jobs.values():
                if job.status == "pending" and job.expires_at is not None and job.expires_at <= now:
                    job.status = "expired"
                if job.status == "pending":
                    return job
            return None

        try:
            async with asyncio.timeout(wait_s), self._changed:
                await self._changed.wait_for(lambda: pending() is not None or writer.is_closing())
        except TimeoutError:
            return None
        return None if writer.is_closing() else pending()

    def _lease(self, job: ServerJob) -> dict[str, Any]:
        if job.status == "pending":
            job.attempts += 1
        job.status, job.lease_token = "running", str(uuid4())
        now = self.now()
        job.leased_until = now + timedelta(seconds=self.lease_s)
        return {
            "id": job.id,
            "type": job.type,
            "payload": job.payload,
            "lease_token": job.lease_token,
            "lease_expires_at": job.leased_until.isoformat(),
            "expires_at": None if job.expires_at is None else job.expires_at.isoformat(),
            "server_time": now.isoformat(),
            "account": job.account,
            "attempts": job.attempts,
        }

    def _act(self, job: ServerJob, action: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body["lease_token"] != job.lease_token:
            return 409, {"code": "lease-lost"}
        if action == "extend":
            if job.status != "running":
                return 409, {"code": "lease-lost"}
            job.leased_until = self.now() + timedelta(seconds=self.lease_s)
            return 200, {"lease_expires_at": job.leased_until.isoformat()}
        if job.status in {"running", "unknown"}:
            job.history.append(body["status"])
            job.result, job.error = body["result"], body["error"]
            late = job.expires_at is not None and job.expires_at <= self.now()
            given_back = "expired" if late else "failed" if job.attempts >= 3 else "pending"
            job.status = given_back if body["status"] == "not_sent" else body["status"]
        return 200, {"status": job.status}
