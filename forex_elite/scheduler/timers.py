"""What the server does by the clock: most of it on one worker of many, a little on each.

Should two workers ever overlap (the lock was lost and the loser has not noticed yet), every timer's work is safe to
run twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from forex_elite.db import leadership
from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import agents, jobs, kill_switch, logs, quotes, revenue, standings, upkeep, watch
from forex_elite.services.ea import deployments
from forex_elite.services.generation import generations

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]

ON_ONE_WORKER_S: tuple[tuple[float, Work], ...] = (
    (1, jobs.expire_late),
    (5, jobs.reap),
    (15, watch.look),
    (1, kill_switch.clear_slipped),
    (5, deployments.watch_limits),
    (30, generations.reap),
    (standings.REFRESH_EVERY_S, standings.refresh),
    (60, standings.close_ended),
    (60, revenue.run_due),
    (600, upkeep.clear_old),
    (3600, watch.keep_partitions),
    (3600, watch.clear_old_alerts),
    (3600, logs.clear_old),
)
ON_EACH_WORKER_S: tuple[tuple[float, Work], ...] = ((2, quotes.flush),)
"""What each worker holds in its own memory."""


def _quietly(work: Work) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await work()
        except DatabaseUnavailable:
            log.warning("%s skipped: the database does not answer", work.__name__)

    return run


class _Timers:
    """A table of timers that can be started and stopped."""

    def __init__(self, table: tuple[tuple[float, Work], ...]) -> None:
        self._table = table
        self._scheduler: AsyncIOScheduler | None = None

    def begin(self) -> None:
        """Start every timer."""
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for seconds, work in self._table:
            self._scheduler.add_job(
                _quietly(work), "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
            )
        self._scheduler.start()

    def end(self) -> None:
        """Stop them; what runs just now is finished."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None


def _lead(timers: _Timers) -> None:
    log.info("this worker runs the timers")
    timers.begin()


async def _flush_quotes() -> None:
    await quotes.flush(is_last=True)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Run the timers while the block lasts; those of one worker here while this one leads."""
    leading, own = _Timers(ON_ONE_WORKER_S), _Timers(ON_EACH_WORKER_S)
    await _quietly(watch.keep_partitions)()  # before the first report, should the server have slept for months
    tasks = [
        asyncio.create_task(
            leadership.lead(leadership.TIMERS, began=lambda: _lead(leading), ended=leading.end), name="timers"
        ),
        asyncio.create_task(agents.forget_rotated_keys(), name="rotated-keys"),
    ]
    own.begin()
    try:
        yield
    finally:
        own.end()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _quietly(_flush_quotes)()
