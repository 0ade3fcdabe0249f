"""Keeping the leaderboard: standings brought up to date by the clock, periods closed once, prizes given once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from forex_elite import clock
from forex_elite.db import standings as queries
from forex_elite.db.standings import Span
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import service
from forex_elite.domain.leaderboard import CLOSING, Period, begins, closes_at, ends
from forex_elite.services import audit, performance

log = logging.getLogger(__name__)

REFRESH_EVERY_S = 300.0
LANES = 2
"""So many batches are computed at a time; each takes one processor of the database."""
AT_ONCE = 1_500
"""Accounts computed at a time: enough to be quick, few enough to keep nobody waiting."""
CATCH_UP = timedelta(days=40)
"""A server that slept closes what ended meanwhile, so far back."""
_ACTOR = service("leaderboard")
Batches = AsyncIterator[Sequence[UUID]]


def spans(today: date) -> list[Span]:
    """The periods that `today` lies in."""
    return [(period, begins(period, today), ends(period, begins(period, today))) for period in Period]


async def refresh() -> int:
    """Bring the standings of accounts that closed trades or moved money up to date; returns how many accounts.

    Another worker that is at it is left alone. Notes are dropped once their accounts are computed: what changes
    meanwhile is noted anew and belongs to the next time, and so does everything when this fails.
    """
    now = clock.now()
    async with unit_of_work(_ACTOR) as uow:
        if not await queries.begin_refresh(uow):
            return 0
        notes = await queries.changes(uow)  # and no lock on them: whoever is being erased holds what lanes wait for
        accounts = list(dict.fromkeys(note["account_id"] for note in notes))
        refreshed = await _in_lanes(_parts(accounts), spans(now.date()), now)
        await queries.drop_changes(uow, [note["id"] for note in notes])
    return refreshed


async def _parts(accounts: Sequence[UUID]) -> Batches:
    size = min(AT_ONCE, -(-len(accounts) // LANES))
    for at in range(0, len(accounts), max(1, size)):
        yield accounts[at : at + size]


async def refresh_one(uow: UnitOfWork, account_id: UUID) -> None:
    """Compute the standings of one account that has just been entered."""
    now = clock.now()
    await _compute(uow, [account_id], spans(now.date()), now)


async def rebuild(of: Sequence[Span] | None = None) -> int:
    """Compute everybody's standings anew, in batches of their own transactions; returns how many accounts.

    Safe to repeat, and to run while others refresh: each line is what its account's days say.
    """
    now = clock.now()
    wanted = list(of) if of is not None else spans(now.date())
    computed = await _in_lanes(_everybody(), wanted, now)
    async with unit_of_work(_ACTOR) as uow:
        await queries.count_boards(uow, wanted, now=now)
    return computed


async def _everybody() -> Batches:
    last: UUID | None = None
    while True:
        async with unit_of_work(_ACTOR) as uow:
            accounts = await queries.entered_accounts(uow, after=last, limit=AT_ONCE)
        if not accounts:
            return
        last = accounts[-1]
        yield accounts


async def _in_lanes(batches: Batches, wanted: Sequence[Span], now: datetime) -> int:
    """Compute batches side by side, each in its own transaction; returns how many accounts. A failure ends all."""
    computed = 0
    asking = asyncio.Lock()

    async def lane() -> None:
        nonlocal computed
        while True:
            async with asking:
                accounts = await anext(batches, None)
            if accounts is None:
                return
            async with unit_of_work(_ACTOR) as uow:
                await _compute(uow, accounts, wanted, now)
            computed += len(accounts)

    try:
        async with asyncio.TaskGroup() as lanes:
            for _ in range(LANES):
                lanes.create_task(lane())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return computed


async def _compute(uow: UnitOfWork, accounts: Sequence[UUID], wanted: Sequence[Span], now: datetime) -> None:
    pasts, flows = await queries.pasts(uow, accounts, wanted)
    await queries.store(uow, await asyncio.to_thread(performance.entries, pasts, flows, wanted), now=now)


async def close_ended() -> int:
    """Close every period that ended and has settled, oldest first; returns how many were closed."""
    now = clock.now()
    closed = 0
    for period in CLOSING:
        for start in await _to_close(period, now):
            closed += await close(period, start)
    return closed


async def _to_close(period: Period, now: datetime) -> list[date]:
    async with unit_of_work(_ACTOR) as uow:
        last = await queries.last_closed(uow, period)
    before = begins(period, now.astimezone(UTC).date() - timedelta(days=1))
    start = ends(period, last) if last is not None else begins(period, before)
    start = max(start, begins(period, (now - CATCH_UP).date()))
    found = []
    while closes_at(period, start) <= now:
        found.append(start)
        start = ends(period, start)
    return found


async def close(period: Period, start: date) -> bool:
    """Compute a period's standings a last time, freeze its first places and give its prizes: exactly once.

    The mark that it is closed, the frozen places and the records of the awards are one transaction.
    """
    async with unit_of_work(_ACTOR) as uow:
        if await queries.is_closed(uow, period, start):
            return False
    await rebuild([(period, start, ends(period, start))])
    now = clock.now()
    async with unit_of_work(_ACTOR) as uow:
        if not await queries.mark_closed(uow, period, start, now=now):
            return False
        for row in await queries.freeze(uow, period, start, now=now):
            await audit.record(
                uow,
                _ACTOR,
                "leaderboard.prize.award",
                user_id=row["user_id"],
                subject=("leaderboard result", row["id"]),
                after={
                    "board": f"{row['kind']} {row['period']} {row['starts_on']} {row['measure']} {row['currency']}",
                    "rank": row["rank"],
                    "amount": row["prize_amount"],
                    "currency": row["prize_currency"],
                    "figures": row["figures"],
                },
                address="",
            )
        await queries.forget(uow, period, start)
    log.info("the %s from %s is closed", period.value, start)
    return True
