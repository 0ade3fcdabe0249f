"""Start, pause and stop automation on many accounts at once, with one honest answer per account.

Each account is asked by a job of its own, so that none waits for another. Pausing and stopping hold at the server from
the moment they are asked for, whether or not the agent answers; starting holds once the agent has confirmed it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from agent.protocol import Automation as ToldAutomation
from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import guards as queries
from forex_elite.db import logs
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.automation import (
    COMMAND_WITHIN_S,
    AccountAnswer,
    AlgoSettings,
    Answer,
    CommandRun,
    EaCommand,
    check_settings,
)
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobStatus
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.terminals import is_online
from forex_elite.errors import Conflict, NotFound
from forex_elite.services import audit, guards

LOOK_AGAIN_S = 5.0
"""Answers are looked for at least this often, should a message of the bus have been lost."""
_HELD = {
    EaCommand.PAUSE: " It is paused at the server all the same.",
    EaCommand.STOP: " It is stopped at the server all the same.",
    EaCommand.START: " It stays as it was.",
}
_DONE = {EaCommand.START: "Running", EaCommand.PAUSE: "Paused", EaCommand.STOP: "Stopped"}


class NoEnabledAccount(Conflict):
    """None of the accounts meant is enabled for trading; enable one on the accounts page."""

    code = "no-enabled-account"


@needs(Permission.AUTOMATION_COMMAND)
async def begin(
    actor: Actor,
    command: EaCommand,
    *,
    account_ids: Sequence[UUID] | None = None,
    group_id: UUID | None = None,
    settings: AlgoSettings | None = None,
) -> CommandRun:
    """Ask the enabled accounts meant (all of the actor's, some, or a group's); answers come with `look`.

    `settings` replace those of each account; None leaves each its own. Raises NotFound for an account or group that is
    not the actor's, NoEnabledAccount, and InvalidInput for settings out of range.
    """
    if settings is not None:
        check_settings(settings)
    now = clock.now()
    async with unit_of_work(actor) as uow:
        rows = await _meant(uow, actor, account_ids, group_id)
        answers = [await _ask(uow, actor, row, command, settings, now) for row in rows]
    return CommandRun(command, settings, now, tuple(answers))


async def _meant(uow: UnitOfWork, actor: Actor, account_ids: Sequence[UUID] | None, group_id: UUID | None) -> list[Row]:
    rows = await queries.targets(uow, actor.person_id, accounts=account_ids, group_id=group_id, lock=True)
    if account_ids is not None and group_id is None and {row["id"] for row in rows} != set(account_ids):
        raise NotFound("There is no such account.")
    if group_id is not None and not await queries.exists_group(uow, group_id, actor.person_id):
        raise NotFound("There is no such group.")
    enabled = [row for row in rows if row["is_enabled_for_trading"]]
    if not enabled:
        raise NoEnabledAccount("None of these accounts is enabled for trading. Enable one on the accounts page.")
    return enabled


async def _ask(
    uow: UnitOfWork, actor: Actor, row: Row, command: EaCommand, settings: AlgoSettings | None, now: datetime
) -> AccountAnswer:
    written = None if settings is None else settings.written()
    wanted = row["automation"] if command is EaCommand.START else command.wanted.value
    # Settings hold at once; only running waits for the agent's word.
    await queries.set_automation(uow, row["id"], wanted, written)
    told = await queries.told_of_account(uow, row["id"])
    assert told is not None
    config = guards.config_of(told, automation=ToldAutomation(command.wanted.value))
    answer = AccountAnswer(row["id"], row["login"], row["broker"] or row["server"], Answer.WAITING, "Asked")
    if row["agent_id"] is None or not is_online(row["last_heartbeat_at"], now):
        who = "No agent is assigned to it." if row["agent_id"] is None else "Its agent is offline."
        answer = replace(answer, answer=Answer.OFFLINE, message=who + _HELD[command])
    else:
        job_id = await guards.queue_config(
            uow,
            config,
            user_id=actor.person_id,
            agent_id=row["agent_id"],
            job_type=command.job,
            reason="ea",
            expires_at=now + timedelta(seconds=COMMAND_WITHIN_S),
        )
        answer = replace(answer, job_id=job_id)
    await audit.record(
        uow,
        actor,
        f"automation.{command.job.value}",
        subject=("account", row["id"]),
        before={"automation": row["automation"], "settings": row["ea_settings"]},
        after={
            "automation": wanted,
            "settings": row["ea_settings"] if written is None else written,
            "asked": answer.message,
        },
    )
    mode = "" if settings is None else f" Settings: {_words(settings)}."
    await logs.add_log(
        uow,
        user_id=actor.person_id,
        agent_id=row["agent_id"],
        account_id=row["id"],
        level="info" if answer.job_id else "warning",
        source="automation",
        message=f"Account {row['login']}: {command.value} asked for. {answer.message}{mode}",
    )
    guards.tell(uow, actor.person_id, row["id"])
    return answer


def _words(settings: AlgoSettings) -> str:
    lots = "no limit" if settings.max_lots is None else f"{settings.max_lots:g}"
    loss = "no limit" if settings.max_loss is None else f"{settings.max_loss:g}"
    return f"max lots {lots}, max loss {loss}, safety mode {settings.safety_mode.value}"


@needs(Permission.AUTOMATION_COMMAND)
async def look(actor: Actor, run: CommandRun) -> CommandRun:
    """The run with the answers that have come since."""
    waiting = [one.job_id for one in run.answers if not one.is_final and one.job_id is not None]
    if not waiting:
        return run
    async with unit_of_work(actor) as uow:
        found = await queries.outcomes(uow, waiting)
    is_late = clock.now() >= run.asked_at + timedelta(seconds=COMMAND_WITHIN_S)
    answers = tuple(
        one if one.is_final or one.job_id is None else _answer(one, run.command, found.get(one.job_id), is_late=is_late)
        for one in run.answers
    )
    return replace(run, answers=answers)


def _answer(one: AccountAnswer, command: EaCommand, job: Row | None, *, is_late: bool) -> AccountAnswer:
    status = JobStatus(job["status"]) if job is not None else JobStatus.CANCELLED
    if status is JobStatus.COMPLETED:
        assert job is not None
        return replace(one, answer=Answer.SUCCESS, message=_DONE[command] + _but(command, job))
    error = (job or {}).get("error") or {}
    if status is JobStatus.EXPIRED or (status is JobStatus.FAILED and error.get("code") == "expired"):
        is_late = True
    elif status in {JobStatus.FAILED, JobStatus.CANCELLED}:
        why = str(error.get("message") or f"The job was {status.value}.")
        return replace(one, answer=Answer.FAILED, message=why + _HELD[command])
    if is_late:
        words = f"No answer within {COMMAND_WITHIN_S} s.{_HELD[command]}"
        return replace(one, answer=Answer.TIMEOUT, message=words)
    return one


def _but(command: EaCommand, job: Row) -> str:
    """What keeps entries back on an account that was started."""
    if command is not EaCommand.START:
        return ""
    if job["is_killed"]:
        return ", but the kill switch is on: no entry passes until it is lifted"
    reasons = [str(hold.get("reason") or hold.get("code", "")) for hold in job["guard_holds"] or ()]
    return f", but entries are held: {', '.join(reasons)}" if reasons else ""


@needs(Permission.AUTOMATION_COMMAND)
async def command(
    actor: Actor,
    what: EaCommand,
    *,
    account_ids: Sequence[UUID] | None = None,
    group_id: UUID | None = None,
    settings: AlgoSettings | None = None,
) -> CommandRun:
    """`begin`, and wait for every answer, at most 30 s. Wakes with each end of a job; nothing is polled."""
    async with bus.current().subscribe() as subscription:
        await subscription.add([topics.of_person(actor.person_id, "jobs")])
        run = await begin(actor, what, account_ids=account_ids, group_id=group_id, settings=settings)
        until = time.monotonic() + COMMAND_WITHIN_S
        while not run.is_final:
            left = until - time.monotonic()
            if left > 0:
                await subscription.next(min(left, LOOK_AGAIN_S))
            run = await look(actor, run)
            if left <= 0 and not run.is_final:
                await asyncio.sleep(0.05)  # the two clocks may differ by a moment
    return run
