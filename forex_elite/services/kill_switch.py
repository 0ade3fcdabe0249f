"""The kill switch: no new entries on one account, a group or all, from the very transaction on; at will, all closed.

It works without any agent: the gate refuses, waiting entries are cancelled, and no claim is given one. Agents are told
by a job before all others and again with every heartbeat, so that they hold back what they already have in hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from forex_elite import clock
from forex_elite.db import guards as queries
from forex_elite.db import logs
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.automation import KillState
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.jobs import JobType
from forex_elite.domain.terminals import is_online
from forex_elite.errors import NotFound
from forex_elite.services import alerts, audit, guards, settlement, trade_jobs

MOST_NAMED = 10
TOLD_WITHIN = timedelta(minutes=10)
"""The job that tells the agent is given up then: its heartbeats have told it by that time, or it is not there."""
FLATTEN_WITHIN = timedelta(hours=24)
"""Closing everything is still wanted when an agent returns, unless the switch was lifted before."""


async def throw(
    actor: Actor,
    *,
    account_ids: Sequence[UUID] | None = None,
    group_id: UUID | None = None,
    flatten: bool = False,
    address: str | None = None,
) -> tuple[KillState, ...]:
    """Stop new entries on the accounts meant, without any on all of the actor's; `flatten` also closes everything.

    `address` is whence it came where that is no session's. Raises NotFound for an account or group that is not theirs.
    """
    now = clock.now()
    async with unit_of_work(actor) as uow:
        rows = await _meant(uow, actor, account_ids, group_id)
        ids = [row["id"] for row in rows]
        await queries.kill(uow, ids, now=now)
        cancelled = await queries.cancel_entries(uow, ids)
        for job in cancelled:
            await settlement.settle(uow, job)
        states = []
        for row in await queries.targets(uow, actor.person_id, accounts=ids, group_id=None):
            gone = sum(job["account_id"] == row["id"] for job in cancelled)
            state = replace(_state(row), cancelled=gone)
            await _tell_agent(uow, actor, row, JobType.STOP, "kill")
            if flatten and row["agent_id"] is not None:
                state = replace(state, flatten_job_id=await _flatten(uow, actor, row))
            words = f"Kill switch on for account {row['login']}; {gone} waiting entries cancelled"
            await _log(uow, actor, row, words + ("; closing everything." if flatten else "."))
            states.append(state)
        await _note(uow, actor, "throw", states, {"flatten": flatten}, address)
    return tuple(states)


async def lift(
    actor: Actor, *, account_ids: Sequence[UUID] | None = None, group_id: UUID | None = None
) -> tuple[KillState, ...]:
    """Allow new entries again. What waited from before the switch is not carried out any more, nor is a flatten."""
    async with unit_of_work(actor) as uow:
        rows = await _meant(uow, actor, account_ids, group_id)
        ids = [row["id"] for row in rows]
        for job in [
            *await queries.cancel_entries(uow, [row["id"] for row in rows if row["killed_at"] is not None]),
            *await queries.cancel_jobs(uow, ids, "flatten"),
        ]:
            await settlement.settle(uow, job)
        await queries.cancel_jobs(uow, ids, "kill")
        await queries.lift(uow, ids)
        states = []
        for row in await queries.targets(uow, actor.person_id, accounts=ids, group_id=None):
            await _tell_agent(uow, actor, row, JobType.RUN, "lift")
            await _log(uow, actor, row, f"Kill switch off for account {row['login']}.")
            states.append(_state(row))
        await _note(uow, actor, "lift", states, {}, None)
    return tuple(states)


async def states(actor: Actor) -> tuple[KillState, ...]:
    """The switch of each of the actor's accounts."""
    async with unit_of_work(actor) as uow:
        rows = await queries.targets(uow, actor.person_id, accounts=None, group_id=None)
    return tuple(map(_state, rows))


async def clear_slipped() -> int:
    """Cancel entries queued by alerts that were judged just before a switch was thrown; returns how many."""

    async def clear(uow: UnitOfWork) -> int:
        jobs = await queries.cancel_entries_of_killed(uow)
        for job in jobs:
            await settlement.settle(uow, job)
        return len(jobs)

    return await repeatable(service("kill switch"), clear)


async def _meant(uow: UnitOfWork, actor: Actor, account_ids: Sequence[UUID] | None, group_id: UUID | None) -> list[Row]:
    rows = await queries.targets(uow, actor.person_id, accounts=account_ids, group_id=group_id, lock=True)
    if account_ids is not None and {row["id"] for row in rows} != set(account_ids):
        raise NotFound("There is no such account.")
    if group_id is not None and not await queries.exists_group(uow, group_id, actor.person_id):
        raise NotFound("There is no such group.")
    return rows


async def _tell_agent(uow: UnitOfWork, actor: Actor, row: Row, job_type: JobType, reason: str) -> None:
    guards.tell(uow, actor.person_id, row["id"])
    if row["agent_id"] is None:
        return
    told = await queries.told_of_account(uow, row["id"])
    assert told is not None
    await guards.queue_config(
        uow,
        guards.config_of(told),
        user_id=actor.person_id,
        agent_id=row["agent_id"],
        job_type=job_type,
        reason=reason,
        expires_at=clock.now() + TOLD_WITHIN,
    )


async def _flatten(uow: UnitOfWork, actor: Actor, row: Row) -> UUID:
    """Close every position, and cancel every pending order before, so that none opens in between."""
    made = [
        await trade_jobs.enqueue(
            uow,
            user_id=actor.person_id,
            agent_id=row["agent_id"],
            account_id=row["id"],
            instruction={"do": what, "any_magic": True},
            is_entry=False,
            priority=guards.TOP_PRIORITY - 1,
            within=FLATTEN_WITHIN,
            reason="flatten",
        )
        for what in ("cancel", "close")
    ]
    return made[-1]


async def _note(
    uow: UnitOfWork,
    actor: Actor,
    what: str,
    states: Sequence[KillState],
    more: dict[str, bool],
    address: str | None,
) -> None:
    """Into the audit log and the notification centre, once for all accounts."""
    if not states:
        return
    logins = [state.login for state in states]
    await audit.record(uow, actor, f"kill_switch.{what}", after={"accounts": logins, **more}, address=address)
    words = "thrown: no new entries" if what == "throw" else "lifted: new entries are allowed"
    listed = ", ".join(map(str, logins[:MOST_NAMED])) + (", …" if len(logins) > MOST_NAMED else "")
    alerts.note_event(
        uow,
        user_id=actor.person_id,
        code="kill-switch",
        message=f"Kill switch {words} on {listed}{'; closing everything' if more.get('flatten') else ''}.",
        severity="critical" if what == "throw" else "info",
    )


async def _log(uow: UnitOfWork, actor: Actor, row: Row, words: str) -> None:
    await logs.add_log(
        uow,
        user_id=actor.person_id,
        agent_id=row["agent_id"],
        account_id=row["id"],
        level="warning",
        source="kill-switch",
        message=words,
    )


def _state(row: Row) -> KillState:
    return KillState(
        account_id=row["id"],
        login=row["login"],
        server=row["server"],
        name=row["name"] or row["broker"] or row["server"],
        killed_at=row["killed_at"],
        confirmed_at=row["kill_confirmed_at"],
        has_agent=row["agent_id"] is not None,
        is_agent_online=is_online(row["last_heartbeat_at"], clock.now()),
    )
