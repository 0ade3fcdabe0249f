"""Queries about log lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.logs import LogEntry, WatchedLine
from forex_elite.domain.paging import Page

_SELECT = """
    select l.id, l.at, l.level, l.source, l.message, l.agent_id, l.account_id, l.deployment_id,
           a.login as account_login
    from system_logs l left join mt5_accounts a on a.id = l.account_id
    where l.user_id = %(user)s
      and (%(account)s::uuid is null or l.account_id = %(account)s)
      and (%(deployment)s::uuid is null or l.deployment_id = %(deployment)s)
      and (%(levels)s::text[] is null or l.level = any(%(levels)s))
      and (%(before)s::uuid is null or l.id < %(before)s)
    order by l.id desc limit %(limit)s
"""

_WATCH = """
    select l.id, l.at, l.level, l.source, l.message, l.agent_id, l.account_id, l.deployment_id,
           a.login as account_login, l.user_id, u.email
    from system_logs l join users u on u.id = l.user_id left join mt5_accounts a on a.id = l.account_id
    where (%(person)s = '' or strpos(lower(u.email), lower(%(person)s)) > 0)
      and (%(part)s = '' or strpos(lower(l.message), lower(%(part)s)) > 0)
      and (%(source)s = '' or l.source = %(source)s)
      and (%(levels)s::text[] is null or l.level = any(%(levels)s))
      and (%(before)s::uuid is null or l.id < %(before)s)
    order by l.id desc limit %(limit)s
"""


async def add_log(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    message: str,
    level: str = "info",
    source: str = "server",
    agent_id: UUID | None = None,
    account_id: UUID | None = None,
    at: datetime | None = None,
) -> None:
    """Add a line to somebody's system log."""
    row = {"message": message, "level": level, "source": source, "account_id": account_id, "at": at}
    await add_logs(uow, user_id=user_id, agent_id=agent_id, rows=[row])


async def add_logs(uow: UnitOfWork, *, user_id: UUID, agent_id: UUID | None, rows: Sequence[dict[str, Any]]) -> None:
    """Add lines in their order, in one statement; each a dictionary of `LogEntry`'s fields as far as known."""
    names = ("account_id", "deployment_id", "level", "source", "message", "at")
    columns = {name: [row.get(name) for row in rows] for name in names}
    await uow.run(
        "insert into system_logs (id, user_id, agent_id, account_id, deployment_id, level, source, message, at) "
        "select i.id, %(user)s, %(agent)s, i.account_id, i.deployment_id, i.level, i.source, "
        "i.message, coalesce(i.at, now()) from unnest(%(id)s::uuid[], %(account_id)s::uuid[], "
        "%(deployment_id)s::uuid[], %(level)s::text[], %(source)s::text[], %(message)s::text[], %(at)s::timestamptz[]) "
        "as i (id, account_id, deployment_id, level, source, message, at)",
        {**columns, "id": [uuid7() for _ in rows], "user": user_id, "agent": agent_id},
    )


async def list_logs(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    account_id: UUID | None,
    deployment_id: UUID | None,
    levels: Sequence[str] | None,
    before: UUID | None,
    limit: int,
) -> Page[LogEntry]:
    """A person's lines, last stored first, by cursor."""
    rows = await uow.rows(
        _SELECT,
        {
            "user": user_id,
            "account": account_id,
            "deployment": deployment_id,
            "levels": None if levels is None else list(levels),
            "before": before,
            "limit": limit + 1,
        },
    )
    items = tuple(LogEntry(**row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def watch(
    uow: UnitOfWork,
    *,
    person: str,
    part: str,
    source: str,
    levels: Sequence[str] | None,
    before: UUID | None,
    limit: int,
) -> Page[WatchedLine]:
    """Everybody's lines, last stored first; `person` is found in e-mail addresses, `part` in messages."""
    rows = await uow.rows(
        _WATCH,
        {
            "person": person,
            "part": part,
            "source": source,
            "levels": None if levels is None else list(levels),
            "before": before,
            "limit": limit + 1,
        },
    )
    items = tuple(
        WatchedLine(user_id=row.pop("user_id"), email=row.pop("email"), entry=LogEntry(**row)) for row in rows[:limit]
    )
    return Page(items, str(items[-1].entry.id) if len(rows) > limit else None)


async def clear_old(uow: UnitOfWork, *, before: datetime, limit: int = 20_000) -> int:
    """Remove lines from before that moment."""
    return await uow.run(
        "delete from system_logs where id in (select id from system_logs where at < %s limit %s)", (before, limit)
    )
