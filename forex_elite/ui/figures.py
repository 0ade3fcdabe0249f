"""How figures and times are written: signs, digits, units. Pure functions; everything on a page goes through here.

A minus is U+2212, thousands are separated by commas, what is missing is an en dash, zero has no sign.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forex_elite.errors import InvalidInput

MINUS = "\u2212"
MISSING = "\u2013"
_NO_CENTS = frozenset({"JPY", "KRW", "CLP", "VND", "HUF"})
_SECOND_MS = 1_000
_PAIR = 6
_MINUTE_S = 60

_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_FIGURE = re.compile(r"[-+]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)

Number = Decimal | float | int


def _plain(value: Number, places: int, *, signed: bool) -> str:
    quantum = Decimal(1).scaleb(-places)
    rounded = Decimal(str(value)).quantize(quantum, rounding=ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{places}f}"


def read(text: str, field: str, such_as: str = "0.50") -> Decimal | None:
    """A figure as a person typed it, None for nothing; a comma separates thousands and nothing else.

    Raises InvalidInput: a comma that means a point would make 2 lots of 0,2.
    """
    plain = text.strip().replace(MINUS, "-")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not plain:
        return None
    if not _FIGURE.fullmatch(plain):
        raise InvalidInput(f"Use a number with a decimal point, such as {such_as}.", field=field)
    return Decimal(plain)


def tone(value: Number | None) -> str:
    """`up`, `down` or `flat`: the class of a profit or loss; zero and unknown are flat."""
    if value is None or value == 0:
        return "flat"
    return "up" if value > 0 else "down"


def cents(currency: str) -> int:
    """How many decimals an amount in this currency has."""
    return 0 if currency.upper() in _NO_CENTS else 2


def money(value: Number | None, currency: str = "USD", *, signed: bool = False) -> str:
    """An amount without its currency: `25,208.40`, with `signed` `+407.16`."""
    return MISSING if value is None else _plain(value, cents(currency), signed=signed)


def price(value: Number | None, digits: int) -> str:
    """A price with the symbol's own digits; MetaTrader's 0 for "none" is missing."""
    return MISSING if not value else _plain(value, digits, signed=False)


def level(value: Number | None, digits: int) -> str:
    """A price as a person types it: no thousands, empty for none."""
    return f"{value:.{digits}f}" if value else ""


def usual_digits(symbol: str) -> int:
    """The digits most brokers quote a symbol with: 3 for yen pairs, 2 for metals, 5 for other pairs, else 1."""
    bare = symbol.upper()[:6]
    if bare.endswith("JPY"):
        return 3
    if bare.startswith(("XAU", "XAG", "XPT", "XPD")):
        return 2
    return 5 if len(bare) == _PAIR and bare.isalpha() else 1


def symbol_price(value: Decimal | None, symbol: str) -> str:
    """A price whose symbol's specification is not at hand: padded to the usual digits, never cut."""
    if not value:
        return MISSING
    exponent = value.normalize().as_tuple().exponent
    came_with = -exponent if isinstance(exponent, int) else 0
    return _plain(value, max(usual_digits(symbol), came_with), signed=False)


def pips(value: Number | None) -> str:
    """Pips with one decimal and their sign: `+23.0`."""
    return MISSING if value is None else _plain(value, 1, signed=True)


def lots(value: Number | None) -> str:
    """A volume in lots: `0.50`; finer steps keep their digits up to 0.0001."""
    if value is None:
        return MISSING
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    places = min(4, max(2, -exponent)) if isinstance(exponent, int) else 2
    return _plain(value, places, signed=False)


def percent(value: Number | None, *, signed: bool = False, places: int = 2) -> str:
    """A percentage with its sign attached: `+1.65%`."""
    return MISSING if value is None else f"{_plain(value, places, signed=signed)}%"


def margin_level(value: Number | None, margin: Number | None) -> str:
    """The margin level in whole percent; without margin in use the words say so."""
    if not margin or value is None:
        return "no margin"
    return f"{_plain(value, 0, signed=False)}%"


def count(value: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 account`, `3 accounts`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def span(before: int, shown: int) -> str:
    """Which rows of a list are on screen after those `before`: `51 to 100`, empty for none."""
    return f"{before + 1:,} to {before + shown:,}" if shown else ""


def milliseconds(value: float | None) -> tuple[str, str]:
    """A duration as figure and unit: (`84`, `ms`), (`1.24`, `s`), (`3`, `min`)."""
    if value is None:
        return MISSING, ""
    if value < _SECOND_MS:
        return f"{value:.0f}" if value >= 1 or value == 0 else "<1", "ms"
    seconds = value / _SECOND_MS
    if seconds < 10:  # noqa: PLR2004 - two decimals below ten seconds, none above
        return f"{seconds:.2f}", "s"
    if seconds < _MINUTE_S:
        return f"{seconds:.0f}", "s"
    return f"{seconds / _MINUTE_S:.0f}", "min"


def zone(name: str) -> ZoneInfo:
    """The time zone of this name, UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zone_label(name: str) -> str:
    """What a table head says once: `UTC`, or the city of the zone (`London`)."""
    known = zone(name).key
    return "UTC" if known in {"UTC", "Etc/UTC"} else known.rpartition("/")[2].replace("_", " ")


def clock_time(at: datetime | None, zone_name: str = "UTC", *, fine: bool = False) -> str:
    """A time of day, `14:32:06`; `fine` adds the milliseconds."""
    if at is None:
        return MISSING
    local = at.astimezone(zone(zone_name))
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}" if fine else f"{local:%H:%M:%S}"


def day_time(at: datetime | None, zone_name: str = "UTC") -> str:
    """A day and a time, `20 Mar, 14:32:06`."""
    if at is None:
        return MISSING
    local = at.astimezone(zone(zone_name))
    return f"{local.day} {local:%b}, {local:%H:%M:%S}"


def day(at: datetime | None, zone_name: str = "UTC") -> str:
    """A date, `20 Mar 2026`."""
    if at is None:
        return MISSING
    local = at.astimezone(zone(zone_name))
    return f"{local.day} {local:%b %Y}"


def iso(at: datetime | None) -> str:
    """An instant for the browser to count from; empty when there is none."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def initials(name: str) -> str:
    """One or two capitals for the avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    picked = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in picked).upper() or "?"
