"""Break-even and trailing stop of an entry, under the names both dialects use for them.

PineConnector's `betrigger beoffset trailtrig traildist trailstep` count pips. A distance may also be written in
multiples of the Average True Range: `traildist=2 atr`; then `atrperiod` and `atrtimeframe` say which. Other ATR keys
have no meaning that is common to the programs that use them, and are not acted on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from forex_elite.domain.alerts.commands import squeeze
from forex_elite.domain.alerts.refusals import AlertContradictory, FieldInvalid, FieldMissing
from forex_elite.domain.alerts.values import number_of, shown, text_of
from forex_elite.domain.protection import (
    TIMEFRAMES,
    BreakEven,
    DistanceUnit,
    Protection,
    Trailing,
    check_protection,
)
from forex_elite.errors import InvalidInput

_NAMES = {
    "be_trigger": ("betrigger", "breakeventrigger"),
    "be_offset": ("beoffset", "breakevenoffset"),
    "trail_trigger": ("trailtrig", "trailtrigger", "trailingtrigger"),
    "trail_distance": ("traildist", "traildistance", "trailingdistance"),
    "trail_step": ("trailstep", "trailingstep"),
    "atr_period": ("atrperiod",),
    "atr_timeframe": ("atrtimeframe",),
}
_DISTANCE = re.compile(r"(?P<number>[^a-z]+?)\s*(?P<unit>pips?|atr)?", re.IGNORECASE)
_MINUTES = {"1": "M1", "5": "M5", "15": "M15", "30": "M30", "60": "H1", "240": "H4", "1440": "D1"}

Distance = tuple[float, DistanceUnit]


def read_protection(values: Mapping[str, object]) -> tuple[Protection | None, frozenset[str]]:
    """The protection of an entry and the names it was read from; `values` by name as written.

    A distance of zero is none, as scripts send it. Raises `FieldInvalid`, `FieldMissing` or `AlertContradictory`.
    """
    given = _given(values)
    found = {
        name: distance
        for name, (field, raw) in given.items()
        if not name.startswith("atr_") and (distance := _distance(field, raw)) is not None
    }
    even = _pair(found, given, "be_trigger", ("be_offset",))
    trail = _pair(found, given, "trail_distance", ("trail_trigger", "trail_step"))
    used = {field for name, (field, _) in given.items() if not name.startswith("atr_")}
    if even is None and trail is None:
        return None, frozenset(used)
    has_atr = any(unit is DistanceUnit.ATR for _, unit in found.values())
    if has_atr:
        used |= {given[name][0] for name in ("atr_period", "atr_timeframe") if name in given}

    def amount(name: str) -> float:
        return found[name][0] if name in found else 0.0

    protection = Protection(
        break_even=BreakEven(unit=even, trigger=amount("be_trigger"), offset=amount("be_offset")) if even else None,
        trailing=Trailing(
            unit=trail,
            trigger=amount("trail_trigger"),
            distance=amount("trail_distance"),
            step=amount("trail_step"),
        )
        if trail
        else None,
        atr_timeframe=_timeframe(given) if has_atr else "H1",
        atr_period=_period(given) if has_atr else 14,
    )
    try:
        return check_protection(protection), frozenset(used)
    except InvalidInput as refusal:
        field = str(refusal.details.get("field", ""))
        raise FieldInvalid(refusal.message, field=given.get(field, (field, None))[0]) from refusal


def _given(values: Mapping[str, object]) -> dict[str, tuple[str, object]]:
    """What is written of each part: (name as written, raw value). Two names for one part must agree."""
    by_name = {squeeze(name): (name, raw) for name, raw in values.items() if raw not in (None, "")}
    found: dict[str, tuple[str, object]] = {}
    for part, aliases in _NAMES.items():
        for alias in aliases:
            if alias not in by_name:
                continue
            if part in found and found[part][1] != by_name[alias][1]:
                raise AlertContradictory(
                    f"{found[part][0]} and {by_name[alias][0]} say different things; keep one", field=alias
                )
            found.setdefault(part, by_name[alias])
    return found


def _distance(field: str, raw: object) -> Distance | None:
    text = text_of(field, raw)
    match = _DISTANCE.fullmatch(text) if text is not None and len(text) <= 40 else None  # noqa: PLR2004
    unit = DistanceUnit.PIPS
    if match is not None and (match["unit"] or "").lower() == "atr":
        unit = DistanceUnit.ATR
    value = number_of(field, match["number"] if match is not None and match["unit"] else raw)
    if value is None or value == 0:
        return None
    if value < 0:
        raise FieldInvalid(f"{field} must not be negative: {value:g}", field=field)
    return value, unit


def _pair(
    found: Mapping[str, Distance], given: Mapping[str, tuple[str, object]], main: str, others: tuple[str, ...]
) -> DistanceUnit | None:
    """The unit of a half, None when it is not asked for; its parts must all be there and count the same."""
    extra = [name for name in others if name in found]
    if main not in found:
        if extra and main not in given:
            raise FieldMissing(f"{given[extra[0]][0]} needs {_NAMES[main][0]} beside it", field=given[extra[0]][0])
        return None
    for name in extra:
        if found[name][1] is not found[main][1]:
            raise AlertContradictory(
                f"{given[main][0]} and {given[name][0]} count in different units; write both in pips or both in atr",
                field=given[name][0],
            )
    return found[main][1]


def _timeframe(given: Mapping[str, tuple[str, object]]) -> str:
    field, raw = given.get("atr_timeframe", ("", "H1"))
    text = (text_of(field, raw) or "H1").upper()
    timeframe = _MINUTES.get(text, text)
    if timeframe not in TIMEFRAMES:
        raise FieldInvalid(f"{field} {shown(text)} is none of {', '.join(TIMEFRAMES)}", field=field)
    return timeframe


def _period(given: Mapping[str, tuple[str, object]]) -> int:
    field, raw = given.get("atr_period", ("", "14"))
    value = number_of(field, raw)
    if value is not None and value != int(value):
        raise FieldInvalid(f"{field} must be a whole number of bars, not {value:g}", field=field)
    return 14 if value is None else int(value)
