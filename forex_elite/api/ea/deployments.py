"""`/api/ea/deployments`: experts on accounts. What is wanted, what is, and how old the last proof of it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite import clock
from forex_elite.api.callers import Acting
from forex_elite.domain.ea.deployments import (
    MAX_ACCOUNTS,
    AccountChecks,
    DeploymentFilter,
    DeploymentInfo,
    DeploymentRequest,
    Desired,
    Limits,
)
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services.ea import deployments
from forex_elite.services.ea.deployments import CommandResult, DeploymentChange

router = APIRouter(prefix="/api/ea/deployments", tags=["experts: deployments"])

_COMMANDS = {"start": Desired.RUNNING, "pause": Desired.PAUSED, "stop": Desired.STOPPED}
Command = Literal["start", "pause", "stop"]
Value = bool | int | float | str
Inputs = Annotated[dict[Annotated[str, Field(max_length=64)], Value], Field(max_length=1024)]


class LimitsIn(BaseModel):
    """When the server pauses the expert; null sets no limit. `max_loss` of a day (UTC) in the account's currency."""

    max_loss: Annotated[float | None, Field(gt=0, le=1e9)] = None
    max_positions: Annotated[int | None, Field(gt=0, le=1000)] = None
    max_lots: Annotated[float | None, Field(gt=0, le=10_000)] = None

    def read(self) -> Limits:
        return Limits(self.max_loss, self.max_positions, self.max_lots)


class NewDeployment(BaseModel):
    """A version to run on up to five accounts. `magic` is for programs without an input for it."""

    version_id: UUID
    account_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_ACCOUNTS)]
    symbol: Annotated[str, Field(min_length=1, max_length=32)]
    timeframe: Annotated[str, Field(max_length=4)]
    inputs: Inputs = {}
    limits: LimitsIn = LimitsIn()
    magic: Annotated[int | None, Field(ge=0, lt=2**63)] = None
    start: bool = True

    def read(self) -> DeploymentRequest:
        return DeploymentRequest(
            version_id=self.version_id,
            account_ids=tuple(self.account_ids),
            symbol=self.symbol,
            timeframe=self.timeframe,
            inputs=self.inputs,
            limits=self.limits.read(),
            magic=self.magic,
            is_started=self.start,
        )


class CheckOut(BaseModel):
    """One thing looked at; a failed one that blocks stops the whole request."""

    code: str
    is_ok: bool
    is_blocking: bool
    message: str


class AccountChecksOut(BaseModel):
    """The checks of one account, and the broker's own name of the symbol."""

    account_id: UUID
    login: int
    symbol: str
    is_clear: bool
    checks: list[CheckOut]

    @classmethod
    def of(cls, checks: AccountChecks) -> AccountChecksOut:
        return cls.model_validate(checks, from_attributes=True)


class ChecksOut(BaseModel):
    """The checks of every account."""

    items: list[AccountChecksOut]


class ResultOut(BaseModel):
    """What the expert's trades have come to since it was deployed, as the terminal reports them, in `currency`.

    Between two reports `floating` moves as `floating_base` plus `per_bid` times the bid plus `per_ask` times the ask.
    """

    currency: str
    open_positions: int
    open_lots: float
    floating: float
    closed_trades: int
    closed_result: float
    won: int
    win_rate: float | None
    profit_factor: float | None
    per_bid: float
    per_ask: float
    floating_base: float


class DeploymentOut(BaseModel):
    """An expert on an account.

    `desired` is what was asked for, `actual` what the agent last proved (`pending` until it answered), `is_settled`
    whether they agree; `proof_age_s` says how old the proof is.
    """

    id: UUID
    group_id: UUID
    project_id: UUID
    project_name: str
    version_id: UUID
    version_number: int
    actual_version_id: UUID | None
    actual_number: int | None
    account_id: UUID
    account_login: int
    account_server: str
    agent_name: str
    is_agent_online: bool
    expert: str
    symbol: str
    timeframe: str
    magic: int | None
    inputs: dict[str, Any]
    limits: LimitsIn
    desired: str
    actual: str
    is_settled: bool
    code: str
    detail: str
    may_trade: bool | None
    proven_at: AwareDatetime | None
    proof_age_s: float | None
    job_id: UUID | None
    job_status: str | None
    created_at: AwareDatetime
    changed_at: AwareDatetime
    result: ResultOut

    @classmethod
    def of(cls, info: DeploymentInfo) -> DeploymentOut:
        special = {"limits", "result", "proof_age_s"}
        age = None if info.proven_at is None else max(0.0, (clock.now() - info.proven_at).total_seconds())
        result = {name: getattr(info.result, name) for name in ResultOut.model_fields.keys() - {"currency"}}
        return cls(
            **{name: getattr(info, name) for name in cls.model_fields.keys() - special},
            limits=LimitsIn.model_validate(info.limits.written()),
            result=ResultOut(currency=info.currency, **result),
            proof_age_s=age,
        )


