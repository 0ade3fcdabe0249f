"""The audit log: appended in the transaction of what it tells, read by page, verified link by link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.audit import AuditEntry, BrokenLink
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import Page

# The chain is locked before the clock is read, so that a record is never older than the one before it.
_APPEND = """
with head as materialized (
    select count(*) from (select 1 from audit_heads where user_id = %(user)s for update) locked)
insert into audit_log (id, at, user_id, seq, actor_id, actor_role, action, subject_kind, subject_id, address,
                       user_agent, before, after, previous_hash, hash)
select %(id)s, clock_timestamp(), %(user)s, 0, %(actor)s, %(role)s, %(action)s, %(kind)s, %(subject)s,
       coalesce(%(address)s, s.address, ''), coalesce(s.user_agent, ''), %(before)s, %(after)s, '', ''
from head left join sessions s on s.id = %(session)s
"""


async def append(
    uow: UnitOfWork,
    actor: Actor,
    *,
    user_id: UUID,
    action: str,
    subject_kind: str,
    subject_id: str,
    address: str | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Add a record; the trigger numbers and chains it. Without `address` the session's own is taken."""
    await uow.run(
        _APPEND,
        {
            "id": uuid7(),
            "user": user_id,
            "actor": actor.user_id,
            "role": actor.role.value,
            "action": action,
            "kind": subject_kind,
            "subject": subject_id,
            "address": address,
            "session": actor.session_id,
            "before": None if before is None else Jsonb(before),
            "after": None if after is None else Jsonb(after),
        },
    )


async def list_records(
    uow: UnitOfWork, *, user_id: UUID | None, action: str, before: UUID | None, limit: int
) -> Page[AuditEntry]:
    """Records the actor may see, newest first; of one person, or of one kind of action (a prefix)."""
    rows = await uow.rows(
        """
        select r.id, r.at, r.user_id, r.seq, r.actor_id, coalesce(u.display_name, '') as actor_name, r.actor_role,
               r.action, r.subject_kind, r.subject_id, r.address, r.user_agent, r.before, r.after
        from audit_log r left join users u on u.id = r.actor_id
        where (%(user)s::uuid is null or r.user_id = %(user)s)
          and (%(action)s = '' or starts_with(r.action, %(action)s))
          and (%(before)s::uuid is null or r.id < %(before)s)
        order by r.id desc limit %(limit)s
        """,
        {"user": user_id, "action": action, "before": before, "limit": limit + 1},
    )
    items = tuple(AuditEntry(**row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


_AT_EASE = (("set local max_parallel_workers_per_gather = 4", None), ("set local work_mem = '64MB'", None))
"""Nobody waits for a verification: it may take what the short statements of pages and agents may not."""

# Without a window or an order PostgreSQL spreads the hashing over the processors.
_CHANGED = """
with changed as materialized (
    select user_id, seq, id, at from audit_log r where hash <> audit_digest(previous_hash, r)
)
select user_id, seq, id as record_id, at, 'this record was changed' as what from changed order by user_id, seq limit %s
"""

_UNLINKED = """
with linked as (
    select r.user_id, r.seq, r.id, r.at, r.hash, r.previous_hash,
           coalesce(lag(r.seq) over chain, h.pruned_seq) as seq_before,
           coalesce(lag(r.hash) over chain, h.pruned_hash) as hash_before
    from audit_log r left join audit_heads h on h.user_id = r.user_id
    window chain as (partition by r.user_id order by r.seq, r.at)
), newest as (
    select distinct on (user_id) user_id, seq, hash from audit_log order by user_id, seq desc
)
select user_id, seq, id as record_id, at,
       case when seq_before is null then 'this record belongs to no chain'
            when seq <= seq_before then 'this record was inserted'
            when seq > seq_before + 1 then 'records before this one were removed: ' || (seq - seq_before - 1)
            else 'this record does not follow the one before it' end as what
from linked
where seq_before is null or seq <> seq_before + 1 or previous_hash <> hash_before
union all
select h.user_id, h.seq, null, null,
       'the newest records were removed: ' || (h.seq - coalesce(n.seq, h.pruned_seq))
from audit_heads h left join newest n using (user_id)
where h.seq > coalesce(n.seq, h.pruned_seq)
order by user_id, seq limit %s
"""


async def verify(uow: UnitOfWork, *, most: int) -> list[BrokenLink]:
    """The first broken links of all chains, at most so many. Reads every record."""
    *_, changed, unlinked = await uow.run_all([*_AT_EASE, (_CHANGED, (most,)), (_UNLINKED, (most,))])
    # of a record that was changed the links do not hold either, and are not told
    found = {(row["user_id"], row["seq"], row["record_id"]): row for row in (*unlinked.rows(), *changed.rows())}
    links = sorted((BrokenLink(**row) for row in found.values()), key=lambda link: (link.user_id, link.seq))
    return links[:most]


async def count(uow: UnitOfWork) -> tuple[int, int]:
    """How many records there are, of how many people."""
    row = await uow.row("select count(*) as records, count(distinct user_id) as people from audit_log")
    assert row is not None
    return row["records"], row["people"]
