"""Queries about positions, open and closed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.levels import pip_size
from forex_elite.domain.paging import Page
from forex_elite.domain.protection import Protection
from forex_elite.domain.signals import TradeInfo
from forex_elite.domain.trading import SymbolSpec

_COLUMNS = (
    "id",
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
    "protection",
    "is_closed",
)
_TYPES = (
    "uuid",
    "bigint",
    "text",
    "text",
    "numeric",
    "numeric",
    "timestamptz",
    "numeric",
    "numeric",
    "numeric",
    "numeric",
    "timestamptz",
    "numeric",
    "numeric",
    "numeric",
    "bigint",
    "text",
    "jsonb",
    "boolean",
)
_CHANGING = tuple(column for column in _COLUMNS if column not in {"id", "ticket"})

_UPSERT = f"""
insert into trades ({", ".join(_COLUMNS)}, user_id, account_id, reported_at)
select {", ".join("i." + column for column in _COLUMNS)}, %(user)s, %(account)s, %(at)s
from unnest({", ".join(f"%({column})s::{kind}[]" for column, kind in zip(_COLUMNS, _TYPES, strict=True))})
     as i ({", ".join(_COLUMNS)})
on conflict (account_id, ticket) do update set
    {", ".join(f"{column} = excluded.{column}" for column in _CHANGING)}, reported_at = excluded.reported_at
where trades.close_price is null or excluded.is_closed
returning new.ticket, new.volume, new.sl, new.tp, new.profit, new.swap, new.commission, new.close_time, new.is_closed,
          old.ticket is null as is_new, old.volume as old_volume, old.sl as old_sl, old.tp as old_tp,
          old.profit as old_profit, old.swap as old_swap, old.commission as old_commission,
          old.close_time as old_close_time, coalesce(old.close_price is not null, false) as was_closed
"""


async def store(
    uow: UnitOfWork, *, user_id: UUID, account_id: UUID, rows: list[dict[str, Any]], at: datetime
) -> list[Row]:
    """Insert or update positions by ticket; one with a reported exit never opens again. Later rows win.

    Events of positions and the account's days follow in the same transaction. Reports of one account wait for each
    other, so that no day is counted from two sides at once.
    """
    unique = {row["ticket"]: row for row in rows}.values()
    if not unique:
        return []
    columns: dict[str, list[Any]] = {column: [row.get(column) for row in unique] for column in _COLUMNS}
    columns["id"] = [uuid7() for _ in unique]
    await uow.run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"trades of {account_id}",))
    columns["protection"] = [None if terms is None else Jsonb(terms) for terms in columns["protection"]]
    stored = await uow.rows(_UPSERT, {**columns, "user": user_id, "account": account_id, "at": at})
    await _add_events(uow, user_id, account_id, [event for row in stored if (event := _event(row, at))])
    await _count_days(uow, user_id, account_id, [row for row in stored if row["is_closed"]])
    return stored


def _event(row: Row, at: datetime) -> tuple[int, str, dict[str, str], datetime] | None:
    """What happened to a position, if anything did: ticket, kind, figures, and when."""
    told = {name: f"{row[name]:f}" for name in ("volume", "sl", "tp")}
    if row["is_closed"]:
        if row["was_closed"]:
            return None
        return row["ticket"], "closed", {"volume": told["volume"], "profit": f"{row['profit']:f}"}, row["close_time"]
    if row["is_new"]:
        return row["ticket"], "opened", {**told, "profit": f"{row['profit']:f}"}, at
    if any(row[name] != row[f"old_{name}"] for name in told):
        return row["ticket"], "changed", {**told, **{f"old_{name}": f"{row[f'old_{name}']:f}" for name in told}}, at
    return None


async def _add_events(
    uow: UnitOfWork, user_id: UUID, account_id: UUID, events: list[tuple[int, str, dict[str, str], datetime]]
) -> None:
    if not events:
        return
    tickets, kinds, data, times = zip(*events, strict=True)
    await uow.run(
        "insert into trade_events (id, user_id, account_id, ticket, kind, data, at) "
        "select i.id, %s, %s, i.ticket, i.kind, i.data, i.at "
        "from unnest(%s::uuid[], %s::bigint[], %s::text[], %s::jsonb[], %s::timestamptz[]) "
        "as i (id, ticket, kind, data, at)",
        (
            user_id,
            account_id,
            [uuid7() for _ in events],
            list(tickets),
            list(kinds),
            [Jsonb(figures) for figures in data],
            list(times),
        ),
    )


async def _count_days(uow: UnitOfWork, user_id: UUID, account_id: UUID, closed: list[Row]) -> None:
    """Add what these closed positions change about the days (UTC) they closed on; told again, they change nothing."""
    days: dict[date, list[Decimal]] = {}
    for row in closed:
        if row["was_closed"]:
            net = row["old_profit"] + row["old_swap"] + row["old_commission"]
            _add(days, row["old_close_time"], net, row["old_volume"], -1)
        _add(days, row["close_time"], row["profit"] + row["swap"] + row["commission"], row["volume"], 1)
    changed = [(day, *sums) for day, sums in sorted(days.items()) if any(sums)]
    if not changed:
        return
    await uow.run(
        "insert into trade_days as d (account_id, user_id, day, trades, won, lost, profit, volume) "
        "select %s, %s, i.* from unnest(%s::date[], %s::int[], %s::int[], %s::int[], %s::numeric[], %s::numeric[]) i "
        "on conflict (account_id, day) do update set trades = d.trades + excluded.trades, won = d.won + excluded.won, "
        "lost = d.lost + excluded.lost, profit = d.profit + excluded.profit, volume = d.volume + excluded.volume",
        (account_id, user_id, *(list(column) for column in zip(*changed, strict=True))),
    )


def _add(days: dict[date, list[Decimal]], closed_at: datetime, net: Decimal, volume: Decimal, sign: int) -> None:
    sums = days.setdefault(closed_at.astimezone(UTC).date(), [Decimal(0)] * 5)
    counted = (Decimal(1), Decimal(net > 0), Decimal(net < 0), net, volume)
    for place, value in enumerate(counted):
        sums[place] += sign * value


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


def select_page(condition: str, order: str) -> str:
    """`SELECT` of the first `%(limit)s` trades by a condition on `trades t`.

    They are chosen before anything is joined: the planner takes each join under row security for a filter, and would
    rather sort all of a person's trades than walk an index that has them in order.
    """
    page = f"(select t.* from trades t where {condition} order by {order} limit %(limit)s) t"
    return f"{SELECT.replace('trades t', page)} order by {order}"


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
    )


def source_words(magic: int, strategy_name: str | None) -> str:
    """Who opened a trade, by its magic number."""
    return f"Signal · {strategy_name}" if strategy_name else "Manual" if not magic else "EA"


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
