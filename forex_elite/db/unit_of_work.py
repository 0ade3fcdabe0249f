"""One transaction per intent, under the identity of who asked for it.

Messages told inside leave for the bus only after the commit: nobody hears of what was rolled back.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from psycopg_pool import PoolTimeout

from forex_elite.db import engine, pipeline
from forex_elite.db.pipeline import Answer, Connection, Parameters, Row, Statement
from forex_elite.domain.identity import Actor
from forex_elite.errors import DatabaseUnavailable, InvalidInput

__all__ = [
    "ATTEMPTS",
    "IDENTITY_SQL",
    "DatabaseAway",
    "Parameters",
    "Row",
    "Statement",
    "UnitOfWork",
    "deliver_with",
    "identity_parameters",
    "is_silent",
    "repeatable",
    "unit_of_work",
]

T = TypeVar("T")

ATTEMPTS = 3
_PAUSES_S = (0.25, 1.0, 2.0)
_LOST = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)

BEGIN: Statement = ("begin", None)
COMMIT: Statement = ("commit", None)
IDENTITY_SQL = (
    "select set_config('app.user_id', %s, true), set_config('app.role', %s, true), set_config('app.ib_id', %s, true)"
)


class DatabaseAway(DatabaseUnavailable):
    """Not even a connection could be had, after waiting for one; repeating at once is of no use."""


_answered_at = 0.0


def is_silent(seconds: float) -> bool:
    """Whether PostgreSQL has answered nobody in this process for so long: it is away then, and not merely busy."""
    return time.monotonic() - _answered_at >= seconds


_after_commit: Callable[[list[tuple[str, dict[str, Any]]]], Awaitable[None]] | None = None


def deliver_with(publish: Callable[[list[tuple[str, dict[str, Any]]]], Awaitable[None]] | None) -> None:
    """Say who carries messages once their transaction is committed (the bus, wired at start-up)."""
    global _after_commit  # noqa: PLW0603
    _after_commit = publish


class UnitOfWork:
    """A transaction under an actor's identity. Statements are plain SQL with psycopg placeholders.

    It begins with its first statement, in the same round trip; without a connection of the caller's it takes one from
    the pool. `is_single`: the first round trip is the whole transaction, committed when it is answered.
    """

    def __init__(self, connection: Connection | None, actor: Actor, *, is_single: bool = False) -> None:
        self.actor = actor
        self._connection = connection
        self._is_single = is_single
        self._is_committed = False
        self._deferred: list[Statement] = []
        self._messages: list[tuple[str, dict[str, Any]]] = []

    def tell(self, topic: str, data: dict[str, Any] | None = None) -> None:
        """Publish on the bus after the commit."""
        self._messages.append((topic, data or {}))

    @property
    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """What will be published."""
        return self._messages

    async def rows(self, sql: str, parameters: Parameters = None) -> list[Row]:
        """All rows of a plain statement (psycopg placeholders), as dictionaries."""
        return (await self.run_all([(sql, parameters)]))[0].rows()

    async def row(self, sql: str, parameters: Parameters = None) -> Row | None:
        """The first row, or None."""
        return (await self.run_all([(sql, parameters)]))[0].row()

    async def value(self, sql: str, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        return (await self.run_all([(sql, parameters)]))[0].value()

    async def run(self, sql: str, parameters: Parameters = None) -> int:
        """Execute a statement and return how many rows it touched."""
        return (await self.run_all([(sql, parameters)]))[0].count

    def defer(self, sql: str, parameters: Parameters = None) -> None:
        """Execute a statement whose answer nobody needs in the next round trip, before what goes there itself."""
        self._deferred.append((sql, parameters))

    async def run_all(self, statements: Sequence[Statement]) -> list[Answer]:
        """Execute several statements in one network round trip, in order."""
        assert not self._is_committed, "nothing may follow the commit"
        deferred, self._deferred = self._deferred, []
        if self._connection is None:
            answers = await self._begin([*deferred, *statements])
        else:
            answers = await pipeline.send(self._connection, [*deferred, *statements])
        return answers[len(deferred) :]

    async def run_all_and_commit(self, statements: Sequence[Statement]) -> None:
        """End the transaction with these statements, all in one round trip; nothing may follow."""
        await self.run_all([*statements, COMMIT])
        self._is_committed = True

    async def _begin(self, first: Sequence[Statement]) -> list[Answer]:
        """Take a connection and set the identity; stale connections after a database restart are replaced."""
        global _answered_at  # noqa: PLW0603
        identity = (IDENTITY_SQL, identity_parameters(self.actor))
        opening = [identity] if self._is_single else [BEGIN, identity]
        for attempt in range(ATTEMPTS):
            connection, is_sent = None, False
            try:
                connection = await engine.pool().getconn()
                connection.pgconn.consume_input()  # a server that was restarted has hung up on us meanwhile
                is_sent = True
                answers = await pipeline.send(connection, [*opening, *first])
            except _LOST as lost:
                if connection is not None:
                    await _give_back(connection)
                if self._is_single and is_sent:
                    raise  # it may have been committed: repeating is for those who know that it is safe
                is_away = isinstance(lost, PoolTimeout) and is_silent(engine.WAIT_S)
                if attempt == ATTEMPTS - 1 or is_away:
                    raise DatabaseAway("The database does not answer; try again in a few seconds.") from lost
                await asyncio.sleep(_PAUSES_S[attempt])
                await engine.pool().check()
            except BaseException:
                if connection is not None:
                    await asyncio.shield(_give_back(connection))
                raise
            else:
                _answered_at = time.monotonic()
                self._connection, self._is_committed = connection, self._is_single
                return answers[len(opening) :]
        raise AssertionError

    async def commit(self) -> None:
        """Commit, unless that is done or there is nothing to commit."""
        if (self._connection is not None or self._deferred) and not self._is_committed:
            await self.run_all_and_commit([])

    async def leave(self) -> None:
        """Give the connection back; what is not committed is rolled back."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._is_committed:
            await engine.pool().putconn(connection)
        else:
            await asyncio.shield(_give_back(connection))


