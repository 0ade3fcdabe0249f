"""What the browser may see of one trade, shaped from its record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from forex_elite.domain.protection import words
from forex_elite.domain.signals import PartialClose, TradeInfo
from forex_elite.domain.trade_record import EventKind, OrderSource, TradeEvent, TradeOrder, TradeRecord
from forex_elite.ui import figures
from forex_elite.ui.pages.history.rows import hold
from forex_elite.ui.pages.signals.rows import STATUS_MARKS

MOST_EVENTS, MOST_ORDERS = 100, 30
"""So many are shown, the newest; a page's message stays small."""

_STAGES = ("requested", "gated", "queued", "claimed", "sent", "filled", "reported")
_BY = {
    OrderSource.TICKET: "By the order ticket",
    OrderSource.POSITIONS: "By hand on the positions page",
    OrderSource.KILL_SWITCH: "By the kill switch",
}
_ACTIONS = {
    "open": "Open",
    "modify": "Change SL and TP",
    "close": "Close",
    "close_by": "Close by an opposite position",
    "close_many": "Close several",
    "flatten": "Close everything",
    "protect": "Protect",
    "modify_order": "Change the pending order",
    "cancel": "Cancel the pending order",
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the story; `who` says what brought it about."""

    name: str
    detail: str
    tone: str
    who: str
    at: str
    icon: str
    state: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the trade with its unit; a wide one takes a line of its own."""

    label: str
    value: str
    unit: str = ""
    tone: str = ""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class PartialCloseRow:
    """One partial close of the trade; `id` is its deal."""

    id: str
    at: str
    volume: str
    price: str
    amount: str
    tone: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order about the trade."""

    id: str
    title: str
    by: str
    at: str
    word: str
    tone: str
    icon: str
    requested: str
    fill: str
    slippage: str
    levels: str
    stages: str
    reason: str
    signal_id: str


@dataclass(frozen=True, slots=True)
class TradeView:
    """One trade; an empty id means none is open. Its result at a price is `base + per_price * price`."""

    id: str = ""
    title: str = ""
    side: str = ""
    side_tone: str = ""
    summary: str = ""
    origin: str = ""
    word: str = ""
    tone: str = ""
    net: str = ""
    net_tone: str = ""
    currency: str = ""
    symbol: str = ""
    quote: str = "bid"
    base: float = 0.0
    per_price: float = 0.0
    cents: int = 2
    reported_at: str = ""
    left_out: str = ""
    events: tuple[EventRow, ...] = ()
    facts: tuple[Fact, ...] = ()
    partial_closes: tuple[PartialCloseRow, ...] = ()
    orders: tuple[OrderRow, ...] = ()
    orders_note: str = ""

    def firm(self) -> TradeView:
        """The view without what merely floats with the price: levels and volumes are in the story, too."""
        return replace(self, net="", net_tone="", base=0.0, reported_at="", facts=())


def trade_view(record: TradeRecord, zone_name: str) -> TradeView:
    """A record as the page shows it; times in the person's zone."""
    trade, orders = record.trade, record.orders or ()
    is_buy = trade.side == "buy"
    per_price = trade.per_price if trade.current_price and not trade.is_closed else 0.0
    opened = record.events[0].volume or trade.volume
    lines = [line for event in record.events for line in _lines(event, record, zone_name)]
    cut = max(0, len(lines) - MOST_EVENTS)
    left_out = record.left_out + cut
    return TradeView(
        id=str(trade.id),
        title=f"{trade.symbol} #{trade.ticket}",
        side="Buy" if is_buy else "Sell",
        side_tone="up" if is_buy else "down",
        summary=f"{figures.lots(opened)} lots at {figures.price(trade.open_price, trade.digits)}",
        origin=f"{trade.source} · {record.account_name} {trade.account_login}",
        word="Closed" if trade.is_closed else "Open",
        tone="line" if trade.is_closed else "info",
        net=figures.money(trade.net if trade.is_told else None, trade.currency, signed=True),
        net_tone=figures.tone(trade.net if trade.is_told else None),
        currency=trade.currency,
        symbol=trade.symbol,
        quote="bid" if is_buy else "ask",
        base=float(trade.net) - per_price * float(trade.current_price),
        per_price=per_price,
        cents=figures.cents(trade.currency),
        reported_at="" if trade.is_closed else figures.iso(trade.reported_at),
        left_out=f"{figures.count(left_out, 'earlier change')} not shown" if left_out else "",
        events=(lines[0], *lines[1 + cut :]),
        facts=tuple(_facts(record, zone_name)),
        partial_closes=tuple(_partial_close(part, trade, zone_name) for part in trade.partial_closes),
        orders=tuple(_order(order, trade, zone_name) for order in orders[-MOST_ORDERS:]),
        orders_note=f" · the last {MOST_ORDERS} of {len(orders)}" if len(orders) > MOST_ORDERS else "",
    )


# --- the story --------------------------------------------------------------------------------------------------------


def _lines(event: TradeEvent, record: TradeRecord, zone_name: str) -> Iterator[EventRow]:
    """An event as its lines: one for each thing that changed."""
    trade = record.trade
    at, who = figures.day_time(event.at, zone_name), _who(event, record)
    match event.kind:
        case EventKind.OPENED:
            levels = _levels_words(event, trade)
            detail = f"{figures.lots(event.volume)} lots at {figures.price(trade.open_price, trade.digits)}{levels}"
            yield EventRow("Opened", detail, "", who, at, "play", "")
        case EventKind.CLOSED if not trade.is_told:
            yield EventRow("Closed", "Its figures are still to come", "", who, at, "stop", "plain")
        case EventKind.CLOSED:
            detail = _closed(event, record)
            yield EventRow("Closed", detail, figures.tone(trade.net), who, at, "check", "")
        case EventKind.CHANGED:
            if event.is_resized:
                yield EventRow(*_resized(event), "", who, at, "half", "plain")
            for name, old, new in (("Stop loss", event.old_sl, event.sl), ("Take profit", event.old_tp, event.tp)):
                if old != new:
                    yield EventRow(name, _moved(old, new, trade, name), "", who, at, "shield", "plain")


def _levels_words(event: TradeEvent, trade: TradeInfo) -> str:
    parts = [
        f"{name} {figures.price(level, trade.digits)}" for name, level in (("SL", event.sl), ("TP", event.tp)) if level
    ]
    return f", {', '.join(parts)}" if parts else ""


def _resized(event: TradeEvent) -> tuple[str, str]:
    old, new = event.old_volume or Decimal(0), event.volume or Decimal(0)
    if new < old:
        return (
            "Partly closed",
            f"{figures.lots(old - new)} of {figures.lots(old)} lots closed, {figures.lots(new)} left",
        )
    return "Added to", f"{figures.lots(new - old)} lots added, now {figures.lots(new)}"


def _closed(event: TradeEvent, record: TradeRecord) -> str:
    """The terminal tells one price and one result of a trade, however many parts it was closed in."""
    trade = record.trade
    price = figures.price(trade.close_price, trade.digits)
    net = f"{figures.money(trade.net, trade.currency, signed=True)} {trade.currency}"
    if any(one.kind is EventKind.CHANGED and one.is_resized for one in record.events):
        return f"The last {figures.lots(event.volume)} lots; {price} on average, {net} net in all"
    return f"{figures.lots(event.volume)} lots at {price}, {net} net"


def _moved(old: Decimal | None, new: Decimal | None, trade: TradeInfo, name: str) -> str:
    """`1.05000 → 1.05200, +20.0 pips`: a move counts as positive towards profit."""

    def shown(level: Decimal | None) -> str:
        return figures.price(level, trade.digits) if level else "none"

    found = f"{shown(old)} → {shown(new)}"
    if old and new and trade.pip:
        way = 1 if trade.side == "buy" else -1
        found += f", {figures.pips((new - old) * way / Decimal(str(trade.pip)))} pips"
    return f"{found}, at the entry" if name == "Stop loss" and new == trade.open_price else found


def _who(event: TradeEvent, record: TradeRecord) -> str:
    """What brought an event about, as far as it is known: nothing is guessed."""
    order = next((one for one in record.orders or () if one.id == event.order_id), None)
    if order is not None:
        return _by(order)
    if event.kind is EventKind.OPENED:
        return {"Manual": "In the terminal", "EA": f"By an EA, magic number {record.trade.magic}"}.get(
            record.trade.source, record.trade.source
        )
    if event.kind is EventKind.CLOSED:
        return "Not ordered here: by its stop or target, or in the terminal"
    if event.is_protected and event.sl != event.old_sl:
        return "By the agent's protection, or in the terminal"
    return "Not ordered here: in the terminal, or by an EA"


def _by(order: TradeOrder) -> str:
    if order.source is OrderSource.ALERT:
        return f"By an alert of {order.strategy_name}" if order.strategy_name else "By an alert"
    return _BY[order.source]


# --- facts and orders -------------------------------------------------------------------------------------------------


def _facts(record: TradeRecord, zone_name: str) -> Iterator[Fact]:
    trade = record.trade
    end = trade.close_time if trade.is_closed else trade.reported_at

    def price(value: Decimal | None) -> str:
        return figures.price(value, trade.digits)

    def money(label: str, value: Decimal) -> Fact:
        shown = value if trade.is_told else None
        unit = trade.currency if trade.is_told else ""
        return Fact(label, figures.money(shown, trade.currency, signed=True), unit, figures.tone(shown))

    yield Fact("Opened", figures.day_time(trade.open_time, zone_name))
    yield Fact("Open price", price(trade.open_price))
    if trade.is_closed:
        yield Fact("Closed", figures.day_time(trade.close_time, zone_name))
        yield Fact("Close price", price(trade.close_price))
    else:
        yield Fact("Price when reported", price(trade.current_price))
    yield Fact("Volume" if trade.is_closed else "Volume now", figures.lots(trade.volume), "lots")
    yield Fact("Held", hold(((end or trade.open_time) - trade.open_time).total_seconds()))
    yield Fact("Last stop loss" if trade.is_closed else "Stop loss", price(trade.sl))
    yield Fact("Last take profit" if trade.is_closed else "Take profit", price(trade.tp))
    pips = trade.pips if trade.is_told else None
    yield Fact("Move", figures.pips(pips), "pips" if pips is not None else "", figures.tone(pips))
    yield money("Profit", trade.profit)
    yield money("Swap", trade.swap)
    yield money("Commission", trade.commission)
    yield money("Net", trade.net)
    if trade.partial_closes:
        yield money("Of it by partial closes" if trade.is_closed else "Booked by partial closes", trade.booked)
    if trade.protection is not None:
        yield Fact("Protection", "; ".join(words(trade.protection)), is_wide=True)
    yield Fact("Magic number", str(trade.magic))
    yield Fact("Source", trade.source, is_wide=True)
    yield Fact("Account", f"{record.account_name} · {trade.account_login} · {record.account_server}", is_wide=True)
    yield Fact("Comment", trade.comment or figures.MISSING, is_wide=True)


def _partial_close(part: PartialClose, trade: TradeInfo, zone_name: str) -> PartialCloseRow:
    return PartialCloseRow(
        id=str(part.deal),
        at=figures.day_time(part.done_at, zone_name),
        volume=figures.lots(part.volume),
        price=figures.price(part.price, trade.digits),
        amount=figures.money(part.amount, trade.currency, signed=True),
        tone=figures.tone(part.amount),
    )


def _order(order: TradeOrder, trade: TradeInfo, zone_name: str) -> OrderRow:
    word, tone, icon = STATUS_MARKS[order.status.value]
    return OrderRow(
        id=str(order.id),
        title=_title(order),
        by=_by(order),
        at=figures.day_time(order.stages.requested, zone_name),
        word=word,
        tone=tone,
        icon=icon,
        requested=figures.price(order.requested_price, trade.digits),
        fill=figures.price(order.fill_price, trade.digits),
        slippage=_slippage(order),
        levels=_levels_asked(order, trade.digits),
        stages=_stage_words(order),
        reason=order.reason[:300],
        signal_id=str(order.signal_id or ""),
    )


def _title(order: TradeOrder) -> str:
    action = _ACTIONS.get(order.action, order.action)
    if order.positions > 1:
        return f"{action}, {figures.count(order.positions, 'position')} at once"
    lots = order.filled_lots or order.volume_lots
    if order.action in {"open", "close"} and lots:
        return f"{action} {figures.lots(lots)} lots"
    if order.action == "protect":
        return f"Protect: {'; '.join(words(order.protection))}" if order.protection else "Take the protection off"
    return action


def _slippage(order: TradeOrder) -> str:
    if order.slippage_points is None:
        return figures.MISSING
    points = f"{figures.pips(order.slippage_points)} points"
    return points if order.slippage_pips is None else f"{points}, {figures.pips(order.slippage_pips)} pips"


def _levels_asked(order: TradeOrder, digits: int) -> str:
    """`SL 1.05000 · TP removed`, as far as levels were asked for as prices."""
    return " · ".join(
        f"{name} {figures.price(level, digits) if level else 'removed'}"
        for name, level in (("SL", order.sl), ("TP", order.tp))
        if level is not None
    )


def _stage_words(order: TradeOrder) -> str:
    """How long each stage took as far as it is known: `done after 9 ms: queued 2 ms · sent 3 ms · …`."""
    start = order.stages.requested
    times = [(name, at) for name in _STAGES if (at := getattr(order.stages, name)) is not None]
    if order.stages.queued == start:  # the moment it was asked for is not known apart
        times = [(name, at) for name, at in times if name != "queued"]
    steps = " · ".join(f"{name} {_took(at - before)}" for (_, before), (name, at) in pairwise(times))
    done = order.stages.filled
    return f"Done after {_took(done - start)}: {steps}" if done is not None else steps


def _took(span: timedelta) -> str:
    return " ".join(figures.milliseconds(max(span / timedelta(milliseconds=1), 0.0)))
