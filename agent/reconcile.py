"""What became of an order whose answer was never read: judged from positions, orders and deals, never by sending again.

The tag in the comment is proof. A broker may replace comments, so the magic number counts too, but only for something
that fits the order (symbol, side, volume, time) and belongs to no other job of the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from agent.clocks import utc
from agent.protocol import Side
from agent.terminal.gateway import Deal, OpenPosition, PendingOrder, SendClass, SendResult, Traces
from agent.terminal.tracing import belongs_by_tag

_LOT = 1e-9
_ENTRY_IN, _ENTRY_IN_OUT = 0, 2
_CLOCK_DOUBT = timedelta(seconds=60)


class Finding(StrEnum):
    """How sure a look into the terminal is."""

    FOUND = "found"
    PARTLY = "partly"
    """Something was found, but less than was asked: history may still be catching up."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found of one step."""

    finding: Finding
    answer: SendResult | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """How a job's orders are recognised, and what is known to belong to others."""

    magic: int
    tag: str
    other_tags: frozenset[str] = frozenset()
    other_ids: frozenset[int] = frozenset()

    def is_proof(self, comment: str) -> bool:
        """The comment carries our tag."""
        return belongs_by_tag(comment, self.tag)

    def is_likely(self, magic: int, comment: str) -> bool:
        """Our magic number under a comment that is neither another job's nor the broker's own for a stop."""
        is_foreign = comment.startswith("[") or any(tag in comment for tag in self.other_tags)
        return self.magic != 0 and magic == self.magic and not is_foreign


NOTHING = Look(Finding.NOTHING)


def look(
    what: dict[str, Any],
    began: float,
    mark: Mark,
    traces: Traces,
    positions: Sequence[OpenPosition],
    orders: Sequence[PendingOrder],
) -> Look:
    """What became of the order `what` that began at `began` (server's clock)."""
    match what["do"]:
        case "open":
            return _look_open(what, utc(began) - _CLOCK_DOUBT, mark, traces)
        case "close":
            return _look_close(what, utc(began) - _CLOCK_DOUBT, mark, traces, positions)
        case "close_by":
            return _look_close_by(what, positions)
        case "modify":
            return _look_modify(what, positions)
        case "modify_order":
            return _look_modify_order(what, positions, orders)
        case "protect":
            # Nothing was to be sent: settling the job is all that was left to do.
            return Look(Finding.FOUND, SendResult(SendClass.DONE, 0, "protection set", position=what["ticket"]))
        case _:
            return _look_cancel(what, positions, orders)


def _look_open(what: dict[str, Any], since: datetime, mark: Mark, traces: Traces) -> Look:
    side, symbol, asked = Side(what["side"]), str(what["symbol"]), float(what["volume_lots"])

    def is_ours(item: Deal | OpenPosition | PendingOrder, at: datetime, ids: set[int]) -> bool:
        if item.symbol != symbol or item.side is not side or ids & mark.other_ids:
            return False
        if mark.is_proof(item.comment):
            return True
        return mark.is_likely(item.magic, item.comment) and at >= since and item.volume_lots <= asked + _LOT

    deals = [
        deal
        for deal in traces.deals
        if deal.entry in {_ENTRY_IN, _ENTRY_IN_OUT} and is_ours(deal, deal.done_at, {deal.ticket, deal.order})
    ]
    if deals:
        lots = sum(deal.volume_lots for deal in deals)
        price = sum(deal.price * deal.volume_lots for deal in deals) / lots
        first = deals[0]
        return _filled(asked, lots, price, order=first.order, deal=first.ticket, position=first.position)
    for position in traces.positions:
        if is_ours(position, position.opened_at, {position.ticket}):
            return _filled(
                asked,
                position.volume_lots,
                position.open_price,
                order=position.ticket,
                deal=None,
                position=position.ticket,
            )
    for order in traces.orders:
        if is_ours(order, order.placed_at, {order.ticket}):
            answer = SendResult(
                SendClass.PLACED, 0, "found in the terminal", order=order.ticket, requested_price=order.price
            )
            return Look(Finding.FOUND if what["order_type"] != "market" else Finding.PARTLY, answer)
    return NOTHING


