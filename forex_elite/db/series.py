"""Accounts over time: snapshots every 30 seconds, ten minutes, hours and days rolled up from them, results of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, Statement, UnitOfWork
from forex_elite.domain.series import FLOWS, BalancePoint, DayResult, TradeStatistics
from forex_elite.errors import DatabaseUnavailable

PARTITIONS_LOCK = 0x0F0E5E1E
"""Advisory lock: of many workers one makes partitions."""


async def keep_partitions(owner_url: str) -> int:
    """Make the partitions of the days and months ahead and drop those past their time; returns how many changed.

    Needs the owner of the database: the application's role may create nothing. Waits for no lock longer than two
    seconds, since everybody else would wait behind it.
    """
    dsn = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            await connection.execute("set local lock_timeout = '2s'")
            taken = await connection.execute("select pg_try_advisory_xact_lock(%s)", (PARTITIONS_LOCK,))
            if not (await taken.fetchone() or (False,))[0]:
                return 0
            kept = await connection.execute("select keep_partitions() + keep_audit()")
            row = await kept.fetchone()
            return int(row[0]) if row else 0
    except psycopg.OperationalError as lost:  # away, or somebody holds a lock
        raise DatabaseUnavailable("The database does not answer; try again in a few seconds.") from lost


_SNAPSHOTS = """
with i as materialized (
    select * from unnest(%(accounts)s::uuid[], %(at)s::timestamptz[], %(balance)s::numeric[], %(credit)s::numeric[],
                         %(equity)s::numeric[], %(margin)s::numeric[], %(margin_free)s::numeric[])
             as i (account_id, at, balance, credit, equity, margin, margin_free)),
made as (
    insert into account_snapshots (account_id, at, user_id, balance, credit, equity, margin, margin_free)
    select i.account_id, date_bin('30 seconds', i.at, '2000-01-01+00'), %(user)s,
           i.balance, i.credit, i.equity, i.margin, i.margin_free
    from i
    on conflict do nothing
    returning account_id, at, user_id, balance, equity)
insert into account_rollups as r (account_id, step, at, user_id, first_at, last_at, balance, equity_open, equity_high,
                                  equity_low, equity_close, samples)
select m.account_id, s.step, date_bin(s.width, m.at, '2000-01-01+00'), m.user_id, i.at, i.at, m.balance, m.equity,
       m.equity, m.equity, m.equity, 1
from made m join i using (account_id)
cross join (values ('10min', interval '10 minutes'), ('hour', interval '1 hour'), ('day', interval '1 day'))
           s (step, width)
on conflict (account_id, step, at) do update set
    balance = case when excluded.last_at > r.last_at then excluded.balance else r.balance end,
    equity_close = case when excluded.last_at > r.last_at then excluded.equity_close else r.equity_close end,
    equity_open = case when excluded.first_at < r.first_at then excluded.equity_open else r.equity_open end,
    equity_high = greatest(r.equity_high, excluded.equity_high),
    equity_low = least(r.equity_low, excluded.equity_low),
    first_at = least(r.first_at, excluded.first_at),
    last_at = greatest(r.last_at, excluded.last_at),
    samples = r.samples + 1
"""


async def store_snapshots(uow: UnitOfWork, user_id: UUID, rows: Sequence[tuple[UUID, dict[str, Any]]]) -> int:
    """Keep one snapshot an account and 30 seconds, and roll them up; returns how many roll-ups it touched.

    Rows are (account id, report with `reported_at`), each account once.
    """
    names = ("balance", "credit", "equity", "margin", "margin_free")
    return await uow.run(
        _SNAPSHOTS,
        {
            "user": user_id,
            "accounts": [account_id for account_id, _ in rows],
            "at": [report["reported_at"] for _, report in rows],
            **{name: [Decimal(str(report[name])) for _, report in rows] for name in names},
        },
    )


_PROBES = """
select a.account_id, p.at, s.balance, s.equity
from unnest(%(accounts)s::uuid[]) a (account_id)
cross join generate_series(%(since)s::timestamptz, %(until)s::timestamptz, %(step)s::interval) p (at)
cross join lateral (
    select s.balance, s.equity from account_snapshots s
    where s.account_id = a.account_id and s.at <= p.at and s.at > p.at - %(step)s::interval
    order by s.at desc limit 1) s
