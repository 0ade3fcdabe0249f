"""Standings computed for many accounts at once, from the days kept for each; and what is frozen when a period closes.

What it computes is defined by `domain.leaderboard`: `stretches` and `sum_up`, in SQL over sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.leaderboard import (
    BOARD_SIZE,
    DRAWDOWN_FLOOR,
    FEWEST_TRADES,
    RUIN,
    VALUED_BEFORE,
    Measure,
    Period,
)
from forex_elite.domain.series import FLOWS

REFRESH_LOCK = 0x0F0E1EAD
"""Advisory lock: one refresh at a time, whoever leads."""
_CURVE_DAYS = 31

_PLANNED = (
    "set local jit = off",
    "set local work_mem = '64MB'",
    "set local enable_nestloop = off",
    "set local enable_mergejoin = off",
)
"""How many rows the steps of `_REFRESH` have cannot be guessed from the tables. What is looked up by index for each
account is written as a lateral query; everything else is to be hashed, however few rows are expected."""

_REFRESH = """
with periods as materialized (
    select * from unnest(%(periods)s::text[], %(starts)s::date[], %(ends)s::date[], %(fewest)s::int[])
             as p (period, starts_on, ends_on, fewest)),
entered as materialized (
    select p.user_id, p.account_id, p.entered_at, p.counted_from, a.currency,
           case a.trade_mode when 2 then 'live' else 'demo' end as kind,
           a.kind = 'mt5' and a.removed_at is null and a.agent_id is not null and a.synced_at is not null
               and a.deals_sum is not null and a.balance_difference is null
               and not exists (select 1 from balance_operations o where o.account_id = a.id and o.kind = 'correction'
                               and o.done_at >= p.counted_from::timestamp at time zone 'UTC') as is_verified,
           greatest(p.counted_from, (select min(starts_on) from periods)) as since
    from leaderboard_profiles p
    cross join lateral (select * from mt5_accounts m where m.id = p.account_id offset 0) a
    where p.is_shown and p.account_id = any(%(accounts)s)),
worth as materialized (
    select r.account_id, (r.at at time zone 'UTC')::date as day, r.equity_close, r.equity_low, r.last_at,
           coalesce(lag(r.equity_close) over days, r.equity_open) as opened,
           coalesce(lag(r.last_at) over days, r.first_at) as opened_at,
           first_value(case when r.at < e.since::timestamp at time zone 'UTC' then r.last_at else r.first_at end)
               over days as base_at, e.since
    from entered e
    cross join lateral (select max(b.at) as at from account_rollups b where b.account_id = e.account_id
                        and b.step = 'day' and b.at < e.since::timestamp at time zone 'UTC') base
    cross join lateral (select * from account_rollups d where d.account_id = e.account_id and d.step = 'day'
                        and d.at >= coalesce(base.at, e.since::timestamp at time zone 'UTC')
                        and d.at < (select max(ends_on) from periods)::timestamp at time zone 'UTC' offset 0) r
    window days as (partition by r.account_id order by r.at)),
flows as materialized (
    select b.account_id, b.base_at, o.done_at, o.ticket, o.amount, o.before_at
    from (select account_id, min(base_at) as base_at, max(last_at) as last_at from worth group by 1) b
    cross join lateral (
        select f.done_at, f.ticket, f.amount, lag(f.done_at) over (order by f.done_at, f.ticket) as before_at
        from balance_operations f where f.account_id = b.account_id and f.kind = any(%(flows)s)
          and f.done_at > b.base_at and f.done_at <= b.last_at) o),
moved as materialized (
    select w.account_id, w.day, w.opened, w.equity_close, f.done_at, f.ticket, f.amount, s.equity as worth_before
    from flows f
    join worth w on w.account_id = f.account_id and f.done_at > w.opened_at and f.done_at <= w.last_at
    left join lateral (
        select n.equity from account_snapshots n
        where n.account_id = f.account_id and n.at > greatest(f.before_at, f.base_at)
          and n.at >= date_trunc('day', f.done_at, 'UTC') and n.at <= f.done_at - %(valued_before)s::interval
        order by n.at desc limit 1) s on true),
