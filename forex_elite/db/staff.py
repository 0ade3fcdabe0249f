"""What staff see of people and change about them; row-level security and a trigger hold the same rules again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from forex_elite.db.people import PERSON, person_of
from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.identity import Role
from forex_elite.domain.paging import Page
from forex_elite.domain.people import UserSummary

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


async def set_role(uow: UnitOfWork, user_id: UUID, role: Role) -> None:
    """Give a person another role."""
    await uow.run("update users set role = %s where id = %s", (role.value, user_id))


async def set_active(uow: UnitOfWork, user_id: UUID, *, is_active: bool) -> None:
    """Suspend a person, or take them back."""
    await uow.run("update users set is_active = %s where id = %s", (is_active, user_id))


async def count_owners(uow: UnitOfWork) -> int:
    """How many active super_admins there are."""
    return int(await uow.value("select count(*) from users where role = 'super_admin' and is_active"))
