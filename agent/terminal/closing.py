"""Closing by an opposite position, and the range a trailing stop may be measured by."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from agent.terminal.gateway import OpenPosition, OrderInvalid, SendClass, SendResult
from agent.terminal.order_terms import checked_magic, safe_comment
from agent.terminal.sending import Prepared, Sender
from agent.terminal.session import Session
from agent.trailing import Bar, average_true_range

CLOSE_BY: Final = 10
_TIMEFRAMES: Final = {"M1": 1, "M5": 5, "M15": 15, "M30": 30, "H1": 16385, "H4": 16388, "D1": 16408}


def close_by(
    session: Session, sender: Sender, position: OpenPosition, other: OpenPosition, *, magic: int, comment: str
) -> SendResult:
    """See `gateway.Terminal.close_by`. The request names two positions and no price: the server nets their opens."""

    def prepare() -> Prepared:
        if session.standing().is_netting:
            raise OrderInvalid("only hedging accounts hold opposite positions of one symbol")
        if position.symbol != other.symbol or position.side is other.side:
            raise OrderInvalid("the two positions must be of one symbol and on opposite sides")
        request: dict[str, Any] = {
            "action": CLOSE_BY,
            "symbol": position.symbol,
            "position": position.ticket,
            "position_by": other.ticket,
            "magic": checked_magic(magic),
            "comment": safe_comment(comment),
        }
        return request, []

    result = sender.submit(prepare, position.ticket)
    if result.outcome is not SendClass.DONE:
        return result
    return replace(result, volume_lots=min(position.volume_lots, other.volume_lots), price=other.open_price)


def true_range(session: Session, symbol: str, timeframe: str, period: int) -> Decimal | None:
    """See `gateway.Terminal.average_true_range`. The forming bar is left out."""
    rows = session.api.copy_rates_from_pos(symbol, _TIMEFRAMES[timeframe], 1, period + 1)
    if rows is None:
        return None
    bars = [Bar(float(row["high"]), float(row["low"]), float(row["close"])) for row in rows]
    return average_true_range(bars, period)