parts as (
    select account_id, day, grp, max(worth_before) as worth_before,
           coalesce(sum(amount) filter (where worth_before is not null), 0) as moved,
           coalesce(sum(amount) filter (where worth_before is null and amount > 0), 0) as paid_in,
           coalesce(-sum(amount) filter (where worth_before is null and amount < 0), 0) as paid_out
    from (select account_id, day, worth_before, amount,
                 count(worth_before) over (partition by account_id, day order by done_at, ticket
                                           rows between current row and unbounded following) as grp
          from moved
          union all
          select distinct account_id, day, null::numeric, 0::numeric, 0 from moved) pieces
    group by 1, 2, 3),
stretches as (
    select p.account_id, p.day, coalesce(p.worth_before, w.equity_close) as closed, p.paid_in, p.paid_out,
           coalesce(lag(p.worth_before + p.moved) over (partition by p.account_id, p.day order by p.grp desc),
                    w.opened) as opened
    from parts p join worth w using (account_id, day)),
moved_days as (
    select account_id, day, sum(case when opened + paid_in > 0 then
               ln(greatest((closed + paid_out)::float8 / (opened + paid_in)::float8, %(ruin)s)) else 0 end) as growth,
           sum(closed + paid_out - opened - paid_in) as result
    from stretches group by 1, 2),
days as materialized (
    select w.account_id, w.day, coalesce(m.growth, case when w.opened > 0 then
               ln(greatest(w.equity_close::float8 / w.opened::float8, %(ruin)s)) else 0 end) as growth,
           case when m.account_id is null and w.opened > 0 then
               ln(greatest(w.equity_low::float8 / w.opened::float8, %(ruin)s)) end as low,
           coalesce(m.result, w.equity_close - w.opened) as result
    from worth w left join moved_days m using (account_id, day) where w.day >= w.since),
walked as (
    select p.period, p.starts_on, p.ends_on, d.account_id, d.day, d.low, d.growth, d.result,
           sum(d.growth) over (partition by p.period, p.starts_on, d.account_id order by d.day) as level
    from periods p join days d on d.day >= p.starts_on and d.day < p.ends_on),
fallen as (
    select *, least(level, level - growth + low)
              - greatest(max(level) over (partition by period, starts_on, account_id order by day
                                          rows between unbounded preceding and 1 preceding), 0) as fall
    from walked),
performed as (
    select period, starts_on, account_id, sum(growth) as growth, least(min(fall), 0) as fall, sum(result) as profit,
           array_agg(round(exp(least(level, 12)) * 10000)::int order by day) as curve
    from fallen group by 1, 2, 3),
traded as (
    select p.period, p.starts_on, t.account_id, sum(t.trades) as trades, sum(t.won) as won, sum(t.held) as held
    from entered e
    cross join lateral (select * from trade_days d where d.account_id = e.account_id and d.day >= e.since offset 0) t
    join periods p on t.day >= p.starts_on and t.day < p.ends_on group by 1, 2, 3),
figures as (
    select p.period, p.starts_on, p.fewest, e.*, t.trades, t.won, t.held, f.account_id is not null as has_equity,
           round(((exp(least(coalesce(f.growth, 0), 18)) - 1) * 100)::numeric, 6) as return_pct,
           round(((1 - exp(coalesce(f.fall, 0))) * 100)::numeric, 6) as drawdown_pct,
           coalesce(f.profit, 0) as profit, coalesce(f.curve, '{}') as curve
    from entered e cross join periods p
    join traded t on t.account_id = e.account_id and t.period = p.period and t.starts_on = p.starts_on
    left join performed f on f.account_id = e.account_id and f.period = p.period and f.starts_on = p.starts_on)
insert into leaderboard_entries as x (period, starts_on, user_id, account_id, kind, currency, return_pct, profit,
    risk_adjusted, drawdown_pct, trades, won, held, curve, entered_at, reason, refreshed_at)
