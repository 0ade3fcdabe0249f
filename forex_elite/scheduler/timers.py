"""What the server does by the clock. Every timer's work is safe to run on several workers at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import agents, jobs, logs, upkeep
from forex_elite.services.ea import deployments
from forex_elite.services.generation import generations

log = logging.getLogger(__name__)

EVERY_S: tuple[tuple[float, Callable[[], Awaitable[object]]], ...] = (
    (1, jobs.expire_late),
    (5, jobs.reap),
    (5, deployments.watch_limits),
    (30, generations.reap),
    (600, upkeep.clear_old),
    (3600, logs.clear_old),
)


def _quietly(work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await work()
        except DatabaseUnavailable:
            log.warning("%s skipped: the database does not answer", work.__name__)

    return run


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Run the timers while the block lasts."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for seconds, work in EVERY_S:
        scheduler.add_job(
            _quietly(work), "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )
    scheduler.start()
    listener = asyncio.create_task(agents.forget_rotated_keys(), name="rotated-keys")
    try:
        yield
    finally:
        listener.cancel()
        scheduler.shutdown(wait=False)
