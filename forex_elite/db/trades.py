"""Queries about positions, open and closed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from agent.protocol import MANUAL_MAGIC
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.leaderboard import MIN_HOLD
from forex_elite.domain.levels import pip_size
from forex_elite.domain.paging import Page
from forex_elite.domain.protection import Protection
from forex_elite.domain.signals import PartialClose, TradeInfo
from forex_elite.domain.trading import SymbolSpec

_COLUMNS = {
    "ticket": "bigint",
    "symbol": "text",
    "side": "text",
    "volume": "numeric",
    "open_price": "numeric",
    "open_time": "timestamptz",
    "sl": "numeric",
    "tp": "numeric",
    "current_price": "numeric",
    "close_price": "numeric",
    "close_time": "timestamptz",
    "profit": "numeric",
    "swap": "numeric",
    "commission": "numeric",
    "magic": "bigint",
    "comment": "text",
    "protection": "jsonb",
    "partial_closes": "jsonb",
    "booked": "numeric",
    "is_closed": "boolean",
}
MONEY_DIGITS = 4
_LEVELS = ("sl", "tp")
_PARTS = ("partial_closes", "booked")
_CHANGING = tuple(column for column in _COLUMNS if column not in {"ticket", *_LEVELS, *_PARTS})
# A terminal's history has the levels a position was opened with; those it ended with were seen while it was open. An
# open position that is told without its partial closes has those that were told before.
_KEPT = ", ".join(
    [f"{column} = case when excluded.is_closed then trades.{column} else excluded.{column} end" for column in _LEVELS]
    + [
        f"{column} = case when excluded.is_closed or excluded.partial_closes is not null then excluded.{column} "
        f"else trades.{column} end"
        for column in _PARTS
    ]
)

# One statement: positions, what happened to them, and what that changes about the days they closed on. A position told
# again takes from its days what it gave before, so that telling it any number of times counts it once. What a partial
# close made counts on its own day, the rest and the trade itself on the day the position ended. One that was over
# before it was ever told has no events: its row says all that is known.
_STORE = f"""
with stored as (
    insert into trades (id, {", ".join(_COLUMNS)}, user_id, account_id, reported_at)
    select uuidv7(), {", ".join("i." + column for column in _COLUMNS)}, %(user)s, %(account)s, %(at)s
    from json_to_recordset(%(rows)s::json) as i ({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())})
    on conflict (account_id, ticket) do update set
        {", ".join(f"{column} = excluded.{column}" for column in _CHANGING)}, {_KEPT},
        reported_at = excluded.reported_at
    where trades.close_price is null or excluded.is_closed
    returning new.ticket, new.volume, new.sl, new.tp, new.profit, new.is_closed, new.close_time,
              new.close_time - new.open_time as hold, old.close_time - old.open_time as old_hold,
              new.profit + new.swap + new.commission as net, old.ticket is null as is_new, old.volume as old_volume,
              old.sl as old_sl, old.tp as old_tp, old.profit + old.swap + old.commission as old_net,
              old.close_time as old_close_time, coalesce(old.close_price is not null, false) as was_closed,
              new.booked, coalesce(old.booked, 0) as old_booked, new.partial_closes as parts,
              old.partial_closes as old_parts),
happened as (
    select s.*, case
        when is_closed then case when not (is_new or was_closed) then 'closed' end
        when is_new then 'opened'
        when (volume, sl, tp) is distinct from (old_volume, old_sl, old_tp) then 'changed' end as kind
    from stored s),
events as (
    insert into trade_events (id, user_id, account_id, ticket, kind, data, at)
    select uuidv7(), %(user)s, %(account)s, ticket, kind, case kind
               when 'closed' then jsonb_build_object('volume', volume::text, 'profit', profit::text)
               when 'opened' then jsonb_build_object('volume', volume::text, 'sl', sl::text, 'tp', tp::text)
               else jsonb_build_object('volume', volume::text, 'sl', sl::text, 'tp', tp::text, 'old_volume',
                                       old_volume::text, 'old_sl', old_sl::text, 'old_tp', old_tp::text) end,
           case when kind = 'closed' then close_time else %(at)s end
    from happened where kind is not null),
