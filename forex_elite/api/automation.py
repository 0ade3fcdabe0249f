"""`/api/user/ea/command` and `/api/kill-switch`: automation on many accounts at once, and the way to stop it all."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, model_validator
from pydantic.alias_generators import to_camel

from forex_elite.api.callers import Acting
from forex_elite.domain.automation import AlgoSettings, Answer, CommandRun, EaCommand, KillState, SafetyMode
from forex_elite.services import ea_commands, kill_switch

router = APIRouter(prefix="/api", tags=["automation"])

Ids = Annotated[list[UUID], Field(min_length=1, max_length=200)]


class SettingsIn(BaseModel):
    """The trader's settings for automated entries.

    `max_lots`: a larger entry is refused. `max_loss`: account money one entry may lose at its stop; an entry without a
    stop is then refused. `safety_mode`: green trades as computed, orange halves every size, red lets no entry pass.
    """

    max_lots: FiniteFloat | None = None
    max_loss: FiniteFloat | None = None
    safety_mode: Literal["green", "orange", "red"] = "green"


class CommandIn(BaseModel):
    """Start, stop or pause automation: on all enabled accounts, on some, or on a group's."""

    command: Literal["start_ea", "stop_ea", "pause_ea"]
    account_ids: Ids | None = None
    group_id: UUID | None = None
    settings: SettingsIn | None = None


class _Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class AccountResult(_Camel):
    """One account's answer; `status` is success, failed, timeout or offline."""

    account_number: int
    broker: str
    status: str
    message: str


class CommandOut(_Camel):
    """What became of the command; `success` only when every account confirmed it."""

    success: bool
    message: str
    total_accounts: int
    successful_accounts: int
    failed_accounts: int
    accounts: list[AccountResult]


class KillIn(BaseModel):
    """Which accounts: exactly one of the three. `flatten` also closes every position and cancels every order."""

    account_id: UUID | None = None
    group_id: UUID | None = None
    all: bool = False
    flatten: bool = False

    @model_validator(mode="after")
    def _one_target(self) -> KillIn:
        if (self.account_id is not None) + (self.group_id is not None) + self.all != 1:
            raise ValueError("give exactly one of account_id, group_id and all")
        return self


class KillOut(BaseModel):
    """One account's switch: when it took hold at the server, and when the agent confirmed it."""

    account_id: UUID
    login: int
    server: str
    killed_at: AwareDatetime | None
    confirmed_at: AwareDatetime | None
    is_agent_online: bool
    cancelled_entries: int
    flatten_job_id: UUID | None


class KillsOut(BaseModel):
    """The switch of every account that was meant."""

    accounts: list[KillOut]


def _out(run: CommandRun) -> CommandOut:
    return CommandOut(
        success=run.succeeded == len(run.answers),
        message=run.message,
        total_accounts=len(run.answers),
        successful_accounts=run.succeeded,
        failed_accounts=len(run.answers) - run.succeeded,
        accounts=[
            AccountResult(
                account_number=one.login,
                broker=one.broker,
                status=(one.answer if one.is_final else Answer.TIMEOUT).value,
                message=one.message,
            )
            for one in run.answers
        ],
    )


def _kills(states: tuple[KillState, ...]) -> KillsOut:
    return KillsOut(
        accounts=[
            KillOut(
                account_id=one.account_id,
                login=one.login,
                server=one.server,
                killed_at=one.killed_at,
                confirmed_at=one.confirmed_at,
                is_agent_online=one.is_agent_online,
                cancelled_entries=one.cancelled,
                flatten_job_id=one.flatten_job_id,
            )
            for one in states
        ]
    )


@router.post("/user/ea/command")
async def command(actor: Acting, body: CommandIn) -> CommandOut:
    """Ask every enabled account meant, in parallel, and answer when all have, after 30 s at the latest."""
    settings = None
    if body.settings is not None:
        given = body.settings
        settings = AlgoSettings(given.max_lots, given.max_loss, SafetyMode(given.safety_mode))
    run = await ea_commands.command(
        actor,
        EaCommand(body.command),
        account_ids=body.account_ids,
        group_id=body.group_id,
        settings=settings,
    )
    return _out(run)


@router.get("/kill-switch")
async def kill_states(actor: Acting) -> KillsOut:
    """The switch of each of the caller's accounts."""
    return _kills(await kill_switch.states(actor))


@router.post("/kill-switch")
async def throw(actor: Acting, body: KillIn) -> KillsOut:
    """Stop new entries at once; waiting ones are cancelled, and with `flatten` everything is closed."""
    only = None if body.account_id is None else [body.account_id]
    return _kills(await kill_switch.throw(actor, account_ids=only, group_id=body.group_id, flatten=body.flatten))


@router.post("/kill-switch/lift")
async def lift(actor: Acting, body: KillIn) -> KillsOut:
    """Allow new entries again; nothing that waited before is carried out."""
    only = None if body.account_id is None else [body.account_id]
    return _kills(await kill_switch.lift(actor, account_ids=only, group_id=body.group_id))
