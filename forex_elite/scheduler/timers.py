"""What the server does by the clock: most of it on one worker of many, a little on each.

Should two workers ever overlap (the lock was lost and the loser has not noticed yet), every timer's work is safe to
run twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from forex_elite import bus
from forex_elite.bus import topics
from forex_elite.db import leadership
from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import agents, jobs, kill_switch, logs, quotes, revenue, standings, upkeep, watch
from forex_elite.services.compliance import erasure, files
from forex_elite.services.ea import deployments
from forex_elite.services.generation import generations
from forex_elite.services.notifications import outbox, telegram

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
    (600, files.clear_expired),
    (3600, outbox.clear_old),
    (3600, erasure.forget_identities),
    (3600, watch.keep_partitions),
    (3600, watch.clear_old_alerts),
    (3600, logs.clear_old),
)
ON_A_WORD: tuple[tuple[str, float, Work], ...] = (
    (topics.OUTBOX, 10, outbox.deliver),
    (topics.FILES, 60, files.make_next),
)
"""What the leading worker does when it is told so on the bus, and otherwise every so many seconds: a message may be due
again by then, a worker may have died over a file."""
BREATH_S = 0.5
"""What is told in quick succession is looked at together."""
ON_EACH_WORKER_S: tuple[tuple[float, Work], ...] = ((2, quotes.flush),)
"""What each worker holds in its own memory."""


SEND_OFF_S = 5.0
"""How long a server that stops waits for messages on their way; later ones may have arrived and are not sent again."""


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


async def _listen(topic: str, at_least_s: float, work: Work) -> None:
    """Do the work whenever the topic is told."""
    async with bus.current().subscribe() as subscription:
        await subscription.add([topic])
        while True:
            try:
                await _quietly(work)()
            except Exception:
                log.exception("%s failed; it is tried again", work.__name__)
            await asyncio.sleep(BREATH_S)
            await subscription.next(at_least_s)


class _Lead:
    """What the leading worker does: the timers, what it is told to do, and the Telegram bot, which only one may ask."""

    def __init__(self) -> None:
        self._timers = _Timers(ON_ONE_WORKER_S)
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Take the lead."""
        log.info("this worker runs the timers")
        self._timers.begin()
        self._tasks = [asyncio.create_task(telegram.serve(), name="telegram-bot")]
        self._tasks += [asyncio.create_task(_listen(*given), name=given[0]) for given in ON_A_WORD]

    def end(self) -> None:
        """Give it up."""
        self._timers.end()
        for task in self._tasks:
            task.cancel()
        self._tasks = []


async def _flush_quotes() -> None:
    await quotes.flush(is_last=True)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Run the timers while the block lasts; those of one worker here while this one leads."""
    leading, own = _Lead(), _Timers(ON_EACH_WORKER_S)
    await _quietly(watch.keep_partitions)()  # before the first report, should the server have slept for months
    tasks = [
        asyncio.create_task(leadership.lead(leadership.TIMERS, began=leading.begin, ended=leading.end), name="timers"),
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
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(outbox.finished(), SEND_OFF_S)
        await _quietly(_flush_quotes)()
