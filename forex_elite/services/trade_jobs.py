"""Trade jobs a person asked for, outside any signal: the one place that queues them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from agent.protocol import MANUAL_MAGIC
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import queue
from forex_elite.db.unit_of_work import UnitOfWork
from forex_elite.domain.jobs import JobType
from forex_elite.services.snapshot import tag_of

ENTRY_WITHIN = timedelta(seconds=30)
"""An entry the agent has not begun by then is not begun at all: the person who asked has seen another price since."""
EXIT_WITHIN = timedelta(minutes=5)
"""What only reduces or protects is still wanted a little later."""
WITH_SWITCH = "flatten"
"""The reason of what the kill switch closes everything with; lifting the switch takes it back while it waits."""
ENTRY_PRIORITY, EXIT_PRIORITY = 0, 5
"""Closing goes before opening when both wait."""


async def enqueue(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    agent_id: UUID,
    account_id: UUID,
    instruction: dict[str, Any],
    is_entry: bool,
    magic: int = MANUAL_MAGIC,
    job_id: UUID | None = None,
    priority: int | None = None,
    within: timedelta | None = None,
    reason: str = "",
) -> UUID:
    """Queue one instruction (an `agent.protocol.TradeInstruction` as a dictionary) for an account; returns the job.

    Runs in the transaction that holds the reason; agent and browser are told after its commit. The job expires after
    `within`, by default `ENTRY_WITHIN` or `EXIT_WITHIN`; `reason` is a word to find it by while it waits, `job_id` the
    number under which its reason is kept already.
    """
    job_id = job_id or uuid7()
    sql, values = queue.insert(
        job_id=job_id,
        user_id=user_id,
        agent_id=agent_id,
        account_id=account_id,
        job_type=JobType.TRADE,
        payload={"instruction": instruction, "magic": magic, "tag": tag_of(job_id), "reason": reason},
        priority=(ENTRY_PRIORITY if is_entry else EXIT_PRIORITY) if priority is None else priority,
        is_entry=is_entry,
        expires_at=clock.now() + (within or (ENTRY_WITHIN if is_entry else EXIT_WITHIN)),
    )
    await uow.run(sql, values)
    uow.tell(topics.jobs_for(agent_id))
    uow.tell(topics.of_person(user_id, "jobs"), {"id": str(job_id)})
    return job_id
