"""Figures for the monthly, best execution and transaction reports, as they were reported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from forex_elite.db.cursor import stream
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.compliance import SLIPPAGE_EDGES, STAGES

_NET = "(t.profit + t.swap + t.commission)"
_MINE = "user_id = %(user)s and (%(account)s::uuid is null or {id} = %(account)s)"

_IN_SPAN = "t.{0}_time >= %(since)s and t.{0}_time < %(until)s"
_CLOSED = f"t.is_closed and t.close_price is not null and {_IN_SPAN.format('close')}"
"""Closed in the span, its figures known; those of others are still to come."""


def _values(user_id: UUID, account_id: UUID | None, since: datetime, until: datetime) -> dict[str, Any]:
    return {"user": user_id, "account": account_id, "since": since, "until": until}


async def accounts(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> list[Row]:
    """A person's accounts with the balances before and at the end of a span, and the money moved in and out in it."""
    return await uow.rows(
        f"""
        select a.id, a.login, a.server, a.broker, a.currency,
               (select r.balance from account_rollups r where r.account_id = a.id and r.step = 'day'
                and r.at < %(since)s order by r.at desc limit 1) as opening,
               (select r.balance from account_rollups r where r.account_id = a.id and r.step = 'day'
                and r.at >= %(since)s and r.at < %(until)s order by r.at desc limit 1) as closing,
               (select coalesce(sum(b.amount) filter (where b.amount > 0), 0) from balance_operations b
                where b.account_id = a.id and b.done_at >= %(since)s and b.done_at < %(until)s) as paid_in,
               (select coalesce(sum(b.amount) filter (where b.amount < 0), 0) from balance_operations b
                where b.account_id = a.id and b.done_at >= %(since)s and b.done_at < %(until)s) as paid_out
        from mt5_accounts a where a.{_MINE.format(id="a.id")} order by a.login
        """,
        _values(user_id, account_id, since, until),
    )


