"""Where a stop belongs: the arithmetic of break-even and trailing. Pure, in prices of the symbol.

Prices are exact decimals on the grid of whole ticks, so that a stop is never rounded to the wrong side. Everything is
seen from the position: profit is positive for both sides, "tighter" means further towards profit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from agent.protocol import DistanceUnit, Protection, Side, SymbolSpec

_FRACTIONAL_PIP_DIGITS = frozenset({3, 5})


@dataclass(frozen=True, slots=True)
class Bar:
    """High, low and close of one bar."""

    high: float
    low: float
    close: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A protection in prices: each distance in the symbol's own units; None where that half is not wanted."""

    even_trigger: Decimal | None = None
    even_offset: Decimal = Decimal(0)
    trail_trigger: Decimal = Decimal(0)
    trail_distance: Decimal | None = None
    trail_step: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Grid:
    """What the broker permits: whole ticks, and how near to the market a level may be set or changed."""

    tick: Decimal
    digits: int
    stops_level: Decimal = Decimal(0)
    freeze_level: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Held:
    """A position with its levels (0 is none) and the price it would be closed at now."""

    side: Side
    open_price: float
    price: float
    sl: float = 0.0
    tp: float = 0.0


def average_true_range(bars: Sequence[Bar], period: int) -> Decimal | None:
    """The ATR of the last `period` bars, oldest first; None when there are too few of them.

    True range is the largest of high - low, |high - previous close| and |low - previous close|; the average is the
    plain mean, as in MetaTrader's own iATR (other programs use Wilder's smoothing).
    """
    if len(bars) < period + 1:
        return None
    recent = bars[-period - 1 :]
    ranges = [max(now.high, before.close) - min(now.low, before.close) for before, now in pairwise(recent)]
    return exact(sum(ranges) / period)


def grid_of(spec: SymbolSpec) -> Grid:
    """A symbol's grid from its specification."""
    point = exact(spec.point)
    return Grid(
        tick=exact(spec.tick_size),
        digits=spec.digits,
        stops_level=exact(spec.stops_level_points) * point,
        freeze_level=exact(spec.freeze_level_points) * point,
    )


def plan_of(protection: Protection, spec: SymbolSpec, atr: Decimal | None) -> Plan:
    """The protection in prices. Distances in ATR need `atr`; without it their half waits."""
    point = exact(spec.point)
    pip = point * 10 if spec.digits in _FRACTIONAL_PIP_DIGITS else point

    def unit(kind: DistanceUnit) -> Decimal | None:
        return pip if kind is DistanceUnit.PIPS else atr

    even, trail = protection.break_even, protection.trailing
    even_unit = unit(even.unit) if even else None
    trail_unit = unit(trail.unit) if trail else None
    plan = Plan()
    if even is not None and even_unit is not None:
        plan = Plan(even_trigger=exact(even.trigger) * even_unit, even_offset=exact(even.offset) * even_unit)
    if trail is not None and trail_unit is not None:
        plan = Plan(
            even_trigger=plan.even_trigger,
            even_offset=plan.even_offset,
            trail_trigger=exact(trail.trigger) * trail_unit,
            trail_distance=exact(trail.distance) * trail_unit,
            trail_step=exact(trail.step) * trail_unit,
        )
    return plan


def next_stop(held: Held, plan: Plan, grid: Grid) -> float | None:
    """The stop the position should have instead of its present one; None when it stays.

    - Break-even: from a profit of `even_trigger` on, open price plus `even_offset`, rounded towards profit.
    - Trailing: from a profit of `trail_trigger` on, `trail_distance` behind the price, rounded towards loss, at least
      `stops_level` away. It moves by `trail_step` or more, and by a whole tick at least.
    - The tighter of both counts. It never moves towards loss, and nothing moves while the price is within the
      `freeze_level` of a level, because the broker would refuse.
    """
    sign = 1 if held.side is Side.BUY else -1
    price, opened, present = exact(held.price), exact(held.open_price), exact(held.sl)
    if price <= 0 or _is_frozen(held, grid):
        return None
    profit = (price - opened) * sign
    nearest = _rounded(price - sign * max(grid.stops_level, grid.tick), grid, towards_profit=False, sign=sign)
    found = []
    if plan.even_trigger is not None and profit >= plan.even_trigger:
        level = _rounded(opened + sign * plan.even_offset, grid, towards_profit=True, sign=sign)
        if (nearest - level) * sign >= 0 and _gain(level, present, sign) >= grid.tick:
            found.append(level)
    if plan.trail_distance is not None and profit >= plan.trail_trigger:
        level = _rounded(price - sign * plan.trail_distance, grid, towards_profit=False, sign=sign)
        level = min(level * sign, nearest * sign) * sign
        if _gain(level, present, sign) >= max(plan.trail_step, grid.tick):
            found.append(level)
    possible = [level for level in found if level > 0]
    return float(max(possible, key=lambda level: level * sign)) if possible else None


def _gain(level: Decimal, present: Decimal, sign: int) -> Decimal:
    """How far a move is towards profit; without a present stop any is far enough."""
    return (level - present) * sign if present else Decimal("Infinity")


def _is_frozen(held: Held, grid: Grid) -> bool:
    price = exact(held.price)
    levels = [exact(level) for level in (held.sl, held.tp) if level]
    return bool(grid.freeze_level) and any(abs(level - price) <= grid.freeze_level for level in levels)


def _rounded(price: Decimal, grid: Grid, *, towards_profit: bool, sign: int) -> Decimal:
    rounding = ROUND_CEILING if towards_profit == (sign > 0) else ROUND_FLOOR
    return ((price / grid.tick).quantize(Decimal(1), rounding=rounding) * grid.tick).quantize(
        Decimal(1).scaleb(-grid.digits), rounding=rounding
    )


def exact(value: float) -> Decimal:
    """The number as it is written: 0.1 is exactly 0.1."""
    return Decimal(repr(float(value)))
