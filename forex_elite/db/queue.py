"""The job queue in PostgreSQL: every change of status is one statement that names the status it expects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads

from forex_elite.db.unit_of_work import Parameters, Row, UnitOfWork
from forex_elite.domain.jobs import LEASE_S, MAX_ATTEMPTS

set_json_dumps(orjson.dumps)
set_json_loads(orjson.loads)

_LEASED = """
    j.id, j.type, j.payload, j.lease_token, j.lease_expires_at, j.expires_at, j.attempts, j.account_id, j.user_id
"""

ENDED = """
    id, type, user_id, account_id, agent_id, status, claimed_at, finished_at, expires_at, attempts,
    payload -> 'instruction' ->> 'symbol' as symbol
"""

# Only the installation that works with the agent's key gets its jobs. Two with journals of their own would each take
# the other's order under way for one that never began.
_HOLDS_KEY = """
    (%(instance)s::uuid is null
     or exists (select 1 from mt5_agents g where g.id = %(agent)s and g.instance = %(instance)s))
"""

# An alert that was judged just before the kill switch was thrown may queue its entry just after; nobody gets it.
_NOT_KILLED = """
    not (is_entry and exists (select 1 from mt5_accounts k where k.id = jobs.account_id and k.killed_at is not null))
"""

INSERT = """
insert into jobs (id, user_id, agent_id, account_id, type, payload, status, priority, is_entry, not_before,
                  expires_at, attempts, created_at)
values (%(id)s, %(user_id)s, %(agent_id)s, %(account_id)s, %(type)s, %(payload)s, 'pending', %(priority)s,
        %(is_entry)s, now(), %(expires_at)s, 0, now())
