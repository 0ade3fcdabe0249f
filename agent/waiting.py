"""Jobs that wait for their turn in a terminal's child process."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agent import history_job
from agent.execute import TradeJob
from agent.journal import Settlement
from agent.protocol import JobError, ResultStatus
from agent.reports import Reports
from agent.terminal.gateway import Terminal

_LONGEST_SYNC_DAYS = 3650.0


@dataclass(slots=True)
class Waiting:
    """A job that has arrived; `question` when the server asks what became of it, instead of giving it."""

    raw: dict[str, Any]
    trade: TradeJob | None
    question: str
    since: float


def line_up(jobs: deque[Waiting], waiting: Waiting) -> None:
    """Put a job in line. A chart's history never keeps an order waiting."""
    ahead = [place for place, other in enumerate(jobs) if other.raw["type"] == "history"]
    jobs.insert(ahead[0] if ahead and waiting.trade is not None else len(jobs), waiting)


def read_only(raw: dict[str, Any], terminal: Terminal, reports: Reports) -> Settlement:
    """Do a job that changes nothing in the terminal: history, or a sync."""
    if raw["type"] == "history":
        return history_job.answer(terminal, raw["payload"])
    if raw["type"] != "sync":
        text = f"this agent cannot do {raw['type']} jobs yet"
        return Settlement(ResultStatus.FAILED, None, JobError(code="not-supported", message=text))
    days = raw["payload"].get("days")
    is_span = isinstance(days, int | float)
    reports.sync(datetime.now(UTC) - timedelta(days=min(float(days), _LONGEST_SYNC_DAYS)) if is_span else None)
    return Settlement(ResultStatus.COMPLETED, {})
