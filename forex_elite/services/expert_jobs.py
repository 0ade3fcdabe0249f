"""Jobs about Expert Advisors: the one place that queues them, and what they make an agent want.

The seam for projects, versions and deployments: those decide and keep their own rows; here a decision becomes a job.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from agent.protocol import (
    BacktestRequest,
    CompileRequest,
    Deployment,
    DeploymentState,
    DeploymentWish,
    DeploymentWishes,
    Message,
)
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import accounts, expert_jobs, queue
from forex_elite.db import agents as agent_queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobType
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, NotFound
from forex_elite.services.agents import AgentCaller

RUN_WITHIN = timedelta(minutes=10)
"""A start an agent has not taken by then is not carried out: it would surprise whoever asked for it."""
STOP_PRIORITY = 6
"""Stopping goes before everything that waits."""

_STATES = {
    JobType.RUN: DeploymentState.RUNNING,
    JobType.PAUSE: DeploymentState.PAUSED,
    JobType.STOP: DeploymentState.STOPPED,
}


class AgentGone(Conflict):
    """The account has no agent any more; pair one on the machine where its terminal runs."""

    code = "agent-gone"


@needs(Permission.EXPERT_COMPILE)
async def compile_sources(actor: Actor, agent_id: UUID, request: CompileRequest) -> UUID:
    """Queue a compile on an agent of the actor's; the job's id. Its result is a `CompileOutcome`. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await agent_queries.find_agent(uow, agent_id, now=clock.now())
        if found is None or found.user_id != actor.person_id:
            raise NotFound("There is no such agent.")
        return await enqueue(uow, found.user_id, agent_id, None, JobType.COMPILE, request)


@needs(Permission.DEPLOYMENT_COMMAND)
async def change_deployment(actor: Actor, account_id: UUID, job_type: JobType, deployment: Deployment) -> UUID:
    """Queue `deploy`, `run`, `pause` or `stop` of one deployment; the job's id. Its result is a `DeploymentReport`.

    Raises NotFound for an account that is not the actor's, AgentGone.
    """
    return await _for_account(actor, account_id, job_type, deployment)


@needs(Permission.EXPERT_COMPILE)
async def backtest(actor: Actor, account_id: UUID, request: BacktestRequest) -> UUID:
    """Queue a test beside an account's terminal; the job's id. Its result is a `BacktestOutcome`.

    Raises NotFound for an account that is not the actor's, AgentGone.
    """
    return await _for_account(actor, account_id, JobType.BACKTEST, request)


async def _for_account(actor: Actor, account_id: UUID, job_type: JobType, message: Message) -> UUID:
    async with unit_of_work(actor) as uow:
        found = await accounts.find_account(uow, account_id, now=clock.now())
        if found is None or found.user_id != actor.person_id:
            raise NotFound("There is no such account.")
        if found.agent_id is None:
            raise AgentGone("This account has no agent any more.")
        return await enqueue(uow, found.user_id, found.agent_id, account_id, job_type, message)


async def enqueue(
    uow: UnitOfWork, user_id: UUID, agent_id: UUID, account_id: UUID | None, job_type: JobType, message: Message
) -> UUID:
    """Queue one job in the transaction that holds the reason; agent and browser are told after its commit."""
    job_id = uuid7()
    is_end = job_type in {JobType.PAUSE, JobType.STOP}
    sql, values = queue.insert(
        job_id=job_id,
        user_id=user_id,
        agent_id=agent_id,
        account_id=account_id,
        job_type=job_type,
        payload=message.model_dump(mode="json"),
        priority=STOP_PRIORITY if is_end else 0,
        expires_at=clock.now() + RUN_WITHIN if job_type is JobType.RUN else None,
    )
    await uow.run(sql, values)
    uow.tell(topics.jobs_for(agent_id))
    uow.tell(topics.of_person(user_id, "jobs"), {"id": str(job_id)})
    return job_id


async def wanted(caller: AgentCaller) -> DeploymentWishes:
    """What is wanted of every deployment on the agent's accounts: the last start carried out, stop or pause asked."""
    async with unit_of_work(caller.actor) as uow:
        rows = await expert_jobs.last_changes(uow, caller.id)
    return DeploymentWishes(
        items=[
            DeploymentWish(
                deployment=Deployment.model_validate(row["payload"]),
                state=_STATES[JobType(row["type"])],
                job_id=row["id"],
                login=row["login"],
                server=row["server"],
            )
            for row in rows
        ]
    )
