"""The arithmetic of an order: volume steps, price ticks, stop levels, filling modes, comments. Pure.

A pip is ten points on symbols with 3 or 5 digits and one point on all others. Gold at 2 or 3 digits therefore has a pip
of 0.01, an index at 1 digit one of 0.1, a pair at 4 or 5 digits one of 0.0001.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from agent.protocol import Level, LevelKind, OrderType, Side
from agent.terminal.gateway import OrderInvalid

MAX_COMMENT: Final = 27
FOK, IOC, RETURN = 0, 1, 2
_FOK_BIT: Final = 1
_IOC_BIT: Final = 2
_MARKET_EXECUTION: Final = 2
_EXCHANGE_EXECUTION: Final = 3
_FRACTIONAL_PIP_DIGITS: Final = (3, 5)
_MAX_MAGIC: Final = (1 << 63) - 1
_LEVEL_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Prices:
    """Bid and ask as the order is made."""

    bid: float
    ask: float

    def entry(self, side: Side) -> float:
        """The price a market order of that side is filled at."""
        return self.ask if side is Side.BUY else self.bid

    def exit(self, side: Side) -> float:
        """The price a position of that side is closed at; its stops are measured from here."""
        return self.bid if side is Side.BUY else self.ask


def snapped_volume(volume_lots: float, step: float, minimum: float, maximum: float) -> float:
    """The volume down to the broker's step and maximum, never rounded up; OrderInvalid below the minimum."""
    if not math.isfinite(volume_lots) or volume_lots <= 0:
        raise OrderInvalid(f"the volume must be a positive number of lots, not {volume_lots}")
    grid = Decimal(str(step))
    wanted = min(Decimal(str(volume_lots)), Decimal(str(maximum)))
    snapped = (wanted / grid).quantize(Decimal(1), rounding=ROUND_DOWN) * grid
    if snapped < Decimal(str(minimum)):
        raise OrderInvalid(f"{volume_lots:g} lots is below the broker's minimum of {minimum:g}")
    return float(snapped)


def rounded_price(info: Any, price: float) -> float:
    """The nearest price the symbol can have: whole ticks, then its digits."""
    tick = info.trade_tick_size or info.point
    return float(round(round(price / tick) * tick, info.digits))


def pip(info: Any) -> float:
    """The size of a pip as a price difference; the rule is in this module's first lines."""
    return float(info.point) * (10 if info.digits in _FRACTIONAL_PIP_DIGITS else 1)


def level_price(info: Any, level: Level | None, side: Side, entry: float, *, is_stop: bool) -> float:
    """A stop loss or take profit as a price, from the entry price; 0 for none."""
    if level is None:
        return 0.0
    if level.kind is LevelKind.PRICE:
        return rounded_price(info, level.value)
    distance = level.value * pip(info) if level.kind is LevelKind.PIPS else entry * level.value / 100.0
    is_below = (side is Side.BUY) == is_stop
    price = rounded_price(info, entry - distance if is_below else entry + distance)
    if price <= 0:
        raise OrderInvalid(f"a distance of {level.value:g} {level.kind.value} reaches below zero from {entry:g}")
    return price


def pending_price(info: Any, prices: Prices, side: Side, order_type: OrderType, price: float | None) -> float:
    """The price of a pending order; refused where the market has already passed it or is too near."""
    if price is None:
        raise OrderInvalid(f"a {order_type.value} order needs a price")
    asked = rounded_price(info, price)
    market = prices.entry(side)
    waits_below = (side is Side.BUY) == (order_type is OrderType.LIMIT)
    distance = market - asked if waits_below else asked - market
    if distance <= 0 or distance < (info.trade_stops_level - _LEVEL_TOLERANCE) * info.point:
        where = "below" if waits_below else "above"
        raise OrderInvalid(
            f"a {side.value} {order_type.value} must be {where} the market, and {asked:g} is not ({market:g})"
        )
    return asked


def check_levels(info: Any, side: Side, reference: float, sl: float, tp: float) -> None:
    """Refuse levels on the wrong side of `reference` or nearer than the broker's stops level."""
    needed = max(info.trade_stops_level, 0) * info.point
    for name, level, is_stop in (("stop loss", sl, True), ("take profit", tp, False)):
        if not level:
            continue
        is_below = (side is Side.BUY) == is_stop
        distance = reference - level if is_below else level - reference
        if distance <= 0:
            where = "below" if is_below else "above"
            raise OrderInvalid(f"the {name} {level:g} of a {side.value} must be {where} {reference:g}")
        if distance < needed - _LEVEL_TOLERANCE * info.point:
            raise OrderInvalid(
                f"the {name} {level:g} is {distance / info.point:.0f} points from {reference:g}; "
                f"this broker wants at least {info.trade_stops_level}"
            )


def filling_modes(info: Any, *, is_pending: bool) -> list[int]:
    """Filling modes to try, the right one first; the others serve where a broker answers 10030 all the same."""
    allowed_by_bits = [mode for mode, bit in ((FOK, _FOK_BIT), (IOC, _IOC_BIT)) if info.filling_mode & bit]
    if is_pending:
        first = [RETURN, IOC, FOK]
    elif info.trade_exemode == _MARKET_EXECUTION:
        first = allowed_by_bits
    elif info.trade_exemode == _EXCHANGE_EXECUTION:
        first = [*allowed_by_bits, RETURN]
    else:
        first = [FOK, IOC, RETURN]
    return first + [mode for mode in (FOK, IOC, RETURN) if mode not in first]


def safe_comment(comment: str) -> str:
    """A comment the package takes: letters, digits, space, `_` and `-`, at most 27 of them."""
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in " _-") else "_" for letter in comment)
    return kept[:MAX_COMMENT]


def checked_magic(magic: int) -> int:
    """A magic number the package takes."""
    if not 0 <= magic <= _MAX_MAGIC:
        raise OrderInvalid(f"the magic number {magic} is not between 0 and 2^63")
    return magic