order by a.account_id, p.at
"""


async def sample(
    uow: UnitOfWork, accounts: Sequence[UUID], *, since: datetime, until: datetime, step: timedelta
) -> list[Row]:
    """The last snapshot of each account in every `step` up to `until`: (account_id, at, balance, equity).

    Each point is one look into the index, so its cost does not depend on how much lies between the points.
    """
    return await uow.rows(*_probes(accounts, since=since, until=until, step=step))


def _probes(accounts: Sequence[UUID], *, since: datetime, until: datetime, step: timedelta) -> Statement:
    return _PROBES, {"accounts": list(accounts), "since": since + step, "until": until, "step": step}


_ROLLED_UP = """
select last_at as at, balance, equity_close as equity, equity_low as low, equity_high as high
from account_rollups where account_id = %s and step = %s and at >= %s order by at
"""


async def balance(
    uow: UnitOfWork, account_id: UUID, *, since: datetime, until: datetime, step: timedelta, rolled_up: str | None
) -> tuple[str, list[BalancePoint]] | None:
    """An account's currency and its figures since then, oldest first; None for an account the actor may not see.

    `rolled_up` names the step of the roll-ups to read ('10min', 'hour', 'day'); without it snapshots are sampled every
    `step`. One round trip.
    """
    account, points = await uow.run_all(
        [
            ("select currency from mt5_accounts where id = %s and removed_at is null", (account_id,)),
            (_ROLLED_UP, (account_id, rolled_up, since))
            if rolled_up
            else _probes([account_id], since=since, until=until, step=step),
        ]
    )
    currency = account.value()
    if currency is None:
        return None
    low, high = ("low", "high") if rolled_up else ("equity", "equity")
    found = points.rows()
    return currency, [BalancePoint(row["at"], row["balance"], row["equity"], row[low], row[high]) for row in found]


async def clear_ten_minutes(uow: UnitOfWork, *, before: datetime) -> int:
    """Remove roll-ups of ten minutes from before then: hours tell of that time. Returns how many."""
    return await uow.run(
        "delete from account_rollups r using mt5_accounts a "
        "where r.account_id = a.id and r.step = '10min' and r.at < %s",
        (before,),
    )


_DAYS = """
with mine as materialized (select id, currency from mt5_accounts where user_id = %(user)s),
worth as (
    select m.currency, r.account_id, (r.at at time zone 'UTC')::date as day, r.equity_open, r.equity_close, r.first_at,
           lag(r.equity_close) over (partition by r.account_id order by r.at) as before,
           lag(r.last_at) over (partition by r.account_id order by r.at) as before_at, r.last_at
    from mine m
    cross join lateral (select max(p.at) as at from account_rollups p
                        where p.account_id = m.id and p.step = 'day' and p.at < %(since_at)s) last_before
    join account_rollups r on r.account_id = m.id and r.step = 'day'
         and r.at >= coalesce(last_before.at, %(since_at)s)),
moved as (
    select w.account_id, w.day, sum(o.amount) as flows
    from worth w join balance_operations o on o.account_id = w.account_id and o.kind = any(%(flows)s)
         and o.done_at > coalesce(w.before_at, w.first_at)
         and o.done_at <= w.last_at
    where w.day >= %(since)s
    group by 1, 2),
results as (
    select w.currency, w.day, sum(w.equity_close - coalesce(w.before, w.equity_open) - coalesce(f.flows, 0)) as result,
           sum(coalesce(f.flows, 0)) as flows
    from worth w left join moved f using (account_id, day)
    where w.day >= %(since)s
    group by 1, 2),
closed as (
    select m.currency, d.day, sum(d.profit) as realised, sum(d.trades) as trades, sum(d.won) as won, sum(d.lost) as lost
    from mine m join trade_days d on d.account_id = m.id and d.day >= %(since)s
    group by 1, 2)
select day, currency, coalesce(r.result, 0) as result, coalesce(r.flows, 0) as flows,
       coalesce(c.realised, 0) as realised, coalesce(c.trades, 0) as trades, coalesce(c.won, 0) as won,
       coalesce(c.lost, 0) as lost
from results r full join closed c using (currency, day)
order by day, currency
"""


async def day_results(uow: UnitOfWork, user_id: UUID, *, since: date) -> list[DayResult]:
    """What each day since then came to, over all accounts of a currency; days without any figure are left out."""
    rows = await uow.rows(
        _DAYS,
        {
            "user": user_id,
            "since": since,
            "since_at": datetime(since.year, since.month, since.day, tzinfo=UTC),
            "flows": sorted(FLOWS),
        },
    )
    return [DayResult(**{**row, **{name: int(row[name]) for name in ("trades", "won", "lost")}}) for row in rows]


async def statistics(uow: UnitOfWork, user_id: UUID) -> list[TradeStatistics]:
    """All closed positions of a person, by currency of their accounts."""
    rows = await uow.rows(
        "select a.currency, sum(d.trades) as trades, sum(d.won) as won, sum(d.lost) as lost, sum(d.profit) as profit "
        "from mt5_accounts a join trade_days d on d.account_id = a.id where a.user_id = %s group by 1 order by 1",
        (user_id,),
    )
    return [
        TradeStatistics(row["currency"], int(row["trades"]), int(row["won"]), int(row["lost"]), row["profit"])
        for row in rows
    ]


async def store_operations(
    uow: UnitOfWork, *, user_id: UUID, account_id: UUID, rows: Sequence[dict[str, Any]], at: datetime
) -> int:
    """Keep balance operations; one that is known is left as it is. Returns how many were new."""
    return await uow.run(
        "insert into balance_operations (id, user_id, account_id, ticket, kind, amount, comment, done_at, reported_at) "
        "select i.id, %(user)s, %(account)s, i.ticket, i.kind, i.amount, i.comment, i.done_at, %(at)s "
        "from unnest(%(ids)s::uuid[], %(ticket)s::bigint[], %(kind)s::text[], %(amount)s::numeric[], "
        "%(comment)s::text[], %(done_at)s::timestamptz[]) as i (id, ticket, kind, amount, comment, done_at) "
        "on conflict (account_id, ticket) do nothing",
        {
            "user": user_id,
            "account": account_id,
            "at": at,
            "ids": [uuid7() for _ in rows],
            **{name: [row[name] for row in rows] for name in ("ticket", "kind", "amount", "comment", "done_at")},
        },
    )
