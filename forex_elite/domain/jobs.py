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

_MAY_RUN_TWICE = frozenset({JobType.COMPILE, JobType.DEPLOY, JobType.SYNC, JobType.HISTORY, JobType.BACKTEST})


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
