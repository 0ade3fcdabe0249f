"""Alerts written as a PineConnector line: `ID,command,symbol,key=value,…`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from forex_elite.domain.alerts.alert import Alert, AlertAction, Dialect
from forex_elite.domain.alerts.commands import EVERY_SYMBOL, Command, Portion, find_command, read_command, squeeze
from forex_elite.domain.alerts.completing import complete
from forex_elite.domain.alerts.protecting import read_protection
from forex_elite.domain.alerts.refusals import (
    AlertContradictory,
    AlertNotUnderstood,
    CommandUnsupported,
    FieldInvalid,
    FieldMissing,
)
from forex_elite.domain.alerts.values import (
    amount_of,
    comment_of,
    id_of,
    level_of,
    percent_of,
    reference_price_of,
    shown,
    symbol_of,
    text_of,
    time_of,
)
from forex_elite.domain.trading import Level, LevelKind, OrderType, SizingMode

T = TypeVar("T")

MAX_LINE = 4096
MAX_NOTES = 8

_RISK_MODES = {
    "vol_dollar": SizingMode.MONEY_AT_RISK,
    "vol_pct_bal_loss": SizingMode.PERCENT_BALANCE,
    "vol_pct_eq_loss": SizingMode.PERCENT_EQUITY,
}
_UNITS = {"_pips": LevelKind.PIPS, "_price": LevelKind.PRICE, "_pct": LevelKind.PERCENT}
_ENTRY = ("price", "pending", "entry", "pending_pips", "pending_price", "pending_pct")
_LOTS = ("vol_lots", "lots", "volume", "partial_close_vol")
_SHARE = ("partial_close_pct", "percent", "pct")
_IDENTITY = ("id", "alert_id", "time", "timenow")
_WITH_UNIT = tuple(stem + ending for stem in ("sl", "tp", "entry") for ending in ("", *_UNITS))
_KNOWN = frozenset({*_RISK_MODES, *_ENTRY, *_LOTS, *_SHARE, *_IDENTITY, *_WITH_UNIT, "risk", "comment", "secret"})
_EXPERT_KEYS = ("betrigger", "beoffset", "trail", "atr")
_FILTERS = ("spread", "accfilter", "accountfilter")


def is_line(text: str) -> bool:
    """Whether a text is meant as a PineConnector line: an id and a command, separated by a comma."""
    parts = text[:MAX_LINE].split(",")
    if len(parts) < 2 or len(text) > MAX_LINE:  # noqa: PLR2004
        return False
    return "=" not in parts[0] + parts[1] and all(part.strip() for part in parts[:2])


def read_line(line: str, plain_unit: LevelKind) -> Alert:
    """The alert a PineConnector line stands for; `plain_unit` is the unit of `sl=` and `tp=` without one.

    The id in front is the sender's licence, not an identity of the alert, and is not kept.
    """
    parts = _split(line)
    word = text_of("command", parts[1]) or ""
    if find_command(parts[0]) is not None and squeeze(word) not in EVERY_SYMBOL and find_command(word) is None:
        raise AlertNotUnderstood("The line must start with an id: ID,buy,EURUSD,sl=20,tp=40", field="command")
    command = read_command(word)
    is_every_symbol = squeeze(word) in EVERY_SYMBOL
    symbol = None
    if not is_every_symbol:
        if len(parts) < 3 or "=" in parts[2]:  # noqa: PLR2004
            raise FieldMissing("No symbol in the alert; the third part of the line names it", field="symbol")
        symbol = symbol_of("symbol", parts[2])
    keys = _keys([part for part in parts[2 if is_every_symbol else 3 :] if "=" in part or not is_every_symbol])
    is_entry = command.action is AlertAction.OPEN
    # One text often serves entries and exits; a stop that has no value at the exit must not hold the exit up.
    has_levels = is_entry or command.action is AlertAction.MODIFY
    risk, risk_mode = _risk(keys) if is_entry else (None, None)
    entry = None if command.order_type is OrderType.MARKET else _entry(keys)
    price = _market_price(keys) if is_entry and entry is None else None
    if entry is not None and entry.kind is LevelKind.PRICE:
        price, entry = entry.value, None
    protection, used = read_protection(keys) if is_entry else (None, frozenset[str]())
    alert = Alert(
        action=command.action,
        dialect=Dialect.PINECONNECTOR,
        symbol=symbol,
        side=command.side,
        order_type=command.order_type,
        price=price,
        entry=entry,
        sl=_level("sl", keys, plain_unit) if has_levels else None,
        tp=_level("tp", keys, plain_unit) if has_levels else None,
        protection=protection,
        volume_lots=_one(keys, (*_LOTS, "risk") if command.portion is Portion.LOTS else _LOTS, amount_of),
        risk=risk,
        risk_mode=risk_mode,
        percent=_share(keys, command),
        close_opposite=command.close_opposite,
        alert_id=_one(keys, ("id", "alert_id"), id_of),
        sent_at=_one(keys, ("time", "timenow"), time_of),
        comment=comment_of(keys.get("comment", "")),
        notes=_notes(keys.keys() - used, word),
    )
    if alert.volume_lots is not None and alert.risk is not None and command.action is AlertAction.OPEN:
        raise AlertContradictory("The volume is given in lots and by risk; keep one", field="risk")
    return complete(alert, portion=command.portion, may_be_every_symbol=is_every_symbol)


def _split(line: str) -> list[str]:
    """The parts between commas outside double quotes, stripped."""
    parts, is_quoted = [""], False
    for character in line:
        is_quoted ^= character == '"'
        if character == "," and not is_quoted:
            parts.append("")
        else:
            parts[-1] += character
    parts = [part.strip() for part in parts]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) < 2:  # noqa: PLR2004
        raise AlertNotUnderstood("The line has no command: ID,buy,EURUSD,sl=20,tp=40", field="command")
    return parts


def _keys(parts: list[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for part in parts:
        if not part:
            continue
        name, separator, value = part.partition("=")
        key = name.strip().lower()
        if not separator:
            raise FieldInvalid(f"{shown(part)} is not of the form key=value; one command per alert", field="line")
        if key in keys:
            raise AlertContradictory(f"{shown(key)} is given twice; keep one", field="line")
        if key.startswith(_FILTERS):
            raise CommandUnsupported(
                f"{shown(key)}: filters in the alert are not offered; set the limit on the strategy or account",
                field=key,
            )
        if key == "vol_pct_bal_margin":
            raise CommandUnsupported("Sizing by margin is not offered; use vol_pct_bal_loss with a stop", field=key)
        if key not in _KNOWN and not key.startswith(_EXPERT_KEYS):
            raise FieldInvalid(f"Unknown key {shown(key)}; sl, tp, risk, vol_lots, price and comment are", field="line")
        keys[key] = value.strip().strip('"')
    return keys


def _one(keys: dict[str, str], names: tuple[str, ...], read: Callable[[str, object], T | None]) -> T | None:
    found = [(name, value) for name in names if name in keys and (value := read(name, keys[name])) is not None]
    if len(found) > 1:
        raise AlertContradictory(f"{found[0][0]} and {found[1][0]} mean the same; keep one", field=found[1][0])
    return found[0][1] if found else None


def _level(stem: str, keys: dict[str, str], plain_unit: LevelKind) -> Level | None:
    units = {stem: plain_unit, **{stem + ending: unit for ending, unit in _UNITS.items()}}
    return _one(keys, tuple(units), lambda name, raw: level_of(name, raw, units[name]))


def _entry(keys: dict[str, str]) -> Level | None:
    units = dict.fromkeys(("price", "pending", "entry"), LevelKind.PRICE)
    units |= {stem + ending: unit for stem in ("pending", "entry") for ending, unit in _UNITS.items()}
    found = _one(keys, tuple(units), lambda name, raw: level_of(name, raw, units[name]))
    if found is not None and found.value <= 0:
        raise FieldInvalid("The price of a pending order must be above zero", field="price")
    return found


def _market_price(keys: dict[str, str]) -> float | None:
    return _one(keys, ("price", "entry", "entry_price"), reference_price_of)


def _risk(keys: dict[str, str]) -> tuple[float | None, SizingMode | None]:
    given = [key for key in ("risk", *_RISK_MODES) if key in keys]
    if len(given) > 1:
        raise AlertContradictory(f"{given[0]} and {given[1]} both size the order; keep one", field=given[1])
    if not given:
        return None, None
    text = text_of(given[0], keys[given[0]])
    return amount_of(given[0], text.removesuffix("%") if text else None), _RISK_MODES.get(given[0])


def _share(keys: dict[str, str], command: Command) -> float | None:
    if command.action is not AlertAction.CLOSE:
        return None
    return _one(keys, (*_SHARE, "risk") if command.portion is Portion.PERCENT else _SHARE, percent_of)


def _notes(keys: set[str], word: str) -> tuple[str, ...]:
    idle = sorted(key for key in keys if key.startswith(_EXPERT_KEYS))[:MAX_NOTES]
    notes = [f"{squeeze(key)[:40]} is not acted on" for key in idle]
    if squeeze(word) == "closealleaoff":
        notes.append("positions are closed; the strategy is not switched off by alert")
    return tuple(notes)