counted as (
    select (close_time at time zone 'UTC')::date as day, 1 as n, net, net - booked as profit, volume, hold
    from stored where is_closed
    union all
    select (old_close_time at time zone 'UTC')::date, -1, old_net, old_booked - old_net, old_volume, old_hold
    from stored where was_closed
    union all
    select ((part ->> 'done_at')::timestamptz at time zone 'UTC')::date, 0, 0,
           round((part ->> 'amount')::numeric, {MONEY_DIGITS}) * side, 0, null
    from stored cross join lateral (values (parts, 1), (old_parts, -1)) told (deals, side)
    cross join lateral jsonb_array_elements(deals) part
    where parts is distinct from old_parts),
changed as (
    select day, sum(n) as trades, sum(n * (net > 0)::int) as won, sum(n * (net < 0)::int) as lost,
           sum(profit) as profit, sum(n * volume) as volume, coalesce(sum(n * (hold >= %(min_hold)s)::int), 0) as held
    from counted group by day),
days as (
    insert into trade_days as d (account_id, user_id, day, trades, won, lost, profit, volume, held)
    select %(account)s, %(user)s, day, trades, won, lost, profit, volume, held from changed
    where (trades, won, lost, profit, volume, held) is distinct from (0, 0, 0, 0, 0, 0)
    order by day
    on conflict (account_id, day) do update set trades = d.trades + excluded.trades, won = d.won + excluded.won,
        lost = d.lost + excluded.lost, profit = d.profit + excluded.profit, volume = d.volume + excluded.volume,
        held = d.held + excluded.held)
select count(*) from stored
"""


async def store(uow: UnitOfWork, *, user_id: UUID, account_id: UUID, rows: list[dict[str, Any]], at: datetime) -> int:
    """Insert or update positions by ticket; one with a reported exit never opens again. Later rows win.

    Events of positions and the account's days follow in the same statement. Reports of one account wait for each
    other, so that no day is counted from two sides at once. Returns how many positions were taken in.
    """
    unique = {row["ticket"]: row for row in rows}
    if not unique:
        return 0
    await uow.run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"trades of {account_id}",))
    values = {
        "user": user_id,
        "account": account_id,
        "at": at,
        "rows": orjson.dumps(list(unique.values())).decode(),
        "min_hold": MIN_HOLD,
    }
    return int(await uow.value(_STORE, values))


async def drop_missing(uow: UnitOfWork, *, account_id: UUID, open_tickets: list[int], at: datetime) -> int:
    """Mark positions the terminal no longer holds as closed, exit figures to follow with the closed trades.

    Only rows older than the report are touched, so that a position stored meanwhile is not dropped.
    """
    return await uow.run(
        "update trades set is_closed = true, close_time = coalesce(close_time, %(at)s), reported_at = %(at)s, "
        "protection = null "
        "where account_id = %(account)s and not is_closed and ticket <> all(%(tickets)s) and reported_at < %(at)s",
        {"account": account_id, "tickets": open_tickets, "at": at},
    )


SELECT = """
    select t.*, a.login as account_login, a.currency, s.spec, st.name as strategy_name
    from trades t
    join mt5_accounts a on a.id = t.account_id
    left join symbols s on s.account_id = t.account_id and s.name = t.symbol
    left join tv_strategies st on st.user_id = t.user_id and st.magic = t.magic and t.magic <> 0
"""


_INSTANT = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
EXPORT = f"""
    select t.id, a.login, a.currency, t.ticket, t.symbol, t.magic, st.name as strategy_name, t.comment,
        concat_ws(',', t.side, t.volume, {_INSTANT.format("t.open_time")}, t.open_price,
            coalesce({_INSTANT.format("t.close_time")}, ''), coalesce(t.close_price::text, ''),
            coalesce(nullif(t.sl, 0)::text, ''), coalesce(nullif(t.tp, 0)::text, ''),
            case when t.close_price is null then ',,,'
                 else concat_ws(',', t.profit, t.swap, t.commission, t.profit + t.swap + t.commission) end) as figures
    from trades t
    join mt5_accounts a on a.id = t.account_id
    left join tv_strategies st on st.user_id = t.user_id and st.magic = t.magic and t.magic <> 0
