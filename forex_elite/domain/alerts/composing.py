"""The text a trader pastes into TradingView's message box. What is written here, `read_alert` reads back."""

from __future__ import annotations

import json
from enum import StrEnum

from forex_elite.domain.alerts.commands import EVERY_SYMBOL, read_command, squeeze
from forex_elite.domain.alerts.refusals import FieldInvalid
from forex_elite.domain.levels import is_amount, plain, words
from forex_elite.domain.trading import Level, LevelKind

TICKER = "{{ticker}}"
ORDER_ACTION = "{{strategy.order.action}}"
SENDER = "ForexElite"
"""Stands where PineConnector expects its licence id."""


class AlertTemplate(StrEnum):
    """Which kind of TradingView alert the text is for."""

    STRATEGY_ORDER = "strategy_order"
    """A strategy; every order of it is taken as it is."""
    MARKET_POSITION = "market_position"
    """A strategy; orders are read in the light of the position they lead to, so that an exit never opens anything."""
    FIXED = "fixed"
    """An indicator or price alert: the action is written out."""
    PINECONNECTOR = "pineconnector"
    """A PineConnector line, for scripts and habits that exist already."""


def compose_alert(
    template: AlertTemplate,
    *,
    action: str | None = None,
    symbol: str = TICKER,
    price: str | float | None = None,
    sl: Level | str | None = None,
    tp: Level | str | None = None,
    risk: float | None = None,
    volume_lots: float | None = None,
    percent: float | None = None,
) -> str:
    """The alert text of a template, with TradingView's placeholders in it.

    `action` is needed for `FIXED` and optional for `PINECONNECTOR`; `sl`, `tp` and `price` may be a placeholder such
    as `{{plot("Stop")}}`, which stands for a price. Raises `FieldInvalid` or `CommandUnknown` for values that
    `read_alert` would refuse.
    """
    for name, value in (("risk", risk), ("volume_lots", volume_lots), ("percent", percent)):
        if value is not None and not is_amount(value):
            raise FieldInvalid(f"{name} must be a number above zero", field=name)
    if action is not None:
        read_command(action)
    if template is AlertTemplate.PINECONNECTOR:
        return _line(action or ORDER_ACTION, symbol, price, sl, tp, risk, volume_lots, percent)
    lines = _subject(template, action, symbol)
    lines.append(("price", _number(price) if price is not None else _usual_price(template)))
    lines += [(name, _level(level)) for name, level in (("sl", sl), ("tp", tp)) if level is not None]
    lines += [(name, plain(value)) for name, value in (("risk", risk), ("volume", volume_lots)) if value is not None]
    if percent is not None:
        lines.append(("percent", plain(percent)))
    if template is not AlertTemplate.FIXED:
        # Two fills of one bar differ in nothing else; without it the second would pass for a duplicate.
        lines.append(("position_size", '"{{strategy.position_size}}"'))
    lines.append(("time", '"{{timenow}}"'))
    return "{\n" + ",\n".join(f'  "{name}": {value}' for name, value in lines) + "\n}"


def _subject(template: AlertTemplate, action: str | None, symbol: str) -> list[tuple[str, str]]:
    if template is AlertTemplate.FIXED and action is None:
        raise FieldInvalid("A fixed alert needs an action, for example buy or closelong", field="action")
    word = action if template is AlertTemplate.FIXED else ORDER_ACTION
    lines = [("action", json.dumps(word))]
    if word is None or squeeze(word) not in EVERY_SYMBOL:
        lines.append(("symbol", json.dumps(symbol)))
    if template is AlertTemplate.MARKET_POSITION:
        lines += [
            ("market_position", '"{{strategy.market_position}}"'),
            ("prev_market_position", '"{{strategy.prev_market_position}}"'),
            ("market_position_size", '"{{strategy.market_position_size}}"'),
            ("prev_market_position_size", '"{{strategy.prev_market_position_size}}"'),
        ]
    return lines


def _usual_price(template: AlertTemplate) -> str:
    return "{{close}}" if template is AlertTemplate.FIXED else "{{strategy.order.price}}"


def _number(value: str | float) -> str:
    """A number or a bare placeholder: unquoted, because `{{plot("Stop")}}` brings its own quotes."""
    return value if isinstance(value, str) else plain(value)


def _level(level: Level | str) -> str:
    if isinstance(level, str):
        return level
    return plain(level.value) if level.kind is LevelKind.PRICE else json.dumps(words(level))


def _line(
    action: str,
    symbol: str,
    price: str | float | None,
    sl: Level | str | None,
    tp: Level | str | None,
    risk: float | None,
    volume_lots: float | None,
    percent: float | None,
) -> str:
    suffix = {LevelKind.PRICE: "price", LevelKind.PIPS: "pips", LevelKind.PERCENT: "pct"}
    parts = [SENDER, action] if squeeze(action) in EVERY_SYMBOL else [SENDER, action, symbol]
    if price is not None:
        parts.append(f"price={_number(price)}")
    for stem, level in (("sl", sl), ("tp", tp)):
        if isinstance(level, str):
            parts.append(f"{stem}_price={level}")
        elif level is not None:
            parts.append(f"{stem}_{suffix[level.kind]}={plain(level.value)}")
    named = (("risk", risk), ("vol_lots", volume_lots), ("partial_close_pct", percent))
    parts += [f"{name}={plain(value)}" for name, value in named if value is not None]
    return ",".join([*parts, "time={{timenow}}"])