async def trading_totals(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> list[Row]:
    """The closed trades of a span summed in one pass: by account, by symbol, and by day (UTC).

    `by` says which; currencies are never added. Trades whose closing figures are still to come are left out.
    """
    return await uow.rows(
        f"""
        with closed as materialized (
            select t.account_id, a.currency, t.symbol, (t.close_time at time zone 'UTC')::date as day, t.volume,
                   t.profit, t.swap, t.commission, {_NET} as net
            from trades t join mt5_accounts a on a.id = t.account_id
            where t.{_MINE.format(id="t.account_id")} and {_CLOSED})
        select case when grouping(account_id) = 0 then 'account' when grouping(symbol) = 0 then 'symbol'
                    else 'day' end as by,
               account_id, symbol, day, currency, count(*) as count, count(*) filter (where net > 0) as wins,
               count(*) filter (where net < 0) as losses, sum(volume) as lots, sum(profit) as profit,
               sum(swap) as swap, sum(commission) as commission, sum(net) as net
        from closed group by grouping sets ((account_id, currency), (symbol, currency), (day, currency))
        order by 1, day, symbol, account_id, currency
        """,
        _values(user_id, account_id, since, until),
    )


_INSTANT = "to_char({} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
_AMOUNT = "to_char({}, 'FM9,999,999,999,999,990.00')"


def stream_closed(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> AsyncIterator[list[Row]]:
    """Trades closed in a span, first closed first, in batches, as paper has them: times in UTC, money to the cent.

    The database writes the texts: reading figures into Python to write them there takes three times as long.
    """
    return stream(
        uow,
        "trades on paper",
        f"""
        select {_INSTANT.format("t.close_time")} as closed, a.login, t.ticket, left(t.symbol, 12) as symbol, t.side,
               to_char(t.volume, 'FM9999999999990.00') as lots, {_INSTANT.format("t.open_time")} as opened,
               trim_scale(t.open_price)::text as open_price, trim_scale(t.close_price)::text as close_price,
               {_AMOUNT.format("t.swap")} as swap, {_AMOUNT.format("t.commission")} as commission,
               {_AMOUNT.format(_NET)} as net, left(a.currency, 4) as currency
        from trades t join mt5_accounts a on a.id = t.account_id
        where t.{_MINE.format(id="t.account_id")} and {_CLOSED}
        order by t.close_time, t.id
        """,
        _values(user_id, account_id, since, until),
    )


def stream_transactions(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> AsyncIterator[list[Row]]:
    """Trades opened or closed in a span with what is known of their symbols, first closed first, in batches."""
    return stream(
        uow,
        "trades opened or closed",
        f"""
        select t.id, t.account_id, t.ticket, t.symbol, t.side, t.volume, t.open_time, t.open_price, t.close_time,
               t.close_price, t.magic, a.login, a.server, s.spec ->> 'currency_base' as currency_base,
               s.spec ->> 'currency_profit' as currency_profit, (s.spec ->> 'contract_size')::numeric as contract_size
        from trades t join mt5_accounts a on a.id = t.account_id
        left join symbols s on s.account_id = t.account_id and s.name = t.symbol
        where t.{_MINE.format(id="t.account_id")} and (({_IN_SPAN.format("open")}) or ({_CLOSED}))
        order by t.close_time, t.id
        """,
        _values(user_id, account_id, since, until),
    )


async def count_trades(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> int:
    """How many trades were closed in a span."""
    return int(
        await uow.value(
            f"select count(*) from trades t where t.{_MINE.format(id='t.account_id')} and {_CLOSED}",
            _values(user_id, account_id, since, until),
        )
    )


# Orders of alerts and of the ticket, with the same columns. A slippage is positive where it is the trader's loss; only
# entries have one, since a close has no price it was asked at.
_EXECUTIONS = f"""
with e as materialized (
    select x.id, x.account_id, coalesce(j.payload -> 'instruction' ->> 'symbol', g.symbol) as symbol, g.side,
           'alert' as source, x.status, x.requested_price, x.fill_price, x.filled_lots, x.slippage_points as slippage,
           x.broker_order_id, g.received_at, g.gated_at, x.queued_at, j.claimed_at, x.sent_at, x.filled_at,
           x.reported_at
    from signal_executions x join tv_signals g on g.id = x.signal_id left join jobs j on j.id = x.job_id
    where x.{_MINE.format(id="x.account_id")} and g.user_id = %(user)s and not g.is_test
      and g.received_at >= %(since)s and g.received_at < %(until)s
    union all
    select o.id, o.account_id, o.symbol, o.side, 'ticket', o.status, o.requested_price, o.fill_price, o.filled_lots,
           case when o.action = 'open' and o.requested_price > 0 and o.fill_price > 0 then
               round((o.fill_price - o.requested_price) * case o.side when 'buy' then 1 else -1 end
                     / (s.spec ->> 'point')::numeric, 1) end,
           o.broker_order_id, o.requested_at, o.gated_at, o.queued_at, j.claimed_at, o.sent_at, o.filled_at,
           o.reported_at
    from orders o left join jobs j on j.id = o.id
    left join symbols s on s.account_id = o.account_id and s.name = o.symbol
    where o.{_MINE.format(id="o.account_id")} and o.requested_at >= %(since)s and o.requested_at < %(until)s
), timed as (
    select e.*, a.login, a.server, a.broker,
           {
    ", ".join(
        f"extract(epoch from {end} - {start}) * 1000 as {name}"
        for (name, _), (start, end) in zip(
            STAGES,
            (
                ("received_at", "gated_at"),
                ("gated_at", "queued_at"),
                ("queued_at", "claimed_at"),
                ("claimed_at", "sent_at"),
                ("sent_at", "filled_at"),
                ("filled_at", "reported_at"),
                ("received_at", "filled_at"),
            ),
            strict=True,
        )
    )
}
    from e join mt5_accounts a on a.id = e.account_id
)
"""


async def execution_outcomes(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> list[Row]:
    """How many orders of a span ended how."""
    return await uow.rows(
        _EXECUTIONS + "select status, count(*) as count from timed group by 1 order by 2 desc, 1",
        _values(user_id, account_id, since, until),
    )


async def execution_stages(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> list[Row]:
    """Milliseconds of each stage of filled orders: how many, median, 95th and 99th percentile, longest."""
    each = " union all ".join(
        f"select {place} as place, '{name}' as stage, count({name}) as count, "
        f"percentile_cont(array[0.5, 0.95, 0.99]) within group (order by {name}) as shares, max({name}) as longest "
        "from timed where fill_price > 0"
        for place, (name, _) in enumerate(STAGES)
    )
    return await uow.rows(f"{_EXECUTIONS} {each} order by place", _values(user_id, account_id, since, until))


async def execution_slippage(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> list[Row]:
    """Slippage in points of filled entries, in all (empty symbol) and by broker and symbol, with its distribution."""
    buckets = ", ".join(
        f"count(*) filter (where width_bucket(slippage, array[{', '.join(map(str, SLIPPAGE_EDGES))}]::numeric[]) = {n})"
        for n in range(len(SLIPPAGE_EDGES) + 1)
    )
    return await uow.rows(
        _EXECUTIONS + f"select coalesce(broker, '') as broker, coalesce(symbol, '') as symbol, count(*) as count, "
        "count(*) filter (where slippage > 0) as worse, count(*) filter (where slippage < 0) as better, "
        "avg(slippage) as average, percentile_cont(array[0.05, 0.5, 0.95]) within group (order by slippage) as shares, "
        f"max(slippage) as worst, array[{buckets}] as buckets from timed "
        "where fill_price > 0 and slippage is not null group by grouping sets ((), (broker, symbol)) "
        "having count(*) > 0 order by grouping(symbol) desc, count(*) desc limit 200",
        _values(user_id, account_id, since, until),
    )


def stream_executions(
    uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime, until: datetime
) -> AsyncIterator[list[Row]]:
    """The orders of a span one by one, first received first, in batches."""
    return stream(
        uow,
        "executions",
        _EXECUTIONS + "select * from timed order by received_at, id",
        _values(user_id, account_id, since, until),
    )
