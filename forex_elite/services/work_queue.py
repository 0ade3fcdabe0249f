"""The queue as staff watch it: its depth, what is stuck, and the two things that can be done about a job.

An order is never given out again: what became of it is the agent's to find out.
"""

from __future__ import annotations

from uuid import UUID

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import queue, queue_watch
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobStatus, JobType, QueueDepth, QueuedJob, may_run_twice
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services import audit, endings

OPEN = (JobStatus.PENDING, JobStatus.RUNNING, JobStatus.UNKNOWN)
_REPEATABLE = [kind.value for kind in JobType if may_run_twice(kind)]


class OrderNeverRequeued(Conflict):
    """An order is never given out a second time; its agent finds out what became of it."""

    code = "order-never-requeued"


@needs(Permission.QUEUE_READ)
async def depths(actor: Actor) -> tuple[QueueDepth, ...]:
    """How many jobs of each kind have not ended."""
    async with unit_of_work(actor) as uow:
        return tuple(await queue_watch.depths(uow, now=clock.now()))


@needs(Permission.QUEUE_READ)
async def list_jobs(
    actor: Actor, *, status: str = "", cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[QueuedJob]:
    """Everybody's jobs that have not ended, oldest first; `status` is one of those or `stuck`."""
    if status not in {"", "stuck", *OPEN}:
        raise InvalidInput("Use pending, running, unknown or stuck.", field="status")
    statuses = [one.value for one in OPEN] if status in {"", "stuck"} else [status]
    async with unit_of_work(actor) as uow:
        return await queue_watch.list_open(
            uow,
            statuses=statuses,
            stuck_at=clock.now() if status == "stuck" else None,
            after=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.QUEUE_MANAGE)
async def requeue(actor: Actor, job_id: UUID) -> None:
    """Take a running job from the agent that holds it and give it out again.

    Raises NotFound, OrderNeverRequeued, and Conflict when it is not running any more.
    """
    async with unit_of_work(actor) as uow:
        job = await _locked(uow, job_id)
        if not may_run_twice(JobType(job["type"])):
            raise OrderNeverRequeued("An order is never given out again. Its agent finds out what became of it.")
        row = await queue_watch.requeue(uow, job_id, repeatable=_REPEATABLE)
        if row is None:
            raise Conflict("This job is not running any more.")
        await endings.settle(uow, row)
        uow.tell(topics.jobs_for(row["agent_id"]))
        await _audit(uow, actor, job, "admin.job.requeue", JobStatus.PENDING, attempts=0)


@needs(Permission.QUEUE_MANAGE)
async def cancel(actor: Actor, job_id: UUID) -> None:
    """Cancel somebody's job that nobody has claimed. Raises NotFound, and Conflict when it was claimed or has ended."""
    async with unit_of_work(actor) as uow:
        job = await _locked(uow, job_id)
        row = await queue.cancel(uow, job_id)
        if row is None:
            raise Conflict("This job can no longer be cancelled: an agent has it, or it has ended.")
        await endings.settle(uow, row)
        await _audit(uow, actor, job, "admin.job.cancel", JobStatus.CANCELLED, attempts=job["attempts"])


async def _locked(uow: UnitOfWork, job_id: UUID) -> Row:
    job = await queue_watch.lock(uow, job_id)
    if job is None:
        raise NotFound("There is no such job.")
    return job


async def _audit(uow: UnitOfWork, actor: Actor, job: Row, action: str, after: JobStatus, *, attempts: int) -> None:
    await audit.record(
        uow,
        actor,
        action,
        user_id=job["user_id"],
        subject=("job", job["id"]),
        before={"type": job["type"], "status": job["status"], "attempts": job["attempts"]},
        after={"type": job["type"], "status": after, "attempts": attempts},
    )
