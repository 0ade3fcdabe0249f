"""The broker's wall clock: server time is what every epoch in the MetaTrader5 API really is.

Inside the simulator instants are UTC milliseconds; they become server time only where the API shows them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK_PLUS_7: Final = "NY+7"
"""The usual server zone: midnight is 17:00 in New York, so +2 in winter and +3 in summer."""

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
_SATURDAY: Final = 5
_EPOCH_WEEKDAY: Final = 3  # 1 January 1970 was a Thursday


class ServerZone:
    """Offset of the server's clock from UTC: `NY+7`, an IANA zone, or a fixed offset such as `+03:00`."""

    def __init__(self, name: str = NEW_YORK_PLUS_7) -> None:
        self.name = name
        self._zone: ZoneInfo | None = None
        self._fixed_ms = 0
        if name == NEW_YORK_PLUS_7:
            self._zone = ZoneInfo("America/New_York")
            self._fixed_ms = 7 * HOUR_MS
        elif name[:1] in "+-":
            hours, minutes = name[1:].split(":")
            sign = -1 if name[0] == "-" else 1
            self._fixed_ms = sign * (int(hours) * 60 + int(minutes)) * 60_000
        else:
            self._zone = ZoneInfo(name)
        self._cached_hour = -1
        self._cached_ms = 0

    def offset_ms(self, utc_ms: int) -> int:
        """Milliseconds to add to UTC at that instant."""
        hour = utc_ms // HOUR_MS  # daylight saving changes on whole hours
        if hour != self._cached_hour:
            zone_ms = 0
            if self._zone is not None:
                offset = datetime.fromtimestamp(hour * 3600, self._zone).utcoffset() or timedelta(0)
                zone_ms = int(offset.total_seconds() * 1000)
            self._cached_hour, self._cached_ms = hour, zone_ms + self._fixed_ms
        return self._cached_ms

    def to_server(self, utc_ms: int) -> int:
        """Server wall clock, milliseconds."""
        return utc_ms + self.offset_ms(utc_ms)

    def to_utc(self, server_ms: int) -> int:
        """The instant of a server wall clock; in the doubled hour of autumn the later one."""
        guess = server_ms - self.offset_ms(server_ms)
        return server_ms - self.offset_ms(guess)

    def next_midnight(self, utc_ms: int) -> int:
        """The first instant after `utc_ms` at which the server's day begins."""
        day = self.to_server(utc_ms) // DAY_MS
        return self.to_utc((day + 1) * DAY_MS)


def weekday(server_ms: int) -> int:
    """Day of the week as the terminal numbers it: 0 Sunday … 6 Saturday."""
    return (server_ms // DAY_MS + _EPOCH_WEEKDAY + 1) % 7


def is_weekend(server_ms: int) -> bool:
    """Whether the server's calendar shows Saturday or Sunday."""
    return (server_ms // DAY_MS + _EPOCH_WEEKDAY) % 7 >= _SATURDAY


def utc_now_ms() -> int:
    """The machine's clock, UTC milliseconds."""
    return int(datetime.now(UTC).timestamp() * 1000)
