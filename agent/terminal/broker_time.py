"""Broker time: the terminal writes the server's wall clock as if it were UTC, and nobody tells us the zone.

The offset is measured on ticks known to be fresh: a tick that changed between two looks was made just now. It is kept
until a fresh tick says otherwise (daylight saving), and is a multiple of a quarter of an hour.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

QUARTER_S: Final = 900
LATEST_S: Final = 60.0
"""A tick that just changed may still be this much older than now (quiet symbol, slow look)."""
EARLIEST_S: Final = -90.0
"""The machine's clock may be this much behind the server's."""
LOOK_AGAIN_S: Final = 60.0
"""Two looks farther apart prove nothing: the tick may have come right after the first one."""
WIDEST_S: Final = 15 * 3600


class BrokerClock:
    """The offset of one server's clock from UTC, and the conversions at the border."""

    def __init__(self) -> None:
        self._offset_s: int | None = None
        self._seen: dict[str, tuple[int, datetime]] = {}

    @property
    def is_measured(self) -> bool:
        """Whether a fresh tick was ever seen; before that server time is taken for UTC."""
        return self._offset_s is not None

    @property
    def offset_s(self) -> int:
        """Seconds the server's clock is ahead of UTC."""
        return self._offset_s or 0

    def look(self, symbol: str, tick_time_msc: int, now: datetime) -> bool:
        """Look at a symbol's last tick; True when it was fresh and the offset is measured by it."""
        before = self._seen.get(symbol)
        self._seen[symbol] = (tick_time_msc, now)
        if before is None or tick_time_msc <= before[0] or (now - before[1]).total_seconds() > LOOK_AGAIN_S:
            return False
        ahead_s = tick_time_msc / 1000.0 - now.timestamp()
        offset_s = round(ahead_s / QUARTER_S) * QUARTER_S
        age_s = offset_s - ahead_s
        if not EARLIEST_S <= age_s <= LATEST_S or abs(offset_s) > WIDEST_S:
            return False
        self._offset_s = offset_s
        return True

    def to_utc(self, server_s: float) -> datetime:
        """The instant of a server time in seconds."""
        return datetime.fromtimestamp(server_s - self.offset_s, UTC)

    def to_utc_msc(self, server_msc: int) -> int:
        """UTC milliseconds of server milliseconds."""
        return server_msc - self.offset_s * 1000

    def to_server(self, at: datetime) -> float:
        """Server time of an instant, seconds: what the API's date arguments want."""
        return at.timestamp() + self.offset_s

    def last_midnight(self, now: datetime) -> datetime:
        """The instant at which the server's present day began."""
        day_s = 86_400
        return self.to_utc(self.to_server(now) // day_s * day_s)
