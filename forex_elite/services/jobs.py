"""The queue as agents use it: claim with a long poll, extend, report, reconcile; and its upkeep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from agent.protocol import Job, JobAccount, JobError, JobResult, ResultStatus, UnsettledJobs
from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import queue
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.jobs import NOT_WHILE_SUSPENDED, JobState, JobStatus, JobType, may_run_twice
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, NotFound
from forex_elite.services import candles, endings, storable
from forex_elite.services.agents import AgentCaller
from forex_elite.services.together import Together

LOOK_AGAIN_S = 5.0
"""A waiting agent looks at the queue at least this often, should a wake-up have been lost."""

LANES, MOST_TOGETHER = 4, 32
"""So many groups of waiting agents claim at a time, each at most so many."""

_STOP = "stop"
_waiting: set[bus.Subscription] = set()

_ENDS = {
    ResultStatus.COMPLETED: JobStatus.COMPLETED,
    ResultStatus.FAILED: JobStatus.FAILED,
    ResultStatus.UNKNOWN: JobStatus.UNKNOWN,
}
_REPEATABLE = [kind.value for kind in JobType if may_run_twice(kind)]
_BARRED = [kind.value for kind in NOT_WHILE_SUSPENDED]


class LeaseLost(Conflict):
    """Somebody else holds this job now, or its lease ran out and it was given back; drop it."""

    code = "lease-lost"


def _job(row: Row) -> Job:
    account = None
    if row["account_id"] is not None:
        account = JobAccount(id=row["account_id"], login=row["login"], server=row["server"])
    return Job(
        id=row["id"],
        type=row["type"],
        payload=row["payload"],
        lease_token=row["lease_token"],
        lease_expires_at=row["lease_expires_at"],
        expires_at=row["expires_at"],
        server_time=clock.now(),
        account=account,
        attempts=row["attempts"],
    )


async def _claim_each(callers: Sequence[AgentCaller]) -> list[Job | Exception | None]:
    """A job or None for each: one transaction per person, whose agents an alert for several accounts wakes together.

    What befalls one person's transaction, their agents alone are told.
    """
    of_person: dict[UUID, list[int]] = {}
    for place, caller in enumerate(callers):
        of_person.setdefault(caller.user_id, []).append(place)
    found: list[Job | Exception | None] = [None] * len(callers)

    async def claim(places: list[int]) -> None:
        given: Sequence[Job | Exception | None]
        try:
            given = await _claim([callers[place] for place in places])
        except Exception as failure:  # noqa: BLE001 - it belongs to those who asked
            given = [failure] * len(places)
        for place, job in zip(places, given, strict=True):
            found[place] = job

    await asyncio.gather(*map(claim, of_person.values()))
    return found


async def _claim(callers: Sequence[AgentCaller]) -> list[Job | None]:
    """The same for agents of one person. Each claim sees what those before it took."""
    now = clock.now()
    async with unit_of_work(callers[0].actor, is_single=True) as uow:
        answers = await uow.run_all(
            [
                queue.claim(one.id, now=now, instance=one.instance, barred=_BARRED if one.is_suspended else ())
                for one in callers
            ]
        )
        return [None if (row := answer.row()) is None else _claimed(uow, row) for answer in answers]


def _claimed(uow: UnitOfWork, row: Row) -> Job:
    if row["type"] == JobType.TRADE:
        uow.tell(topics.of_person(row["user_id"], "signals"), {"job_id": str(row["id"]), "stage": "claimed"})
    uow.tell(topics.of_person(row["user_id"], "jobs"), {"id": str(row["id"])})
    return _job(row)


_counter: Together[AgentCaller, Job | None] = Together(_claim_each, lanes=LANES, most=MOST_TOGETHER)


async def claim_next(caller: AgentCaller, wait_s: float, is_gone: Callable[[], Awaitable[bool]]) -> Job | None:
    """The agent's next job, waiting up to `wait_s` seconds for one to be committed; None when none came.

    `is_gone` tells whether the caller hung up: nothing may be claimed for somebody who will never hear of it.
    """
    deadline = time.monotonic() + wait_s
    async with bus.current().subscribe() as subscription:
        await subscription.add([topics.jobs_for(caller.id)])
        _waiting.add(subscription)
        try:
            while not await is_gone():
                job = await _counter.submit(caller)
                left = deadline - time.monotonic()
                if job is not None or left <= 0:
                    return job
                if _STOP in await subscription.next(min(left, LOOK_AGAIN_S)):
                    return None
        finally:
            _waiting.discard(subscription)
    return None


def end_waits() -> None:
    """Send every agent that waits here away empty-handed: this process is about to stop."""
    for subscription in _waiting:
        subscription.offer(_STOP, {})


async def extend(caller: AgentCaller, job_id: UUID, lease_token: UUID) -> datetime:
    """Prolong a lease; returns its new end.

    Raises NotFound for another agent's job, LeaseLost when the token is no longer good.
    """
    async with unit_of_work(caller.actor) as uow:
        until = await queue.extend(uow, job_id, caller.id, lease_token)
        if until is None:
            await _refuse_stale(uow, caller, job_id)
        return until


async def _refuse_stale(uow: UnitOfWork, caller: AgentCaller, job_id: UUID) -> NoReturn:
    if not await queue.belongs_to(uow, job_id, caller.id):
        raise NotFound("This agent has no such job.")
    raise LeaseLost("The lease of this job is no longer held by this token.")


async def report(caller: AgentCaller, job_id: UUID, result: JobResult) -> JobStatus:
    """End a job with its lease token; the same report again is answered alike and changes nothing.

    `not_sent` gives a job back, since nothing reached the terminal. Raises NotFound and LeaseLost.
    """
    outcome = storable.document(result.result)
    words = JobError(message=result.error) if isinstance(result.error, str) else result.error
    told = storable.document(words.model_dump()) if words is not None else None
    error = JobError(**told) if told is not None else None
    bars = outcome.pop("bars", None) if isinstance(outcome, dict) else None  # kept as candles, not with their job

    async def end(uow: UnitOfWork) -> JobStatus:
        if result.status is ResultStatus.NOT_SENT:
            row = await queue.give_back(uow, job_id, caller.id, result.lease_token, error=told, now=clock.now())
        else:
            row = await queue.finish(
                uow,
                job_id,
                caller.id,
                result.lease_token,
                status=_ENDS[result.status].value,
                result=outcome,
                error=told,
            )
        if row is None:
            ended = await queue.find_ended(uow, job_id, caller.id, result.lease_token)
            if ended is None:
                await _refuse_stale(uow, caller, job_id)
            return JobStatus(ended)
        if row["type"] == JobType.HISTORY and bars is not None:
            await candles.store(uow, row, bars, outcome)
        await _tell_ended(uow, row, outcome, error)
        return JobStatus(row["status"])

    return await repeatable(caller.actor, end)


async def _tell_ended(uow: UnitOfWork, row: Row, outcome: dict[str, Any] | None, error: JobError | None) -> None:
    await endings.settle(uow, row, result=outcome, error=error)
    if row["status"] == JobStatus.PENDING:
        uow.tell(topics.jobs_for(row["agent_id"]))


async def unsettled(caller: AgentCaller, *, include_running: bool) -> UnsettledJobs:
    """Jobs of this agent whose fate is open, each under a fresh lease (see `UnsettledJobs`)."""
    async with unit_of_work(caller.actor) as uow:
        rows = await queue.take_unsettled(uow, caller.id, include_running=include_running, instance=caller.instance)
    return UnsettledJobs(items=[_job(row) for row in rows])


@needs(Permission.JOB_READ)
async def find(actor: Actor, job_id: UUID) -> JobState:
    """A job of the actor's. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        row = await queue.find(uow, job_id, actor.person_id)
    if row is None:
        raise NotFound("There is no such job.")
    return JobState(**row)


