"""Log records in the form of the wire contract, and the way of a child's warnings to its supervisor."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_LONGEST = 2000


def as_line(record: logging.LogRecord, source: str) -> dict[str, Any]:
    """A log record in the form of the wire contract."""
    level = "error" if record.levelno >= logging.ERROR else "warning"
    at = datetime.fromtimestamp(record.created, UTC).isoformat()
    return {"at": at, "level": level, "source": source, "message": record.getMessage()[:_LONGEST]}


class SayHandler(logging.Handler):
    """In a terminal's child: hand warnings to the supervisor."""

    def __init__(self, say: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        self._say({"say": "log", "line": as_line(record, "terminal")})
