"""The queue as staff look at it: everybody's jobs that have not ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from forex_elite.db.queue import ENDED
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.jobs import QueueDepth, QueuedJob
from forex_elite.domain.paging import Page


async def depths(uow: UnitOfWork, *, now: datetime) -> list[QueueDepth]:
    """How many jobs of each kind wait, run, are unknown or stuck, and since when the oldest waits."""
    rows = await uow.rows(
        "select type, count(*) filter (where status = 'pending') as pending, "
        "count(*) filter (where status = 'running') as running, "
        "count(*) filter (where status = 'unknown') as unknown, "
        "count(*) filter (where status = 'running' and lease_expires_at <= %s) as stuck, "
        "min(created_at) filter (where status = 'pending') as oldest_pending_at "
        "from jobs where status in ('pending', 'running', 'unknown') group by type order by type",
        (now,),
    )
    return [QueueDepth(**row) for row in rows]


async def list_open(
    uow: UnitOfWork, *, statuses: Sequence[str], stuck_at: datetime | None, after: UUID | None, limit: int
) -> Page[QueuedJob]:
    """Jobs that have not ended, oldest first; with `stuck_at` those whose lease had run out by then."""
    rows = await uow.rows(
        """
        select j.id, j.type, j.status, j.user_id, u.email, g.name as agent_name, a.login as account_login, j.attempts,
               j.created_at, j.claimed_at, j.lease_expires_at, j.expires_at
        from jobs j join users u on u.id = j.user_id join mt5_agents g on g.id = j.agent_id
             left join mt5_accounts a on a.id = j.account_id
        where j.status = any(%(statuses)s) and (%(after)s::uuid is null or j.id > %(after)s)
          and (%(stuck)s::timestamptz is null or (j.status = 'running' and j.lease_expires_at <= %(stuck)s))
        order by j.id limit %(limit)s
        """,
        {"statuses": list(statuses), "after": after, "stuck": stuck_at, "limit": limit + 1},
    )
    items = tuple(QueuedJob(**row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def lock(uow: UnitOfWork, job_id: UUID) -> Row | None:
    """A job as it stands, held until the transaction ends."""
    return await uow.row(
        "select id, type, status, user_id, agent_id, attempts, claimed_at from jobs where id = %s for update", (job_id,)
    )


async def requeue(uow: UnitOfWork, job_id: UUID, *, repeatable: Sequence[str]) -> Row | None:
    """Take a running job from its holder, whose lease token is worth nothing any more; None for an order."""
    return await uow.row(
        f"""
        update jobs set status = 'pending', lease_token = null, lease_expires_at = null, claimed_at = null, attempts = 0
        where id = %s and status = 'running' and type = any(%s)
        returning {ENDED}
        """,
        (job_id, list(repeatable)),
    )
