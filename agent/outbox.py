"""Results on their way to the server: tried until it has them, newest word about a job wins."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from agent.backoff import Backoff
from agent.client import KeyRefused, LeaseLost, Rejected, ServerAway, ServerClient
from agent.protocol import ResultStatus

log = logging.getLogger(__name__)


class Delivered(Protocol):
    """Told when a result needs no more tries."""

    def __call__(self, job_id: str, account: tuple[int, str] | None, *, is_lease_lost: bool) -> None:
        """`is_lease_lost`: the server did not take it under this lease."""


class RefuseKey(Protocol):
    """Told when the server refuses the key."""

    def __call__(self, error: KeyRefused) -> None:
        """`error` says what the server answered."""


@dataclass(slots=True)
class _Letter:
    lease_token: UUID
    body: dict[str, Any]
    account: tuple[int, str] | None


class Outbox:
    """One sending task per job with something to report. What it holds in memory, the journals hold on disk."""

    def __init__(
        self, client: ServerClient, key_good: asyncio.Event, *, delivered: Delivered, refuse_key: RefuseKey
    ) -> None:
        self._client = client
        self._key_good = key_good
        self._delivered = delivered
        self._refuse_key = refuse_key
        self._letters: dict[str, _Letter] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()

    def put(
        self,
        job_id: str,
        lease_token: UUID,
        body: dict[str, Any],
        *,
        account: tuple[int, str] | None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Report the end of a job as soon as `after` is done; replaces an older word about the same job."""
        self._letters[job_id] = _Letter(lease_token, body, account)
        if job_id not in self._tasks:
            self._tasks[job_id] = asyncio.create_task(self._deliver(job_id, after))

    def hurry(self) -> None:
        """The server answers again: cut the pauses short."""
        self._hurry.set()
        self._hurry.clear()

    async def empty(self) -> None:
        """Wait until everything is delivered."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def close(self) -> None:
        """Stop trying; the journals report the rest after the next start."""
        for task in self._tasks.values():
            task.cancel()

    async def _deliver(self, job_id: str, after: Callable[[], Awaitable[None]] | None) -> None:
        backoff = Backoff()
        try:
            if after is not None:
                await _at_most(after(), 10.0)
            while (letter := self._letters.get(job_id)) is not None:
                if not await self._try(job_id, letter):
                    await _at_most(self._hurry.wait(), backoff.next_s())
                    await self._key_good.wait()
        finally:
            del self._tasks[job_id]

    async def _try(self, job_id: str, letter: _Letter) -> bool:
        """Whether this letter needs no more tries."""
        is_lease_lost = False
        try:
            await self._client.result(job_id, {"lease_token": str(letter.lease_token), **letter.body})
        except ServerAway as error:
            log.warning("the result of job %s is kept until the server answers: %s", job_id, error)
            return False
        except KeyRefused as error:
            self._refuse_key(error)
            return False
        except LeaseLost:
            log.warning("the server no longer takes the result of job %s under this lease", job_id)
            is_lease_lost = True
        except Rejected as error:
            log.error("the server refuses the result of job %s: %s", job_id, error)  # noqa: TRY400
        if self._letters.get(job_id) is letter:
            del self._letters[job_id]
            if is_lease_lost or letter.body["status"] != ResultStatus.UNKNOWN:
                self._delivered(job_id, letter.account, is_lease_lost=is_lease_lost)
        return True


async def _at_most(wait: Awaitable[Any], seconds: float) -> None:
    try:
        await asyncio.wait_for(wait, seconds)
    except TimeoutError:
        return
