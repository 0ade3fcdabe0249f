"""One transaction per intent, under the identity of who asked for it.

Messages told inside leave for the bus only after the commit: nobody hears of what was rolled back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import psycopg
from psycopg.rows import dict_row, tuple_row
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from forex_elite.db import engine as pool
from forex_elite.domain.identity import Actor
from forex_elite.errors import DatabaseUnavailable, InvalidInput

T = TypeVar("T")
Row = dict[str, Any]
Parameters = Mapping[str, Any] | Sequence[Any] | None

ATTEMPTS = 3
_PAUSES_S = (0.25, 1.0, 2.0)
_LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)

IDENTITY_SQL = (
    "select set_config('app.user_id', %s, true), set_config('app.role', %s, true), set_config('app.ib_id', %s, true)"
)

_after_commit: Callable[[list[tuple[str, dict[str, Any]]]], Awaitable[None]] | None = None


def deliver_with(publish: Callable[[list[tuple[str, dict[str, Any]]]], Awaitable[None]] | None) -> None:
    """Say who carries messages once their transaction is committed (the bus, wired at start-up)."""
    global _after_commit  # noqa: PLW0603
    _after_commit = publish


class UnitOfWork:
    """An open transaction: an ORM session, and plain SQL on the very same connection."""

    def __init__(self, session: AsyncSession, driver: psycopg.AsyncConnection[Any], actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self.driver = driver
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
        cursor = await self.driver.cursor(row_factory=dict_row).execute(sql, parameters)
        return await cursor.fetchall()

    async def row(self, sql: str, parameters: Parameters = None) -> Row | None:
        """The first row, or None."""
        cursor = await self.driver.cursor(row_factory=dict_row).execute(sql, parameters)
        return await cursor.fetchone()

    async def value(self, sql: str, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        cursor = await self.driver.cursor(row_factory=tuple_row).execute(sql, parameters)
        found = await cursor.fetchone()
        return found[0] if found else None

    async def run(self, sql: str, parameters: Parameters = None) -> int:
        """Execute a statement and return how many rows it touched."""
        return (await self.driver.cursor().execute(sql, parameters)).rowcount

    async def run_all(self, statements: Sequence[tuple[str, Parameters]]) -> list[psycopg.AsyncCursor[Row]]:
        """Execute several statements in one network round trip, in order."""
        async with self.driver.pipeline():
            cursors = [self.driver.cursor(row_factory=dict_row) for _ in statements]
            for cursor, (sql, parameters) in zip(cursors, statements, strict=True):
                await cursor.execute(sql, parameters)
        return cursors


def identity_parameters(actor: Actor) -> tuple[str, str, str]:
    """The three settings row-level security reads, for `IDENTITY_SQL`."""
    return (str(actor.user_id or ""), actor.role.value, str(actor.ib_id or ""))


async def _begin(actor: Actor, first: Sequence[tuple[str, Parameters]]) -> tuple[AsyncConnection, UnitOfWork, Any]:
    """Open a transaction and set the identity; stale connections after a database restart are replaced."""
    for attempt in range(ATTEMPTS):
        connection: AsyncConnection | None = None
        try:
            connection = await pool.engine().connect()
            driver = cast("psycopg.AsyncConnection[Any]", (await connection.get_raw_connection()).driver_connection)
            await connection.begin()
            work = UnitOfWork(AsyncSession(bind=connection, expire_on_commit=False), driver, actor)
            answers = await work.run_all([(IDENTITY_SQL, identity_parameters(actor)), *first])
        except _LOST as lost:
            if connection is not None:
                await connection.invalidate()
                await connection.close()
            if attempt == ATTEMPTS - 1:
                raise DatabaseUnavailable("The database does not answer; try again in a few seconds.") from lost
            await asyncio.sleep(_PAUSES_S[attempt])
        else:
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
        await work.session.flush()
        await connection.commit()
    except BaseException as failure:
        if isinstance(failure, _LOST) or (isinstance(failure, DBAPIError) and failure.connection_invalidated):
            await connection.invalidate()
            await connection.close()
            raise DatabaseUnavailable("The database went away; try again in a few seconds.") from failure
        await asyncio.shield(_abandon(connection))
        if isinstance(failure, psycopg.DataError):
            raise InvalidInput("A value is out of range or holds characters that cannot be stored.") from failure
        raise
    await connection.close()
    if work.messages and _after_commit is not None:
        await _after_commit(work.messages)


async def _abandon(connection: AsyncConnection) -> None:
    try:
        await connection.rollback()
    except _LOST:
        await connection.invalidate()
    finally:
        await connection.close()


async def repeatable(actor: Actor, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Run work that is safe to repeat, up to three times when the database goes away in the middle."""
    for attempt in range(ATTEMPTS):
        try:
            async with unit_of_work(actor) as uow:
                return await work(uow)
        except DatabaseUnavailable:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(_PAUSES_S[attempt])
    raise AssertionError
