"""What the leading worker does when it is told to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from forex_elite import bus
from forex_elite.scheduler import timers

TOPIC = "told in a test"
PATIENCE_S = 10


async def test_work_is_done_at_the_start_and_whenever_it_is_told_of_even_after_it_failed() -> None:
    begun: asyncio.Queue[int] = asyncio.Queue()
    times = 0

    async def work() -> None:
        nonlocal times
        times += 1
        begun.put_nowait(times)
        if times == 1:
            raise RuntimeError("the first time")

    listening = asyncio.create_task(timers._listen(TOPIC, 3600, work))
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert await begun.get() == 1
            await bus.current().publish([(TOPIC, {})])
            assert await begun.get() == 2
            await bus.current().publish([(TOPIC, {}), (TOPIC, {})])
            assert await begun.get() == 3
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
    assert begun.empty()