class DeploymentsOut(BaseModel):
    """A page of deployments, last made first."""

    items: list[DeploymentOut]
    next_cursor: str | None = None


class DeploymentPatch(BaseModel):
    """What to change; fields that are left out stay. Another `version_id` upgrades, or goes back."""

    inputs: Inputs | None = None
    limits: LimitsIn | None = None
    version_id: UUID | None = None


class Commands(BaseModel):
    """One command for several deployments."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=deployments.MAX_AT_ONCE)]
    command: Command


class CommandResultOut(BaseModel):
    """What became of it for one; `code` is empty when it was sent."""

    deployment_id: UUID
    code: str
    reason: str
    deployment: DeploymentOut | None

    @classmethod
    def of(cls, result: CommandResult) -> CommandResultOut:
        made = None if result.deployment is None else DeploymentOut.of(result.deployment)
        return cls(deployment_id=result.deployment_id, code=result.code, reason=result.reason, deployment=made)


class CommandsOut(BaseModel):
    """The results, one for each deployment."""

    items: list[CommandResultOut]


class EventOut(BaseModel):
    """Who did what (`actor_name`), or what became of it."""

    id: UUID
    kind: str
    actor_name: str
    data: dict[str, Any]
    at: AwareDatetime


class EventsOut(BaseModel):
    """A page of a deployment's history, newest first."""

    items: list[EventOut]
    next_cursor: str | None


@router.post("", status_code=201)
async def deploy(actor: Acting, body: NewDeployment) -> DeploymentsOut:
    """Deploy to all accounts or to none: 409 `preflight-failed` says what stands in the way, account by account."""
    return DeploymentsOut(items=[DeploymentOut.of(info) for info in await deployments.deploy(actor, body.read())])


@router.post("/check")
async def check(actor: Acting, body: NewDeployment) -> ChecksOut:
    """All checks of a deployment, without sending anything."""
    return ChecksOut(items=[AccountChecksOut.of(one) for one in await deployments.check(actor, body.read())])


@router.get("")
async def list_deployments(
    actor: Acting,
    project_id: UUID | None = None,
    account_id: UUID | None = None,
    group_id: UUID | None = None,
    desired: Desired | None = None,
    unsettled: bool = False,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> DeploymentsOut:
    """The caller's deployments over all programs; `unsettled` ones are not (yet) what is wanted of them."""
    wanted = DeploymentFilter(
        project_id=project_id, account_id=account_id, group_id=group_id, desired=desired, is_unsettled=unsettled
    )
    page = await deployments.list_deployments(actor, wanted, cursor=cursor, limit=limit)
    return DeploymentsOut(items=[DeploymentOut.of(info) for info in page.items], next_cursor=page.next_cursor)


@router.get("/compare")
async def compare(
    actor: Acting, ids: Annotated[list[UUID], Query(min_length=1, max_length=deployments.MAX_AT_ONCE)]
) -> DeploymentsOut:
    """Deployments side by side with their results, in the order asked for."""
    return DeploymentsOut(items=[DeploymentOut.of(info) for info in await deployments.compare(actor, ids)])


@router.post("/commands")
async def command_all(actor: Acting, body: Commands) -> CommandsOut:
    """Start, pause or stop several, each with its own result."""
    results = await deployments.command_all(actor, body.ids, _COMMANDS[body.command])
    return CommandsOut(items=[CommandResultOut.of(result) for result in results])


@router.get("/{deployment_id}")
async def get(actor: Acting, deployment_id: UUID) -> DeploymentOut:
    """One deployment."""
    return DeploymentOut.of(await deployments.get(actor, deployment_id))


@router.patch("/{deployment_id}")
async def change(actor: Acting, deployment_id: UUID, body: DeploymentPatch) -> DeploymentOut:
    """Change inputs, limits or version; a running expert is restarted with them."""
    limits = None if body.limits is None else body.limits.read()
    changes = DeploymentChange(inputs=body.inputs, limits=limits, version_id=body.version_id)
    return DeploymentOut.of(await deployments.change(actor, deployment_id, changes))


@router.post("/{deployment_id}/roll-back", status_code=202)
async def roll_back(actor: Acting, deployment_id: UUID) -> DeploymentOut:
    """Back to the version that was last proven to run before this one."""
    return DeploymentOut.of(await deployments.roll_back(actor, deployment_id))


@router.get("/{deployment_id}/events")
async def list_events(
    actor: Acting,
    deployment_id: UUID,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> EventsOut:
    """The deployment's history: who did what, and what became of it."""
    page = await deployments.list_events(actor, deployment_id, cursor=cursor, limit=limit)
    items = [EventOut.model_validate(event, from_attributes=True) for event in page.items]
    return EventsOut(items=items, next_cursor=page.next_cursor)


@router.post("/{deployment_id}/{command}", status_code=202)
async def command(actor: Acting, deployment_id: UUID, command: Command) -> DeploymentOut:
    """Start, pause or stop an expert."""
    return DeploymentOut.of(await deployments.command(actor, deployment_id, _COMMANDS[command]))
