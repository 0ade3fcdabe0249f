"""What the browser may see of everybody's log lines."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from forex_elite.domain.logs import WatchedLine
from forex_elite.services.logs import LogFilter
from forex_elite.ui import figures

LEVELS = {"debug": "", "info": "info", "warning": "warn", "error": "crit"}


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line."""

    id: str
    at: str
    level: str
    tone: str
    email: str
    source: str
    account: str
    message: str


def line_row(line: WatchedLine, zone_name: str) -> LineRow:
    """A line as its row."""
    entry = line.entry
    return LineRow(
        id=str(entry.id),
        at=figures.day_time(entry.at, zone_name),
        level=entry.level,
        tone=LEVELS.get(entry.level, ""),
        email=line.email,
        source=entry.source,
        account=str(entry.account_login or figures.MISSING),
        message=entry.message,
    )


def export_address(wanted: LogFilter) -> str:
    """Where the filtered lines are as a file."""
    values = {"person": wanted.person, "search": wanted.part, "source": wanted.source, "level": wanted.level or ""}
    asked = urlencode({name: value for name, value in values.items() if value})
    return "/api/admin/logs/download" + (f"?{asked}" if asked else "")
