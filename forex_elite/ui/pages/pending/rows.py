"""What the browser may see of pending orders."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.ticket import PendingOrderInfo
from forex_elite.ui import figures


@dataclass(frozen=True, slots=True)
class PendingRow:
    """One pending order; price and levels as a person types them, empty for none."""

    id: str
    account_id: str
    ticket: str
    symbol: str
    side: str
    side_tone: str
    kind: str
    lots: str
    price: str
    sl: str
    tp: str
    quote: str
    digits: int
    account: str
    placed: str
    doing: str = ""
    fault: str = ""


def pending_row(order: PendingOrderInfo, titles: dict[str, str], zone_name: str) -> PendingRow:
    """A pending order as its row; it waits for the ask to buy and for the bid to sell."""
    is_buy = order.side == "buy"
    return PendingRow(
        id=str(order.id),
        account_id=str(order.account_id),
        ticket=str(order.ticket),
        symbol=order.symbol,
        side="Buy" if is_buy else "Sell",
        side_tone="up" if is_buy else "down",
        kind=order.order_type,
        lots=figures.lots(order.volume),
        price=figures.level(order.price, order.digits),
        sl=figures.level(order.sl, order.digits),
        tp=figures.level(order.tp, order.digits),
        quote="ask" if is_buy else "bid",
        digits=order.digits,
        account=titles.get(str(order.account_id), ""),
        placed=figures.day_time(order.placed_at, zone_name),
    )