"""
"""What a line of a file of trades is made of: `figures` are cells that are written already, from `side` to `net`.

Every figure read into Python and written there again would take the server six times as long.
"""


def select_page(condition: str, order: str, select: str = SELECT) -> str:
    """`SELECT` (or `EXPORT`) of the first `%(limit)s` trades by a condition on `trades t`.

    They are chosen before anything is joined: the planner takes each join under row security for a filter, and would
    rather sort all of a person's trades than walk an index that has them in order.
    """
    page = f"(select t.* from trades t where {condition} order by {order} limit %(limit)s) t"
    return f"{select.replace('trades t', page)} order by {order}"


def _pips(row: Row) -> tuple[int, float, Decimal | None]:
    """Digits of the symbol, size of its pip (0 while the symbol is unknown), and how many the price has moved."""
    if not row["spec"]:
        return 5, 0.0, None
    spec = SymbolSpec(**{k: v for k, v in row["spec"].items() if k in SymbolSpec.__dataclass_fields__})
    until = row["close_price"] if row["is_closed"] else row["current_price"]
    pip = pip_size(spec)
    if not until:
        return spec.digits, float(pip), None
    move = (until - row["open_price"]) * (1 if row["side"] == "buy" else -1)
    return spec.digits, float(pip), move / pip


def trade_info(row: Row) -> TradeInfo:
    """A row of `SELECT` as its value."""
    digits, pip, pips = _pips(row)
    return TradeInfo(
        **{
            field: row[field]
            for field in (
                "id",
                "account_id",
                "account_login",
                "currency",
                "ticket",
                "symbol",
                "side",
                "volume",
                "open_price",
                "open_time",
                "sl",
                "tp",
                "current_price",
                "close_price",
                "close_time",
                "profit",
                "swap",
                "commission",
                "magic",
                "comment",
                "is_closed",
                "reported_at",
            )
        },
        source=source_words(row["magic"], row["strategy_name"]),
        digits=digits,
        pips=pips,
        protection=Protection.read(row["protection"]),
        tick_size=float((row["spec"] or {}).get("tick_size", 0)),
        tick_value=float((row["spec"] or {}).get("tick_value", 0)),
        pip=pip,
        booked=row["booked"],
        partial_closes=tuple(_partial_close(part) for part in row["partial_closes"] or ()),
    )


def _partial_close(part: dict[str, Any]) -> PartialClose:
    return PartialClose(
        deal=part["deal"],
        done_at=datetime.fromisoformat(part["done_at"]),
        **{name: Decimal(str(part[name])) for name in ("volume", "price", "amount")},
    )


def source_words(magic: int, strategy_name: str | None) -> str:
    """Who opened a trade, by its magic number: 0 was typed into the terminal, `MANUAL_MAGIC` is our order ticket."""
    if strategy_name:
        return f"Signal · {strategy_name}"
    return {0: "Manual", MANUAL_MAGIC: "Order ticket"}.get(magic, "EA")


async def list_open(uow: UnitOfWork, user_id: UUID, *, account_id: UUID | None = None) -> list[TradeInfo]:
    """Open positions of a person, oldest first."""
    rows = await uow.rows(
        SELECT + "where t.user_id = %(user)s and not t.is_closed "
        "and (%(account)s::uuid is null or t.account_id = %(account)s) order by t.open_time, t.id",
        {"user": user_id, "account": account_id},
    )
    return [trade_info(row) for row in rows]


async def list_trades(
    uow: UnitOfWork, user_id: UUID, *, account_id: UUID | None, before: UUID | None, limit: int
) -> Page[TradeInfo]:
    """Positions, last stored first, by cursor."""
    rows = await uow.rows(
        SELECT + "where t.user_id = %(user)s and (%(account)s::uuid is null or t.account_id = %(account)s) "
        "and (%(before)s::uuid is null or t.id < %(before)s) order by t.id desc limit %(limit)s",
        {"user": user_id, "account": account_id, "before": before, "limit": limit + 1},
    )
    items = tuple(trade_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)
