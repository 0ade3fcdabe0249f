"""People as staff manage them: found, given a role, suspended, logged out. Each change is audited, before and after.

An administrator manages ordinary users; brokers, administrators and super_admins are a super_admin's to manage. Nobody
changes themselves here, and the last active super_admin stays one.
"""

from __future__ import annotations

from uuid import UUID

from forex_elite import clock
from forex_elite.db import people as people_queries
from forex_elite.db import queue, strategies
from forex_elite.db import staff as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.jobs import NOT_WHILE_SUSPENDED
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.people import Person, SessionInfo, UserSummary
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotAllowed, NotFound
from forex_elite.services import agents, api_tokens, audit, endings, kill_switch, sessions

LONGEST_SEARCH = 100
ROLES = (Role.USER, Role.IB, Role.ADMIN, Role.SUPER_ADMIN)
"""What a person can be; `service` is the server's own."""


class NotYoursToManage(NotAllowed):
    """Only a super_admin manages brokers, administrators and super_admins, and nobody manages themselves."""

    code = "not-yours-to-manage"


class LastSuperAdmin(Conflict):
    """The installation would be left without an active super_admin; make somebody else one first."""

    code = "last-super-admin"


@needs(Permission.USER_READ)
async def list_users(
    actor: Actor,
    *,
    part: str = "",
    role: Role | None = None,
    is_active: bool | None = None,
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[UserSummary]:
    """Everybody, newest first; `part` is looked for in names and e-mail addresses."""
    async with unit_of_work(actor) as uow:
        return await queries.list_users(
            uow,
            part=part.strip()[:LONGEST_SEARCH],
            role=None if role is None else role.value,
            is_active=is_active,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
            now=clock.now(),
        )


@needs(Permission.USER_READ)
async def list_sessions(actor: Actor, user_id: UUID) -> tuple[SessionInfo, ...]:
    """A person's live sessions, last used first. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await _found(uow, user_id)
        return tuple(await people_queries.list_sessions(uow, user_id, now=clock.now()))


@needs(Permission.ROLE_SET)
async def set_role(actor: Actor, user_id: UUID, role: Role) -> Person:
    """Give a person another role; they have to log in again. Raises NotFound, NotYoursToManage and LastSuperAdmin."""
    if role not in ROLES:
        raise InvalidInput("Use user, ib, admin or super_admin.", field="role")
    async with unit_of_work(actor) as uow:
        person = await _managed(uow, actor, user_id)
        if person.role is role:
            return person
        await _check_not_last(uow, person)
        await queries.set_role(uow, user_id, role)
        ended = await sessions.revoke_all(uow, user_id)
        await audit.record(
            uow,
            actor,
            "admin.role.set",
            user_id=user_id,
            subject=("person", user_id),
            before={"role": person.role},
            after={"role": role, "sessions_ended": ended},
        )
        return await _found(uow, user_id)


@needs(Permission.USER_SUSPEND)
async def suspend(actor: Actor, user_id: UUID) -> Person:
    """Shut a person out: sessions and API tokens end, strategies are disabled, what trades by itself is stopped.

    The kill switch is thrown on every account, so the agents take Expert Advisors off their charts; what waits to be
    compiled, deployed or started is cancelled. Agents go on reporting and protecting what is open, and are given no
    log-in and no program. Raises NotFound, NotYoursToManage and LastSuperAdmin.
    """
    async with unit_of_work(actor) as uow:
        person = await _managed(uow, actor, user_id)
        if not person.is_active:
            return person
        await _check_not_last(uow, person)
        killed = await kill_switch.throw_for(uow, Actor(user_id=user_id, role=Role.USER))
        disabled = await strategies.disable_all(uow, user_id)
        cancelled = await queue.cancel_of_person(uow, user_id, [kind.value for kind in NOT_WHILE_SUSPENDED])
        for job in cancelled:
            await endings.settle(uow, job)
        await queries.set_active(uow, user_id, is_active=False)
        after = {
            "is_active": False,
            "sessions_ended": await sessions.revoke_all(uow, user_id),
            "tokens_revoked": await api_tokens.revoke_all(uow, user_id),
            "agents_held_back": await agents.look_anew(uow, user_id),
            "jobs_cancelled": [job["id"] for job in cancelled],
            "strategies_disabled": disabled,
            "accounts_stopped": [state.account_id for state in killed],
        }
        await audit.record(
            uow,
            actor,
            "admin.user.suspend",
            user_id=user_id,
            subject=("person", user_id),
            before={"is_active": True},
            after=after,
        )
        return await _found(uow, user_id)


@needs(Permission.USER_SUSPEND)
async def reinstate(actor: Actor, user_id: UUID) -> Person:
    """Let a person in again; strategies and kill switches stay as they are, theirs to decide. Raises as `suspend`."""
    async with unit_of_work(actor) as uow:
        person = await _managed(uow, actor, user_id)
        if person.is_active:
            return person
        await queries.set_active(uow, user_id, is_active=True)
        await agents.look_anew(uow, user_id)
        await audit.record(
            uow,
            actor,
            "admin.user.reinstate",
            user_id=user_id,
            subject=("person", user_id),
            before={"is_active": False},
            after={"is_active": True},
        )
        return await _found(uow, user_id)


@needs(Permission.USER_SESSIONS)
async def log_out(actor: Actor, user_id: UUID) -> int:
    """End all sessions of a person; returns how many. API tokens stay. Raises NotFound and NotYoursToManage."""
    async with unit_of_work(actor) as uow:
        await _managed(uow, actor, user_id)
        live = await people_queries.list_sessions(uow, user_id, now=clock.now())
        ended = await sessions.revoke_all(uow, user_id)
        await audit.record(
            uow,
            actor,
            "admin.user.log-out",
            user_id=user_id,
            subject=("person", user_id),
            before={"sessions": [one.id for one in live]},
            after={"sessions": [], "ended": ended},
        )
        return ended


async def _found(uow: UnitOfWork, user_id: UUID, *, lock: bool = False) -> Person:
    person = await people_queries.find(uow, user_id, lock=lock)
    if person is None:
        raise NotFound("There is no such person.")
    return person


async def _managed(uow: UnitOfWork, actor: Actor, user_id: UUID) -> Person:
    person = await _found(uow, user_id, lock=True)
    if user_id == actor.user_id:
        raise NotYoursToManage("Somebody else has to do this to you.")
    if actor.role is not Role.SUPER_ADMIN and person.role is not Role.USER:
        raise NotYoursToManage("Only a super_admin manages brokers, administrators and super_admins.")
    return person


async def _check_not_last(uow: UnitOfWork, person: Person) -> None:
    if person.role is Role.SUPER_ADMIN and person.is_active and await queries.count_owners(uow) == 1:
        raise LastSuperAdmin("There would be no active super_admin left.")
