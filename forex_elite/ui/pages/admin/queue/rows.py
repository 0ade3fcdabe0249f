"""What the browser may see of agents and the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forex_elite.domain.jobs import QueueDepth, QueuedJob
from forex_elite.domain.terminals import WatchedAgent
from forex_elite.ui import figures

_MARKS = {
    "pending": ("Waiting", "info", "clock"),
    "running": ("Running", "acc", "play"),
    "unknown": ("Unknown", "warn", "alert"),
}


@dataclass(frozen=True, slots=True)
class WatchedAgentRow:
    """One agent of anybody's; `rest_…` says whether what must not trade has stopped."""

    id: str
    name: str
    email: str
    word: str
    tone: str
    icon: str
    heard_at: str
    version: str
    accounts: str
    rest_word: str
    rest_tone: str
    rest_icon: str
    experts: int
    jobs: str


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


def watched_agent_row(agent: WatchedAgent) -> WatchedAgentRow:
    """An agent as its row. Of a suspended owner it says whether all has stopped, as the agent itself tells."""
    word, tone, icon = "Never heard", "info", "key"
    if agent.is_online:
        word, tone, icon = "Online", "up", "check"
    elif agent.last_heartbeat_at is not None:
        word, tone, icon = "Offline", "crit", "wifi-off"
    rest = ("", "", "")
    if not agent.is_owner_active:
        rest = ("Owner suspended, not stopped yet", "crit", "alert")
        if agent.is_at_rest:
            rest = ("Owner suspended, all stopped", "info", "ban")
    elif agent.stopped:
        rest = (f"Kill switch on {agent.stopped:,} of {agent.accounts:,}", "warn", "ban")
    work = [f"{agent.jobs_in_hand:,} in hand"] if agent.jobs_in_hand else []
    work += [f"{agent.jobs_waiting:,} waiting"] if agent.jobs_waiting else []
    return WatchedAgentRow(
        id=str(agent.id),
        name=agent.name,
        email=agent.email,
        word=word,
        tone=tone,
        icon=icon,
        heard_at=figures.iso(agent.last_heartbeat_at),
        version=agent.version or figures.MISSING,
        accounts=figures.count(agent.accounts, "account"),
        rest_word=rest[0],
        rest_tone=rest[1],
        rest_icon=rest[2],
        experts=agent.experts_running,
        jobs=" · ".join(work) or "none",
    )


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
