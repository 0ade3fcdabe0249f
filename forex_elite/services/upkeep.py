"""Clearing away what is no longer needed."""

from __future__ import annotations

from datetime import timedelta

from forex_elite import clock
from forex_elite.db import credentials, people, series, signals
from forex_elite.db.unit_of_work import UnitOfWork, repeatable
from forex_elite.domain.identity import service

FAILURES_KEPT = timedelta(days=1)
TEN_MINUTES_KEPT = timedelta(days=3)


async def clear_old() -> None:
    """Remove fingerprints whose window is over, failed log-ins, reset links and roll-ups nobody reads any more."""
    now = clock.now()

    async def clear(uow: UnitOfWork) -> None:
        await signals.clear_fingerprints(uow, now=now)
        await people.clear_failures(uow, before=now - FAILURES_KEPT)
        await credentials.clear_resets(uow, before=now)
        await series.clear_ten_minutes(uow, before=now - TEN_MINUTES_KEPT)

    await repeatable(service("upkeep"), clear)
