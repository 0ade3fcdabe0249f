"""What standings are computed from, for many accounts at once; where they are kept, and frozen when a period closes.

`services.performance` computes them from what is read here, as `domain.leaderboard` defines.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import orjson

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.leaderboard import (
    BOARD_SIZE,
    VALUED_BEFORE,
    Measure,
    Period,
)
from forex_elite.domain.series import FLOWS

REFRESH_LOCK = 0x0F0E1EAD
"""Advisory lock: one refresh at a time, whoever leads."""

_PLANNED = ("set local jit = off", "set local enable_seqscan = off")
"""Everything is looked up by index for each account, however few or many rows the tables are thought to have."""

_ENTERED = """
with periods as materialized (
    select * from unnest(%(starts)s::date[], %(ends)s::date[]) with ordinality as p (starts_on, ends_on, place)),
entered as materialized (
    select p.user_id, p.account_id, p.entered_at, p.counted_from,
           greatest(p.counted_from, (select min(starts_on) from periods)) as since
    from leaderboard_profiles p where p.is_shown and p.account_id = any(%(accounts)s)),
kept as materialized (
    select e.*, e.since::timestamp at time zone 'UTC' as since_at,
           coalesce((select max(b.at) from account_rollups b where b.account_id = e.account_id and b.step = 'day'
                     and b.at < e.since::timestamp at time zone 'UTC'),
                    e.since::timestamp at time zone 'UTC') as from_at,
           (select max(ends_on) from periods)::timestamp at time zone 'UTC' as until
    from entered e)
"""
"""Who takes part, and from which kept day on: the last before they are counted, whose close they begin with."""

_PASTS = f"""{_ENTERED}
select k.user_id, k.account_id, k.entered_at, k.counted_from, k.since, a.currency,
       case a.trade_mode when 2 then 'live' else 'demo' end as kind,
       a.kind = 'mt5' and a.removed_at is null and a.agent_id is not null and a.synced_at is not null
           and a.deals_sum is not null and a.balance_difference is null
           and not exists (select 1 from balance_operations o where o.account_id = a.id and o.kind = 'correction'
                           and o.done_at >= k.counted_from::timestamp at time zone 'UTC') as is_verified,
       d.kept, d.days, d.closes, d.lows, d.opened, t.trades
from kept k
cross join lateral (select * from mt5_accounts m where m.id = k.account_id offset 0) a
cross join lateral (
    select count(*) as kept, (array_agg(r.equity_open order by r.at))[1] as opened,
           string_agg(timestamptz_send(r.at), ''::bytea order by r.at) as days,
           string_agg(float8send(r.equity_close::float8), ''::bytea order by r.at) as closes,
           string_agg(float8send(r.equity_low::float8), ''::bytea order by r.at) as lows
    from account_rollups r
    where r.account_id = k.account_id and r.step = 'day' and r.at >= k.from_at and r.at < k.until) d
cross join lateral (
    select string_agg(s.figures, ',' order by s.place) as trades
    from (select p.place, concat_ws(',', count(*) filter (where w.trades > 0),
                                    coalesce(sum(w.trades), 0), coalesce(sum(w.won), 0),
                                    coalesce(sum(w.held), 0)) as figures
          from periods p
          left join trade_days w on w.account_id = k.account_id and w.day >= greatest(k.since, p.starts_on)
               and w.day < p.ends_on
          group by 1) s) t
"""

_FLOWS = f"""{_ENTERED},
valued as materialized (
    select k.account_id, first.base_at, newest.last_at
    from kept k
    cross join lateral (
        select case when r.at < k.since_at then r.last_at else r.first_at end as base_at
        from account_rollups r where r.account_id = k.account_id and r.step = 'day' and r.at >= k.from_at
          and r.at < k.until order by r.at limit 1) first
    cross join lateral (
        select r.last_at from account_rollups r where r.account_id = k.account_id and r.step = 'day'
          and r.at >= k.from_at and r.at < k.until order by r.at desc limit 1) newest)
select f.account_id, (d.at at time zone 'UTC')::date - date '2000-01-01' as day, f.amount, s.equity as worth_before
from (
    select v.account_id, v.base_at, o.*
    from valued v
    cross join lateral (
        select b.done_at, b.ticket, b.amount, lag(b.done_at) over (order by b.done_at, b.ticket) as before_at
        from balance_operations b where b.account_id = v.account_id and b.kind = any(%(flows)s)
          and b.done_at > v.base_at and b.done_at <= v.last_at) o) f
cross join lateral (
    select r.at from account_rollups r where r.account_id = f.account_id and r.step = 'day'
      and r.at >= date_trunc('day', f.done_at, 'UTC') and r.last_at >= f.done_at order by r.at limit 1) d
left join lateral (
    select n.equity from account_snapshots n
    where n.account_id = f.account_id and n.at > greatest(f.before_at, f.base_at)
      and n.at >= date_trunc('day', f.done_at, 'UTC') and n.at <= f.done_at - %(valued_before)s::interval
    order by n.at desc limit 1) s on true
order by f.account_id, day, f.done_at, f.ticket
"""
"""Money paid in and out since the first value, by the kept day it belongs to, with the account's worth before it."""

