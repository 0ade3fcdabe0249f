r"""The terminal's journal and the experts' log, read as they grow.

`<data>\logs\YYYYMMDD.log` and `<data>\MQL5\Logs\YYYYMMDD.log`: UTF-16LE, tab separated, a file a day:
`MF<tab>0<tab>11:38:47.320<tab>Scripts<tab>script X (EURUSD,M1) loaded successfully`. The time is the machine's own.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

Level = Literal["info", "warning", "error"]

_READ_AT_ONCE: Final = 512 * 1024
_LEVELS: Final[dict[str, Level]] = {"0": "info", "1": "warning"}
"""The second column; numbers above one were seen with failures only."""
_COLUMNS: Final = 5
_PROGRAM: Final = re.compile(r"(?P<name>.+) \((?P<symbol>[^(),]+),(?P<timeframe>[A-Z0-9]+)\)")
_LOADED: Final = re.compile(r"expert (?P<name>.+) \((?P<symbol>[^(),]+),(?P<timeframe>[A-Z0-9]+)\) loaded successfully")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line, its time in UTC."""

    at: datetime
    level: Level
    source: str
    message: str

    @property
    def program(self) -> str:
        """The expert or script that speaks, or that the journal speaks of; empty for the terminal itself."""
        if (own := _PROGRAM.fullmatch(self.source)) is not None:
            return own["name"]
        about = re.match(r"(?:expert|script) (?P<rest>.+)", self.message)
        named = about and _PROGRAM.match(about["rest"])
        return named["name"] if named else ""


def loaded_expert(entry: LogEntry) -> str:
    """The expert a journal line proves to be loaded, empty for any other line."""
    found = _LOADED.fullmatch(entry.message)
    return found["name"] if found else ""


def parse_line(line: str, day: date) -> LogEntry | None:
    """A line of either log; None where it is no such line (the continuation of a message with line breaks)."""
    fields = line.split("\t", _COLUMNS - 1)
    if len(fields) != _COLUMNS:
        return None
    try:
        clock = time.fromisoformat(fields[2])
    except ValueError:
        return None
    at = datetime.combine(day, clock).astimezone(UTC)  # a naive time is the machine's own
    return LogEntry(at, _LEVELS.get(fields[1], "error"), fields[3], fields[4])


@dataclass(frozen=True, slots=True)
class Place:
    """How far a log has been read: a day and a position in its file, bytes."""

    day: date
    position: int


class LogTail:
    """One rotating log; `read` gives what came since the last time. `place` may be kept and given again."""

    def __init__(
        self,
        file_of: Callable[[date], Path],
        place: Place | None = None,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Without a place the log is followed from its present end: what was before is nobody's news."""
        self._file_of = file_of
        self._today = today
        self.place = place or Place(today(), _size(file_of(today())))

    def read(self) -> list[LogEntry]:
        """Whole lines that came since; at most half a megabyte a call. A file that shrank is read anew."""
        entries = self._read_day()
        if not entries and self.place.day < self._today():
            self.place = Place(self._next_day(), 0)
            entries = self._read_day()
        return entries

    def _next_day(self) -> date:
        """The next day with a log, or today: a terminal may have been closed for days."""
        day, today = self.place.day + timedelta(days=1), self._today()
        while day < today and not self._file_of(day).exists():
            day += timedelta(days=1)
        return day

    def _read_day(self) -> list[LogEntry]:
        path = self._file_of(self.place.day)
        size = _size(path)
        position = self.place.position if self.place.position <= size else 0
        if size - position < 2:  # noqa: PLR2004  # not even one letter
            return []
        try:
            with path.open("rb") as file:
                file.seek(position)
                raw = file.read(_READ_AT_ONCE)
        except OSError:
            return []
        raw = raw[: len(raw) - len(raw) % 2]
        whole = _through_last_line(raw)
        self.place = Place(self.place.day, position + len(whole))
        text = whole.removeprefix(codecs.BOM_UTF16_LE).decode("utf-16-le", "replace")
        return self._entries(text)

    def _entries(self, text: str) -> list[LogEntry]:
        entries: list[LogEntry] = []
        for line in text.splitlines():
            entry = parse_line(line, self.place.day)
            if entry is not None:
                entries.append(entry)
            elif entries and line.strip():
                last = entries[-1]
                entries[-1] = LogEntry(last.at, last.level, last.source, f"{last.message}\n{line}")
        return entries


def _through_last_line(raw: bytes) -> bytes:
    """The bytes up to the last line break; a full block without any is taken whole, so that reading goes on."""
    end = raw.rfind(b"\n\0")
    while end % 2 and end > 0:
        end = raw.rfind(b"\n\0", 0, end)
    if end < 0 or end % 2:
        return raw if len(raw) >= _READ_AT_ONCE else b""
    return raw[: end + 2]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
