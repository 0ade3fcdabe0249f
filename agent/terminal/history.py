"""What the terminal remembers: deals as trades, one row per closed position, and the bars of its charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from agent.protocol import (
    MAX_PARTIAL_CLOSES,
    BalanceOperation,
    HistoryOutcome,
    HistoryPayload,
    PartialClose,
    Side,
    Timeframe,
    TradeReport,
)
from agent.terminal.broker_time import BrokerClock
from agent.terminal.gateway import Deal, OrderInvalid
from agent.terminal.session import Session

BUY: Final = 0
SELL: Final = 1
ENTRY_IN: Final = 0
ENTRY_OUT: Final = 1
ENTRY_INOUT: Final = 2
ENTRY_OUT_BY: Final = 3
_CLOSING: Final = (ENTRY_OUT, ENTRY_INOUT, ENTRY_OUT_BY)
_NOTHING: Final = 1e-7
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any account of MetaTrader 5."""
_OPERATIONS: Final = {
    2: "balance",
    3: "credit",
    4: "charge",
    5: "correction",
    6: "bonus",
    7: "commission",
    8: "commission_daily",
    9: "commission_monthly",
    10: "agent_daily",
    11: "agent_monthly",
    12: "interest",
    13: "buy_canceled",
    14: "sell_canceled",
    15: "dividend",
    16: "dividend_franked",
    17: "tax",
}
"""DEAL_TYPE_… of deals that are no trades (MQL5 reference, Deal Properties)."""
_PRICES: Final = ("open", "high", "low", "close")
_HOURLY: Final = 0x4000
_TIMEFRAMES: Final = {
    Timeframe.M1: 1,
    Timeframe.M5: 5,
    Timeframe.M15: 15,
    Timeframe.M30: 30,
    Timeframe.H1: _HOURLY + 1,
    Timeframe.H4: _HOURLY + 4,
    Timeframe.D1: _HOURLY + 24,
}
"""TIMEFRAME_… of the package."""


def side_of(kind: int) -> Side | None:
    """The side of a deal; None for balance, credit and other money deals."""
    return {BUY: Side.BUY, SELL: Side.SELL}.get(kind)


def booked(row: Any) -> float:
    """What a deal moved, account currency: profit, swap, commission and fee."""
    return float(row.profit + row.swap + row.commission + row.fee)


def deal(row: Any, clock: BrokerClock) -> Deal:
    """A `TradeDeal` with its time in UTC."""
    return Deal(
        ticket=int(row.ticket),
        order=int(row.order),
        position=int(row.position_id),
        symbol=str(row.symbol),
        side=side_of(row.type),
        entry=int(row.entry),
        volume_lots=float(row.volume),
        price=float(row.price),
        profit=float(row.profit),
        swap=float(row.swap),
        commission=float(row.commission),
        fee=float(row.fee),
        magic=int(row.magic),
        comment=str(row.comment),
        done_at=clock.to_utc(row.time_msc / 1000.0),
        kind=int(row.type),
    )


def balance_operation(deal: Deal) -> BalanceOperation | None:
    """A deal that moved money outside trading as it is reported; None for a trade. A balance deal says which way."""
    if deal.side is not None:
        return None
    amount = round(booked(deal), 8)
    kind = _OPERATIONS.get(deal.kind, "other")
    if kind == "balance":
        kind = "deposit" if amount >= 0 else "withdrawal"
    return BalanceOperation(
        ticket=deal.ticket, kind=kind, amount=amount, comment=deal.comment[:64], done_at=deal.done_at
    )


def closing_positions(deals: Sequence[Any]) -> list[int]:
    """Ids of the positions that these deals closed or reduced, in order, each once."""
    return list(dict.fromkeys(int(row.position_id) for row in deals if row.position_id and row.entry in _CLOSING))