"""


def insert(
    *,
    job_id: UUID,
    user_id: UUID,
    agent_id: UUID,
    account_id: UUID | None,
    job_type: str,
    payload: dict[str, Any],
    priority: int = 0,
    is_entry: bool = False,
    expires_at: datetime | None = None,
) -> tuple[str, Parameters]:
    """The statement that queues a job, to be run in the transaction that holds the reason for it."""
    values = {
        "id": job_id,
        "user_id": user_id,
        "agent_id": agent_id,
        "account_id": account_id,
        "type": job_type,
        "payload": Jsonb(payload),
        "priority": priority,
        "is_entry": is_entry,
        "expires_at": expires_at,
    }
    return INSERT, values


_CLAIM = f"""
with next as (
    select id from jobs
    where agent_id = %(agent)s and status = 'pending' and not_before <= now()
      and (expires_at is null or expires_at > %(now)s) and {_HOLDS_KEY} and {_NOT_KILLED}
      and type <> all(%(barred)s)
    order by priority desc, id limit 1
    for update skip locked
), claimed as (
    update jobs j set status = 'running', lease_token = gen_random_uuid(), claimed_at = clock_timestamp(),
           lease_expires_at = clock_timestamp() + make_interval(secs => {LEASE_S}), attempts = j.attempts + 1
    from next where j.id = next.id
    returning {_LEASED}
)
select c.*, a.login, a.server from claimed c left join mt5_accounts a on a.id = c.account_id
"""


def claim(
    agent_id: UUID, *, now: datetime, instance: UUID | None = None, barred: Sequence[str] = ()
) -> tuple[str, Parameters]:
    """The statement that gives the agent its next job under a fresh lease, or no row.

    Two claims never get the same job. Of kinds that are `barred` it is given none.
    """
    return _CLAIM, {"agent": agent_id, "now": now, "instance": instance, "barred": list(barred)}


async def extend(uow: UnitOfWork, job_id: UUID, agent_id: UUID, lease_token: UUID) -> datetime | None:
    """Prolong a lease that is still held; None when it is not."""
    found: datetime | None = await uow.value(
        f"update jobs set lease_expires_at = clock_timestamp() + make_interval(secs => {LEASE_S}) "
        "where id = %s and agent_id = %s and lease_token = %s and status = 'running' returning lease_expires_at",
        (job_id, agent_id, lease_token),
    )
    return found


async def finish(
    uow: UnitOfWork,
    job_id: UUID,
    agent_id: UUID,
    lease_token: UUID,
    *,
    status: str,
    result: dict[str, Any] | None,
    error: dict[str, Any] | None,
) -> Row | None:
    """End a running or unknown job for the holder of its token; None, and nothing changed, for anybody else."""
    return await uow.row(
        f"""
        update jobs set status = %(status)s::text, result = %(result)s, error = %(error)s,
               finished_at = case when %(status)s::text = 'unknown' then null else clock_timestamp() end
        where id = %(id)s and agent_id = %(agent)s and lease_token = %(token)s and status in ('running', 'unknown')
        returning {ENDED}
        """,
        {
            "status": status,
            "result": Jsonb(result) if result is not None else None,
            "error": Jsonb(error) if error is not None else None,
            "id": job_id,
            "agent": agent_id,
            "token": lease_token,
        },
    )


async def give_back(
    uow: UnitOfWork, job_id: UUID, agent_id: UUID, lease_token: UUID, *, error: dict[str, Any] | None, now: datetime
) -> Row | None:
    """Take back a job its holder never began: pending again while fresh, else expired, or failed after three tries."""
    return await uow.row(
        f"""
        update jobs set
            status = case when expires_at is not null and expires_at <= %(now)s then 'expired'
                          when attempts >= {MAX_ATTEMPTS} then 'failed' else 'pending' end,
            finished_at = case when (expires_at is not null and expires_at <= %(now)s) or attempts >= {MAX_ATTEMPTS}
                               then clock_timestamp() end,
            lease_token = case when (expires_at is not null and expires_at <= %(now)s) or attempts >= {MAX_ATTEMPTS}
                               then lease_token end,
            lease_expires_at = null, claimed_at = null, error = %(error)s
        where id = %(id)s and agent_id = %(agent)s and lease_token = %(token)s and status in ('running', 'unknown')
        returning {ENDED}
        """,
        {
            "error": Jsonb(error) if error is not None else None,
            "id": job_id,
            "agent": agent_id,
            "token": lease_token,
            "now": now,
        },
    )


async def find_ended(uow: UnitOfWork, job_id: UUID, agent_id: UUID, lease_token: UUID) -> str | None:
    """Status of a job this very token has already ended (a repeated report), else None."""
    found: str | None = await uow.value(
        "select status from jobs where id = %s and agent_id = %s and lease_token = %s",
        (job_id, agent_id, lease_token),
    )
    return found


async def find(uow: UnitOfWork, job_id: UUID, user_id: UUID) -> Row | None:
    """A person's job with its result."""
    return await uow.row(
        "select id, type, status, account_id, result, error, created_at, finished_at from jobs "
        "where id = %s and user_id = %s",
        (job_id, user_id),
    )


async def belongs_to(uow: UnitOfWork, job_id: UUID, agent_id: UUID) -> bool:
    """Whether the job is one of this agent's."""
    return bool(await uow.value("select 1 from jobs where id = %s and agent_id = %s", (job_id, agent_id)))


async def take_unsettled(
    uow: UnitOfWork, agent_id: UUID, *, include_running: bool, instance: UUID | None = None
) -> list[Row]:
    """Jobs this agent lost without a word, each under a fresh lease, oldest first.

    With `include_running` also those still leased: only for an agent that has just started and holds nothing.
    """
    return await uow.rows(
        f"""
        with taken as (
            update jobs j set status = 'running', lease_token = gen_random_uuid(),
                   lease_expires_at = clock_timestamp() + make_interval(secs => {LEASE_S})
            where j.agent_id = %(agent)s and j.status = any(%(statuses)s) and {_HOLDS_KEY}
            returning {_LEASED}
        )
        select t.*, a.login, a.server from taken t left join mt5_accounts a on a.id = t.account_id order by t.id
        """,
        {
            "agent": agent_id,
            "statuses": ["running", "unknown"] if include_running else ["unknown"],
            "instance": instance,
        },
    )


