"""Which positions and orders an instruction means, and with what volumes and levels: looked up just before sending."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from agent.outcome import StepDone, refused
from agent.protocol import (
    CancelOrders,
    CloseBy,
    CloseMany,
    CloseTrades,
    Level,
    LevelKind,
    ModifyOrder,
    ModifyTrade,
    OpenTrade,
    ResultFilter,
    Side,
    SymbolSpec,
)
from agent.terminal.gateway import OpenPosition, PendingOrder, Terminal

_LOT = 1e-9
_FRACTIONAL_PIP_DIGITS = frozenset({3, 5})


def opposite(order: OpenTrade, magic: int, positions: Sequence[OpenPosition]) -> list[OpenPosition]:
    """Positions of this magic number on the other side of the same symbol, oldest first."""
    found = [p for p in positions if p.symbol == order.symbol and p.side is not order.side and p.magic == magic]
    return sorted(found, key=lambda position: position.opened_at)


def closings(
    order: CloseTrades, magic: int, terminal: Terminal, steps: list[StepDone]
) -> Iterator[tuple[OpenPosition, float]]:
    """Positions to close with their volumes in lots, oldest first; what cannot be closed is noted in `steps`."""
    matched = _matched(order, magic, terminal.positions(), any_magic=order.any_magic)
    if order.ticket is not None and not matched:
        steps.append(missing("close", order.ticket, "position"))
    left = order.volume_lots
    for position in matched:
        asked = position.volume_lots * order.percent / 100
        if left is not None:
            asked = min(left, position.volume_lots)
        if asked >= position.volume_lots - _LOT:
            lots = position.volume_lots
        else:
            lots = _snapped(asked, terminal, position.symbol)
        if lots <= 0:
            if left is None or left > _LOT:
                what = {"do": "close", "ticket": position.ticket, "symbol": position.symbol}
                text = f"{asked:g} lots are less than the broker's smallest volume"
                steps.append(refused(what, "volume-too-small", text))
            continue
        left = None if left is None else max(0.0, left - lots)
        yield position, lots


def of_many(order: CloseMany, positions: Sequence[OpenPosition]) -> list[OpenPosition]:
    """The named positions that are still open and have such a result now (profit and swap), oldest first."""
    wanted = set(order.tickets)
    found = [
        position
        for position in positions
        if position.ticket in wanted and _has_result(position.profit + position.swap, order.which)
    ]
    return sorted(found, key=lambda position: position.opened_at)


def _has_result(result: float, which: ResultFilter) -> bool:
    match which:
        case ResultFilter.ALL:
            return True
        case ResultFilter.PROFITABLE:
            return result > 0
        case ResultFilter.LOSING:
            return result < 0


def pair(
    order: CloseBy, positions: Sequence[OpenPosition], steps: list[StepDone]
) -> tuple[OpenPosition, OpenPosition] | None:
    """The two positions to close by each other; None, with the reason in `steps`, where one is gone."""
    by_ticket = {position.ticket: position for position in positions}
    for ticket in (order.ticket, order.by):
        if ticket not in by_ticket:
            steps.append(missing("close_by", ticket, "position"))
            return None
    return by_ticket[order.ticket], by_ticket[order.by]


def is_anything_left(order: CloseTrades, magic: int, positions: Sequence[OpenPosition]) -> bool:
    """Whether the instruction would still find a position to close."""
    return bool(_matched(order, magic, positions, any_magic=order.any_magic))


def levels(
    order: ModifyTrade, magic: int, terminal: Terminal, steps: list[StepDone]
) -> Iterator[tuple[OpenPosition, float, float]]:
    """Positions to change with their new SL and TP as prices; those that already have them are left out."""
    matched = _matched(order, magic, terminal.positions(), any_magic=order.ticket is not None)
    if order.ticket is not None and not matched:
        steps.append(missing("modify", order.ticket, "position"))
    for position in matched:
        spec = _spec(terminal, position.symbol)
        sl = 0.0 if order.remove_sl else _price(order.sl, position, spec, is_stop=True)
        tp = 0.0 if order.remove_tp else _price(order.tp, position, spec, is_stop=False)
        if (sl, tp) != (position.sl, position.tp):
            yield position, sl, tp


def cancellations(
    order: CancelOrders, magic: int, orders: Sequence[PendingOrder], steps: list[StepDone]
) -> Iterator[tuple[dict[str, Any], PendingOrder]]:
    """Pending orders to cancel, each with what the journal keeps of it."""
    matched = [
        pending
        for pending in orders
        if (order.ticket is None or pending.ticket == order.ticket)
        and (order.symbol is None or pending.symbol == order.symbol)
        and (order.side is None or pending.side is order.side)
        and (order.ticket is not None or order.any_magic or pending.magic == magic)
    ]
    if order.ticket is not None and not matched:
        steps.append(missing("cancel", order.ticket, "order"))
    for pending in matched:
        yield {"do": "cancel", "ticket": pending.ticket, "symbol": pending.symbol}, pending


def order_change(
    order: ModifyOrder, orders: Sequence[PendingOrder], steps: list[StepDone]
) -> tuple[PendingOrder, float, float, float] | None:
    """The pending order to change with its new price, SL and TP; None where there is none, or nothing to change."""
    pending = next((each for each in orders if each.ticket == order.ticket), None)
    if pending is None:
        steps.append(missing("modify_order", order.ticket, "order"))
        return None
    price = pending.price if order.price is None else order.price
    sl = 0.0 if order.remove_sl else pending.sl if order.sl is None else order.sl
    tp = 0.0 if order.remove_tp else pending.tp if order.tp is None else order.tp
    return None if (price, sl, tp) == (pending.price, pending.sl, pending.tp) else (pending, price, sl, tp)


def _matched(
    order: CloseTrades | ModifyTrade, magic: int, positions: Sequence[OpenPosition], *, any_magic: bool
) -> list[OpenPosition]:
    found = [
        position
        for position in positions
        if (order.ticket is None or position.ticket == order.ticket)
        and (order.symbol is None or position.symbol == order.symbol)
        and (order.side is None or position.side is order.side)
        and (order.ticket is not None or any_magic or position.magic == magic)
    ]
    return sorted(found, key=lambda position: position.opened_at)


def missing(do: str, ticket: int, kind: str) -> StepDone:
    """A step that found no position or order of this ticket."""
    return refused({"do": do, "ticket": ticket}, f"{kind}-not-found", f"there is no open {kind} with this ticket")


def _spec(terminal: Terminal, symbol: str) -> SymbolSpec | None:
    return next(iter(terminal.symbols([symbol])), None)


def _snapped(lots: float, terminal: Terminal, symbol: str) -> float:
    """Down to the volume step; 0 when that is below the smallest volume or the symbol is unknown."""
    spec = _spec(terminal, symbol)
    if spec is None:
        return 0.0
    snapped = round(math.floor(lots / spec.volume_step + 1e-6) * spec.volume_step, 8)
    return snapped if snapped >= spec.volume_min - _LOT else 0.0


def _price(level: Level | None, position: OpenPosition, spec: SymbolSpec | None, *, is_stop: bool) -> float:
    """A level as a price; distances count from the open price, towards the loss for a stop."""
    if level is None:
        return position.sl if is_stop else position.tp
    digits = 5 if spec is None else spec.digits
    if level.kind is LevelKind.PRICE:
        return round(level.value, digits)
    if level.kind is LevelKind.PIPS:
        point = 10.0**-digits if spec is None else spec.point
        distance = level.value * (point * 10 if digits in _FRACTIONAL_PIP_DIGITS else point)
    else:
        distance = position.open_price * level.value / 100
    is_below = (position.side is Side.BUY) == is_stop
    return round(position.open_price - distance if is_below else position.open_price + distance, digits)