def closed_trade(deals: Sequence[Any], levels: tuple[float, float], clock: BrokerClock) -> TradeReport | None:
    """All deals of one position id as one trade; None while some of it is still open.

    A position reversed on a netting account stays one row: side, entry and exit are those of its first direction,
    profit and costs those of all.
    """
    rows = _trades(deals)
    if not rows or rows[0].entry != ENTRY_IN:
        return None  # archived in part by the broker: what is left would give wrong averages
    first_kind = rows[0].type
    net = 0.0
    entries: list[tuple[float, float]] = []
    exits: list[tuple[float, float]] = []
    is_reversed = False
    for row in rows:
        before = net
        net = round(net + (row.volume if row.type == first_kind else -row.volume), 8)
        if is_reversed:
            continue
        if row.type == first_kind:
            entries.append((row.volume, row.price))
        else:
            exits.append((min(row.volume, before), row.price))
        is_reversed = net < -_NOTHING
    if abs(net) > _NOTHING or not exits:
        return None
    return TradeReport(
        ticket=int(rows[0].position_id),
        symbol=rows[0].symbol,
        side=Side.BUY if first_kind == BUY else Side.SELL,
        volume=round(sum(volume for volume, _ in entries), 8),
        open_price=_average(entries),
        open_time=clock.to_utc(rows[0].time_msc / 1000.0),
        sl=levels[0],
        tp=levels[1],
        close_price=_average(exits),
        close_time=clock.to_utc(rows[-1].time_msc / 1000.0),
        current_price=float(rows[-1].price),
        profit=round(sum(row.profit for row in rows), 8),
        swap=round(sum(row.swap for row in rows), 8),
        commission=round(sum(row.commission + row.fee for row in rows), 8),
        magic=int(rows[0].magic),
        comment=str(rows[0].comment),
        partial_closes=partial_closes(rows[:-1], clock) or None,
    )


def partial_closes(deals: Sequence[Any], clock: BrokerClock) -> list[PartialClose]:
    """The deals of a position that is still open (or was, after the last of them) that closed a part of it.

    Of more than a report may hold the oldest are told as one.
    """
    rows = [row for row in _trades(deals) if row.entry in _CLOSING]
    spare = max(0, len(rows) - MAX_PARTIAL_CLOSES)
    groups = [rows[: spare + 1], *([row] for row in rows[spare + 1 :])] if rows else []
    return [
        PartialClose(
            deal=int(group[-1].ticket),
            done_at=clock.to_utc(group[-1].time_msc / 1000.0),
            volume=round(sum(row.volume for row in group), 8),
            price=_average([(row.volume, row.price) for row in group]),
            amount=round(sum(booked(row) for row in group), 8),
        )
        for group in groups
    ]


def _trades(deals: Sequence[Any]) -> list[Any]:
    """Deals without those that move money alone, in the order they were made."""
    return sorted((row for row in deals if side_of(row.type) is not None), key=lambda row: (row.time_msc, row.ticket))


def _average(parts: Sequence[tuple[float, float]]) -> float:
    volume = sum(each for each, _ in parts)
    return round(sum(each * price for each, price in parts) / volume, 10)


def bars(session: Session, wanted: HistoryPayload) -> HistoryOutcome:
    """Bars from the terminal's own charts, oldest first, in UTC as far as the broker's clock is known.

    A terminal that has no bars there answers None or nothing at all; only the error code tells a fault from an end.
    """
    symbol = session.visible_name(wanted.symbol)
    if symbol is None:
        raise OrderInvalid(f"this broker has no symbol {wanted.symbol}")
    session.ready(symbol)
    read_at, api, clock = session.now(), session.api, session.clock
    timeframe = _TIMEFRAMES[wanted.timeframe]
    if wanted.before is None:
        rows = api.copy_rates_from_pos(symbol, timeframe, 0, wanted.count)
    else:
        rows = api.copy_rates_from(symbol, timeframe, int(clock.to_server(wanted.before)) - 1, wanted.count)
    if rows is None and int(api.last_error()[0]) != 1:
        session.fail("the bars cannot be read")
    found = [
        (int(row["time"]) - clock.offset_s, *(float(row[name]) for name in _PRICES), int(row["tick_volume"]))
        for row in (() if rows is None else rows)
    ]
    offset = clock.offset_s if clock.is_measured else None
    return HistoryOutcome.model_validate({"bars": found, "offset_s": offset, "read_at": read_at})
