"""What the end of a job means for whatever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.protocol import JobError
from forex_elite.bus import topics
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.jobs import JobType
from forex_elite.services import guards, settlement, sync
from forex_elite.services.ea import outcomes

_OF_DEPLOYMENTS = frozenset({JobType.DEPLOY, JobType.RUN, JobType.PAUSE, JobType.STOP})


async def settle(
    uow: UnitOfWork, job: Row, *, result: Mapping[str, Any] | None = None, error: JobError | None = None
) -> None:
    """Carry a job's new status over to its signal, version, deployment or test, and tell the pages that follow it."""
    if job["type"] == JobType.TRADE:
        await settlement.settle(uow, job, outcome=settlement.read_outcome(result), error=error)
        return
    if job["type"] == JobType.COMPILE:
        await outcomes.settle_compile(uow, job, result=result, error=error)
    if job["type"] == JobType.SYNC:
        await sync.note_request_ended(uow, job, error)
    if job["type"] in guards.COMMANDS:
        await guards.ended(uow, job, result, error)
    if job["type"] == JobType.BACKTEST:
        await outcomes.settle_backtest(uow, job, result=result, error=error)
    if job["type"] in _OF_DEPLOYMENTS:
        await outcomes.settle_deployment(uow, job, result=result, error=error)
    uow.tell(topics.of_person(job["user_id"], "jobs"), {"id": str(job["id"])})
