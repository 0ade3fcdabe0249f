"""Jobs as they are claimed, leased and ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from agent.protocol.message import Message, Text


class JobAccount(Message):
    """The account a job is for, as the terminal knows it."""

    id: UUID
    login: int
    server: str


class Job(Message):
    """One claimed job. `server_time` lets the agent measure `expires_at` without trusting its own clock."""

    id: UUID
    type: str
    payload: dict[str, Any]
    lease_token: UUID
    lease_expires_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    server_time: AwareDatetime
    account: JobAccount | None = None
    attempts: int = 1


class ResultStatus(StrEnum):
    """How a job ended. `not_sent`: nothing reached the terminal, so the server may offer it again while it is fresh."""

    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


class JobError(Message):
    """Why a job did not complete: a stable code, and words for the trader."""

    code: Annotated[str, Field(max_length=64)] = "failed"
    message: Text = ""


class ExtendJob(Message):
    """Ask for more time on a lease."""

    lease_token: UUID


class JobResult(Message):
    """The end of a job; `result` is a `TradeOutcome` for `trade` jobs."""

    lease_token: UUID
    status: ResultStatus
    result: dict[str, Any] | None = None
    error: JobError | Text | None = None


class UnsettledJobs(Message):
    """Jobs the server gave this agent and never heard of again, each under a fresh lease, for reconciliation.

    `GET …/jobs/unsettled` lists the unknown ones; with `?running=true` also those still leased: asked by an agent that
    just started, or whose claim was not answered, so that the server may count a job as its that it never heard of.
    """

    items: list[Job]
