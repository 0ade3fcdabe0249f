"""Queries about closed trades: pages by cursor, totals, what can be filtered by, and sums for analytics."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from forex_elite.db.trades import EXPORT, SELECT, select_page, source_words, trade_info
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.history import Choices, HistoryFilter, Slice, Source, Totals, TradeResult
from forex_elite.domain.paging import Page
from forex_elite.domain.signals import TradeInfo

NET = "(t.profit + t.swap + t.commission)"
_RESULTS = {
    TradeResult.WIN: f"{NET} > 0 and t.close_price is not null",
    TradeResult.LOSS: f"{NET} < 0 and t.close_price is not null",
    TradeResult.FLAT: f"{NET} = 0 and t.close_price is not null",
}
_SUMS = f"""
    count(*) as count, count(*) filter (where {NET} > 0) as wins, count(*) filter (where {NET} < 0) as losses,
    coalesce(sum({NET}), 0) as net
"""


def condition(
    user_id: UUID, wanted: HistoryFilter, *, which: str = "t.is_closed", at: str = "t.close_time"
) -> tuple[str, dict[str, Any]]:
    """The closed trades of a person that a filter means, as a condition on `trades t`.

    `which` may name others of their trades, and `at` another instant for its span of time.
    """
    parts = [f"t.user_id = %(user)s and {which}"]
    values: dict[str, Any] = {
        "user": user_id,
        "account": wanted.account_id,
        "symbol": wanted.symbol,
        "side": wanted.side,
        "magic": wanted.magic,
        "strategy": wanted.strategy_id,
        "since": wanted.since,
        "until": wanted.until,
    }
    tests = {
        "account": "t.account_id = %(account)s",
        "symbol": "t.symbol = %(symbol)s",
        "side": "t.side = %(side)s",
        "magic": "t.magic = %(magic)s",
        "strategy": "t.magic = (select st.magic from tv_strategies st where st.id = %(strategy)s) and t.magic <> 0",
        "since": f"{at} >= %(since)s",
        "until": f"{at} < %(until)s",
    }
    parts += [test for name, test in tests.items() if values[name] is not None]
    if wanted.result is not None:
        parts.append(_RESULTS[wanted.result])
    return " and ".join(parts), values


async def list_closed(
    uow: UnitOfWork, user_id: UUID, wanted: HistoryFilter, *, before: UUID | None, limit: int
) -> Page[TradeInfo]:
    """Closed trades, last closed first."""
    rows = await _closed_rows(uow, user_id, wanted, before=before, limit=limit + 1, select=SELECT)
    items = tuple(trade_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def rows_to_export(
    uow: UnitOfWork, user_id: UUID, wanted: HistoryFilter, *, before: UUID | None, limit: int
) -> list[Row]:
    """The next rows of `EXPORT` after the cursor."""
    return await _closed_rows(uow, user_id, wanted, before=before, limit=limit, select=EXPORT)


async def _closed_rows(
    uow: UnitOfWork, user_id: UUID, wanted: HistoryFilter, *, before: UUID | None, limit: int, select: str
) -> list[Row]:
    where, values = condition(user_id, wanted)
    if before is not None:
        closed = await uow.value("select close_time from trades where id = %s and is_closed", (before,))
        where += " and (t.close_time, t.id) < (%(closed)s, %(before)s)"
        values |= {"closed": closed, "before": before}
    return await uow.rows(select_page(where, "t.close_time desc, t.id desc", select), {**values, "limit": limit})


async def totals(uow: UnitOfWork, user_id: UUID, wanted: HistoryFilter) -> list[Totals]:
    """What the trades of a filter add up to, by currency."""
    where, values = condition(user_id, wanted)
    rows = await uow.rows(
        f"select a.currency, {_SUMS}, sum(t.swap) as swap, sum(t.commission) as commission, sum(t.volume) as lots "
        f"from trades t join mt5_accounts a on a.id = t.account_id where {where} group by 1 order by 1",
        values,
    )
    return [Totals(**row) for row in rows]


async def choices(uow: UnitOfWork, user_id: UUID) -> Choices:
    """Symbols and sources of a person's closed trades; each is found by a jump in an index, not by reading all."""
    symbols = await uow.rows(
        """
        with recursive found as (
            (select symbol from trades where user_id = %(user)s and is_closed order by symbol limit 1)
            union all
            select (select t.symbol from trades t where t.user_id = %(user)s and t.is_closed and t.symbol > f.symbol
                    order by t.symbol limit 1) from found f where f.symbol is not null
        ) select symbol from found where symbol is not null
        """,
        {"user": user_id},
    )
    sources = await uow.rows(
        """
        with recursive found as (
            (select magic from trades where user_id = %(user)s and is_closed order by magic limit 1)
            union all
            select (select t.magic from trades t where t.user_id = %(user)s and t.is_closed and t.magic > f.magic
                    order by t.magic limit 1) from found f where f.magic is not null
        ) select f.magic, st.id as strategy_id, st.name from found f
          left join tv_strategies st on st.user_id = %(user)s and st.magic = f.magic and f.magic <> 0
        where f.magic is not null order by f.magic
        """,
        {"user": user_id},
    )
    return Choices(
        tuple(row["symbol"] for row in symbols),
        tuple(Source(row["magic"], row["strategy_id"], _source_name(row)) for row in sources),
    )


