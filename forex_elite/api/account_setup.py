"""`/api/user/mt5-accounts` for what its owner sets: add, change, remove, limits; and groups."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, FiniteFloat, SecretStr

from forex_elite.api.callers import Acting
from forex_elite.api.trades import AccountOut, account_out
from forex_elite.domain.account_setup import AccountGroup, AccountSetup, NewAccount, TerminalKind
from forex_elite.domain.limits import (
    NAMES,
    Limit,
    LimitAction,
    Limits,
    read_week,
    read_weekend,
    write_week,
    write_weekend,
)
from forex_elite.services import account_setup

router = APIRouter(prefix="/api", tags=["account set-up"])

Name = Annotated[str, Field(max_length=200)]
Windows = dict[Annotated[str, Field(pattern="^[0-6]$")], list[tuple[str, str]]]


class AccountIn(BaseModel):
    """An account to add. A `mt5` terminal needs the path of a terminal64.exe of its own once an agent is given."""

    login: Annotated[int, Field(gt=0, lt=2**53)]
    server: Annotated[str, Field(min_length=1, max_length=128)]
    password: SecretStr = SecretStr("")
    name: Name = ""
    kind: Literal["mt5", "simulator"] = "mt5"
    terminal_path: Annotated[str, Field(max_length=260)] = ""
    agent_id: UUID | None = None
    group_id: UUID | None = None


class AccountPatch(BaseModel):
    """What is to be changed; fields that are left out stay, `null` takes the account off its agent or group."""

    name: Name = ""
    password: SecretStr = SecretStr("")
    terminal_path: Annotated[str, Field(max_length=260)] = ""
    agent_id: UUID | None = None
    group_id: UUID | None = None
    symbol_map: dict[str, str] = {}


class LimitBody(BaseModel):
    """A limit and what happens at it."""

    value: FiniteFloat
    action: Literal["stop_entries", "close_only", "close_all"] = "stop_entries"


class WeekendBody(BaseModel):
    """A weekly pause, days 0 (Monday) to 6 and times in UTC."""

    action: Literal["stop", "flatten"]
    since_day: Annotated[int, Field(ge=0, le=6)] = 4
    since: str = "20:00"
    until_day: Annotated[int, Field(ge=0, le=6)] = 6
    until: str = "22:00"


class LimitsBody(BaseModel):
    """All limits of an account; what is left out is no limit. `week`: windows in UTC by weekday, 0 is Monday."""

    max_lots: LimitBody | None = None
    max_open_positions: LimitBody | None = None
    max_loss_per_trade: LimitBody | None = None
    daily_loss: LimitBody | None = None
    daily_loss_percent: LimitBody | None = None
    daily_target: LimitBody | None = None
    daily_target_percent: LimitBody | None = None
    trailing_drawdown: LimitBody | None = None
    trailing_drawdown_percent: LimitBody | None = None
    week: Windows | None = None
    weekend: WeekendBody | None = None


class SetupOut(BaseModel):
    """An account with what is set about it; `holds` is what its agent's guard holds back now, in words."""

    account: AccountOut
    kind: str
    terminal_path: str
    is_assigned: bool
    has_password: bool
    group_id: UUID | None
    automation: str
    settings: dict[str, Any]
    limits: LimitsBody
    symbol_map: dict[str, str]
    holds: list[str]
    is_applied: bool
    killed_at: AwareDatetime | None
    kill_confirmed_at: AwareDatetime | None


class GroupIn(BaseModel):
    """A group's name."""

    name: Name


class GroupOut(BaseModel):
    """A group of accounts."""

    id: UUID
    name: str
    account_count: int


class GroupsOut(BaseModel):
    """All groups; there is only one page of them."""

    items: list[GroupOut]
    next_cursor: str | None = None


def _limits_out(limits: Limits) -> LimitsBody:
    figures = {name: LimitBody(value=one.value, action=one.action.value) for name, one in limits.figures.items()}
    return LimitsBody.model_validate(
        {**figures, "week": write_week(limits.week), "weekend": write_weekend(limits.weekend)}
    )


