"""Figures over time, as the pages and the API ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from forex_elite import clock
from forex_elite.db import quotes
from forex_elite.db import series as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.series import (
    SNAPSHOT_EVERY,
    BalanceSeries,
    Bar,
    DayResult,
    TradeStatistics,
)
from forex_elite.errors import InvalidInput, NotFound

MOST_HOURS = 24 * 366 * 2
MOST_DAYS = 366
MOST_BARS = 2000
POINTS = 144
CURVE_POINTS = 48
_ROLLED_UP = (
    ("10min", timedelta(minutes=10), 48),
    ("hour", timedelta(hours=1), 24 * 60),
    ("day", timedelta(days=1), MOST_HOURS),
)
"""Steps of the roll-ups, and up to how many hours of a series each is read."""
_SAMPLED_H = 12


@needs(Permission.POSITION_READ)
async def balance(actor: Actor, account_id: UUID, hours: int = 24) -> BalanceSeries:
    """An account's balance and equity over the last `hours`.

    Up to 12 hours by samples of its snapshots, up to two days by ten minutes, up to 60 days by hours, beyond by days
    (UTC). Raises NotFound and InvalidInput.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidInput(f"Ask for 1 to {MOST_HOURS} hours.", field="hours")
    now = clock.now()
    name, step = None, max(SNAPSHOT_EVERY, timedelta(hours=hours) / POINTS)
    if hours > _SAMPLED_H:
        name, step = next((name, step) for name, step, up_to in _ROLLED_UP if hours <= up_to)
    async with unit_of_work(actor, is_single=True) as uow:
        found = await queries.balance(
            uow, account_id, since=now - timedelta(hours=hours), until=now, step=step, rolled_up=name
        )
    if found is None:
        raise NotFound("There is no such account.")
    currency, points = found
    return BalanceSeries(account_id, currency, int(step.total_seconds()), tuple(points))


@needs(Permission.POSITION_READ)
async def equity_curves(actor: Actor, account_ids: Sequence[UUID], hours: int = 24) -> dict[UUID, tuple[Decimal, ...]]:
    """The equity of the actor's accounts over the last `hours` in at most `CURVE_POINTS` points, for sparklines."""
    now = clock.now()
    step = timedelta(hours=hours) / CURVE_POINTS
    async with unit_of_work(actor) as uow:
        rows = await queries.sample(uow, account_ids, since=now - timedelta(hours=hours), until=now, step=step)
    curves: dict[UUID, list[Decimal]] = {}
    for row in rows:
        curves.setdefault(row["account_id"], []).append(row["equity"])
    return {account_id: tuple(curve) for account_id, curve in curves.items()}


@needs(Permission.POSITION_READ)
async def day_results(actor: Actor, days: int = 7) -> tuple[DayResult, ...]:
    """What the last `days` days (UTC, today included) came to, by currency. Raises InvalidInput."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"Ask for 1 to {MOST_DAYS} days.", field="days")
    since = clock.now().date() - timedelta(days=days - 1)
    async with unit_of_work(actor) as uow:
        return tuple(await queries.day_results(uow, actor.person_id, since=since))


@needs(Permission.POSITION_READ)
async def statistics(actor: Actor) -> tuple[TradeStatistics, ...]:
    """How many of the actor's closed positions were won and lost, and their profit, by currency."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.statistics(uow, actor.person_id))


@needs(Permission.PRICE_READ)
async def bars(actor: Actor, symbol: str, *, minutes: int = 5, hours: int = 24) -> tuple[Bar, ...]:
    """Bars of `minutes` over the last `hours` from the quotes the actor's agents brought. Raises InvalidInput."""
    if not 1 <= minutes <= 24 * 60:
        raise InvalidInput("Ask for bars of 1 minute to 1 day (1440).", field="minutes")
    if not 1 <= hours <= 24 * 90 or hours * 60 / minutes > MOST_BARS:
        raise InvalidInput(f"Ask for 1 to 2160 hours and at most {MOST_BARS} bars.", field="hours")
    until = clock.now()
    async with unit_of_work(actor) as uow:
        found = await quotes.bars(
            uow,
            actor.person_id,
            symbol,
            since=until - timedelta(hours=hours),
            until=until,
            width=timedelta(minutes=minutes),
        )
    return tuple(found)