async def count_unknown(uow: UnitOfWork, agent_id: UUID) -> int:
    """How many of an agent's jobs have an unknown fate."""
    return int(await uow.value("select count(*) from jobs where agent_id = %s and status = 'unknown'", (agent_id,)))


async def expire_pending(uow: UnitOfWork, *, now: datetime, limit: int = 500) -> list[Row]:
    """End pending jobs whose time is over."""
    return await uow.rows(
        f"""
        update jobs set status = 'expired', finished_at = clock_timestamp()
        where id in (select id from jobs where status = 'pending' and expires_at <= %s order by expires_at
                     limit %s for update skip locked)
        returning {ENDED}
        """,
        (now, limit),
    )


async def reap_lost(uow: UnitOfWork, *, now: datetime, repeatable: Sequence[str], limit: int = 500) -> list[Row]:
    """Act on leases that ran out: repeatable kinds go back (three tries), all others become unknown."""
    return await uow.rows(
        f"""
        update jobs set
            status = case when type <> all(%(repeatable)s) then 'unknown'
                          when attempts >= {MAX_ATTEMPTS} then 'failed' else 'pending' end,
            finished_at = case when type = any(%(repeatable)s) and attempts >= {MAX_ATTEMPTS}
                               then clock_timestamp() end,
            lease_token = case when type = any(%(repeatable)s) and attempts < {MAX_ATTEMPTS} then null
                               else lease_token end,
            claimed_at = case when type = any(%(repeatable)s) and attempts < {MAX_ATTEMPTS} then null
                              else claimed_at end,
            lease_expires_at = null
        where id in (select id from jobs where status = 'running' and lease_expires_at <= %(now)s
                     order by lease_expires_at limit %(limit)s for update skip locked)
        returning {ENDED}
        """,
        {"repeatable": list(repeatable), "now": now, "limit": limit},
    )


async def cancel(uow: UnitOfWork, job_id: UUID) -> Row | None:
    """Cancel a job nobody has claimed; None when it is gone, claimed or not the actor's."""
    return await uow.row(
        f"""
        update jobs set status = 'cancelled', finished_at = clock_timestamp()
        where id = %s and status = 'pending'
        returning {ENDED}
        """,
        (job_id,),
    )


async def cancel_of_agent(uow: UnitOfWork, agent_id: UUID) -> list[Row]:
    """Cancel all that waits for an agent which will never ask again."""
    return await uow.rows(
        "update jobs set status = 'cancelled', finished_at = clock_timestamp() "
        f"where agent_id = %s and status = 'pending' returning {ENDED}",
        (agent_id,),
    )


async def cancel_of_account(uow: UnitOfWork, account_id: UUID) -> list[Row]:
    """Cancel all that waits for an account which leaves its agent."""
    return await uow.rows(
        "update jobs set status = 'cancelled', finished_at = clock_timestamp() "
        f"where account_id = %s and status = 'pending' returning {ENDED}",
        (account_id,),
    )


async def cancel_of_person(uow: UnitOfWork, user_id: UUID, kinds: Sequence[str]) -> list[Row]:
    """Cancel what waits of a person's jobs of these kinds."""
    return await uow.rows(
        "update jobs set status = 'cancelled', finished_at = clock_timestamp() where status = 'pending' "
        "and agent_id in (select id from mt5_agents where user_id = %s) and user_id = %s and type = any(%s) "
        f"returning {ENDED}",
        (user_id, user_id, list(kinds)),
    )


async def depth(uow: UnitOfWork) -> dict[str, int]:
    """How many jobs are pending, running and unknown."""
    rows = await uow.rows(
        "select status, count(*) as n from jobs where status in ('pending', 'running', 'unknown') group by status"
    )
    return {row["status"]: row["n"] for row in rows}
