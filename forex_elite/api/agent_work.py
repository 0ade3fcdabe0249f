"""`/api/agents/{id}/…` for agents, by `X-Agent-Key`: heartbeat, jobs, reports."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel

from agent.protocol import (
    AccountsReport,
    ArtifactRef,
    Credentials,
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
from forex_elite.api.callers import ActiveAgentCalling, AgentCalling
from forex_elite.domain.artifacts import ArtifactKind
from forex_elite.services import account_setup, accounts, agents, artifacts, expert_jobs, jobs, logs, prices
from forex_elite.services.agents import AgentCaller

router = APIRouter(prefix="/api/agents/{agent_id}", tags=["agent protocol"])
OCTETS = "application/octet-stream"
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

LONGEST_WAIT_S = 30


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
async def next_job(
    agent: AgentCalling, request: Request, wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = 0
) -> Response:
    """The next job of this agent's accounts; holds the request for up to `wait` seconds until one is committed."""
    return await give_next(agent, request, wait)


async def give_next(agent: AgentCaller, request: Request, wait: float) -> Response:
    """Answer with the next job, or 204."""
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
    return await end(agent, job_id, body)


async def end(agent: AgentCaller, job_id: UUID, result: JobResult) -> StatusOut:
    """End a job as reported."""
    return StatusOut(status=(await jobs.report(agent, job_id, result)).value)


_TICKS = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "additionalProperties": True},
            "examples": {
                "list": {"value": {"ticks": [{"symbol": "EURUSD", "bid": 1.1, "ask": 1.1001, "time_msc": 0}]}},
                "by symbol": {"value": {"EURUSD": {"bid": 1.1, "ask": 1.1001}}},
            },
        }
    },
}


@router.post("/prices", response_model=RowsStored, openapi_extra={"requestBody": _TICKS})
async def store_prices(agent: AgentCalling, request: Request) -> Response:
    """Newest ticks, as `{"ticks":[{symbol,bid,ask,time_msc}]}` or `{"EURUSD":{"bid":…,"ask":…}}`.

    Read straight from the body, because a batch comes ten times a second.
    """
    stored = await prices.store(agent, await request.body())
    return Response(stored.model_dump_json(), media_type="application/json")


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


@router.post("/accounts/{account_id}/credentials")
async def credentials(agent: ActiveAgentCalling, account_id: UUID, response: Response) -> Credentials:
    """The log-in of an account, for the agent it is assigned to; needs X-Agent-Instance, and is written to the log."""
    response.headers["Cache-Control"] = "no-store"
    return await account_setup.credentials(agent, account_id)


@router.get("/deployments")
async def wanted_deployments(agent: AgentCalling) -> DeploymentWishes:
    """What is wanted of every deployment on this agent's accounts; asked after its start."""
    return await expert_jobs.wanted(agent)


@router.get("/artifacts/{sha256}", response_class=Response, responses={200: {"content": {OCTETS: {}}}})
async def read_artifact(agent: ActiveAgentCalling, sha256: Sha256) -> Response:
    """A file of the agent's owner by its SHA-256, byte for byte."""
    found = await artifacts.read(agent.actor, sha256)
    return Response(found.content, media_type=OCTETS)


@router.put("/artifacts/{sha256}", openapi_extra={"requestBody": {"content": {OCTETS: {}}, "required": True}})
async def store_artifact(
    agent: ActiveAgentCalling, sha256: Sha256, request: Request, kind: ArtifactKind = ArtifactKind.FILE
) -> ArtifactRef:
    """Store a file under its SHA-256; 422 hash-mismatch when the content has another, at most 8 MiB."""
    content = await request.body()
    await artifacts.store(agent.actor, content, kind, sha256=sha256)
    return ArtifactRef(sha256=sha256, size=len(content))
