"""`/api/jobs`: what a person can do about queued work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.services import jobs

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class JobOut(BaseModel):
    """A job with its result so far; both depend on its type."""

    id: UUID
    type: str
    status: str
    account_id: UUID | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None


@router.get("/{job_id}")
async def find(actor: Acting, job_id: UUID) -> JobOut:
    """A job of the caller's: where it stands and what came of it."""
    return JobOut.model_validate(await jobs.find(actor, job_id), from_attributes=True)


@router.post("/{job_id}/cancel", status_code=204)
async def cancel(actor: Acting, job_id: UUID) -> None:
    """Cancel a job no agent has taken yet; 409 when it is too late for that."""
    await jobs.cancel(actor, job_id)