def _source_name(row: Row) -> str:
    words = source_words(row["magic"], row["name"])
    return f"{words} · magic {row['magic']}" if words == "EA" else words


_PART_AT, _PART_AMOUNT = "(part ->> 'done_at')::timestamptz", "(part ->> 'amount')::numeric"
_PARTS = "trades t cross join lateral jsonb_array_elements(t.partial_closes) part"


def _bookings(user_id: UUID, wanted: HistoryFilter) -> tuple[str, dict[str, Any]]:
    """What the trades of a filter brought to their accounts, and when: a row for each partial close, one for each end.

    `net` is the whole result of a trade at its end and null at a partial close, `amount` what was booked at that time.
    Trades whose closing figures are still to come have no end.
    """
    closed, values = condition(user_id, wanted)
    parts, _ = condition(user_id, wanted, which="t.partial_closes is not null", at=_PART_AT)
    of_trade = "a.currency, t.symbol, t.magic, t.open_time"
    return (
        f"""
        select {of_trade}, t.close_time as at, t.id, 0 as deal, {NET} as net, {NET} - t.booked as amount
        from trades t join mt5_accounts a on a.id = t.account_id where {closed} and t.close_price is not null
        union all
        select {of_trade}, {_PART_AT}, t.id, (part ->> 'deal')::bigint, null, {_PART_AMOUNT}
        from {_PARTS} join mt5_accounts a on a.id = t.account_id where {parts}
        """,
        values,
    )


_SLICES = """
    grouping(symbol) as g_symbol, grouping(hour) as g_hour, grouping(weekday) as g_weekday, grouping(magic) as g_magic,
    grouping(day) as g_day, currency, symbol, hour, weekday, magic, day, count(net) as count,
    count(*) filter (where net > 0) as wins, count(*) filter (where net < 0) as losses, sum(amount) as net,
    coalesce(sum(net) filter (where net > 0), 0) as gross_profit,
    coalesce(sum(net) filter (where net < 0), 0) as gross_loss, avg(hold) as hold
"""


async def slices(uow: UnitOfWork, user_id: UUID, wanted: HistoryFilter, *, zone: str) -> list[Row]:
    """The trades of a filter summed in one pass: in all and by symbol, hour, weekday, magic number and day.

    Hours and weekdays (1 Monday to 7) are those of the opening, days those of the booking, in the time zone. A slice
    with partial closes alone counts no trade.
    """
    bookings, values = _bookings(user_id, wanted)
    return await uow.rows(
        f"""
        with booked as materialized (
            select currency, symbol, magic, net, amount,
                   extract(hour from open_time at time zone %(zone)s)::int as hour,
                   extract(isodow from open_time at time zone %(zone)s)::int as weekday,
                   (at at time zone %(zone)s)::date as day,
                   case when net is not null then extract(epoch from at - open_time) end as hold
            from ({bookings}) b
        )
        select {_SLICES} from booked
        group by grouping sets ((currency), (currency, symbol), (currency, hour), (currency, weekday),
                                (currency, magic), (currency, day))
        order by currency, symbol, hour, weekday, magic, day
        """,
        {**values, "zone": zone},
    )


async def drawdowns(uow: UnitOfWork, user_id: UUID, wanted: HistoryFilter) -> dict[str, Any]:
    """The largest fall of the summed results from their peak (which starts at 0), by currency."""
    bookings, values = _bookings(user_id, wanted)
    rows = await uow.rows(
        f"""
        select currency, max(greatest(peak, 0) - run) as fall from (
            select currency, run, max(run) over (partition by currency order by place) as peak from (
                select currency, row_number() over w as place, sum(amount) over w as run from ({bookings}) b
                window w as (partition by currency order by at, id, deal)
            ) summed
        ) peaks group by 1
        """,
        values,
    )
    return {row["currency"]: row["fall"] for row in rows}


async def balances(uow: UnitOfWork, user_id: UUID, account_id: UUID | None, since: datetime | None) -> dict[str, Any]:
    """Present balances by currency, less all that trades booked from `since` on (or ever)."""
    rows = await uow.rows(
        f"""
        select a.currency, sum(a.balance - coalesce((
            select sum({NET} - t.booked) from trades t where t.account_id = a.id and t.is_closed
              and t.close_price is not null and (%(since)s::timestamptz is null or t.close_time >= %(since)s)), 0)
          - coalesce((
            select sum({_PART_AMOUNT}) from {_PARTS} where t.user_id = %(user)s and t.partial_closes is not null
              and t.account_id = a.id and (%(since)s::timestamptz is null or {_PART_AT} >= %(since)s)), 0)) as start
        from mt5_accounts a
        where a.user_id = %(user)s and (%(account)s::uuid is null or a.id = %(account)s) group by 1
        """,
        {"user": user_id, "account": account_id, "since": since},
    )
    return {row["currency"]: row["start"] for row in rows}


def slice_of(row: Row, key: str) -> Slice:
    """A row of `slices` as its value."""
    return Slice(
        key=key,
        count=row["count"],
        wins=row["wins"],
        net=row["net"],
        gross_profit=row["gross_profit"],
        gross_loss=row["gross_loss"],
        hold_s=float(row["hold"] or 0),
    )
