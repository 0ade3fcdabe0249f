"""An account's own limits: how much, what happens there, when it trades, and what is done before the weekend.

`Limits` is what a person sets and both guards enforce: the gate of the server and the agent beside the terminal.
Money is account currency, lots are lots, days are 0 (Monday) to 6, times of day are UTC.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from forex_elite.errors import InvalidInput

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
MOST_WINDOWS = 6
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class LimitAction(StrEnum):
    """What happens at a limit besides refusing new entries.

    `stop_entries`: nothing else. `close_only`: pending orders are cancelled too, so that nothing opens by itself.
    `close_all`: every position is closed and every pending order cancelled, and the account stays stopped.
    """

    STOP_ENTRIES = "stop_entries"
    CLOSE_ONLY = "close_only"
    CLOSE_ALL = "close_all"


class WeekendAction(StrEnum):
    """Before the weekend: no new entries, or also close everything."""

    STOP = "stop"
    FLATTEN = "flatten"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure and what happens when it is reached."""

    value: float
    action: LimitAction = LimitAction.STOP_ENTRIES


@dataclass(frozen=True, slots=True)
class TradingHours:
    """A window of a day in UTC, `until` excluded; it may pass midnight, and equal ends mean the whole day."""

    since: time
    until: time


Week = Mapping[int, tuple[TradingHours, ...]]
"""Windows by the weekday they begin on; a weekday without any has no trading."""


@dataclass(frozen=True, slots=True)
class Weekend:
    """From when to when, each week, there is a weekend for this account (UTC), and what is done about it."""

    action: WeekendAction
    since_day: int = 4
    since: time = time(20, 0)
    until_day: int = 6
    until: time = time(22, 0)

    def began_at(self, now: datetime) -> datetime | None:
        """When the running weekend began; None outside of it."""
        begin = self.since_day * MINUTES_OF_DAY + _minutes(self.since)
        end = self.until_day * MINUTES_OF_DAY + _minutes(self.until)
        length, into = (end - begin) % MINUTES_OF_WEEK, (_of_week(now) - begin) % MINUTES_OF_WEEK
        if into >= length:
            return None
        return now.replace(second=0, microsecond=0) - timedelta(minutes=into)


NAMES: dict[str, tuple[float, float, str]] = {
    "max_lots": (0.01, 10_000, "lots"),
    "max_open_positions": (1, 1_000, "positions"),
    "max_loss_per_trade": (0.01, 1e9, "money"),
    "daily_loss": (0.01, 1e9, "money"),
    "daily_loss_percent": (0.1, 100, "percent"),
    "daily_target": (0.01, 1e9, "money"),
    "daily_target_percent": (0.1, 1_000, "percent"),
    "trailing_drawdown": (0.01, 1e9, "money"),
    "trailing_drawdown_percent": (0.1, 100, "percent"),
}
"""Every limit by name: the least and the most it may be, and its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """An account's limits; a name that is missing from `figures` is no limit."""

    figures: Mapping[str, Limit] = field(default_factory=dict)
    week: Week | None = None
    weekend: Weekend | None = None


def check_limits(limits: Limits) -> Limits:
    """Return the limits or refuse the first that is out of range, naming it. Raises InvalidInput."""
    for name, limit in limits.figures.items():
        if name not in NAMES:
            raise InvalidInput(f"There is no limit called {name}.", field=name)
        low, high, unit = NAMES[name]
        if not math.isfinite(limit.value) or not low <= limit.value <= high:
            raise InvalidInput(f"Use {low:g} to {high:,.0f} {unit}, or nothing for no limit.", field=name)
        if name == "max_open_positions" and limit.value != int(limit.value):
            raise InvalidInput("Use a whole number of positions.", field=name)
    for day, windows in (limits.week or {}).items():
        if day not in range(7) or len(windows) > MOST_WINDOWS:
            raise InvalidInput(f"Use days 0 (Monday) to 6 with at most {MOST_WINDOWS} windows each.", field="week")
    weekend = limits.weekend
    if weekend is not None:
        if weekend.since_day not in range(7) or weekend.until_day not in range(7):
            raise InvalidInput("Use days 0 (Monday) to 6.", field="weekend")
        if (weekend.since_day, weekend.since) == (weekend.until_day, weekend.until):
            raise InvalidInput("A weekend must end at another time than it begins.", field="weekend")
    return limits


def session_start(week: Week, now: datetime) -> datetime | None:
    """The day on which the running session began, None outside every session."""
    at = now.time().replace(tzinfo=None)
    for window in week.get(now.weekday(), ()):
        if window.since == window.until or (at >= window.since and (at < window.until or window.until < window.since)):
            return now
    before = now - timedelta(days=1)
    for window in week.get(before.weekday(), ()):
        if window.until < window.since and at < window.until:
            return before
    return None


def read_time(text: Any, name: str) -> time:
    """HH:MM as a time of day. Raises InvalidInput."""
    if isinstance(text, str) and _CLOCK.fullmatch(text):
        return time.fromisoformat(text)
    raise InvalidInput("Write times as HH:MM, such as 07:30 (UTC).", field=name)


def read_week(stored: Any) -> Week | None:
    """`{"0": [["07:00", "20:00"]], …}` as a week; None is always. Raises InvalidInput."""
    if stored is None:
        return None
    try:
        return {
            int(day): tuple(TradingHours(read_time(a, "week"), read_time(b, "week")) for a, b in windows)
            for day, windows in stored.items()
        }
    except (AttributeError, TypeError, ValueError) as unreadable:
        raise InvalidInput('Write windows as {"0": [["07:00", "20:00"]]}.', field="week") from unreadable


def write_week(week: Week | None) -> dict[str, list[list[str]]] | None:
    """What `read_week` reads."""
    if week is None:
        return None
    return {
        str(day): [[f"{one.since:%H:%M}", f"{one.until:%H:%M}"] for one in windows] for day, windows in week.items()
    }


def read_weekend(stored: Mapping[str, Any] | None) -> Weekend | None:
    """`{action, since_day, since, until_day, until}` as a weekend; None is no stop. Raises InvalidInput."""
    if stored is None:
        return None
    try:
        return Weekend(
            WeekendAction(stored["action"]),
            int(stored["since_day"]),
            read_time(stored["since"], "weekend"),
            int(stored["until_day"]),
            read_time(stored["until"], "weekend"),
        )
    except (KeyError, TypeError, ValueError) as unreadable:
        raise InvalidInput("A weekend needs action, since_day, since, until_day and until.", field="weekend") from (
            unreadable
        )


def write_weekend(weekend: Weekend | None) -> dict[str, Any] | None:
    """What `read_weekend` reads."""
    if weekend is None:
        return None
    return {
        "action": weekend.action.value,
        "since_day": weekend.since_day,
        "since": f"{weekend.since:%H:%M}",
        "until_day": weekend.until_day,
        "until": f"{weekend.until:%H:%M}",
    }


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _of_week(now: datetime) -> int:
    return now.weekday() * MINUTES_OF_DAY + now.hour * 60 + now.minute
