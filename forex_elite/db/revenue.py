"""The daily computation of partners' revenue: what clients closed, what was paid for, and the lines that follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.partners import Earning, Fee, Volume


async def last_run(uow: UnitOfWork) -> date | None:
    """The last day whose revenue was computed."""
    found: date | None = await uow.value("select max(run_day) from ib_revenue_runs")
    return found


async def mark_run(uow: UnitOfWork, day: date, *, now: datetime) -> bool:
    """Take the one right to compute a day; False when that has been done."""
    return bool(
        await uow.run(
            "insert into ib_revenue_runs (run_day, ran_at, lines, amount) values (%s, %s, 0, 0) on conflict do nothing",
            (day, now),
        )
    )


async def note_run(uow: UnitOfWork, day: date, *, lines: int, amount: Decimal) -> None:
    """What a computation came to."""
    await uow.run("update ib_revenue_runs set lines = %s, amount = %s where run_day = %s", (lines, amount, day))


async def approved_partners(uow: UnitOfWork) -> list[tuple[UUID, UUID]]:
    """Partners who earn, as (partner, their person)."""
    rows = await uow.rows("select id, user_id from ib_partners where is_approved order by id")
    return [(row["id"], row["user_id"]) for row in rows]


_VOLUMES = """
with closed as (
    select t.user_id as client_id, (t.close_time at time zone 'UTC')::date as trade_day,
           coalesce(s.canonical, t.symbol) as symbol, sum(t.volume) as lots
    from users u
    join trades t on t.user_id = u.id and t.is_closed and t.close_price is not null
         and t.close_time >= greatest(%(since)s::timestamp at time zone 'UTC', u.created_at)
         and t.close_time < %(until)s::timestamp at time zone 'UTC'
    join mt5_accounts a on a.id = t.account_id and a.trade_mode = 2
    left join symbols s on s.account_id = t.account_id and s.name = t.symbol
    where u.ib_id = %(partner)s group by 1, 2, 3),
paid as (
    select r.client_id, r.trade_day, r.symbol, sum(r.lots) as lots
    from users u join ib_revenue r on r.client_id = u.id and r.trade_day >= %(since)s and r.symbol <> ''
    where u.ib_id = %(partner)s group by 1, 2, 3)
select client_id, trade_day, symbol, coalesce(c.lots, 0) as lots, coalesce(p.lots, 0) as paid_lots
from closed c full join paid p using (client_id, trade_day, symbol)
where coalesce(c.lots, 0) <> coalesce(p.lots, 0)
order by client_id, trade_day, symbol
"""


async def volumes(uow: UnitOfWork, partner_id: UUID, *, since: date, until: date) -> list[Volume]:
    """What a partner's clients closed on live accounts since then, as far as it is not what was paid for."""
    rows = await uow.rows(_VOLUMES, {"partner": partner_id, "since": since, "until": until})
    return [Volume(**row) for row in rows]


async def fees(uow: UnitOfWork, partner_id: UUID, day: date) -> list[Fee]:
    """What a partner's clients pay a month, on a day."""
    rows = await uow.rows(
        "select s.user_id as client_id, s.monthly_fee from users u join subscriptions s on s.user_id = u.id "
        "where u.ib_id = %(partner)s and s.since <= %(day)s and (s.until is null or s.until > %(day)s) "
        "order by u.id, s.id",
        {"partner": partner_id, "day": day},
    )
    return [Fee(**row) for row in rows]


async def add_lines(
    uow: UnitOfWork, *, partner_id: UUID, user_id: UUID, day: date, tier: str, lines: Sequence[Earning], now: datetime
) -> int:
    """Note what a partner earned by a day; a line that is there already stays as it is."""
    return await uow.run(
        "insert into ib_revenue (partner_id, run_day, client_id, trade_day, symbol, user_id, tier, lots, rate, amount, "
        "created_at) select %(partner)s, %(day)s, client_id, trade_day, symbol, %(user)s, %(tier)s, lots, rate, "
        "amount, %(now)s from unnest(%(clients)s::uuid[], %(days)s::date[], %(symbols)s::text[], %(lots)s::numeric[], "
        "%(rates)s::numeric[], %(amounts)s::numeric[]) as l (client_id, trade_day, symbol, lots, rate, amount) "
        "on conflict do nothing",
        {
            "partner": partner_id,
            "user": user_id,
            "day": day,
            "tier": tier,
            "now": now,
            "clients": [line.client_id for line in lines],
            "days": [line.trade_day for line in lines],
            "symbols": [line.symbol for line in lines],
            "lots": [line.lots for line in lines],
            "rates": [line.rate for line in lines],
            "amounts": [line.amount for line in lines],
        },
    )
