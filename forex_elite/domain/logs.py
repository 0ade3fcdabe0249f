"""Log lines of agents, terminals and experts, as their owner reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class LogLevel(StrEnum):
    """How grave a line is, mildest first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def and_graver(self) -> tuple[str, ...]:
        """The level and all that are graver."""
        levels = tuple(LogLevel)
        return tuple(level.value for level in levels[levels.index(self) :])


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line. `source` is `agent`, `terminal`, `journal`, or an expert with its chart."""

    id: UUID
    at: datetime
    level: str
    source: str
    message: str
    agent_id: UUID | None
    account_id: UUID | None
    account_login: int | None
    deployment_id: UUID | None


@dataclass(frozen=True, slots=True)
class WatchedLine:
    """A line as staff read it: with whose it is."""

    entry: LogEntry
    user_id: UUID
    email: str
