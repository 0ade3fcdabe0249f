"""History jobs: which bars are wanted, and the bars the terminal has."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, FiniteFloat

from agent.protocol.message import Message, SymbolName

MAX_BARS = 1500
"""Bars in one answer, about 100 KB of JSON."""

Bar = tuple[int, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, int]
"""Opening time (UTC, seconds), open, high, low, close (bid), tick volume."""


class Timeframe(StrEnum):
    """The lengths of bars a chart can be asked in."""

    M1 = "M1"
    M5 = "M5"
    M15 = "M15"
    M30 = "M30"
    H1 = "H1"
    H4 = "H4"
    D1 = "D1"


class HistoryPayload(Message):
    """What a `history` job carries: the newest `count` bars, or the newest of those that open before `before`."""

    symbol: SymbolName
    timeframe: Timeframe
    count: Annotated[int, Field(gt=0, le=MAX_BARS)]
    before: AwareDatetime | None = None


class HistoryOutcome(Message):
    """The answer to a `history` job, oldest bar first; the newest one may still be forming.

    Terminals write bars in the broker's time and keep no record of its past clock changes, so that every bar is
    converted with the offset of today: `offset_s`, None while it was never measured (the bars are then as written).
    """

    bars: Annotated[list[Bar], Field(max_length=MAX_BARS)]
    offset_s: Annotated[int, Field(ge=-54_000, le=54_000)] | None = None
    read_at: AwareDatetime
