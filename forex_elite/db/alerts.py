"""Queries about alerts: what people should know, until it is over or they have seen it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.health import AlertInfo, WatchedAlert
from forex_elite.domain.paging import Page

_ALERT = """
    select l.id, l.code, l.severity, l.message, l.agent_id, l.account_id, l.is_standing, l.times, l.raised_at,
           l.closed_at, l.acknowledged_at, coalesce(g.name, '') as agent_name,
           coalesce(nullif(a.name, ''), nullif(a.broker, ''), a.server, '') as account_name, a.login as account_login
    from alerts l left join mt5_agents g on g.id = l.agent_id left join mt5_accounts a on a.id = l.account_id
"""

_ADD = """
    insert into alerts
        (id, user_id, code, severity, message, agent_id, account_id, is_standing, times, raised_at, closed_at)
    values (%(id)s, %(user)s, %(code)s, %(severity)s, %(message)s, %(agent)s, %(account)s, %(standing)s, 1, %(at)s,
            %(closed)s)
"""


async def add(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    code: str,
    message: str,
    severity: str,
    account_id: UUID | None,
    agent_id: UUID | None,
    is_standing: bool,
    at: datetime,
) -> Row:
    """Open an alert, or bring the open one of the same cause up to date; returns `id` and whether it `is_new`."""
    row = await uow.row(
        _ADD + "on conflict (user_id, code, account_id, agent_id) where closed_at is null do update set "
        "message = excluded.message, times = alerts.times + (not alerts.is_standing)::int, "
        "raised_at = case when alerts.is_standing then alerts.raised_at else excluded.raised_at end "
        "returning id, old.id is null as is_new",
        {
            "id": uuid7(),
            "user": user_id,
            "code": code,
            "severity": severity,
            "message": message,
            "agent": agent_id,
            "account": account_id,
            "standing": is_standing,
            "at": at,
            "closed": None,
        },
    )
    assert row is not None, "an insert that does nothing else returns its row"
    return row


def add_event(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    code: str,
    message: str,
    severity: str,
    account_id: UUID | None,
    agent_id: UUID | None,
    at: datetime,
) -> UUID:
    """Note something that happened and is over, with the transaction's next round trip."""
    alert_id = uuid7()
    uow.defer(
        _ADD,
        {
            "id": alert_id,
            "user": user_id,
            "code": code,
            "severity": severity,
            "message": message,
            "agent": agent_id,
            "account": account_id,
            "standing": False,
            "at": at,
            "closed": at,
        },
    )
    return alert_id


async def close(
    uow: UnitOfWork, *, user_id: UUID, code: str, account_id: UUID | None, agent_id: UUID | None, at: datetime
) -> bool:
    """Close the open alert of this cause, if there is one."""
    return bool(
        await uow.run(
            "update alerts set closed_at = %s where user_id = %s and code = %s and closed_at is null "
            "and account_id is not distinct from %s and agent_id is not distinct from %s",
            (at, user_id, code, account_id, agent_id),
        )
    )


async def list_newest(uow: UnitOfWork, user_id: UUID, *, limit: int) -> list[AlertInfo]:
    """A person's alerts: those not acknowledged first, then the newest; without what only informs."""
    rows = await uow.rows(
        _ALERT + "where l.user_id = %s and l.severity <> 'info' "
        "order by (l.acknowledged_at is null) desc, l.raised_at desc limit %s",
        (user_id, limit),
    )
    return [AlertInfo(**row) for row in rows]


async def list_page(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    is_unread: bool,
    codes: Sequence[str],
    but_codes: Sequence[str],
    before: UUID | None,
    limit: int,
) -> Page[AlertInfo]:
    """A page of a person's alerts, newest first: only unread ones, of some codes, or of none of some, as asked."""
    rows = await uow.rows(
        _ALERT + "where l.user_id = %(user)s and (not %(unread)s or l.acknowledged_at is null) "
        "and (%(codes)s::text[] = '{}' or l.code = any(%(codes)s)) and l.code <> all(%(but)s::text[]) "
        "and (%(before)s::uuid is null or l.id < %(before)s) order by l.id desc limit %(limit)s",
        {
            "user": user_id,
            "unread": is_unread,
            "codes": list(codes),
            "but": list(but_codes),
            "before": before,
            "limit": limit + 1,
        },
    )
    items = tuple(AlertInfo(**row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def watch(
    uow: UnitOfWork, *, part: str, severity: str, is_open: bool, before: UUID | None, limit: int
) -> Page[WatchedAlert]:
    """A page of everybody's alerts, newest first, without what only informs; `part` is found in e-mail addresses."""
    rows = await uow.rows(
        f"select x.*, u.email from ({_ALERT.replace('select ', 'select l.user_id, ', 1)} "
        "where l.severity <> 'info' and (%(severity)s = '' or l.severity = %(severity)s) "
        "and (not %(open)s or l.closed_at is null) and (%(before)s::uuid is null or l.id < %(before)s)) x "
        "join users u on u.id = x.user_id where %(part)s = '' or strpos(lower(u.email), lower(%(part)s)) > 0 "
        "order by x.id desc limit %(limit)s",
        {"part": part, "severity": severity, "open": is_open, "before": before, "limit": limit + 1},
    )
    items = tuple(
        WatchedAlert(alert=AlertInfo(**row), user_id=user_id, email=email)
        for row in rows[:limit]
        for user_id, email in [(row.pop("user_id"), row.pop("email"))]
    )
    return Page(items, str(items[-1].alert.id) if len(rows) > limit else None)


async def count_unread(uow: UnitOfWork, user_id: UUID, *, with_notices: bool = False) -> int:
    """How many alerts a person has not acknowledged; what only informs counts `with_notices` only."""
    return int(
        await uow.value(
            "select count(*) from alerts where user_id = %s and acknowledged_at is null and (%s or severity <> 'info')",
            (user_id, with_notices),
        )
    )


async def unacknowledge(uow: UnitOfWork, user_id: UUID, alert_id: UUID) -> int:
    """Mark an alert of a person as not seen yet."""
    return await uow.run("update alerts set acknowledged_at = null where user_id = %s and id = %s", (user_id, alert_id))


async def acknowledge(uow: UnitOfWork, user_id: UUID, *, alert_id: UUID | None, at: datetime) -> int:
    """Note that a person has seen one of their alerts, or all; those that stand for an event are closed by it."""
    return await uow.run(
        "update alerts set acknowledged_at = coalesce(acknowledged_at, %(at)s), "
        "closed_at = case when is_standing then closed_at else coalesce(closed_at, %(at)s) end "
        "where user_id = %(user)s and case when %(id)s::uuid is null then acknowledged_at is null else id = %(id)s end",
        {"at": at, "user": user_id, "id": alert_id},
    )


async def clear_old(uow: UnitOfWork, *, before: datetime) -> int:
    """Remove alerts that ended before this instant."""
    return await uow.run("delete from alerts where closed_at < %s", (before,))
