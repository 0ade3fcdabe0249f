"""Prices kept over time: gathered in memory as they come, written in batches by the clock, off the request path."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

from forex_elite.db import quotes as queries
from forex_elite.db.quotes import QuoteRow
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import service
from forex_elite.errors import DatabaseUnavailable

log = logging.getLogger(__name__)

MOST_WAITING = 200_000
"""While the database is away no more than so many wait; the oldest go first."""
AT_ONCE = 5_000

_waiting: dict[tuple[UUID, str, int], QuoteRow] = {}
_spoke: dict[UUID, datetime] = {}


def keep(user_id: UUID, agent_id: UUID, newest: dict[str, tuple[float, float]], received_ms: int) -> None:
    """Take in the newest bid and ask per symbol of a batch; of several in one second the last one stays."""
    second = received_ms // 1000
    at = datetime.fromtimestamp(second, UTC)
    for symbol, (bid, ask) in newest.items():
        _waiting[agent_id, symbol, second] = QuoteRow(user_id, agent_id, symbol, at, bid, ask)
    if newest:
        _spoke[agent_id] = at
    while len(_waiting) > MOST_WAITING:
        del _waiting[next(iter(_waiting))]


async def flush(*, is_last: bool = False) -> int:
    """Write what has been gathered but the second that is still running; returns how many prices were kept.

    What cannot be written stays for the next time.
    """
    if not _waiting and not _spoke:
        return 0
    running = max((second for _, _, second in _waiting), default=0)
    done = 0
    while batch := [key for key in _waiting if is_last or key[2] < running][:AT_ONCE]:
        rows = [_waiting.pop(key) for key in batch]
        try:
            async with unit_of_work(service("quotes")) as uow:
                await queries.store(uow, rows)
        except DatabaseUnavailable:
            for key, row in zip(batch, rows, strict=True):
                _waiting.setdefault(key, row)
            raise
        done += len(rows)
    spoke = dict(_spoke)
    _spoke.clear()
    async with unit_of_work(service("quotes")) as uow:
        await _note(uow, spoke)
    return done


async def _note(uow: UnitOfWork, spoke: dict[UUID, datetime]) -> None:
    if spoke:
        await queries.note_ticks(uow, spoke)
