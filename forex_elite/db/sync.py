"""Queries about the synchronisation: its runs, accounts that fail, feeds and agents that fell silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.health import FAILURE_EVERY, SyncRunInfo


class Run(NamedTuple):
    """A run to note."""

    account_id: UUID
    kind: str
    started_at: datetime
    duration_ms: int
    stored: int = 0
    refused: int = 0
    status: str = "ok"
    error: str = ""


async def add_runs(uow: UnitOfWork, user_id: UUID, runs: Sequence[Run]) -> None:
    """Note runs of the synchronisation."""
    if not runs:
        return
    columns = [list(column) for column in zip(*runs, strict=True)]
    await uow.run(
        "insert into sync_runs "
        "(id, user_id, account_id, kind, started_at, duration_ms, stored, refused, status, error) "
        "select i.id, %s, i.account_id, i.kind, i.started_at, i.duration_ms, i.stored, i.refused, i.status, i.error "
        "from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::int[], %s::int[], %s::int[], "
        "%s::text[], %s::text[]) as i (id, account_id, kind, started_at, duration_ms, stored, refused, status, error)",
        (user_id, [uuid7() for _ in runs], *columns),
    )


_RUN = "select account_id, kind, status, started_at, duration_ms, stored, refused, error from sync_runs r "


async def list_runs(uow: UnitOfWork, user_id: UUID, *, since: datetime, limit: int) -> list[SyncRunInfo]:
    """A person's newest runs."""
    rows = await uow.rows(
        _RUN + "where user_id = %s and started_at >= %s order by started_at desc limit %s", (user_id, since, limit)
    )
    return [SyncRunInfo(**row) for row in rows]


async def last_runs(uow: UnitOfWork, accounts: Sequence[UUID], *, since: datetime) -> dict[UUID, SyncRunInfo]:
    """The newest run of each account."""
    rows = await uow.rows(
        "select r.* from unnest(%s::uuid[]) a (id) cross join lateral ("
        + _RUN
        + "where r.account_id = a.id and started_at >= %s order by started_at desc limit 1) r",
        (list(accounts), since),
    )
    return {row["account_id"]: SyncRunInfo(**row) for row in rows}


async def note_failures(
    uow: UnitOfWork, agent_id: UUID, failed: Sequence[tuple[int, str, str]], *, at: datetime
) -> list[Row]:
    """Count a failed attempt for accounts (login, server, why) of an agent, at most one in `FAILURE_EVERY`.

    Returns those counted: id, login, server, sync_failures, sync_error.
    """
    logins, servers, reasons = zip(*failed, strict=True)
    return await uow.rows(
        "update mt5_accounts a set sync_failures = a.sync_failures + 1, sync_failed_at = %(at)s, sync_error = f.reason "
        "from unnest(%(logins)s::bigint[], %(servers)s::text[], %(reasons)s::text[]) as f (login, server, reason) "
        "where a.agent_id = %(agent)s and a.login = f.login and lower(a.server) = lower(f.server) "
        "and (a.sync_failed_at is null or a.sync_failed_at <= %(at)s - %(every)s::interval "
        "or a.synced_at > a.sync_failed_at) "
        "returning a.id, a.login, a.server, a.sync_failures, a.sync_error",
        {
            "agent": agent_id,
            "at": at,
            "every": FAILURE_EVERY,
            "logins": list(logins),
            "servers": list(servers),
            "reasons": list(reasons),
        },
    )


async def set_difference(uow: UnitOfWork, account_id: UUID, amount: Decimal | None, *, at: datetime) -> bool:
    """Keep by how much balance and deals differ, and since when; true when a difference has just appeared."""
    row = await uow.row(
        "update mt5_accounts set balance_difference = %(amount)s, balance_differs_since = "
        "case when %(amount)s::numeric is null then null else coalesce(balance_differs_since, %(at)s) end "
        "where id = %(id)s and balance_difference is distinct from %(amount)s "
        "returning old.balance_difference is null as is_new",
        {"id": account_id, "amount": amount, "at": at},
    )
    return bool(row and row["is_new"])


async def agents_to_watch(uow: UnitOfWork, *, heard_since: datetime) -> list[Row]:
    """Agents heard of since then, with the codes of the alerts that are open about them.

    Columns: id, user_id, name, last_heartbeat_at, last_tick_at, terminals, open_codes.
    """
    return await uow.rows(
        "select g.id, g.user_id, g.name, g.last_heartbeat_at, g.last_tick_at, g.terminals, "
        "array(select l.code from alerts l where l.user_id = g.user_id and l.agent_id = g.id and l.closed_at is null "
        "and l.account_id is null) as open_codes "
        "from mt5_agents g where g.deleted_at is null and g.last_heartbeat_at >= %s",
        (heard_since,),
    )


async def last_ticks(uow: UnitOfWork, user_id: UUID) -> dict[UUID, datetime | None]:
    """When each agent's feed last spoke."""
    rows = await uow.rows(
        "select id, last_tick_at from mt5_agents where user_id = %s and deleted_at is null", (user_id,)
    )
    return {row["id"]: row["last_tick_at"] for row in rows}


async def find_open_request(uow: UnitOfWork, account_id: UUID) -> UUID | None:
    """The sync job of an account that waits or is under way, if there is one."""
    found: UUID | None = await uow.value(
        "select id from jobs where account_id = %s and type = 'sync' and status in ('pending', 'running') limit 1",
        (account_id,),
    )
    return found


async def open_requests(uow: UnitOfWork, user_id: UUID) -> set[UUID]:
    """Accounts of a person with a sync job that waits or is under way."""
    rows = await uow.rows(
        "select j.account_id from mt5_accounts a join jobs j on j.account_id = a.id "
        "where a.user_id = %s and j.type = 'sync' and j.status in ('pending', 'running')",
        (user_id,),
    )
    return {row["account_id"] for row in rows}
