"""`/api/jobs`: what a person can do about queued work."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from forex_elite.api.callers import Acting
from forex_elite.services import jobs

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.post("/{job_id}/cancel", status_code=204)
async def cancel(actor: Acting, job_id: UUID) -> None:
    """Cancel a job no agent has taken yet; 409 when it is too late for that."""
    await jobs.cancel(actor, job_id)
