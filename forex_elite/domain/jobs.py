"""The life of a job: pending → running → completed | failed | expired | cancelled | unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class JobType(StrEnum):
    """What an agent can be asked to do."""

    COMPILE = "compile"
    DEPLOY = "deploy"
    RUN = "run"
    STOP = "stop"
    PAUSE = "pause"
    TRADE = "trade"
    SYNC = "sync"
    HISTORY = "history"
    BACKTEST = "backtest"


class JobStatus(StrEnum):
    """Where a job stands. `UNKNOWN`: it may have been carried out, and only reconciliation can tell."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as the person who asked for it sees it."""

    id: UUID
    type: str
    status: str
    account_id: UUID | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How much there is of one kind of job, as staff see it."""

    type: str
    pending: int
    running: int
    unknown: int
    stuck: int
    """Running under a lease that ran out: the reaper should have taken them."""
    oldest_pending_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job that has not ended, as staff see it."""

    id: UUID
    type: str
    status: str
    user_id: UUID
    email: str
    agent_name: str
    account_login: int | None
    attempts: int
    created_at: datetime
    claimed_at: datetime | None
    lease_expires_at: datetime | None
    expires_at: datetime | None

    @property
    def can_requeue(self) -> bool:
        """Whether it may be taken from its holder and given out again: running, and no order."""
        return self.status == JobStatus.RUNNING and may_run_twice(JobType(self.type))

    @property
    def can_cancel(self) -> bool:
        """Whether nobody has it yet."""
        return self.status == JobStatus.PENDING


FINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.EXPIRED, JobStatus.CANCELLED})

TRANSITIONS: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.PENDING: frozenset({JobStatus.RUNNING, JobStatus.EXPIRED, JobStatus.CANCELLED}),
    JobStatus.RUNNING: frozenset(
        {JobStatus.PENDING, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.EXPIRED, JobStatus.UNKNOWN}
    ),
    JobStatus.UNKNOWN: frozenset(
        {JobStatus.RUNNING, JobStatus.PENDING, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.EXPIRED}
    ),  # running again: under a fresh lease for the agent that reconciles it, not to be carried out anew
}

LEASE_S = 30
"""How long a claimed job is its holder's before the reaper asks what became of it."""

MAX_ATTEMPTS = 3

_MAY_RUN_TWICE = frozenset(JobType) - {JobType.TRADE}
"""All but orders: the others bring a state about, and bringing it about twice changes nothing."""


NOT_WHILE_SUSPENDED = frozenset({JobType.COMPILE, JobType.DEPLOY, JobType.RUN, JobType.BACKTEST})
"""What a suspended person's agent is not given: programs, and whatever starts one."""


def may_run_twice(job_type: JobType) -> bool:
    """Whether a job whose holder vanished may simply be given out again. Never true of an order."""
    return job_type in _MAY_RUN_TWICE


def after_lost_lease(job_type: JobType, attempts: int) -> JobStatus:
    """What a job becomes when its lease runs out unfinished."""
    if not may_run_twice(job_type):
        return JobStatus.UNKNOWN
    return JobStatus.PENDING if attempts < MAX_ATTEMPTS else JobStatus.FAILED


def can_become(old: JobStatus, new: JobStatus) -> bool:
    """Whether the state machine has this edge."""
    return new in TRANSITIONS.get(old, frozenset())