def identity_parameters(actor: Actor) -> tuple[str, str, str]:
    """The three settings row-level security reads, for `IDENTITY_SQL`."""
    return (str(actor.user_id or ""), actor.role.value, str(actor.ib_id or ""))


@asynccontextmanager
async def unit_of_work(actor: Actor, *, is_single: bool = False) -> AsyncIterator[UnitOfWork]:
    """A transaction as `actor`: committed when the block ends, rolled back when it raises.

    `is_single` promises that the block sends once: that is then the whole transaction (hot paths).
    Raises DatabaseUnavailable when PostgreSQL cannot be reached or goes away in the middle; nothing is then stored,
    unless the connection broke during the commit itself, so repeat only what is safe to repeat.
    """
    work = UnitOfWork(None, actor, is_single=is_single)
    try:
        yield work
        await work.commit()
    except BaseException as failure:
        await work.leave()
        if isinstance(failure, _LOST):
            raise DatabaseUnavailable("The database went away; try again in a few seconds.") from failure
        if isinstance(failure, psycopg.DataError):
            raise InvalidInput("A value is out of range or holds characters that cannot be stored.") from failure
        raise
    await work.leave()
    if work.messages and _after_commit is not None:
        await _after_commit(work.messages)


async def _give_back(connection: Connection) -> None:
    """Roll back and return a connection; the pool replaces one that is broken."""
    with contextlib.suppress(psycopg.Error):
        await connection.rollback()
    await engine.pool().putconn(connection)


async def repeatable(actor: Actor, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Run work that is safe to repeat, up to three times when the database goes away in the middle."""
    for attempt in range(ATTEMPTS):
        try:
            async with unit_of_work(actor) as uow:
                return await work(uow)
        except DatabaseAway:
            raise
        except DatabaseUnavailable:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(_PAUSES_S[attempt])
    raise AssertionError