def _look_close(
    what: dict[str, Any], since: datetime, mark: Mark, traces: Traces, positions: Sequence[OpenPosition]
) -> Look:
    ticket, asked, held = int(what["ticket"]), float(what["volume_lots"]), float(what["held_lots"])
    still = sum(position.volume_lots for position in positions if position.ticket == ticket)
    deals = [
        deal
        for deal in traces.deals
        if deal.position == ticket
        and deal.entry != _ENTRY_IN
        and not {deal.ticket, deal.order} & mark.other_ids
        and (mark.is_proof(deal.comment) or (mark.is_likely(deal.magic, deal.comment) and deal.done_at >= since))
    ]
    if deals:
        lots = sum(deal.volume_lots for deal in deals)
        price = sum(deal.price * deal.volume_lots for deal in deals) / lots
        return _filled(asked, lots, price, order=deals[0].order, deal=deals[0].ticket, position=ticket)
    return NOTHING if still >= held - _LOT else Look(Finding.PARTLY)


def _look_close_by(what: dict[str, Any], positions: Sequence[OpenPosition]) -> Look:
    """Both volumes tell: they shrink by the smaller of the two, together or not at all."""
    held, by = float(what["held_lots"]), float(what["by_lots"])
    lots = min(held, by)
    left = {position.ticket: position.volume_lots for position in positions}
    first, second = left.get(what["ticket"], 0.0), left.get(what["by"], 0.0)
    if first >= held - _LOT and second >= by - _LOT:
        return NOTHING
    if abs(first - (held - lots)) < _LOT and abs(second - (by - lots)) < _LOT:
        answer = SendResult(
            SendClass.DONE, 0, "found in the terminal", position=what["ticket"], volume_lots=round(lots, 8)
        )
        return Look(Finding.FOUND, answer)
    return Look(Finding.PARTLY)


def _look_modify(what: dict[str, Any], positions: Sequence[OpenPosition]) -> Look:
    for position in positions:
        if position.ticket == what["ticket"]:
            slack = abs(position.open_price) * 1e-7
            if abs(position.sl - what["sl"]) <= slack and abs(position.tp - what["tp"]) <= slack:
                return Look(
                    Finding.FOUND, SendResult(SendClass.DONE, 0, "found in the terminal", position=position.ticket)
                )
    return NOTHING


def _look_modify_order(what: dict[str, Any], positions: Sequence[OpenPosition], orders: Sequence[PendingOrder]) -> Look:
    """An order still as it was is looked at again; of one that is gone only a position can tell what became of it."""
    ticket = what["ticket"]
    pending = next((order for order in orders if order.ticket == ticket), None)
    if pending is not None:
        slack = abs(pending.price) * 1e-7
        pairs = ((pending.price, what["price"]), (pending.sl, what["sl"]), (pending.tp, what["tp"]))
        is_as_asked = all(abs(now - asked) <= slack for now, asked in pairs)
        done = SendResult(SendClass.DONE, 0, "found in the terminal", order=ticket)
        return Look(Finding.FOUND, done) if is_as_asked else NOTHING
    if any(position.ticket == ticket for position in positions):
        text = "the order was filled before it could be changed"
        return Look(Finding.FOUND, SendResult(SendClass.REFUSED, 0, text, order=ticket))
    return Look(Finding.FOUND, SendResult(SendClass.REFUSED, 0, "the order waits no longer", order=ticket))


def _look_cancel(what: dict[str, Any], positions: Sequence[OpenPosition], orders: Sequence[PendingOrder]) -> Look:
    ticket = what["ticket"]
    if any(order.ticket == ticket for order in orders):
        return NOTHING
    if any(position.ticket == ticket for position in positions):
        text = "the order was filled before it could be cancelled"
        return Look(Finding.FOUND, SendResult(SendClass.REFUSED, 0, text, order=ticket))
    return Look(Finding.FOUND, SendResult(SendClass.DONE, 0, "found in the terminal", order=ticket))


def _filled(asked: float, lots: float, price: float, *, order: int, deal: int | None, position: int) -> Look:
    is_whole = lots >= asked - _LOT
    answer = SendResult(
        SendClass.DONE if is_whole else SendClass.PARTIAL,
        0,
        "found in the terminal",
        order=order,
        deal=deal,
        position=position,
        volume_lots=round(lots, 8),
        price=price,
    )
    return Look(Finding.FOUND if is_whole else Finding.PARTLY, answer)
