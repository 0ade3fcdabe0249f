"""Break-even and trailing stop of a position: the terms the agent works by, with or without the server.

Distances are pips, or multiples of the Average True Range (ATR) of the position's symbol, as `unit` says.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from agent.protocol.message import Message

MAX_DISTANCE = 100_000.0

Distance = Annotated[FiniteFloat, Field(gt=0, le=MAX_DISTANCE)]
DistanceOrNone = Annotated[FiniteFloat, Field(ge=0, le=MAX_DISTANCE)]


class DistanceUnit(StrEnum):
    """What a distance of a protection counts."""

    PIPS = "pips"
    ATR = "atr"


class AtrTerms(Message):
    """Which ATR: the mean true range of the last `period` closed bars of a timeframe."""

    timeframe: Literal["M1", "M5", "M15", "M30", "H1", "H4", "D1"] = "H1"
    period: Annotated[int, Field(ge=2, le=500)] = 14


class BreakEven(Message):
    """Once the profit reaches `trigger`, the stop goes to the open price plus `offset` towards profit."""

    unit: DistanceUnit = DistanceUnit.PIPS
    trigger: Distance
    offset: DistanceOrNone = 0.0

    @model_validator(mode="after")
    def _offset_below_trigger(self) -> Self:
        if self.offset > self.trigger:
            raise ValueError("the offset must not be larger than the trigger, or the stop would lie beyond the market")
        return self


class Trailing(Message):
    """Once the profit reaches `trigger`, the stop follows the price at `distance`, in moves of at least `step`."""

    unit: DistanceUnit = DistanceUnit.PIPS
    trigger: DistanceOrNone = 0.0
    distance: Distance
    step: DistanceOrNone = 0.0


class Protection(Message):
    """What moves a position's stop; the stop only ever moves towards profit."""

    break_even: BreakEven | None = None
    trailing: Trailing | None = None
    atr: AtrTerms = AtrTerms()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.break_even is None and self.trailing is None:
            raise ValueError("a protection needs a break-even or a trailing stop")
        return self

    @property
    def needs_atr(self) -> bool:
        """Whether any distance counts ATRs."""
        parts = (self.break_even, self.trailing)
        return any(part is not None and part.unit is DistanceUnit.ATR for part in parts)


class ProtectTrade(Message):
    """Set the protection of a position in place of any it has; None takes it off."""

    do: Literal["protect"] = "protect"
    ticket: Annotated[int, Field(gt=0)]
    protection: Protection | None = None
