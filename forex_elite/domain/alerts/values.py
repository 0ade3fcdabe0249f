"""Single values of an alert: numbers, levels, symbols, times and texts, or a refusal that names the field."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from forex_elite.domain.alerts.refusals import FieldInvalid, PlaceholderLeft
from forex_elite.domain.trading import Level, LevelKind

MAX_NUMBER = 1e9
"""No price, volume, stop distance or risk is larger; what is larger is a mistake."""

MIN_NUMBER = 1e-9
MAX_ID = 128
MAX_COMMENT = 128
_MAX_DIGITS = 64

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_LEVEL = re.compile(r"(?P<number>[^a-z%]+(?:e[+-]?[0-9]+)?)\s*(?P<unit>[a-z]+|%)?", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{\{[^{}]{0,80}\}\}")
_SYMBOL = re.compile(r"[A-Z0-9._#+&!/ -]{1,32}")
_PAIR = re.compile(r"([A-Z]{3})[/_ -]([A-Z]{3})")
_NOT_A_NUMBER = frozenset({"nan", "na", "inf", "infinity", "-inf", "-infinity", "+inf", "+infinity"})
_UNITS = {
    "pip": LevelKind.PIPS,
    "pips": LevelKind.PIPS,
    "%": LevelKind.PERCENT,
    "pct": LevelKind.PERCENT,
    "percent": LevelKind.PERCENT,
    "price": LevelKind.PRICE,
}
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 1e11
"""An epoch above this counts milliseconds (Pine's `timenow`), below it seconds."""


def shown(value: object, limit: int = 40) -> str:
    """What the author wrote, safe to store and print: short, quoted, without control characters."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(character if character.isprintable() else "?" for character in text[: limit + 1])
    return f'"{text[:limit]}…"' if len(text) > limit else f'"{text}"'


def text_of(field: str, raw: object) -> str | None:
    """A single value as stripped text, None when absent or empty; placeholders left over are refused by name."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        kind = "true or false" if isinstance(raw, bool) else "a list" if isinstance(raw, list) else "an object"
        raise FieldInvalid(f"{field} must be one value, not {kind}", field=field)
    text = raw.strip()
    refuse_placeholder(field, text)
    return text or None


def refuse_placeholder(field: str, text: str) -> None:
    """Refuse text in which TradingView left a `{{placeholder}}` unexpanded."""
    found = _PLACEHOLDER.search(text)
    if found:
        where = f" in {field}" if field else ""
        raise PlaceholderLeft(
            f"TradingView left the placeholder {shown(found.group(), 84)}{where} as it is; strategy placeholders need"
            " an alert on a strategy, and none are filled in inside Pine's alert() text",
            field=field,
        )


def number_of(field: str, raw: object) -> float | None:
    """A finite number, bare or quoted; None when absent."""
    text = text_of(field, raw)
    if text is None or text.lower() in {"null", "none"}:
        return None
    if text.lower() in _NOT_A_NUMBER:
        raise FieldInvalid(
            f"{field} is {shown(text)}, not a number; the plot or variable behind it has no value at this bar",
            field=field,
        )
    if not _NUMBER.fullmatch(text) or len(text) > _MAX_DIGITS:
        raise FieldInvalid(f"{field} must be a plain number such as 1.25, not {shown(text)}", field=field)
    value = float(text)
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise FieldInvalid(f"{field} is absurdly large: {shown(text)}", field=field)
    if value != 0 and abs(value) < MIN_NUMBER:
        raise FieldInvalid(f"{field} is absurdly small: {shown(text)}", field=field)
    return value


def amount_of(field: str, raw: object) -> float | None:
    """A number above zero; None when absent."""
    value = number_of(field, raw)
    if value is not None and value <= 0:
        raise FieldInvalid(f"{field} must be above zero, not {value:g}", field=field)
    return value


def reference_price_of(field: str, raw: object) -> float | None:
    """The price a market order is reckoned from; None when absent or zero, which scripts send for "at market"."""
    return amount_of(field, raw) if number_of(field, raw) else None


def percent_of(field: str, raw: object) -> float | None:
    """A share above 0 and up to 100, with or without a percent sign; None when absent."""
    text = text_of(field, raw)
    value = amount_of(field, text.removesuffix("%").strip() if text else None)
    if value is not None and value > 100:  # noqa: PLR2004
        raise FieldInvalid(f"{field} must be at most 100 %, not {value:g}", field=field)
    return value


def level_of(field: str, raw: object, unit: LevelKind) -> Level | None:
    """A level written as a number (in `unit`) or with its unit: `20 pips`, `1%`; None when absent. Zero is kept."""
    text = text_of(field, raw)
    if text is None:
        return None
    match = _LEVEL.fullmatch(text) if len(text) <= _MAX_DIGITS else None
    suffix = (match["unit"] or "").lower() if match else ""
    if match is None or not suffix or text.lower() in _NOT_A_NUMBER:
        value, kind = number_of(field, text), unit
    elif suffix in _UNITS:
        value, kind = number_of(field, match["number"]), _UNITS[suffix]
    else:
        raise FieldInvalid(
            f"{field} has the unit {shown(suffix)}; write a price, or a distance in pips or percent", field=field
        )
    return None if value is None else level(field, value, kind)


def level(field: str, value: float, kind: LevelKind) -> Level:
    """A level of a checked number; zero stands for "none" and is left to the caller."""
    if value < 0:
        raise FieldInvalid(f"{field} must not be negative: {value:g}; write the distance without a sign", field=field)
    if kind is LevelKind.PERCENT and value >= 100:  # noqa: PLR2004
        raise FieldInvalid(f"{field} of {value:g} % is no distance from a price", field=field)
    return Level(kind, value)


def symbol_of(field: str, raw: object) -> str | None:
    """The bare ticker in upper case: exchange prefix dropped, `EUR/USD` joined; None when absent."""
    text = text_of(field, raw)
    if text is None:
        return None
    ticker = text.upper().rsplit(":", 1)[-1].strip()
    pair = _PAIR.fullmatch(ticker)
    ticker = pair[1] + pair[2] if pair else ticker
    if not _SYMBOL.fullmatch(ticker):
        raise FieldInvalid(f"{field} {shown(text)} is not a symbol; write {{{{ticker}}}} or EURUSD", field=field)
    if ticker in {"NAN", "NULL", "NONE", "NA"}:
        raise FieldInvalid(f"{field} is {shown(text)}; write {{{{ticker}}}} or EURUSD", field=field)
    return ticker


def time_of(field: str, raw: object) -> datetime | None:
    """An instant: ISO-8601 (UTC unless it says otherwise) or an epoch in seconds or milliseconds; None when absent."""
    text = text_of(field, raw)
    if text is None:
        return None
    try:
        at = _epoch(float(text)) if _NUMBER.fullmatch(text) else datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        at = _LATEST
    if not _EARLIEST <= at < _LATEST:
        raise FieldInvalid(
            f"{field} {shown(text)} is not a date and time; write {{{{timenow}}}}, which gives 2026-01-31T09:56:00Z",
            field=field,
        )
    return at


def _epoch(value: float) -> datetime:
    return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS_FROM else value, UTC)


def id_of(field: str, raw: object) -> str | None:
    """An identifier of the author's own making; None when absent."""
    text = text_of(field, raw)
    if text is None:
        return None
    if len(text) > MAX_ID or not text.isprintable():
        raise FieldInvalid(f"{field} must be at most {MAX_ID} printable characters", field=field)
    return text


def comment_of(raw: object) -> str:
    """A free remark, made printable and cut to length; it never stops an alert."""
    if not isinstance(raw, str):
        return ""
    return "".join(character for character in raw[:MAX_COMMENT] if character.isprintable()).strip()


def flag_of(field: str, raw: object) -> bool:
    """A yes or no, as JSON writes it or in words; absent is no."""
    if isinstance(raw, bool):
        return raw
    text = (text_of(field, raw) or "false").lower()
    if text in {"true", "yes", "on", "1"}:
        return True
    if text in {"false", "no", "off", "0", "null"}:
        return False
    raise FieldInvalid(f"{field} must be true or false, not {shown(text)}", field=field)
