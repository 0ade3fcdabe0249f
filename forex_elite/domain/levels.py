"""Stops, targets and pending entries as prices: what a pip is, and how far a level lies from the entry."""

from __future__ import annotations

import math
from decimal import Context, Decimal

from forex_elite.domain.trading import Level, LevelKind, Side, SymbolSpec
from forex_elite.errors import Refused

MIN_AMOUNT, MAX_AMOUNT = 1e-10, 1e12
_EXACT = Context(prec=60)


class LevelUnusable(Refused):
    """A stop, target or entry cannot be placed where the alert puts it; move it to the side it belongs on."""

    code = "level-unusable"


def exact(value: float) -> Decimal:
    """The number as a person reads it: 0.1 becomes exactly 0.1, not its binary neighbour."""
    return Decimal(repr(float(value)))


def is_amount(value: float | None) -> bool:
    """Whether this is a number above zero that can be computed with: neither NaN nor infinite nor absurd."""
    return value is not None and math.isfinite(value) and MIN_AMOUNT <= value <= MAX_AMOUNT


def pip_size(spec: SymbolSpec) -> Decimal:
    """The price of one pip: ten points where the broker quotes a fractional pip (3 or 5 digits), else one point.

    The agent uses the same rule when it turns a distance into a price at the fill.
    """
    point = exact(spec.point)
    return point * 10 if spec.digits in {3, 5} else point


def distance_of(level: Level, entry: float, spec: SymbolSpec) -> Decimal:
    """How far `level` lies from `entry`, in price units, whichever side it is on."""
    value, price = exact(level.value), exact(entry)
    if level.kind is LevelKind.PIPS:
        return value * pip_size(spec)
    if level.kind is LevelKind.PERCENT:
        return price * value / 100
    return abs(value - price)


def price_of(level: Level, entry: float, spec: SymbolSpec, *, is_above: bool) -> Decimal:
    """The absolute price of `level`, seen from `entry`, rounded to the symbol's digits."""
    if level.kind is LevelKind.PRICE:
        price = exact(level.value)
    else:
        distance = distance_of(level, entry, spec)
        price = exact(entry) + (distance if is_above else -distance)
    return price.quantize(Decimal(1).scaleb(-spec.digits), context=_EXACT)


def check_stop(level: Level, entry: float, side: Side, spec: SymbolSpec) -> Decimal:
    """The distance from `entry` to a stop loss; `LevelUnusable` if it is on the profit side or nothing at all."""
    return _checked(level, entry, spec, is_above=side is Side.SELL, what=f"Stop loss of a {side.position_word}")


def check_target(level: Level, entry: float, side: Side, spec: SymbolSpec) -> Decimal:
    """The distance from `entry` to a take profit; `LevelUnusable` if it is on the loss side or nothing at all."""
    return _checked(level, entry, spec, is_above=side is Side.BUY, what=f"Take profit of a {side.position_word}")


def _checked(level: Level, entry: float, spec: SymbolSpec, *, is_above: bool, what: str) -> Decimal:
    price = price_of(level, entry, spec, is_above=is_above)
    shown, at = f"{price:f}", f"{exact(entry):f}"
    if price <= 0:
        raise LevelUnusable(f"{what}: {words(level)} from {at} would be a price of {shown}; use a smaller distance")
    if (price <= exact(entry)) if is_above else (price >= exact(entry)):
        raise LevelUnusable(f"{what}: {shown} must be {'above' if is_above else 'below'} the entry at {at}")
    distance = distance_of(level, entry, spec)
    least = exact(spec.stops_level_points) * exact(spec.point)
    if distance < least:
        raise LevelUnusable(
            f"{what}: {shown} is {plain(distance)} from the entry, the broker asks for at least {plain(least)}"
        )
    return distance


def words(level: Level) -> str:
    """The level for a reader: `20 pips`, `1 %`, or the price."""
    unit = {LevelKind.PIPS: " pips", LevelKind.PERCENT: " %", LevelKind.PRICE: ""}[level.kind]
    return f"{plain(level.value)}{unit}"


def plain(value: float | Decimal) -> str:
    """A number without exponent and without trailing zeros."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = f"{value if isinstance(value, Decimal) else exact(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
