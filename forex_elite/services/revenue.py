"""Partners' revenue, computed once for every day after it has ended."""

from __future__ import annotations

import logging
from datetime import UTC, date, timedelta
from decimal import Decimal

from forex_elite import clock
from forex_elite.db import partners as partner_queries
from forex_elite.db import revenue as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import service
from forex_elite.domain.partners import LATE_FOR, TIER_WINDOW, earnings, tier_of

log = logging.getLogger(__name__)

CATCH_UP_DAYS = 40
"""A server that slept computes the days it missed, so far back."""
_ACTOR = service("partner revenue")
_ONE_DAY = timedelta(days=1)


async def run_due() -> int:
    """Compute every day that has ended and was not computed, oldest first; returns how many."""
    today = clock.now().astimezone(UTC).date()
    async with unit_of_work(_ACTOR) as uow:
        last = await queries.last_run(uow)
    day = today - _ONE_DAY if last is None else max(last + _ONE_DAY, today - timedelta(days=CATCH_UP_DAYS))
    done = 0
    while day < today:
        done += await run_day(day)
        day += _ONE_DAY
    return done


async def run_day(day: date) -> bool:
    """Compute what all partners earned by a day: once, in one transaction with the mark that it is done.

    Lots are counted against what earlier computations paid for, so that a trade reported late earns in the next
    computation and none earns twice, however often this runs.
    """
    now = clock.now()
    async with unit_of_work(_ACTOR) as uow:
        if not await queries.mark_run(uow, day, now=now):
            return False
        lines, amount = await _compute(uow, day)
        await queries.note_run(uow, day, lines=lines, amount=amount)
    log.info("partner revenue of %s: %s lines, %s", day, lines, amount)
    return True


async def _compute(uow: UnitOfWork, day: date) -> tuple[int, Decimal]:
    tiers = await partner_queries.list_tiers(uow)
    total, count = Decimal(0), 0
    for partner_id, user_id in await queries.approved_partners(uow):
        until = day + _ONE_DAY
        lots = await partner_queries.lots_since(uow, partner_id, since=until - TIER_WINDOW, until=until)
        tier = tier_of(tiers, lots)
        if tier is None:
            continue
        found = earnings(
            tier,
            await queries.volumes(uow, partner_id, since=until - LATE_FOR, until=until),
            await queries.fees(uow, partner_id, day),
            day,
        )
        count += await queries.add_lines(
            uow, partner_id=partner_id, user_id=user_id, day=day, tier=tier.name, lines=found, now=clock.now()
        )
        total += sum((line.amount for line in found), Decimal(0))
    return count, total