select period, starts_on, user_id, account_id, kind, currency, return_pct, profit,
       round(return_pct / greatest(drawdown_pct, %(floor)s::numeric), 6), drawdown_pct, trades, won, held,
       curve[greatest(1, cardinality(curve) - %(curve_days)s + 1):], entered_at,
       case when not is_verified then 'unverified'
            when counted_from > starts_on and period <> 'all' then 'entered-later'
            when not has_equity then 'no-equity'
            when held < fewest then 'few-trades'
            when held * 2 < trades then 'quick-trades' else '' end, %(now)s
from figures
order by period, starts_on, user_id
on conflict (period, starts_on, user_id) do update set account_id = excluded.account_id, kind = excluded.kind,
    currency = excluded.currency, return_pct = excluded.return_pct, profit = excluded.profit,
    risk_adjusted = excluded.risk_adjusted, drawdown_pct = excluded.drawdown_pct, trades = excluded.trades,
    won = excluded.won, held = excluded.held, curve = excluded.curve, entered_at = excluded.entered_at,
    reason = excluded.reason, refreshed_at = excluded.refreshed_at
"""

Span = tuple[Period, date, date]
"""A period with its first day and the day after its last."""


async def begin_refresh(uow: UnitOfWork) -> bool:
    """Whether this worker may refresh now; the right lasts until the transaction ends."""
    return bool(await uow.value("select pg_try_advisory_xact_lock(%s)", (REFRESH_LOCK,)))


async def take_changes(uow: UnitOfWork) -> list[UUID]:
    """The entered accounts that changed since they were last taken; they are no longer noted then."""
    rows = await uow.rows(
        "with taken as (delete from leaderboard_changes returning account_id) select distinct account_id from taken"
    )
    return [row["account_id"] for row in rows]


async def entered_accounts(uow: UnitOfWork, *, after: UUID | None, limit: int) -> list[UUID]:
    """Accounts of people who take part, in the order of their ids."""
    rows = await uow.rows(
        "select account_id from leaderboard_profiles where is_shown and (%(after)s::uuid is null "
        "or account_id > %(after)s) order by account_id limit %(limit)s",
        {"after": after, "limit": limit},
    )
    return [row["account_id"] for row in rows]


async def refresh(uow: UnitOfWork, accounts: Sequence[UUID], spans: Sequence[Span], *, now: datetime) -> int:
    """Compute the standings of these accounts in these periods anew; returns how many lines that are."""
    for setting in _PLANNED:
        await uow.run(setting)
    return await uow.run(
        _REFRESH,
        {
            "accounts": list(accounts),
            "periods": [period.value for period, _, _ in spans],
            "starts": [start for _, start, _ in spans],
            "ends": [end for _, _, end in spans],
            "fewest": [FEWEST_TRADES[period] for period, _, _ in spans],
            "flows": sorted(FLOWS),
            "valued_before": VALUED_BEFORE,
            "ruin": RUIN,
            "floor": DRAWDOWN_FLOOR,
            "curve_days": _CURVE_DAYS,
            "now": now,
        },
    )


async def count_boards(uow: UnitOfWork, spans: Sequence[Span], *, now: datetime) -> None:
    """Count who is ranked on each board of these periods; boards that emptied are forgotten."""
    values = {
        "periods": [period.value for period, _, _ in spans],
        "starts": [start for _, start, _ in spans],
        "now": now,
    }
    those = "(period, starts_on) in (select * from unnest(%(periods)s::text[], %(starts)s::date[]))"
    await uow.run_all(
        [
            (
                "insert into leaderboard_boards (kind, period, starts_on, currency, ranked, refreshed_at) "
                "select kind, period, starts_on, currency, count(*), %(now)s from leaderboard_entries "
                f"where reason = '' and {those} group by 1, 2, 3, 4 order by 1, 2, 3, 4 "
                "on conflict (kind, period, starts_on, currency) do update set ranked = excluded.ranked, "
                "refreshed_at = excluded.refreshed_at",
                values,
            ),
            (f"delete from leaderboard_boards where {those} and refreshed_at < %(now)s", values),
        ]
    )


async def is_closed(uow: UnitOfWork, period: Period, start: date) -> bool:
    """Whether a period has been closed."""
    return bool(
        await uow.value(
            "select 1 from leaderboard_closings where period = %s and starts_on = %s", (period.value, start)
        )
    )


async def last_closed(uow: UnitOfWork, period: Period) -> date | None:
    """The first day of the last period of a kind that was closed."""
    found: date | None = await uow.value(
        "select max(starts_on) from leaderboard_closings where period = %s", (period.value,)
    )
    return found


async def mark_closed(uow: UnitOfWork, period: Period, start: date, *, now: datetime) -> bool:
    """Take the one right to close a period; False when somebody has."""
    return bool(
        await uow.run(
            "insert into leaderboard_closings (period, starts_on, closed_at, awards) values (%s, %s, %s, 0) "
            "on conflict do nothing",
            (period.value, start, now),
        )
    )


_COLUMN = {Measure.RETURN: "return_pct", Measure.PROFIT: "profit", Measure.RISK_ADJUSTED: "risk_adjusted"}


def order_by(measure: Measure) -> str:
    """The order of a board, which is the one of `domain.leaderboard.ranked` and of an index."""
    return f"{_COLUMN[measure]} desc, drawdown_pct, trades desc, entered_at, user_id"


def column_of(measure: Measure) -> str:
    """Where a measure is kept."""
    return _COLUMN[measure]


async def freeze(uow: UnitOfWork, period: Period, start: date, *, now: datetime) -> list[Row]:
    """Keep the first hundred places of every board of a period with their prizes; returns those that won one."""
    won: list[Row] = []
    for measure in Measure:
        by_currency = "e.currency" if measure is Measure.PROFIT else "''"
        won += await uow.rows(
            f"""
            with placed as (
                select e.*, {by_currency} as board_currency,
                       row_number() over (partition by e.kind, {by_currency} order by {order_by(measure)}) as place,
                       count(*) over (partition by e.kind, {by_currency}) as ranked
                from leaderboard_entries e where e.reason = '' and e.period = %(period)s and e.starts_on = %(start)s),
            frozen as (
                insert into leaderboard_results (id, user_id, period, starts_on, kind, measure, currency, rank,
                    pseudonym, figures, prize_amount, prize_currency, closed_at)
                select uuidv7(), e.user_id, e.period, e.starts_on, e.kind, %(measure)s, e.board_currency, e.place,
                       p.pseudonym, jsonb_build_object(
                           'account_login', p.login, 'account_server', p.server, 'currency', e.currency,
                           'return_pct', e.return_pct::text, 'profit', e.profit::text,
                           'risk_adjusted', e.risk_adjusted::text, 'drawdown_pct', e.drawdown_pct::text,
                           'trades', e.trades, 'won', e.won, 'held', e.held, 'entered_at', e.entered_at,
                           'counted_from', p.counted_from, 'ranked', e.ranked),
                       z.amount, coalesce(z.currency, ''), %(now)s
                from placed e join leaderboard_profiles p on p.user_id = e.user_id
                left join leaderboard_prizes z on z.kind = e.kind and z.period = e.period and z.measure = %(measure)s
                     and z.board_currency = e.board_currency and z.rank = e.place
                where e.place <= %(size)s
                returning *)
            select * from frozen where prize_amount is not null order by kind, currency, rank
            """,
            {"period": period.value, "start": start, "measure": measure.value, "now": now, "size": BOARD_SIZE},
        )
    await uow.run(
        "update leaderboard_closings set awards = %s where period = %s and starts_on = %s",
        (len(won), period.value, start),
    )
    return won


async def forget(uow: UnitOfWork, period: Period, before: date) -> None:
    """Remove standings of closed periods; their first hundred places are kept for good."""
    for table in ("leaderboard_entries", "leaderboard_boards"):
        await uow.run(f"delete from {table} where period = %s and starts_on < %s", (period.value, before))
