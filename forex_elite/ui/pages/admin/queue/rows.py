"""What the browser may see of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forex_elite.domain.jobs import QueueDepth, QueuedJob
from forex_elite.ui import figures

_MARKS = {
    "pending": ("Waiting", "info", "clock"),
    "running": ("Running", "acc", "play"),
    "unknown": ("Unknown", "warn", "alert"),
}


@dataclass(frozen=True, slots=True)
class DepthRow:
    """One kind of job."""

    type: str
    pending: int
    running: int
    unknown: int
    stuck: int
    oldest_at: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job that has not ended."""

    id: str
    type: str
    word: str
    tone: str
    icon: str
    email: str
    where: str
    attempts: int
    created_at: str
    lease: str
    can_requeue: bool
    can_cancel: bool


def depth_row(depth: QueueDepth) -> DepthRow:
    """A kind of job as its row."""
    return DepthRow(
        type=depth.type,
        pending=depth.pending,
        running=depth.running,
        unknown=depth.unknown,
        stuck=depth.stuck,
        oldest_at=figures.iso(depth.oldest_pending_at),
    )


def job_row(job: QueuedJob, now: datetime, zone_name: str) -> JobRow:
    """A job as its row; a lease that ran out is said to be stuck."""
    word, tone, icon = _MARKS.get(job.status, (job.status.title(), "", ""))
    lease = figures.MISSING
    if job.status == "running" and job.lease_expires_at is not None:
        lease = f"until {figures.clock_time(job.lease_expires_at, zone_name)}"
        if job.lease_expires_at <= now:
            word, tone, icon = "Stuck", "crit", "alert"
    account = f"account {job.account_login}" if job.account_login is not None else ""
    return JobRow(
        id=str(job.id),
        type=job.type,
        word=word,
        tone=tone,
        icon=icon,
        email=job.email,
        where=" · ".join(part for part in (job.agent_name, account) if part),
        attempts=job.attempts,
        created_at=figures.iso(job.created_at),
        lease=lease,
        can_requeue=job.can_requeue,
        can_cancel=job.can_cancel,
    )
