"""Queries about generations and their steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.generations import (
    CHARGED,
    EventKind,
    GenerationEvent,
    GenerationInfo,
    GenerationStatus,
    Task,
)
from forex_elite.domain.paging import Page

_COLUMNS = """
    id, project_id, task, prompt, base_version_id, model, status, code, message, rounds, version_id, prompt_tokens,
    completion_tokens, charged_tokens, cost, created_at, ended_at
"""


def _info(row: Row) -> GenerationInfo:
    return GenerationInfo(**{**row, "task": Task(row["task"]), "status": GenerationStatus(row["status"])})


async def add(
    uow: UnitOfWork,
    user_id: UUID,
    project_id: UUID,
    *,
    task: Task,
    prompt: str,
    base_version_id: UUID | None,
    model: str,
) -> UUID:
    """Insert a generation that is under way."""
    generation_id = uuid7()
    await uow.run(
        "insert into ea_generations (id, user_id, project_id, task, prompt, base_version_id, model, status, code, "
        "message, rounds, last_seq, prompt_tokens, completion_tokens, charged_tokens, cost, created_at, touched_at) "
        "values (%s, %s, %s, %s, %s, %s, %s, 'running', '', '', 0, 0, 0, 0, 0, 0, now(), now())",
        (generation_id, user_id, project_id, task.value, prompt, base_version_id, model),
    )
    return generation_id


async def find(uow: UnitOfWork, user_id: UUID, generation_id: UUID) -> GenerationInfo | None:
    """A person's own generation."""
    row = await uow.row(
        f"select {_COLUMNS} from ea_generations where id = %s and user_id = %s", (generation_id, user_id)
    )
    return _info(row) if row else None


async def list_generations(
    uow: UnitOfWork, user_id: UUID, project_id: UUID, *, before: UUID | None, limit: int
) -> Page[GenerationInfo]:
    """A project's generations, newest first."""
    rows = await uow.rows(
        f"select {_COLUMNS} from ea_generations where project_id = %s and user_id = %s "
        "and (%s::uuid is null or id < %s) order by id desc limit %s",
        (project_id, user_id, before, before, limit + 1),
    )
    items = tuple(_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def append(uow: UnitOfWork, generation_id: UUID, events: Sequence[tuple[EventKind, dict[str, Any]]]) -> int:
    """Add steps to a generation that is under way; the number of the last. 0, and nothing added, when it has ended."""
    found = await uow.value(
        """
        with counted as (
            update ea_generations set last_seq = last_seq + %(n)s, touched_at = now()
            where id = %(id)s and status = 'running' returning last_seq, user_id
        )
        insert into ea_generation_events (generation_id, seq, user_id, kind, data, at)
        select %(id)s, c.last_seq - %(n)s + e.place, c.user_id, e.kind, e.data, clock_timestamp()
        from counted c, unnest(%(kinds)s::text[], %(data)s::jsonb[]) with ordinality as e (kind, data, place)
        order by e.place desc returning seq
        """,
        {
            "id": generation_id,
            "n": len(events),
            "kinds": [kind.value for kind, _ in events],
            "data": [Jsonb(data) for _, data in events],
        },
    )
    return int(found or 0)


async def count_usage(uow: UnitOfWork, generation_id: UUID, *, rounds: int, prompt: int, completion: int) -> None:
    """Add a round's tokens."""
    await uow.run(
        "update ea_generations set rounds = %s, prompt_tokens = prompt_tokens + %s, "
        "completion_tokens = completion_tokens + %s, touched_at = now() where id = %s and status = 'running'",
        (rounds, prompt, completion, generation_id),
    )


async def touch(uow: UnitOfWork, generation_id: UUID) -> None:
    """Show that somebody still works on it."""
    await uow.run("update ea_generations set touched_at = now() where id = %s and status = 'running'", (generation_id,))


async def end(
    uow: UnitOfWork,
    generation_id: UUID,
    *,
    status: GenerationStatus,
    code: str,
    message: str,
    version_id: UUID | None,
    price_prompt: Decimal,
    price_completion: Decimal,
) -> GenerationInfo | None:
    """End a generation, once; None when it had ended. Only ends of `CHARGED` count against the person's day."""
    row = await uow.row(
        f"""
        update ea_generations set status = %(status)s, code = %(code)s, message = %(message)s,
            version_id = %(version_id)s, ended_at = now(),
            charged_tokens = case when %(charged)s then prompt_tokens + completion_tokens else 0 end,
            cost = case when %(charged)s
                        then (prompt_tokens * %(prompt)s + completion_tokens * %(completion)s) / 1000000 else 0 end
        where id = %(id)s and status = 'running' returning {_COLUMNS}
        """,
        {
            "id": generation_id,
            "status": status.value,
            "code": code[:48],
            "message": message,
            "version_id": version_id,
            "charged": status in CHARGED,
            "prompt": price_prompt,
            "completion": price_completion,
        },
    )
    return _info(row) if row else None


async def add_end(uow: UnitOfWork, user_id: UUID, generation_id: UUID, data: dict[str, Any]) -> None:
    """Add the last step to a generation that `end` has ended."""
    await uow.run(
        "with counted as (update ea_generations set last_seq = last_seq + 1 where id = %s returning last_seq) "
        "insert into ea_generation_events (generation_id, seq, user_id, kind, data, at) "
        "select %s, last_seq, %s, 'end', %s, clock_timestamp() from counted",
        (generation_id, generation_id, user_id, Jsonb(data)),
    )


async def list_events(uow: UnitOfWork, user_id: UUID, generation_id: UUID, *, after: int) -> list[GenerationEvent]:
    """The steps after a number, in order."""
    rows = await uow.rows(
        "select seq, kind, data, at from ea_generation_events where generation_id = %s and user_id = %s and seq > %s "
        "order by seq",
        (generation_id, user_id, after),
    )
    return [GenerationEvent(row["seq"], EventKind(row["kind"]), row["data"], row["at"]) for row in rows]


async def today(uow: UnitOfWork, user_id: UUID, *, since: datetime) -> Row:
    """Tokens, cost and number of a person's generations since a moment; those under way count as they stand."""
    row = await uow.row(
        """
        select coalesce(sum(case when status = 'running' then prompt_tokens + completion_tokens
                                 else charged_tokens end), 0)::bigint as tokens,
               coalesce(sum(cost), 0) as cost, count(*) as requests,
               count(*) filter (where status = 'running') as running
        from ea_generations where user_id = %s and (created_at >= %s or status = 'running')
        """,
        (user_id, since),
    )
    assert row is not None
    return row


async def abandoned(uow: UnitOfWork, *, before: datetime) -> list[Row]:
    """Generations under way that nobody has shown to work on since a moment."""
    return await uow.rows(
        "select id, user_id from ea_generations where status = 'running' and touched_at < %s", (before,)
    )
