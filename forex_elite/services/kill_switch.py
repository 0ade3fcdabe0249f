"""The kill switch: no new entries on one account, a group or all, from the very transaction on; at will, all closed.

It works without any agent: the gate refuses, waiting entries are cancelled, and no claim is given one. Agents are told
by a job before all others and again with every heartbeat, so that they hold back what they already have in hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from forex_elite import clock
from forex_elite.db import guards as queries
from forex_elite.db import logs
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.automation import KillState
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.jobs import JobType
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.terminals import is_online
from forex_elite.errors import NotFound
from forex_elite.services import alerts, audit, guards, positions, settlement, trade_jobs

MOST_NAMED = 10
TOLD_WITHIN = timedelta(minutes=10)
"""The job that tells the agent is given up then: its heartbeats have told it by that time, or it is not there."""


@needs(Permission.KILL_THROW)
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
    async with unit_of_work(actor) as uow:
        rows = await _meant(uow, actor, account_ids, group_id)
        return await _throw(uow, actor, rows, flatten=flatten, address=address)


async def throw_for(uow: UnitOfWork, owner: Actor) -> tuple[KillState, ...]:
    """Stop new entries on all accounts of `owner` within the transaction of whoever suspends them."""
    return await _throw(uow, owner, await _meant(uow, owner, None, None), flatten=False)


async def _throw(
    uow: UnitOfWork, actor: Actor, rows: Sequence[Row], *, flatten: bool, address: str | None = None
) -> tuple[KillState, ...]:
    ids = [row["id"] for row in rows]
    before = {row["id"]: row["killed_at"] for row in rows}
    await queries.kill(uow, ids, now=clock.now())
    cancelled = await queries.cancel_entries(uow, ids)
    for job in cancelled:
        await settlement.settle(uow, job)
    states = []
    for row in await queries.targets(uow, actor.person_id, accounts=ids, group_id=None):
        gone = sum(job["account_id"] == row["id"] for job in cancelled)
        state = replace(_state(row), cancelled=gone)
        await _tell_agent(uow, actor, row, JobType.STOP, "kill")
        if flatten:
            receipt = await positions.flatten_with_switch(uow, actor, row["id"], row["agent_id"])
            state = replace(state, flatten_job_id=receipt.job_id)
        words = f"Kill switch on for account {row['login']}; {gone} waiting entries cancelled"
        await _log(uow, actor, row, words + ("; closing everything." if flatten else "."))
        done = {"cancelled_entries": gone, "flatten_job": state.flatten_job_id}
        await _record(uow, actor, "kill_switch.throw", state, before[state.account_id], address=address, **done)
        states.append(state)
    _tell_person(uow, actor, "thrown: no new entries", states, "; closing everything" if flatten else "", "critical")
    return tuple(states)


@needs(Permission.KILL_LIFT)
async def lift(
    actor: Actor, *, account_ids: Sequence[UUID] | None = None, group_id: UUID | None = None
) -> tuple[KillState, ...]:
    """Allow new entries again. What waited from before the switch is not carried out any more, nor is a flatten."""
    async with unit_of_work(actor) as uow:
        rows = await _meant(uow, actor, account_ids, group_id)
        ids = [row["id"] for row in rows]
        before = {row["id"]: row["killed_at"] for row in rows}
        for job in [
            *await queries.cancel_entries(uow, [row["id"] for row in rows if row["killed_at"] is not None]),
            *await queries.cancel_jobs(uow, ids, trade_jobs.WITH_SWITCH),
        ]:
            await settlement.settle(uow, job)
        await queries.cancel_jobs(uow, ids, "kill")
        await queries.lift(uow, ids)
        states = []
        for row in await queries.targets(uow, actor.person_id, accounts=ids, group_id=None):
            await _tell_agent(uow, actor, row, JobType.RUN, "lift")
            await _log(uow, actor, row, f"Kill switch off for account {row['login']}.")
            state = _state(row)
            await _record(uow, actor, "kill_switch.lift", state, before[state.account_id])
            states.append(state)
        _tell_person(uow, actor, "lifted: new entries are allowed", states, "", "info")
    return tuple(states)


@needs(Permission.ACCOUNT_READ)
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


def _tell_person(
    uow: UnitOfWork, actor: Actor, what: str, states: Sequence[KillState], more: str, severity: str
) -> None:
    """Into the notification centre and the person's channels, once for all accounts."""
    if states:
        listed = ", ".join(str(state.login) for state in states[:MOST_NAMED])
        alerts.note_event(
            uow,
            user_id=actor.person_id,
            code="kill-switch",
            message=f"Kill switch {what} on {listed}{', …' if len(states) > MOST_NAMED else ''}{more}.",
            severity=severity,
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


async def _record(
    uow: UnitOfWork,
    actor: Actor,
    action: str,
    state: KillState,
    killed_before: datetime | None,
    *,
    address: str | None = None,
    **done: object,
) -> None:
    await audit.record(
        uow,
        actor,
        action,
        subject=("account", state.account_id),
        before={"killed_at": killed_before},
        after={"killed_at": state.killed_at, **done},
        address=address,
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
