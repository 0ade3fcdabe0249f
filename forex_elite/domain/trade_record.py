"""The record of one trade: what happened to it, and the orders that made, changed or closed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from forex_elite.domain.protection import Protection
from forex_elite.domain.signals import ExecutionStatus, TradeInfo
from forex_elite.domain.ticket import TicketStages

_REPORTED_WITHIN = timedelta(seconds=45)
"""What an order did is in the terminal's next report; a report is never later than three of the slowest."""
_CLOCKS_APART = timedelta(seconds=5)
"""The terminal's times are told in its broker's zone and in whole seconds; ours are not."""
_DONE = frozenset({ExecutionStatus.EXECUTED, ExecutionStatus.PARTIAL})
_REDUCES = frozenset({"close", "close_by", "close_many", "flatten", "open"})


class EventKind(StrEnum):
    """What happened to a position."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"


class OrderSource(StrEnum):
    """Where an order came from."""

    ALERT = "alert"
    TICKET = "ticket"
    POSITIONS = "positions"
    KILL_SWITCH = "kill-switch"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeEvent:
    """Something that happened to a position. Volumes in lots, prices in the symbol's units; None is not known, 0 none.

    `volume` is what was open afterwards, of a closing what was open until then. `order_id` is the order that brought
    it about, None when it was none of ours. A derived event was never recorded and is told by the trade's own row.
    """

    kind: EventKind
    at: datetime
    volume: Decimal | None = None
    sl: Decimal | None = None
    tp: Decimal | None = None
    old_volume: Decimal | None = None
    old_sl: Decimal | None = None
    old_tp: Decimal | None = None
    order_id: UUID | None = None
    is_protected: bool = False
    """The agent kept a break-even or a trailing stop at that time."""
    is_derived: bool = False

    @property
    def is_resized(self) -> bool:
        """Whether the volume changed."""
        return self.volume != self.old_volume


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOrder:
    """An order about a trade, whatever became of it. `sl` and `tp` are the prices it asked for, 0 to remove one.

    One that closed several `positions` tells no volume and no price: those it reported are of all of them together.
    """

    id: UUID
    action: str
    source: OrderSource
    status: ExecutionStatus
    reason_code: str
    reason: str
    stages: TicketStages
    volume_lots: Decimal | None = None
    filled_lots: Decimal | None = None
    requested_price: Decimal | None = None
    fill_price: Decimal | None = None
    slippage_points: Decimal | None = None
    """Positive where it is the trader's loss; only entries have one, as a close has no price it was asked at."""
    slippage_pips: Decimal | None = None
    sl: Decimal | None = None
    tp: Decimal | None = None
    asks_levels: bool = False
    """It asked for a stop loss or take profit, be it as a distance."""
    protection: Protection | None = None
    broker_order_id: str = ""
    positions: int = 0
    signal_id: UUID | None = None
    strategy_name: str = ""

    @property
    def done_at(self) -> datetime | None:
        """When the terminal carried it out, as near as is known; None when it did not."""
        if self.status not in _DONE:
            return None
        return self.stages.filled or self.stages.sent or self.stages.reported


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRecord:
    """A trade with its story, oldest first; `left_out` earlier changes were too many to be told.

    `orders` is None when the actor may not read orders.
    """

    trade: TradeInfo
    account_name: str
    account_server: str
    strategy_name: str
    events: tuple[TradeEvent, ...]
    left_out: int
    orders: tuple[TradeOrder, ...] | None


def slippage_points(side: str, requested: Decimal | None, fill: Decimal | None, point: Decimal) -> Decimal | None:
    """How many points worse than asked an entry was filled; None when a price or the point is not known."""
    if not requested or not fill or not point:
        return None
    return round((fill - requested) * (1 if side == "buy" else -1) / point, 1)


def story(trade: TradeInfo, recorded: Sequence[TradeEvent], orders: Sequence[TradeOrder]) -> tuple[TradeEvent, ...]:
    """What happened to a trade, oldest first: never empty, and each event with the order that brought it about.

    A trade begins when the terminal opened it, not when that was first reported. What was never recorded (trades of
    the past, read from the terminal's history) is told by the trade's own row.
    """
    changes = [event for event in recorded if event.kind is EventKind.CHANGED]
    events = [_opened(trade, recorded, changes), *changes]
    if trade.is_closed:
        events.append(_closed(trade, recorded, events[-1].volume))
    done = sorted(
        ((at, order) for order in orders if (at := order.done_at) is not None), key=lambda one: (one[0], one[1].id)
    )
    spent: set[UUID] = set()
    told = []
    for event in events:
        causes = [order.id for at, order in done if order.id not in spent and _can_cause(event, order, at)]
        told.append(replace(event, order_id=causes[-1] if causes else None, is_protected=_is_protected(event, done)))
        if causes and event.kind is EventKind.CHANGED and not event.is_resized:
            spent.add(causes[-1])  # levels are set once; what follows is somebody else's doing
    return tuple(told)


def _opened(trade: TradeInfo, recorded: Sequence[TradeEvent], changes: Sequence[TradeEvent]) -> TradeEvent:
    told = next((event for event in recorded if event.kind is EventKind.OPENED), None)
    if told is not None and told.at - trade.open_time <= _REPORTED_WITHIN:
        return replace(told, at=trade.open_time)
    if told is not None:  # it was open already when it was first seen: the levels it began with are not known
        return TradeEvent(kind=EventKind.OPENED, at=trade.open_time, volume=told.volume, is_derived=True)
    if changes:
        first = changes[0]
        return TradeEvent(
            kind=EventKind.OPENED,
            at=trade.open_time,
            volume=first.old_volume,
            sl=first.old_sl,
            tp=first.old_tp,
            is_derived=True,
        )
    return TradeEvent(kind=EventKind.OPENED, at=trade.open_time, volume=trade.volume, is_derived=True)


def _closed(trade: TradeInfo, recorded: Sequence[TradeEvent], remaining: Decimal | None) -> TradeEvent:
    told = any(event.kind is EventKind.CLOSED for event in recorded)
    at = trade.close_time or trade.reported_at
    return TradeEvent(kind=EventKind.CLOSED, at=at, volume=remaining, is_derived=not told)


def _is_protected(event: TradeEvent, done: Sequence[tuple[datetime, TradeOrder]]) -> bool:
    """Whether the agent kept a protection of the position at that time."""
    protection = None
    for at, order in done:
        if at <= event.at and (order.action == "protect" or order.protection is not None):
            protection = order.protection
    return protection is not None


def _can_cause(event: TradeEvent, order: TradeOrder, done_at: datetime) -> bool:
    match event.kind:
        case EventKind.OPENED:
            return order.action == "open" and done_at - event.at <= _REPORTED_WITHIN  # a pending order waited
        case EventKind.CLOSED:
            return order.action in _REDUCES and abs(event.at - done_at) <= _CLOCKS_APART
    is_timely = -_CLOCKS_APART <= event.at - done_at <= _REPORTED_WITHIN
    if not is_timely:
        return False
    if event.is_resized:
        return order.action in _REDUCES
    is_first = not event.old_sl and not event.old_tp
    asks_for_it = all(wanted is None or wanted == got for wanted, got in ((order.sl, event.sl), (order.tp, event.tp)))
    return order.asks_levels and asks_for_it and (order.action == "modify" or (order.action == "open" and is_first))
