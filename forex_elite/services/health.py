"""Whether the server can do its work, and figures for monitoring."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from forex_elite import bus, clock
from forex_elite.db import installation, queue
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.health import Installation
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import DatabaseUnavailable, ForexEliteError
from forex_elite.services import mail
from forex_elite.settings import settings


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


@needs(Permission.INSTALLATION_READ)
async def look(actor: Actor) -> Installation:  # noqa: ARG001  # who may, says the permission; it is nobody's own
    """How the installation stands, for staff; a database that does not answer is part of the answer."""
    began = time.monotonic()
    stored = None
    with contextlib.suppress(DatabaseUnavailable):
        async with unit_of_work(service("health of the installation")) as uow:
            stored = await installation.look(uow, now=clock.now())
    took = time.monotonic() - began
    bus_in_use = bus.current()
    return Installation(
        stored=stored,
        answered_in_s=took,
        is_bus_ready=await bus_in_use.is_alive(),
        is_bus_shared=isinstance(bus_in_use, bus.RedisBus),
        has_mail_server=mail.relay(settings()) is not None,
    )


async def queue_depth() -> dict[str, int]:
    """Jobs pending, running and unknown."""
    async with unit_of_work(service("metrics")) as uow:
        return await queue.depth(uow)
