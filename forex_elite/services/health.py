"""Whether the server can do its work, and figures for monitoring."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite import bus
from forex_elite.db import queue
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.errors import ForexEliteError


@dataclass(frozen=True, slots=True)
class Readiness:
    """What answers."""

    is_database_ready: bool
    is_bus_ready: bool

    @property
    def is_ready(self) -> bool:
        """Whether requests can be served."""
        return self.is_database_ready and self.is_bus_ready


async def readiness() -> Readiness:
    """Ask the database and the bus."""
    try:
        async with unit_of_work(service("readiness")) as uow:
            await uow.value("select 1")
        is_database_ready = True
    except ForexEliteError:
        is_database_ready = False
    return Readiness(is_database_ready, await bus.current().is_alive())


async def queue_depth() -> dict[str, int]:
    """Jobs pending, running and unknown."""
    async with unit_of_work(service("metrics")) as uow:
        return await queue.depth(uow)
