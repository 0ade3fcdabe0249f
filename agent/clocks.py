"""Two clocks and the server's time: an order whose moment has passed by either clock is refused.

The steady clock cannot be set, but some systems stop it while the machine sleeps; the wall clock runs on through
sleep, but can be set. A deadline holds an instant on both and has passed as soon as one of them says so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)
_TRUSTED_ROUND_TRIP_S = 2.0
_JUMP_S = 0.5
_OFFSET_LIFE_S = 600.0


class Clock:
    """The clocks of this machine, in seconds; both are the same in every process of it."""

    def steady(self) -> float:
        """Seconds that never jump; on Linux they count the time asleep too."""
        return time.monotonic() if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)

    def wall(self) -> float:
        """Seconds since 1970, as the machine believes."""
        return time.time()


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant on both clocks."""

    steady: float
    wall: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> Deadline:
        """The instant `seconds` from now."""
        return cls(clock.steady() + seconds, clock.wall() + seconds)

    def is_past(self, clock: Clock) -> bool:
        """Whether either clock has reached it."""
        return clock.steady() >= self.steady or clock.wall() >= self.wall

    def remaining_s(self, clock: Clock) -> float:
        """Seconds left by the stricter clock, negative when past."""
        return min(self.steady - clock.steady(), self.wall - clock.wall())

    def earlier(self, other: Deadline) -> Deadline:
        """The stricter of both, clock by clock."""
        return Deadline(min(self.steady, other.steady), min(self.wall, other.wall))


@dataclass(frozen=True, slots=True)
class _Offset:
    ahead_s: float
    round_trip: float
    wall_start: float
    steady: float = 0.0


@dataclass(frozen=True, slots=True)
class _Anchor:
    server: float
    steady: float
    wall: float
    is_trusted: bool


class ServerClock:
    """What the server's clock shows, known from quick answers (heartbeats), for deadlines the server sets.

    A job's own `server_time` is not enough: its answer may have lain in the socket while the machine slept, and would
    look fresh when it is read. The anchor was taken before, so time asleep counts.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._anchor: _Anchor | None = None
        self._offset = _Offset(0.0, float("inf"), 0.0)

    def anchor(self, server_time: datetime, *, sent_steady: float, sent_wall: float) -> None:
        """Take the server's time from an answer, with both clocks as they stood when the request left.

        The server read its clock after that, so deadlines come out early by at most the round trip, never late.
        """
        round_trip = self._clock.steady() - sent_steady
        is_trusted = round_trip <= _TRUSTED_ROUND_TRIP_S
        if is_trusted or self._anchor is None or not self._anchor.is_trusted:
            self._anchor = _Anchor(server_time.timestamp(), sent_steady, sent_wall, is_trusted)
        self._compare(server_time.timestamp(), sent_steady, sent_wall, round_trip)

    def deadline(self, at: datetime, server_time: datetime) -> Deadline:
        """The instant `at` of the server's clock on ours; `server_time` is what the answer naming it said."""
        by_answer = Deadline.after((at - server_time).total_seconds(), self._clock)
        if self._anchor is None:
            return by_answer
        ahead = at.timestamp() - self._anchor.server
        return by_answer.earlier(Deadline(self._anchor.steady + ahead, self._anchor.wall + ahead))

    @property
    def ahead_of_wall_s(self) -> float:
        """Seconds to add to our wall clock to read the server's; 0 before the first answer."""
        return self._offset.ahead_s

    def _compare(self, server: float, sent_steady: float, sent_wall: float, round_trip: float) -> None:
        """Keep the comparison of the quickest answer until our wall clock is set anew or it has grown old.

        The answer bounds the difference; clocks that may agree are taken to agree.
        """
        most, least = server - sent_wall, server - sent_wall - round_trip
        wall_start = sent_wall - sent_steady
        has_jumped = abs(wall_start - self._offset.wall_start) > _JUMP_S
        is_old = sent_steady - self._offset.steady > _OFFSET_LIFE_S
        if has_jumped or is_old or round_trip <= self._offset.round_trip:
            ahead_s = 0.0 if least <= 0.0 <= most else (most + least) / 2
            self._offset = _Offset(ahead_s, round_trip, wall_start, sent_steady)


def utc(wall: float) -> datetime:
    """Wall seconds as an aware instant."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=wall)
