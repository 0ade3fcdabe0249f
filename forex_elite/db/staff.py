"""What staff see of people and change about them; row-level security and a trigger hold the same rules again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from forex_elite.db.people import PERSON, person_of
from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain import terminals
from forex_elite.domain.identity import Role
from forex_elite.domain.paging import Page
from forex_elite.domain.people import UserSummary
from forex_elite.domain.terminals import ONLINE_FOR, AgentKind, WatchedAgent

_LIST = f"""
    select {PERSON},
           (select count(*) from sessions s
            where s.user_id = u.id and s.revoked_at is null and s.expires_at > %(now)s) as sessions,
           (select max(s.last_seen_at) from sessions s where s.user_id = u.id) as last_seen_at,
           (select count(*) from mt5_accounts a where a.user_id = u.id and a.removed_at is null) as accounts,
           (select count(*) from mt5_agents g where g.user_id = u.id and g.deleted_at is null) as agents,
           (select count(*) from tv_strategies t where t.user_id = u.id and t.deleted_at is null) as strategies
    from users u
    where (%(role)s::text is null or u.role = %(role)s)
      and (%(active)s::boolean is null or u.is_active = %(active)s)
      and (%(part)s = '' or strpos(lower(u.email), lower(%(part)s)) > 0
           or strpos(lower(u.display_name), lower(%(part)s)) > 0)
      and (%(before)s::uuid is null or u.id < %(before)s)
    order by u.id desc limit %(limit)s
"""


async def list_users(
    uow: UnitOfWork,
    *,
    part: str,
    role: str | None,
    is_active: bool | None,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> Page[UserSummary]:
    """People, newest first; `part` is found in names and e-mail addresses, whatever its case."""
    rows = await uow.rows(
        _LIST,
        {"part": part, "role": role, "active": is_active, "before": before, "limit": limit + 1, "now": now},
    )
    items = tuple(
        UserSummary(
            person_of(row), row["sessions"], row["last_seen_at"], row["accounts"], row["agents"], row["strategies"]
        )
        for row in rows[:limit]
    )
    return Page(items, str(items[-1].person.id) if len(rows) > limit else None)


_AGENTS = """
    with page as materialized (
        select g.*, u.email, u.is_active as is_owner_active
        from mt5_agents g join users u on u.id = g.user_id
        where g.deleted_at is null
          and (%(part)s = '' or strpos(lower(u.email), lower(%(part)s)) > 0
               or strpos(lower(g.name), lower(%(part)s)) > 0)
          and (%(online)s::boolean is null
               or coalesce(g.last_heartbeat_at > %(since)s and g.last_heartbeat_at < %(until)s, false) = %(online)s)
          and (%(active)s::boolean is null or u.is_active = %(active)s)
          and (%(before)s::uuid is null or g.id < %(before)s)
        order by g.id desc limit %(limit)s
    ), work as (
        select agent_id, count(*) filter (where status = 'pending') as waiting,
               count(*) filter (where status <> 'pending') as in_hand
        from jobs where status in ('pending', 'running', 'unknown') and agent_id in (select id from page)
        group by agent_id
    ), held as (
        select agent_id, count(*) as accounts, count(killed_at) as stopped, count(kill_confirmed_at) as confirmed
        from mt5_accounts where removed_at is null and agent_id in (select id from page) group by agent_id
    )
    select p.id, p.user_id, p.email, p.is_owner_active, p.name, p.kind, p.version, p.created_at, p.last_heartbeat_at,
           coalesce(h.accounts, 0) as accounts, coalesce(h.stopped, 0) as stopped,
           coalesce(h.confirmed, 0) as confirmed,
           (select count(*) from jsonb_array_elements(p.deployments) d where d ->> 'status' = 'running')
           as experts_running,
           coalesce(w.waiting, 0) as jobs_waiting, coalesce(w.in_hand, 0) as jobs_in_hand
    from page p left join work w on w.agent_id = p.id left join held h on h.agent_id = p.id
    order by p.id desc
"""


async def list_agents(
    uow: UnitOfWork,
    *,
    part: str,
    is_online: bool | None,
    is_owner_active: bool | None,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> Page[WatchedAgent]:
    """Everybody's agents, newest first; `part` is found in their names and in their owners' e-mail addresses."""
    rows = await uow.rows(
        _AGENTS,
        {
            "part": part,
            "online": is_online,
            "active": is_owner_active,
            "before": before,
            "limit": limit + 1,
            "since": now - ONLINE_FOR,
            "until": now + ONLINE_FOR,
        },
    )
    items = tuple(
        WatchedAgent(
            **{**row, "kind": AgentKind(row["kind"])}, is_online=terminals.is_online(row["last_heartbeat_at"], now)
        )
        for row in rows[:limit]
    )
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def count_agents(uow: UnitOfWork, *, now: datetime) -> tuple[int, int]:
    """How many agents there are, and how many of them are online."""
    row = await uow.row(
        "select count(*) as agents, count(*) filter (where last_heartbeat_at > %s and last_heartbeat_at < %s) "
        "as online from mt5_agents where deleted_at is null",
        (now - ONLINE_FOR, now + ONLINE_FOR),
    )
    assert row is not None
    return row["agents"], row["online"]


async def set_role(uow: UnitOfWork, user_id: UUID, role: Role) -> None:
    """Give a person another role."""
    await uow.run("update users set role = %s where id = %s", (role.value, user_id))


async def set_active(uow: UnitOfWork, user_id: UUID, *, is_active: bool) -> None:
    """Suspend a person, or take them back."""
    await uow.run("update users set is_active = %s where id = %s", (is_active, user_id))


async def count_owners(uow: UnitOfWork) -> int:
    """How many active super_admins there are."""
    return int(await uow.value("select count(*) from users where role = 'super_admin' and is_active"))