def _limits_in(body: LimitsBody) -> Limits:
    given = {name: getattr(body, name) for name in NAMES}
    return Limits(
        figures={name: Limit(one.value, LimitAction(one.action)) for name, one in given.items() if one is not None},
        week=read_week(body.week),
        weekend=read_weekend(None if body.weekend is None else body.weekend.model_dump()),
    )


def _setup(found: AccountSetup) -> SetupOut:
    return SetupOut(
        account=account_out(found.info),
        kind=found.kind.value,
        terminal_path=found.terminal_path,
        is_assigned=found.is_assigned,
        has_password=found.has_password,
        group_id=found.group_id,
        automation=found.automation.value,
        settings=found.algo.written(),
        limits=_limits_out(found.limits),
        symbol_map=dict(found.symbol_map),
        holds=list(found.holds),
        is_applied=found.is_applied,
        killed_at=found.killed_at,
        kill_confirmed_at=found.kill_confirmed_at,
    )


def _group(group: AccountGroup) -> GroupOut:
    return GroupOut.model_validate(group, from_attributes=True)


@router.post("/user/mt5-accounts", status_code=201)
async def add(actor: Acting, body: AccountIn) -> SetupOut:
    """Add an account; its password is kept encrypted and never shown again."""
    values = body.model_dump(exclude={"password", "kind"})
    new = NewAccount(**values, password=body.password.get_secret_value(), kind=TerminalKind(body.kind))
    return _setup(await account_setup.add(actor, new))


@router.get("/user/mt5-accounts/{account_id}")
async def get(actor: Acting, account_id: UUID) -> SetupOut:
    """One account with what is set about it."""
    return _setup(await account_setup.get(actor, account_id))


@router.patch("/user/mt5-accounts/{account_id}")
async def change(actor: Acting, account_id: UUID, body: AccountPatch) -> SetupOut:
    """Change the fields that are given; moving an account cancels what waits for its old agent."""
    given: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    if "password" in given:
        given["password"] = body.password.get_secret_value()
    return _setup(await account_setup.change(actor, account_id, account_setup.AccountChanges(**given)))


@router.delete("/user/mt5-accounts/{account_id}", status_code=204)
async def remove(actor: Acting, account_id: UUID) -> None:
    """Take an account out of use; its trades and its log stay."""
    await account_setup.remove(actor, account_id)


@router.get("/user/mt5-accounts/{account_id}/limits")
async def get_limits(actor: Acting, account_id: UUID) -> LimitsBody:
    """The account's limits."""
    return _limits_out((await account_setup.get(actor, account_id)).limits)


@router.put("/user/mt5-accounts/{account_id}/limits")
async def set_limits(actor: Acting, account_id: UUID, body: LimitsBody) -> SetupOut:
    """Replace all limits of the account; they hold from the next order on, at the server and at the agent."""
    return _setup(await account_setup.set_limits(actor, account_id, _limits_in(body)))


@router.post("/user/mt5-accounts/{account_id}/resume")
async def resume(actor: Acting, account_id: UUID) -> SetupOut:
    """Lift what the account's limits hold back; the trailing drawdown begins anew."""
    return _setup(await account_setup.resume(actor, account_id))


@router.get("/user/account-groups")
async def list_groups(actor: Acting) -> GroupsOut:
    """The caller's groups by name."""
    return GroupsOut(items=[_group(one) for one in await account_setup.list_groups(actor)])


@router.post("/user/account-groups", status_code=201)
async def add_group(actor: Acting, body: GroupIn) -> GroupOut:
    """Make a group."""
    return _group(await account_setup.add_group(actor, body.name))


@router.patch("/user/account-groups/{group_id}")
async def rename_group(actor: Acting, group_id: UUID, body: GroupIn) -> GroupOut:
    """Rename a group."""
    return _group(await account_setup.rename_group(actor, group_id, body.name))


@router.delete("/user/account-groups/{group_id}", status_code=204)
async def delete_group(actor: Acting, group_id: UUID) -> None:
    """Delete a group; its accounts stay."""
    await account_setup.delete_group(actor, group_id)