@needs(Permission.JOB_CANCEL)
async def cancel(actor: Actor, job_id: UUID) -> None:
    """Cancel a job of the actor's that nobody has claimed. Raises NotFound, and Conflict when it was or has ended.

    Staff cancel others' jobs where that is audited: `work_queue.cancel`.
    """
    async with unit_of_work(actor) as uow:
        if await queue.find(uow, job_id, actor.person_id) is None:
            raise NotFound("There is no such job.")
        row = await queue.cancel(uow, job_id)
        if row is None:
            raise Conflict("This job can no longer be cancelled: an agent has it, or it has ended.")
        await endings.settle(uow, row)


async def expire_late() -> int:
    """End pending jobs whose time is over and tell their signals; returns how many."""

    async def expire(uow: UnitOfWork) -> int:
        rows = await queue.expire_pending(uow, now=clock.now())
        for row in rows:
            await endings.settle(uow, row)
        return len(rows)

    return await repeatable(service("expiry"), expire)


async def reap() -> int:
    """Act on leases that ran out: orders become unknown, repeatable work goes back; returns how many."""

    async def act(uow: UnitOfWork) -> int:
        rows = await queue.reap_lost(uow, now=clock.now(), repeatable=_REPEATABLE)
        for row in rows:
            await endings.settle(uow, row)
            if row["status"] == JobStatus.PENDING:
                uow.tell(topics.jobs_for(row["agent_id"]))
        return len(rows)

    return await repeatable(service("reaper"), act)
