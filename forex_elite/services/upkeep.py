"""Clearing away what is no longer needed."""

from __future__ import annotations

from datetime import timedelta

from forex_elite import clock
from forex_elite.db import credentials, people, signals
from forex_elite.db.unit_of_work import UnitOfWork, repeatable
from forex_elite.domain.identity import service

FAILURES_KEPT = timedelta(days=1)


async def clear_old() -> None:
    """Remove fingerprints whose window is over and failed log-ins and reset links nobody counts any more."""
    now = clock.now()

    async def clear(uow: UnitOfWork) -> None:
        await signals.clear_fingerprints(uow, now=now)
        await people.clear_failures(uow, before=now - FAILURES_KEPT)
        await credentials.clear_resets(uow, before=now)

    await repeatable(service("upkeep"), clear)
