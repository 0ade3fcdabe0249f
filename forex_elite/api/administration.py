"""`/api/admin`: people, agents, the queue, everybody's logs and the installation's features, for staff."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.auth import Ended, SessionOut, SessionsOut
from forex_elite.api.callers import Acting
from forex_elite.api.logs import Level, LogOut
from forex_elite.domain.features import MOST_TOKENS, Features
from forex_elite.domain.identity import Role
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.domain.people import Person
from forex_elite.services import agents, features, logs, users, work_queue

router = APIRouter(prefix="/api/admin", tags=["administration"])

RoleName = Literal["user", "ib", "admin", "super_admin"]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]
Text = Annotated[str, Query(max_length=200)]


class UserOut(BaseModel):
    """A person as staff see them."""

    id: UUID
    email: str
    display_name: str
    role: str
    is_active: bool
    created_at: AwareDatetime


class UserSummaryOut(UserOut):
    """A person in a list, with what they have."""

    sessions: int
    last_seen_at: AwareDatetime | None
    accounts: int
    agents: int
    strategies: int


class UsersOut(BaseModel):
    """A page of people, newest first."""

    items: list[UserSummaryOut]
    next_cursor: str | None


class RoleIn(BaseModel):
    """The role a person shall have."""

    role: RoleName


class WatchedAgentOut(BaseModel):
    """An agent with its owner and what is in hand; `is_at_rest`: the agent says that nothing trades on its accounts."""

    id: UUID
    user_id: UUID
    email: str
    is_owner_active: bool
    name: str
    kind: str
    version: str
    created_at: AwareDatetime
    last_heartbeat_at: AwareDatetime | None
    is_online: bool
    accounts: int
    stopped: int
    confirmed: int
    experts_running: int
    jobs_waiting: int
    jobs_in_hand: int
    is_at_rest: bool


class WatchedAgentsOut(BaseModel):
    """How many agents there are and are online, and a page of them, newest first."""

    total: int
    online: int
    items: list[WatchedAgentOut]
    next_cursor: str | None


class DepthOut(BaseModel):
    """How much there is of one kind of job; `stuck` ones run under a lease that ran out."""

    type: str
    pending: int
    running: int
    unknown: int
    stuck: int
    oldest_pending_at: AwareDatetime | None


class QueuedJobOut(BaseModel):
    """A job that has not ended."""

    id: UUID
    type: str
    status: str
    user_id: UUID
    email: str
    agent_name: str
    account_login: int | None
    attempts: int
    created_at: AwareDatetime
    claimed_at: AwareDatetime | None
    lease_expires_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    can_requeue: bool
    can_cancel: bool


class QueueOut(BaseModel):
    """The depth by kind, and a page of jobs, oldest first."""

    depths: list[DepthOut]
    items: list[QueuedJobOut]
    next_cursor: str | None


class WatchedLineOut(LogOut):
    """A line with whose it is."""

    user_id: UUID
    email: str


class WatchedLinesOut(BaseModel):
    """A page of lines, last stored first."""

    items: list[WatchedLineOut]
    next_cursor: str | None


class FeaturesIO(BaseModel):
    """What staff may switch; `llm_daily_tokens` is per person and day (UTC)."""

    is_registration_open: bool
    llm_daily_tokens: Annotated[int, Field(ge=0, le=MOST_TOKENS)]


def _user(person: Person) -> UserOut:
    return UserOut.model_validate({**_fields(person), "role": person.role.value})


def _fields(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in UserOut.model_fields}


@router.get("/users")
async def list_users(
    actor: Acting,
    search: Text = "",
    role: RoleName | None = None,
    is_active: bool | None = None,
    cursor: UUID | None = None,
    limit: Limit = PAGE_SIZE,
) -> UsersOut:
    """Everybody, newest first; `search` is looked for in names and e-mail addresses."""
    page = await users.list_users(
        actor, part=search, role=None if role is None else Role(role), is_active=is_active, cursor=cursor, limit=limit
    )
    items = [
        UserSummaryOut(
            **_user(one.person).model_dump(),
            sessions=one.sessions,
            last_seen_at=one.last_seen_at,
            accounts=one.accounts,
            agents=one.agents,
            strategies=one.strategies,
        )
        for one in page.items
    ]
    return UsersOut(items=items, next_cursor=page.next_cursor)


@router.put("/users/{user_id}/role")
async def set_role(actor: Acting, user_id: UUID, body: RoleIn) -> UserOut:
    """Give a person another role (super_admin); they have to log in again."""
    return _user(await users.set_role(actor, user_id, Role(body.role)))


@router.post("/users/{user_id}/suspend")
async def suspend(actor: Acting, user_id: UUID) -> UserOut:
    """Shut a person out: sessions and tokens end, strategies are disabled, experts and new entries are stopped."""
    return _user(await users.suspend(actor, user_id))


@router.post("/users/{user_id}/reinstate")
async def reinstate(actor: Acting, user_id: UUID) -> UserOut:
    """Let a person in again."""
    return _user(await users.reinstate(actor, user_id))


@router.get("/users/{user_id}/sessions")
async def list_sessions(actor: Acting, user_id: UUID) -> SessionsOut:
    """A person's live sessions."""
    found = await users.list_sessions(actor, user_id)
    return SessionsOut(items=[SessionOut.model_validate(one, from_attributes=True) for one in found])


