"""`/api/agents/{id}/…` for agents, by `X-Agent-Key`: heartbeat, jobs, reports."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel

from agent.protocol import (
    AccountsReport,
    ArtifactRef,
    DeploymentWishes,
    ExtendJob,
    Heartbeat,
    HeartbeatReply,
    Job,
    JobResult,
    LogLines,
    RowsStored,
    TradesReport,
    UnsettledJobs,
)
from forex_elite.api.callers import AgentCalling
from forex_elite.domain.artifacts import ArtifactKind
from forex_elite.services import accounts, agents, artifacts, expert_jobs, jobs, logs, prices

router = APIRouter(prefix="/api/agents/{agent_id}", tags=["agent protocol"])
OCTETS = "application/octet-stream"
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class LeaseOut(BaseModel):
    """The new end of a lease."""

    lease_expires_at: AwareDatetime


class StatusOut(BaseModel):
    """What became of the job."""

    status: str


@router.post("/heartbeat")
async def heartbeat(agent: AgentCalling, body: Heartbeat) -> HeartbeatReply:
    """Sign of life; answers with the server's time and what it wants of the agent."""
    return await agents.hear(agent, body)


@router.get("/jobs/next", response_model=Job, responses={204: {"description": "No job came in time."}})
async def next_job(agent: AgentCalling, request: Request, wait: Annotated[float, Query(ge=0, le=30)] = 0) -> Response:
    """The next job of this agent's accounts; holds the request for up to `wait` seconds until one is committed."""
    job = await jobs.claim_next(agent, wait, request.is_disconnected)
    if job is None:
        return Response(status_code=204)
    return Response(job.model_dump_json(), media_type="application/json")


@router.get("/jobs/unsettled")
async def unsettled_jobs(agent: AgentCalling, running: bool = False) -> UnsettledJobs:
    """Jobs whose fate is open, each under a fresh lease; `running=true` is for an agent that has just started."""
    return await jobs.unsettled(agent, include_running=running)


@router.post("/jobs/{job_id}/extend")
async def extend(agent: AgentCalling, job_id: UUID, body: ExtendJob) -> LeaseOut:
    """Ask for more time; 409 lease-lost when the token is no longer good."""
    return LeaseOut(lease_expires_at=await jobs.extend(agent, job_id, body.lease_token))


@router.post("/jobs/{job_id}/result")
async def result(agent: AgentCalling, job_id: UUID, body: JobResult) -> StatusOut:
    """End a job; the same report again is answered alike, 409 lease-lost when the token is no longer good."""
    return StatusOut(status=(await jobs.report(agent, job_id, body)).value)


@router.post("/prices")
async def store_prices(agent: AgentCalling, body: Annotated[dict[str, Any], Body()]) -> RowsStored:
    """Newest ticks, as `{"ticks":[{symbol,bid,ask,time_msc}]}` or `{"EURUSD":{"bid":…,"ask":…}}`."""
    return await prices.store(agent, body)


@router.post("/accounts")
async def store_accounts(agent: AgentCalling, body: AccountsReport) -> RowsStored:
    """Accounts as their terminals report them; malformed rows are refused one by one."""
    return await accounts.store_accounts(agent, body)


@router.post("/trades")
async def store_trades(agent: AgentCalling, body: TradesReport) -> RowsStored:
    """Open positions (complete) and newly closed ones of one account."""
    return await accounts.store_trades(agent, body)


@router.post("/logs", status_code=204)
async def store_logs(agent: AgentCalling, body: LogLines) -> None:
    """Log lines of the agent and its terminals."""
    await logs.store(agent, body)


@router.get("/deployments")
async def wanted_deployments(agent: AgentCalling) -> DeploymentWishes:
    """What is wanted of every deployment on this agent's accounts; asked after its start."""
    return await expert_jobs.wanted(agent)


@router.get("/artifacts/{sha256}", response_class=Response, responses={200: {"content": {OCTETS: {}}}})
async def read_artifact(agent: AgentCalling, sha256: Sha256) -> Response:
    """A file of the agent's owner by its SHA-256, byte for byte."""
    found = await artifacts.read(agent.actor, sha256)
    return Response(found.content, media_type=OCTETS)


@router.put("/artifacts/{sha256}", openapi_extra={"requestBody": {"content": {OCTETS: {}}, "required": True}})
async def store_artifact(
    agent: AgentCalling, sha256: Sha256, request: Request, kind: ArtifactKind = ArtifactKind.FILE
) -> ArtifactRef:
    """Store a file under its SHA-256; 422 hash-mismatch when the content has another, at most 8 MiB."""
    content = await request.body()
    await artifacts.store(agent.actor, content, kind, sha256=sha256)
    return ArtifactRef(sha256=sha256, size=len(content))
