"""Break-even and trailing stop of a position, as a person or an alert asks for them. The agent works by them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forex_elite.domain.levels import plain
from forex_elite.errors import InvalidInput

MAX_DISTANCE = 100_000.0
TIMEFRAMES = ("M1", "M5", "M15", "M30", "H1", "H4", "D1")
MIN_PERIOD, MAX_PERIOD = 2, 500


class DistanceUnit(StrEnum):
    """What a distance counts: pips, or multiples of the symbol's Average True Range."""

    PIPS = "pips"
    ATR = "atr"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """From a profit of `trigger` on, the stop goes to the open price plus `offset` towards profit."""

    trigger: float
    offset: float = 0.0
    unit: DistanceUnit = DistanceUnit.PIPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailing:
    """From a profit of `trigger` on, the stop follows the price at `distance`, in moves of at least `step`."""

    distance: float
    trigger: float = 0.0
    step: float = 0.0
    unit: DistanceUnit = DistanceUnit.PIPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What moves a stop, towards profit only. The ATR is the mean true range of `atr_period` closed bars."""

    break_even: BreakEven | None = None
    trailing: Trailing | None = None
    atr_timeframe: str = "H1"
    atr_period: int = 14

    @property
    def is_any(self) -> bool:
        """Whether there is anything to do."""
        return self.break_even is not None or self.trailing is not None

    @property
    def needs_atr(self) -> bool:
        """Whether any distance counts ATRs."""
        parts = (self.break_even, self.trailing)
        return any(part is not None and part.unit is DistanceUnit.ATR for part in parts)

    @classmethod
    def read(cls, stored: dict[str, Any] | None) -> Protection | None:
        """A protection in the form of the wire contract; None for none."""
        if not stored:
            return None
        even, trail, atr = stored.get("break_even"), stored.get("trailing"), stored.get("atr") or {}
        return cls(
            break_even=even
            and BreakEven(unit=DistanceUnit(even["unit"]), trigger=even["trigger"], offset=even["offset"]),
            trailing=trail
            and Trailing(
                unit=DistanceUnit(trail["unit"]),
                trigger=trail["trigger"],
                distance=trail["distance"],
                step=trail["step"],
            ),
            atr_timeframe=atr.get("timeframe", "H1"),
            atr_period=atr.get("period", 14),
        )

    def written(self) -> dict[str, Any]:
        """The form `read` reads, and the agent."""
        even, trail = self.break_even, self.trailing
        return {
            "break_even": even and {"unit": even.unit.value, "trigger": even.trigger, "offset": even.offset},
            "trailing": trail
            and {
                "unit": trail.unit.value,
                "trigger": trail.trigger,
                "distance": trail.distance,
                "step": trail.step,
            },
            "atr": {"timeframe": self.atr_timeframe, "period": self.atr_period},
        }


def check_protection(protection: Protection) -> Protection:
    """The protection, or InvalidInput with the first problem as its message and all of them in `problems`."""
    found = {
        field: problem
        for field, problem in [*_even_problems(protection.break_even), *_trail_problems(protection.trailing)]
        if problem
    }
    if protection.atr_timeframe not in TIMEFRAMES:
        found["atr_timeframe"] = f"The ATR is of one of {', '.join(TIMEFRAMES)}."
    if not MIN_PERIOD <= protection.atr_period <= MAX_PERIOD:
        found["atr_period"] = f"The ATR counts {MIN_PERIOD} to {MAX_PERIOD} bars."
    if found:
        field, message = next(iter(found.items()))
        raise InvalidInput(message, field=field, problems=found)
    return protection


def _even_problems(even: BreakEven | None) -> list[tuple[str, str]]:
    if even is None:
        return []
    problem = _distance("The trigger of the break-even", even.trigger) or ""
    offset = _distance("The offset of the break-even", even.offset, may_be_none=True)
    if not problem and not offset and even.offset > even.trigger:
        offset = "The offset must not be larger than the trigger, or the stop would lie beyond the market."
    return [("be_trigger", problem), ("be_offset", offset)]


def _trail_problems(trail: Trailing | None) -> list[tuple[str, str]]:
    if trail is None:
        return []
    return [
        ("trail_trigger", _distance("The trigger of the trailing stop", trail.trigger, may_be_none=True)),
        ("trail_distance", _distance("The distance of the trailing stop", trail.distance)),
        ("trail_step", _distance("The step of the trailing stop", trail.step, may_be_none=True)),
    ]


def _distance(what: str, value: float, *, may_be_none: bool = False) -> str:
    is_fine = math.isfinite(value) and value <= MAX_DISTANCE and (value >= 0 if may_be_none else value > 0)
    least = "at least 0" if may_be_none else "above 0"
    return "" if is_fine else f"{what} must be {least} and at most {MAX_DISTANCE:,.0f}."


def words(protection: Protection) -> list[str]:
    """The protection for a reader, one line a part: `break-even at 10 pips, plus 1`, `trailing 15 pips from 20`."""
    lines = []
    if (even := protection.break_even) is not None:
        plus = f", plus {plain(even.offset)}" if even.offset else ""
        lines.append(f"break-even at {plain(even.trigger)} {_unit(even.unit)}{plus}")
    if (trail := protection.trailing) is not None:
        start = f" from {plain(trail.trigger)}" if trail.trigger else ""
        step = f", step {plain(trail.step)}" if trail.step else ""
        lines.append(f"trailing {plain(trail.distance)} {_unit(trail.unit)}{start}{step}")
    if protection.needs_atr:
        lines.append(f"ATR of {protection.atr_period} bars {protection.atr_timeframe}")
    return lines


def _unit(unit: DistanceUnit) -> str:
    return "pips" if unit is DistanceUnit.PIPS else "ATR"