@router.post("/users/{user_id}/log-out")
async def log_out(actor: Acting, user_id: UUID) -> Ended:
    """End all sessions of a person."""
    return Ended(ended=await users.log_out(actor, user_id))


@router.get("/agents")
async def list_agents(
    actor: Acting,
    search: Text = "",
    standing: Literal["", "online", "offline", "suspended"] = "",
    cursor: UUID | None = None,
    limit: Limit = PAGE_SIZE,
) -> WatchedAgentsOut:
    """Everybody's agents; `search` is looked for in names and owners' e-mail addresses."""
    page, (total, online) = await agents.watch(actor, part=search, standing=standing, cursor=cursor, limit=limit)
    return WatchedAgentsOut(
        total=total,
        online=online,
        items=[WatchedAgentOut.model_validate(one, from_attributes=True) for one in page.items],
        next_cursor=page.next_cursor,
    )


@router.get("/queue")
async def list_jobs(
    actor: Acting,
    status: Literal["", "pending", "running", "unknown", "stuck"] = "",
    cursor: UUID | None = None,
    limit: Limit = PAGE_SIZE,
) -> QueueOut:
    """The depth of the queue and everybody's jobs that have not ended."""
    page = await work_queue.list_jobs(actor, status=status, cursor=cursor, limit=limit)
    return QueueOut(
        depths=[DepthOut.model_validate(one, from_attributes=True) for one in await work_queue.depths(actor)],
        items=[QueuedJobOut.model_validate(one, from_attributes=True) for one in page.items],
        next_cursor=page.next_cursor,
    )


@router.post("/queue/{job_id}/requeue", status_code=204)
async def requeue(actor: Acting, job_id: UUID) -> None:
    """Take a running job from its agent and give it out again; never an order."""
    await work_queue.requeue(actor, job_id)


@router.post("/queue/{job_id}/cancel", status_code=204)
async def cancel(actor: Acting, job_id: UUID) -> None:
    """Cancel a job nobody has claimed."""
    await work_queue.cancel(actor, job_id)


@router.get("/logs")
async def watch_logs(
    actor: Acting,
    person: Text = "",
    search: Text = "",
    source: Text = "",
    level: Level | None = None,
    cursor: UUID | None = None,
    limit: Limit = PAGE_SIZE,
) -> WatchedLinesOut:
    """Everybody's lines; `level` is the mildest shown."""
    page = await logs.watch(actor, logs.LogFilter(person, search, source, level), cursor=cursor, limit=limit)
    items = [
        WatchedLineOut(
            **LogOut.model_validate(line.entry, from_attributes=True).model_dump(),
            user_id=line.user_id,
            email=line.email,
        )
        for line in page.items
    ]
    return WatchedLinesOut(items=items, next_cursor=page.next_cursor)


@router.get("/logs/download", response_class=StreamingResponse, responses={200: {"content": {"text/plain": {}}}})
async def download_logs(
    actor: Acting, person: Text = "", search: Text = "", source: Text = "", level: Level | None = None
) -> StreamingResponse:
    """The same lines as a text file, newest first, tab separated, times in UTC."""
    lines = await logs.export(actor, logs.LogFilter(person, search, source, level))
    headers = {"Content-Disposition": 'attachment; filename="forex-elite-system-log.txt"'}
    return StreamingResponse(lines, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/features")
async def get_features(actor: Acting) -> FeaturesIO:
    """How the features stand."""
    return FeaturesIO.model_validate(await features.get(actor), from_attributes=True)


@router.put("/features")
async def set_features(actor: Acting, body: FeaturesIO) -> FeaturesIO:
    """Set them, for everybody, from the next request on."""
    changed = await features.change(actor, Features(**body.model_dump()))
    return FeaturesIO.model_validate(changed, from_attributes=True)
