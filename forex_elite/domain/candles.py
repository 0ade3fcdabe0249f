"""Candles as charts ask for them, and which of them a terminal has to be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_SECONDS = {"M1": 60, "M5": 300, "M15": 900, "M30": 1800, "H1": 3600, "H4": 14_400, "D1": 86_400}


class Timeframe(StrEnum):
    """The length of a candle; the values are the wire contract's."""

    M1 = "M1"
    M5 = "M5"
    M15 = "M15"
    M30 = "M30"
    H1 = "H1"
    H4 = "H4"
    D1 = "D1"

    @property
    def seconds(self) -> int:
        """Its length."""
        return _SECONDS[self.value]


MOST_BARS = 1000
"""In one answer to a chart, and in one question to a terminal."""
FIRST_BARS = 500
FRESH = timedelta(seconds=10)
"""The newest candle is not asked for again within this; a chart continues it with the ticks it hears."""
ASK_AGAIN_OLDER = timedelta(hours=1)
"""A terminal that knows nothing older may have loaded more by then."""


@dataclass(frozen=True, slots=True)
class Candle:
    """One bar of bid prices, to look at; `time` is when it opened (UTC), `volume` how many ticks it holds."""

    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The stretch of a series that is kept without a gap: from `first_at` to `known_until`.

    `ended_at`: when the terminal last had nothing older. `offset_s`: the broker's clock ahead of UTC, None unknown.
    """

    first_at: datetime
    known_until: datetime
    ended_at: datetime | None = None
    offset_s: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask a terminal for: the newest `count` candles, or the newest of those before `before`."""

    count: int
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """The answer to a chart: what is kept, oldest first, and whether more is on its way.

    `has_older`: older candles exist or may exist. `problem` says why a terminal gave none, empty when all is well.
    """

    candles: tuple[Candle, ...]
    is_pending: bool
    has_older: bool
    offset_s: int | None = None
    known_until: datetime | None = None
    problem: tuple[str, str] = ("", "")


def missing(
    coverage: Coverage | None,
    timeframe: Timeframe,
    *,
    before: datetime | None,
    have: int,
    limit: int,
    now: datetime,
) -> Wanted | None:
    """What a chart of `limit` candles lacks when `have` of them are kept; None when a terminal need not be asked."""
    if coverage is None:
        return Wanted(max(limit, FIRST_BARS))
    if before is None and now - coverage.known_until >= FRESH:
        elapsed = int((now - coverage.known_until).total_seconds() // timeframe.seconds)
        return Wanted(min(elapsed + 3, MOST_BARS))
    if have < limit and may_have_older(coverage, now):
        return Wanted(max(limit, FIRST_BARS), coverage.first_at)
    return None


def may_have_older(coverage: Coverage, now: datetime) -> bool:
    """Whether the terminal may hold candles before the first one kept."""
    return coverage.ended_at is None or now - coverage.ended_at >= ASK_AGAIN_OLDER


def extended(
    old: Coverage | None,
    times: list[datetime],
    *,
    before: datetime | None,
    read_at: datetime,
    offset_s: int | None,
) -> Coverage | None:
    """The coverage after an answer with candles at `times` (ascending) to the question for those before `before`.

    An answer that leaves a gap, or was read with another offset of the broker's clock, begins a new stretch: what is
    kept from before it counts no longer. None: nothing is covered, the terminal knows no candle at all.
    """
    is_same = old is not None and old.offset_s == offset_s
    if before is not None:
        if old is None or not is_same:
            return old
        if not times:
            return Coverage(old.first_at, old.known_until, read_at, old.offset_s)
        return Coverage(min(times[0], old.first_at), old.known_until, None, old.offset_s)
    if not times:
        return old
    if old is None or not is_same or times[0] > old.known_until:
        return Coverage(times[0], read_at, None, offset_s)
    return Coverage(min(times[0], old.first_at), max(read_at, old.known_until), old.ended_at, offset_s)