_COLUMNS = """period text, starts_on date, user_id uuid, account_id uuid, kind text, currency text, return_pct numeric,
profit numeric, risk_adjusted numeric, drawdown_pct numeric, trades int, won int, held int, curve int[],
entered_at timestamptz, reason text"""
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(","))
_STORE = f"""
with shown as (
    select e.* from json_to_recordset(%(entries)s::json) as e ({_COLUMNS})
    join leaderboard_profiles p on p.user_id = e.user_id and p.account_id = e.account_id and p.is_shown
    for share of p),
stored as (
    insert into leaderboard_entries as x ({_NAMES}, refreshed_at)
    select {_NAMES}, %(now)s from shown order by user_id, period, starts_on
    on conflict (user_id, period, starts_on) do update set account_id = excluded.account_id, kind = excluded.kind,
        currency = excluded.currency, return_pct = excluded.return_pct, profit = excluded.profit,
        risk_adjusted = excluded.risk_adjusted, drawdown_pct = excluded.drawdown_pct, trades = excluded.trades,
        won = excluded.won, held = excluded.held, curve = excluded.curve, entered_at = excluded.entered_at,
        reason = excluded.reason, refreshed_at = excluded.refreshed_at
    returning x.period, x.starts_on, new.kind, new.currency, new.reason,
              old.kind as old_kind, old.currency as old_currency, old.reason as old_reason)
insert into leaderboard_boards as b (kind, period, starts_on, currency, ranked, refreshed_at)
select kind, period, starts_on, currency, sum(more), %(now)s
from (select kind, period, starts_on, currency, (reason = '')::int as more from stored
      union all
      select old_kind, period, starts_on, old_currency, -1 from stored where old_reason = '') counted
group by 1, 2, 3, 4 order by 1, 2, 3, 4
on conflict (kind, period, starts_on, currency) do update set ranked = b.ranked + excluded.ranked,
    refreshed_at = excluded.refreshed_at
"""

Span = tuple[Period, date, date]
"""A period with its first day and the day after its last."""


async def begin_refresh(uow: UnitOfWork) -> bool:
    """Whether this worker may refresh now; the right lasts until the transaction ends."""
    return bool(await uow.value("select pg_try_advisory_xact_lock(%s)", (REFRESH_LOCK,)))


async def changes(uow: UnitOfWork) -> list[Row]:
    """Notes that entered accounts changed: `id` of the note, and `account_id`."""
    return await uow.rows("select id, account_id from leaderboard_changes")


async def drop_changes(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """These notes are dealt with."""
    await uow.run("delete from leaderboard_changes where id = any(%s)", (list(ids),))


async def entered_accounts(uow: UnitOfWork, *, after: UUID | None, limit: int) -> list[UUID]:
    """Accounts of people who take part, in the order of their ids."""
    rows = await uow.rows(
        "select account_id from leaderboard_profiles where is_shown and (%(after)s::uuid is null "
        "or account_id > %(after)s) order by account_id limit %(limit)s",
        {"after": after, "limit": limit},
    )
    return [row["account_id"] for row in rows]


async def pasts(uow: UnitOfWork, accounts: Sequence[UUID], spans: Sequence[Span]) -> tuple[list[Row], list[Row]]:
    """What accounts that take part went through, as far as these periods need it.

    A line an account: `kept` days in `days` (big-endian microseconds since 2000-01-01 UTC), their last and lowest
    equity in `closes` and `lows` (big-endian doubles, account currency), the first equity of all in `opened`; and in
    `trades` four comma separated numbers a period: days with trades, trades, won, held long enough. The second list is
    money paid in and out, in order; its `day` counts from 2000-01-01.
    """
    values = {
        "accounts": list(accounts),
        "starts": [start for _, start, _ in spans],
        "ends": [end for _, _, end in spans],
        "flows": sorted(FLOWS),
        "valued_before": VALUED_BEFORE,
    }
    planned = [(setting, None) for setting in _PLANNED]
    answers = await uow.run_all([*planned, (_PASTS, values), (_FLOWS, values)])
    return answers[-2].rows(), answers[-1].rows()


async def store(uow: UnitOfWork, entries: Sequence[Row], *, now: datetime) -> None:
    """Keep standings, in place of those of the same person and period, and how many are ranked on their boards.

    Whoever left while they were computed has none; whoever leaves now waits, and takes these along.
    """
    await uow.run(_STORE, {"entries": orjson.dumps(list(entries)).decode(), "now": now})


async def count_boards(uow: UnitOfWork, spans: Sequence[Span], *, now: datetime) -> None:
    """Count anew who is ranked on each board of these periods; boards that emptied are forgotten."""
    values = {
        "periods": [period.value for period, _, _ in spans],
        "starts": [start for _, start, _ in spans],
        "now": now,
    }
    those = "(period, starts_on) in (select * from unnest(%(periods)s::text[], %(starts)s::date[]))"
    await uow.run_all(
        [
            # standings that are being stored count themselves: before this they are seen, after it they are added
            ("lock table leaderboard_boards in exclusive mode", None),
            (f"delete from leaderboard_boards where {those}", values),
            (
                "insert into leaderboard_boards (kind, period, starts_on, currency, ranked, refreshed_at) "
                "select kind, period, starts_on, currency, count(*), %(now)s from leaderboard_entries "
                f"where reason = '' and {those} group by 1, 2, 3, 4 order by 1, 2, 3, 4",
                values,
            ),
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
