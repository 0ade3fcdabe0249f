"""An alert for a reader, and for the search after its double."""

from __future__ import annotations

import hashlib

from forex_elite.domain import protection
from forex_elite.domain.alerts.alert import Alert, AlertAction
from forex_elite.domain.levels import plain, words
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side, SizingMode

SAME_TEXT_WINDOW_S = 30
"""Two equal texts without id or time within this are one alert resent: TradingView tries again after 5 s, three times,
and gives up on each after 3 s. Later, an equal text is a new alert."""

SAME_ID_WINDOW_S = 3600
"""Two equal texts with an id of their own are one alert. Not for ever: some authors write the same id every time."""

SAME_TIME_WINDOW_S = 86400
"""Two equal texts with the same alert time are one alert."""


def duplicate_window_s(alert: Alert | None) -> int:
    """How far back an alert with the same fingerprint makes this one a duplicate, seconds."""
    if alert is None or not alert.has_identity:
        return SAME_TEXT_WINDOW_S
    return SAME_ID_WINDOW_S if alert.sent_at is None else SAME_TIME_WINDOW_S


def fingerprint(body: bytes, alert: Alert | None = None) -> str:
    """SHA-256 (hex) over the body and the alert's own id and time; None for an alert that could not be read.

    Equal fingerprints of one strategy within `duplicate_window_s` are the same alert, delivered again.
    """
    identity = "" if alert is None else f"{alert.alert_id or ''}\0{alert.sent_at.isoformat() if alert.sent_at else ''}"
    return hashlib.sha256(body.strip() + b"\0" + identity.encode("utf-8", "surrogatepass")).hexdigest()


def read_as(alert: Alert, *, sizing: SizingMode | None = None, digits: int | None = None) -> str:
    """One line that says how the alert was understood: `buy USDJPY, risk 0.55 %, sl 150.900, tp 152.300`.

    `sizing` is the strategy's, for the unit of the risk (percent if unknown); `digits` pads prices.
    """
    symbol = alert.symbol or "every symbol"
    match alert.action:
        case AlertAction.OPEN:
            parts = _open_parts(alert, symbol, sizing, digits)
        case AlertAction.CLOSE:
            parts = [f"close {_portion(alert)}{_positions(alert.side)} {symbol}"]
        case AlertAction.CLOSE_ALL:
            parts = ["close every position of the strategy"]
        case AlertAction.CANCEL:
            sides = f"{alert.side} " if alert.side else ""
            parts = [f"cancel pending {sides}orders of {symbol}"]
        case AlertAction.MODIFY:
            parts = [f"change {_positions(alert.side)} {symbol}", *_levels(alert, digits)]
    return ", ".join(parts)


def _open_parts(alert: Alert, symbol: str, sizing: SizingMode | None, digits: int | None) -> list[str]:
    order = f"{alert.side} {symbol}" if alert.order_type is OrderType.MARKET else _pending(alert, symbol, digits)
    parts = [order]
    if alert.volume_lots is not None:
        parts.append(f"{plain(alert.volume_lots)} lots")
    if alert.risk is not None:
        unit = " of account money" if (alert.risk_mode or sizing) is SizingMode.MONEY_AT_RISK else " %"
        parts.append(f"risk {plain(alert.risk)}{unit}")
    parts += _levels(alert, digits)
    if alert.protection is not None:
        parts += protection.words(alert.protection)
    if alert.close_opposite:
        other = alert.side.opposite.position_word if alert.side else "opposite"
        parts.append(f"closing any {other} first")
    return parts


def _pending(alert: Alert, symbol: str, digits: int | None) -> str:
    if alert.entry is not None:
        return f"{alert.side} {alert.order_type} {symbol} {words(alert.entry)} from the market"
    return f"{alert.side} {alert.order_type} {symbol} at {_price(alert.price or 0.0, digits)}"


def _levels(alert: Alert, digits: int | None) -> list[str]:
    found = [f"{name} {_level(level, digits)}" for name, level in (("sl", alert.sl), ("tp", alert.tp)) if level]
    removed = [name for name, is_removed in (("sl", alert.remove_sl), ("tp", alert.remove_tp)) if is_removed]
    return found + [f"remove {name}" for name in removed]


def _level(level: Level, digits: int | None) -> str:
    return _price(level.value, digits) if level.kind is LevelKind.PRICE else words(level)


def _price(value: float, digits: int | None) -> str:
    return plain(value) if digits is None else f"{value:.{digits}f}"


def _portion(alert: Alert) -> str:
    if alert.percent is not None:
        return f"{plain(alert.percent)} % of "
    return f"{plain(alert.volume_lots)} lots of " if alert.volume_lots is not None else ""


def _positions(side: Side | None) -> str:
    return "long and short" if side is None else f"the {side.position_word}"
