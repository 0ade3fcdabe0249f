"""One transaction per intent, under the identity of who asked for it.

Messages told inside leave for the bus only after the commit: nobody hears of what was rolled back.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import PoolTimeout

from forex_elite.db import engine
from forex_elite.domain.identity import Actor
from forex_elite.errors import DatabaseUnavailable, InvalidInput

T = TypeVar("T")
Row = dict[str, Any]
Parameters = Mapping[str, Any] | Sequence[Any] | None

ATTEMPTS = 3
_PAUSES_S = (0.25, 1.0, 2.0)
_LOST = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)

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
    """An open transaction under an actor's identity. Statements are plain SQL with psycopg placeholders."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], actor: Actor) -> None:
        self.actor = actor
        self._connection = connection
        self._messages: list[tuple[str, dict[str, Any]]] = []
        self._is_committed = False

    def tell(self, topic: str, data: dict[str, Any] | None = None) -> None:
        """Publish on the bus after the commit."""
        self._messages.append((topic, data or {}))

    @property
    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """What will be published."""
        return self._messages

    async def rows(self, sql: str, parameters: Parameters = None) -> list[Row]:
        """All rows of a plain statement (psycopg placeholders), as dictionaries."""
        cursor = await self._connection.cursor(row_factory=dict_row).execute(sql, parameters)
        return await cursor.fetchall()

    async def row(self, sql: str, parameters: Parameters = None) -> Row | None:
        """The first row, or None."""
        cursor = await self._connection.cursor(row_factory=dict_row).execute(sql, parameters)
        return await cursor.fetchone()

    async def value(self, sql: str, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        cursor = await self._connection.cursor(row_factory=tuple_row).execute(sql, parameters)
        found = await cursor.fetchone()
        return found[0] if found else None

    async def run(self, sql: str, parameters: Parameters = None) -> int:
        """Execute a statement and return how many rows it touched."""
        return (await self._connection.cursor().execute(sql, parameters)).rowcount

    async def run_all(self, statements: Sequence[tuple[str, Parameters]]) -> list[psycopg.AsyncCursor[Row]]:
        """Execute several statements in one network round trip, in order."""
        async with self._connection.pipeline():
            return await self._queue(statements)

    async def run_all_and_commit(self, statements: Sequence[tuple[str, Parameters]]) -> None:
        """End the transaction with these statements, all in one round trip; nothing may follow."""
        async with self._connection.pipeline():
            await self._queue(statements)
            await self._connection.commit()
        self._is_committed = True

    async def _queue(self, statements: Sequence[tuple[str, Parameters]]) -> list[psycopg.AsyncCursor[Row]]:
        cursors = []
        for sql, parameters in statements:
            cursor = self._connection.cursor(row_factory=dict_row)
            await cursor.execute(sql, parameters)
            cursors.append(cursor)
        return cursors

    async def commit(self) -> None:
        """Commit, unless `run_all_and_commit` has."""
        if not self._is_committed:
            await self._connection.commit()


def identity_parameters(actor: Actor) -> tuple[str, str, str]:
    """The three settings row-level security reads, for `IDENTITY_SQL`."""
    return (str(actor.user_id or ""), actor.role.value, str(actor.ib_id or ""))


async def _begin(
    actor: Actor, first: Sequence[tuple[str, Parameters]]
) -> tuple[psycopg.AsyncConnection[Any], UnitOfWork, list[psycopg.AsyncCursor[Row]]]:
    """Open a transaction and set the identity; stale connections after a database restart are replaced."""
    global _answered_at  # noqa: PLW0603
    for attempt in range(ATTEMPTS):
        connection: psycopg.AsyncConnection[Any] | None = None
        try:
            connection = await engine.pool().getconn()
            work = UnitOfWork(connection, actor)
            answers = await work.run_all([(IDENTITY_SQL, identity_parameters(actor)), *first])
        except _LOST as lost:
            if connection is not None:
                await _give_back(connection)
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
            return connection, work, answers[1:]
    raise AssertionError


@asynccontextmanager
async def unit_of_work(actor: Actor) -> AsyncIterator[UnitOfWork]:
    """A transaction as `actor`: committed when the block ends, rolled back when it raises.

    Raises DatabaseUnavailable when PostgreSQL cannot be reached or goes away in the middle; nothing is then stored,
    unless the connection broke during the commit itself, so repeat only what is safe to repeat.
    """
    async with unit_of_work_after(actor, ()) as (work, _):
        yield work


@asynccontextmanager
async def unit_of_work_after(
    actor: Actor, first: Sequence[tuple[str, Parameters]]
) -> AsyncIterator[tuple[UnitOfWork, list[psycopg.AsyncCursor[Row]]]]:
    """Like `unit_of_work`, with the first statements sent in the same round trip as the identity (hot paths)."""
    connection, work, answers = await _begin(actor, first)
    try:
        yield work, answers
        await work.commit()
    except BaseException as failure:
        await asyncio.shield(_give_back(connection))
        if isinstance(failure, _LOST):
            raise DatabaseUnavailable("The database went away; try again in a few seconds.") from failure
        if isinstance(failure, psycopg.DataError):
            raise InvalidInput("A value is out of range or holds characters that cannot be stored.") from failure
        raise
    await engine.pool().putconn(connection)
    if work.messages and _after_commit is not None:
        await _after_commit(work.messages)


async def _give_back(connection: psycopg.AsyncConnection[Any]) -> None:
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
