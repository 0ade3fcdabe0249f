"""The builder of alert texts: what the person chose becomes what TradingView sends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from forex_elite.domain.alerts import AlertTemplate, compose_alert
from forex_elite.domain.trading import Level, LevelKind
from forex_elite.errors import InvalidInput

TEMPLATES = (
    ("strategy_order", "Strategy orders"),
    ("market_position", "Market position"),
    ("fixed", "Indicator or price"),
    ("pineconnector", "PineConnector"),
)
EXPLAINED = {
    "strategy_order": "For a TradingView strategy: every order of it is taken as it is.",
    "market_position": "For a strategy that reverses or scales: an exit never opens a position.",
    "fixed": "For an indicator or a price alert: the action is written out.",
    "pineconnector": "For scripts that already write PineConnector lines.",
}
ACTIONS = (
    ("buy", "Buy"),
    ("sell", "Sell"),
    ("close", "Close both sides"),
    ("closelong", "Close buys"),
    ("closeshort", "Close sells"),
    ("closeall", "Close everything"),
)
UNITS = (("pips", "pips"), ("percent", "%"), ("price", "price"))
_ENTRIES = {"buy", "sell"}


@dataclass(frozen=True, slots=True)
class BuilderForm:
    """What is chosen in the builder; empty levels and risk are left out of the text."""

    template: str = "strategy_order"
    action: str = "buy"
    symbol: str = ""
    sl: str = "20"
    sl_unit: str = "pips"
    tp: str = "40"
    tp_unit: str = "pips"
    risk: str = ""


def _amount(text: str, field: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError as malformed:
        raise InvalidInput("Use a number, or leave it empty.", field=field) from malformed
    if not math.isfinite(value) or value <= 0:
        raise InvalidInput("Use a number above zero, or leave it empty.", field=field)
    return value


def _level(text: str, unit: str, field: str) -> Level | str | None:
    if text.strip().startswith("{{"):
        return text.strip()
    value = _amount(text, field)
    return None if value is None else Level(LevelKind(unit), value)


def build(form: BuilderForm) -> str:
    """The alert text for TradingView's message box. Raises InvalidInput naming the field."""
    template = AlertTemplate(form.template)
    is_written = template is AlertTemplate.FIXED
    takes_levels = not is_written or form.action in _ENTRIES
    named = {"symbol": form.symbol.strip().upper()} if form.symbol.strip() else {}
    return compose_alert(
        template,
        action=form.action if is_written else None,
        sl=_level(form.sl, form.sl_unit, "sl") if takes_levels else None,
        tp=_level(form.tp, form.tp_unit, "tp") if takes_levels else None,
        risk=_amount(form.risk, "risk") if takes_levels else None,
        **named,
    )
