"""The fields of a JSON alert under every name authors use for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from forex_elite.domain.alerts.commands import squeeze
from forex_elite.domain.alerts.refusals import AlertContradictory, FieldInvalid
from forex_elite.domain.alerts.values import level_of, number_of, shown
from forex_elite.domain.trading import Level, LevelKind

T = TypeVar("T")

ACTION = ("action", "orderaction", "strategyorderaction", "command", "cmd", "signal", "order")
SIDE = ("side", "direction", "orderside", "strategyorderside")
SYMBOL = ("symbol", "ticker", "instrument", "pair", "tvinstrument", "ordersymbol")
POSITION = ("marketposition", "strategymarketposition", "strategyinfomarketposition", "position", "sentiment")
PREVIOUS = ("prevmarketposition", "strategyprevmarketposition", "strategyinfoprevmarketposition")
SIZE = ("marketpositionsize", "strategymarketpositionsize", "strategyinfomarketpositionsize")
PREVIOUS_SIZE = ("prevmarketpositionsize", "strategyprevmarketpositionsize", "strategyinfoprevmarketpositionsize")
ORDER_TYPE = ("ordertype", "type", "strategyordertype")
PRICE = ("price", "entry", "entryprice", "limitprice", "orderprice", "strategyorderprice")
STOP_ENTRY = (*PRICE, "stopprice")
LAST_PRICE = (*PRICE, "signalprice", "triggerprice", "close", "barclose")
VOLUME = ("volume", "volumelots", "lots", "lot", "lotsize", "quantity", "qty", "vollots", "orderqty", "orderquantity")
RISK = ("risk", "riskpercent", "riskpct")
RISK_MONEY = ("riskmoney", "riskamount")
PERCENT = ("percent", "closepercent", "closepct", "percentage", "partialclosepct")
ID = ("id", "alertid", "uuid", "signalid")
TIME = ("timenow", "sentat", "alerttime", "timestamp", "time")
COMMENT = ("comment", "ordercomment", "strategyordercomment", "note")
CLOSE_OPPOSITE = ("closeopposite", "reverse")
MAX_AGE = ("maxlag", "maxages")

_STOP = ("sl", "stoploss")
_TARGET = ("tp", "takeprofit")
_UNIT_ENDINGS = {
    "": None,
    "price": LevelKind.PRICE,
    "pips": LevelKind.PIPS,
    "pct": LevelKind.PERCENT,
    "percent": LevelKind.PERCENT,
}
_OBJECT_UNITS = {
    "price": LevelKind.PRICE,
    "stopprice": LevelKind.PRICE,
    "limitprice": LevelKind.PRICE,
    "pips": LevelKind.PIPS,
    "percent": LevelKind.PERCENT,
    "pct": LevelKind.PERCENT,
}
_OBJECT_REFUSED = ("amount", "points", "trailprice", "trailamount", "trailpercent", "ticks")
_EXPERT_NAMES = ("trail", "breakeven", "betrigger", "beoffset", "atr")

_WRAPPERS = frozenset({"data", "payload", "alert", "message", "params", "webhook", "signal", "trade"})
"""Objects whose fields count as the alert's own; their names say nothing."""

_GROUPS = frozenset({"order", "strategy", "strategyinfo", "bar"})
"""Objects whose name is part of their fields' meaning: an order's id is not the alert's."""


class Fields:
    """A JSON alert flattened: squeezed names to raw values (text, bool, list, object or None)."""

    def __init__(self, alert: dict[str, object]) -> None:
        self.raw: dict[str, object] = {}
        for name, value in _flat(alert, ""):
            if self.raw.get(name) in (None, ""):
                self.raw[name] = value

    def present(self, names: tuple[str, ...]) -> list[str]:
        """Those of `names` that hold something, in their order."""
        return [name for name in names if self.raw.get(name) not in (None, "")]

    def one(self, names: tuple[str, ...], read: Callable[[str, object], T | None]) -> T | None:
        """The value under any of `names`; `AlertContradictory` if two of them disagree."""
        found = [(name, value) for name in self.present(names) if (value := read(name, self.raw[name])) is not None]
        for name, value in found[1:]:
            if value != found[0][1]:
                raise AlertContradictory(
                    f"{found[0][0]} and {name} say different things: {shown(self.raw[found[0][0]])}"
                    f" and {shown(self.raw[name])}; keep one",
                    field=name,
                )
        return found[0][1] if found else None

    def first(self, names: tuple[str, ...], read: Callable[[str, object], T | None]) -> T | None:
        """The value under the first of `names` that has one; the others may differ."""
        for name in self.present(names):
            value = read(name, self.raw[name])
            if value is not None:
                return value
        return None

    def stop(self) -> Level | None:
        """The stop loss, in whichever way it is written; a value of zero means "none"."""
        return self._level(_STOP)

    def target(self) -> Level | None:
        """The take profit, in whichever way it is written; a value of zero means "none"."""
        return self._level(_TARGET)

    def exits_of_an_expert(self) -> Iterator[str]:
        """Names of break-even, trailing and ATR options, of which not all are carried out."""
        return (name for name in self.raw if name.startswith(_EXPERT_NAMES) and self.raw[name] not in (None, "", False))

    def _level(self, stems: tuple[str, ...]) -> Level | None:
        for name in [stem + "points" for stem in stems]:
            if self.present((name,)):
                raise FieldInvalid(f"{name}: points are not offered; write pips, percent or a price", field=name)
        units = {stem + ending: unit for stem in stems for ending, unit in _UNIT_ENDINGS.items()}
        return self.one(tuple(units), lambda name, raw: _level_in(name, raw, units[name] or LevelKind.PRICE))


def _flat(alert: dict[str, object], prefix: str, depth: int = 0) -> Iterator[tuple[str, object]]:
    nested: list[tuple[str, dict[str, object]]] = []
    for key, value in alert.items():
        name = squeeze(key)
        if isinstance(value, dict) and name in _WRAPPERS | _GROUPS and depth < 3:  # noqa: PLR2004
            nested.append((prefix if name in _WRAPPERS else prefix + name, value))
        else:
            yield prefix + name, value
    for name, value in nested:
        yield from _flat(value, name, depth + 1)


def _level_in(name: str, raw: object, unit: LevelKind) -> Level | None:
    if not isinstance(raw, dict):
        return level_of(name, raw, unit)
    inside = {squeeze(key): value for key, value in raw.items()}
    refused = next((key for key in _OBJECT_REFUSED if inside.get(key) not in (None, "")), None)
    if refused:
        raise FieldInvalid(f"{name}.{refused} is not offered; write a price, pips or percent", field=name)
    if "value" in inside:
        kind = str(inside.get("unit") or inside.get("kind") or inside.get("type") or unit)
        known = _OBJECT_UNITS.get(squeeze(kind), LevelKind.PERCENT if kind.strip() == "%" else None)
        if known is None:
            raise FieldInvalid(f"{name} has the unit {shown(kind)}; write price, pips or percent", field=name)
        return level_of(name, inside["value"], known)
    given = [(key, kind) for key, kind in _OBJECT_UNITS.items() if number_of(f"{name}.{key}", inside.get(key))]
    if len(given) > 1:
        raise AlertContradictory(f"{name} is given as {given[0][0]} and as {given[1][0]}; keep one", field=name)
    if not given:
        raise FieldInvalid(f"{name} is an object without a price, pips or percent", field=name)
    return level_of(name, inside[given[0][0]], given[0][1])
