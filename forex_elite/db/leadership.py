"""One of many workers leads: it holds an advisory lock on a connection of its own for as long as it lives.

PostgreSQL lets go of the lock the moment the connection ends, however the worker ended, so nobody has to notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

from forex_elite.db import engine

log = logging.getLogger(__name__)

TRY_S = 5.0
"""How often a worker that does not lead asks whether it may; a dead leader is followed within this time."""
LOOK_S = 5.0
"""How often the leader looks whether its connection, and with it the lock, still stands."""
TIMERS = 0x0F0E11E7
"""The key of the lock; any other number would do, as long as all workers use the same."""


async def lead(key: int, *, began: Callable[[], None], ended: Callable[[], None]) -> None:
    """Try to lead until cancelled. `began` is called on taking the lead, `ended` when it is lost or given up."""
    while True:
        try:
            await _hold(key, began, ended)
        except (psycopg.Error, OSError) as error:
            log.warning("the connection that keeps the timers' lock broke: %s", error)
        await asyncio.sleep(TRY_S)


async def _hold(key: int, began: Callable[[], None], ended: Callable[[], None]) -> None:
    async with await engine.alone("forex-elite timers") as connection:
        while not await _try(connection, key):  # noqa: ASYNC110  # another process decides
            await asyncio.sleep(TRY_S)
        began()
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                async with asyncio.timeout(LOOK_S):
                    await connection.execute("select 1")
        except TimeoutError as error:
            raise OSError("no answer") from error
        finally:
            ended()


async def _try(connection: psycopg.AsyncConnection[tuple[bool]], key: int) -> bool:
    cursor = await connection.execute("select pg_try_advisory_lock(%s)", (key,))
    row = await cursor.fetchone()
    return row is not None and row[0]
