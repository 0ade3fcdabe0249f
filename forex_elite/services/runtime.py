"""The resources a process needs: database pool, bus and language processes, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from forex_elite import bus
from forex_elite.db import engine
from forex_elite.db.unit_of_work import deliver_with
from forex_elite.services import agent_release, mql5
from forex_elite.services.generation import running as generation
from forex_elite.settings import Settings


async def start(settings: Settings) -> None:
    """Connect to PostgreSQL as role `app` and to the bus."""
    await engine.connect(
        engine.app_url(settings.database_url, settings.signing_key()), pool_size=settings.database_pool_size
    )
    await bus.connect(settings.redis_url)
    await asyncio.to_thread(agent_release.program)  # heartbeats name it, and must not wait for it
    deliver_with(lambda messages: bus.current().publish(messages))


async def stop() -> None:
    """Close what `start` opened."""
    await generation.stop()
    await mql5.stop()
    deliver_with(None)
    await bus.disconnect()
    await engine.disconnect()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    """`start` and `stop` around a block."""
    await start(settings)
    try:
        yield
    finally:
        await stop()
