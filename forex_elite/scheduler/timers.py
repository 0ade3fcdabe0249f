"""What the server does by the clock, on one worker of many.

Should two ever overlap (the lock was lost and the loser has not noticed yet), every timer's work is safe to run twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from forex_elite.db import leadership
from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import agents, jobs, upkeep

log = logging.getLogger(__name__)

EVERY_S: tuple[tuple[float, Callable[[], Awaitable[object]]], ...] = (
    (1, jobs.expire_late),
    (5, jobs.reap),
    (600, upkeep.clear_old),
)


def _quietly(work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await work()
        except DatabaseUnavailable:
            log.warning("%s skipped: the database does not answer", work.__name__)

    return run


class _Timers:
    """The scheduler of the worker that leads."""

    def __init__(self) -> None:
        self._scheduler: AsyncIOScheduler | None = None

    def begin(self) -> None:
        """Start every timer."""
        log.info("this worker runs the timers")
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for seconds, work in EVERY_S:
            self._scheduler.add_job(
                _quietly(work), "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
            )
        self._scheduler.start()

    def end(self) -> None:
        """Stop them; what runs just now is finished."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Run the timers while the block lasts and this worker leads; another takes over when it ends."""
    timers = _Timers()
    tasks = [
        asyncio.create_task(leadership.lead(leadership.TIMERS, began=timers.begin, ended=timers.end), name="timers"),
        asyncio.create_task(agents.forget_rotated_keys(), name="rotated-keys"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
