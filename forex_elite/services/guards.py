"""What agents are told to enforce on their accounts, and what they say they do: the server's side of the guards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from agent.protocol import (
    AccountConfig,
    AccountLimits,
    AlgoSettings,
    Automation,
    Heartbeat,
    JobError,
    Limit,
    LimitAction,
    Weekend,
)
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import guards as queries
from forex_elite.db import logs, queue
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.identity import service
from forex_elite.domain.jobs import JobStatus, JobType
from forex_elite.domain.limits import NAMES
from forex_elite.services import audit, storable

COMMANDS = frozenset({JobType.RUN, JobType.PAUSE, JobType.STOP})
OF_ACCOUNTS = frozenset({"ea", "kill", "lift"})
"""Reasons of commands to a whole account: the trader's own, the kill switch, its lifting."""
MOST_REVISIONS = 2**31
LIMITS = "limits"
"""Reason of a command that only brings changed limits, or the owner's word that what they hold is lifted."""
_BRINGS = {Automation.RUNNING: JobType.RUN, Automation.PAUSED: JobType.PAUSE, Automation.STOPPED: JobType.STOP}
_LIMITS_WITHIN = timedelta(minutes=1)
"""An agent that is away hears of them with its next heartbeat."""
TOP_PRIORITY = 100
"""Goes before every order that waits."""


def config_of(row: Row, **changes: Any) -> AccountConfig:
    """What an agent is told of an account (a row of `queries.told_to_agent`); `changes` are not yet stored."""
    actions = row["limit_actions"]
    figures = {
        name: Limit(value=float(row[name]), action=LimitAction(actions.get(name, LimitAction.STOP_ENTRIES)))
        for name in NAMES
        if row[name] is not None
    }
    return AccountConfig(
        **{
            "id": row["id"],
            "login": row["login"],
            "server": row["server"],
            "revision": row["guard_revision"],
            "automation": Automation(row["automation"]),
            "killed": row["killed_at"] is not None,
            "limits": AccountLimits(
                **figures,
                week=row["trading_hours"],
                weekend=None if row["weekend"] is None else Weekend.model_validate(row["weekend"]),
            ),
            "settings": AlgoSettings.model_validate(row["ea_settings"]),
            "resumed": row["resumed"],
            "is_assigned": row["is_assigned"],
            "kind": row["kind"],
            "path": row["terminal_path"],
            "password_version": row["password_version"],
            **changes,
        }
    )


async def told_to(uow: UnitOfWork, agent_id: UUID) -> list[AccountConfig]:
    """Everything an agent is to enforce."""
    return [config_of(row) for row in await queries.told_to_agent(uow, agent_id)]


async def hear(uow: UnitOfWork, user_id: UUID, agent_id: UUID, beat: Heartbeat) -> None:
    """Store what the agent's guards say in a heartbeat; pages are told of what is new."""
    reports = [
        {
            "login": terminal.login,
            "server": storable.text(terminal.server),
            "revision": min(max(terminal.guard.revision, -1), MOST_REVISIONS - 1),
            "automation": terminal.guard.automation.value,
            "is_killed": terminal.guard.is_killed,
            "holds": storable.document([hold.model_dump(mode="json") for hold in terminal.guard.holds]),
        }
        for terminal in beat.terminals
        if terminal.guard is not None and abs(terminal.login) < 2**63
    ]
    if not reports:
        return
    for account_id in await queries.note_guards(uow, agent_id, reports, now=clock.now()):
        tell(uow, user_id, account_id)


async def hold_suspended(uow: UnitOfWork, user_id: UUID) -> None:
    """Throw the kill switch on accounts of a suspended person that came to be known after it was thrown on all."""
    now = clock.now()
    for account_id in await queries.kill_missed(uow, user_id, now=now):
        await audit.record(
            uow,
            service("suspension"),  # an agent has reported it, no person did anything
            "kill_switch.throw",
            user_id=user_id,
            subject=("account", account_id),
            before={"killed_at": None},
            after={"killed_at": now},
        )
        tell(uow, user_id, account_id)


def tell(uow: UnitOfWork, user_id: UUID, account_id: UUID) -> None:
    """Tell pages that an account's guard or automation has changed."""
    uow.tell(topics.of_person(user_id, f"account:{account_id}"), {"id": str(account_id)})
    uow.tell(topics.of_person(user_id, "accounts"), {"id": str(account_id)})


async def queue_config(
    uow: UnitOfWork,
    config: AccountConfig,
    *,
    user_id: UUID,
    agent_id: UUID,
    job_type: JobType,
    reason: str,
    priority: int = TOP_PRIORITY,
    expires_at: datetime | None = None,
) -> UUID:
    """Queue a job that brings an account's configuration to its agent at once, before its next heartbeat."""
    job_id = uuid7()
    told = config.model_dump(mode="json")
    payload = {"scope": "account", "reason": reason, "settings": told["settings"], "account": told}
    sql, values = queue.insert(
        job_id=job_id,
        user_id=user_id,
        agent_id=agent_id,
        account_id=config.id,
        job_type=job_type,
        payload=payload,
        priority=priority,
        expires_at=expires_at,
    )
    await uow.run(sql, values)
    uow.tell(topics.jobs_for(agent_id))
    return job_id


async def tell_limits(uow: UnitOfWork, user_id: UUID, account_id: UUID) -> None:
    """Bring an account's limits to its agent at once; nothing happens for an account without one."""
    row = await queries.told_of_account(uow, account_id)
    if row is None or row["agent_id"] is None:
        return
    config = config_of(row)
    await queue_config(
        uow,
        config,
        user_id=user_id,
        agent_id=row["agent_id"],
        job_type=_BRINGS[config.automation],
        reason=LIMITS,
        expires_at=clock.now() + _LIMITS_WITHIN,
    )


async def ended(uow: UnitOfWork, job: Row, result: Mapping[str, Any] | None, error: JobError | None) -> None:
    """Act on the end of a `run`, `pause` or `stop` job of an account: the agent has confirmed it, or it has not.

    Such jobs of a single deployment are none of its business.

    Only a confirmed start lets automated entries pass again; a pause or a stop held from the moment it was asked for.
    """
    account_id, user_id = job["account_id"], job["user_id"]
    told = await queries.told_of_account(uow, account_id) if account_id is not None else None
    if told is None:
        return
    what = {JobType.RUN: "start", JobType.PAUSE: "pause", JobType.STOP: "stop"}[JobType(job["type"])]
    status = JobStatus(job["status"])
    reason = await queries.reason_of(uow, job["id"])
    if reason == LIMITS:
        await _note_answer(uow, account_id, result)
        tell(uow, user_id, account_id)
    if reason not in OF_ACCOUNTS:
        return
    if reason in {"kill", "lift"}:
        what = "kill switch" if reason == "kill" else "lifting of the kill switch"
    if status is JobStatus.COMPLETED:
        if reason == "kill":
            await queries.confirm_kill(uow, account_id, now=clock.now())
        elif reason == "ea" and job["type"] == JobType.RUN:
            await queries.set_automation(uow, account_id, Automation.RUNNING, None)
        await _note_answer(uow, account_id, result)
        words, level = f"Account {told['login']}: the agent has confirmed the {what}.", "info"
    else:
        why = error.message if error is not None and error.message else f"the job is {status.value}"
        words, level = f"Account {told['login']}: the agent has not confirmed the {what}: {why}", "warning"
    if status is not JobStatus.PENDING:
        await logs.add_log(
            uow,
            user_id=user_id,
            agent_id=job["agent_id"],
            account_id=account_id,
            level=level,
            source="automation",
            message=words[:2000],
        )
    tell(uow, user_id, account_id)


async def _note_answer(uow: UnitOfWork, account_id: UUID, result: Mapping[str, Any] | None) -> None:
    said, revision = str((result or {}).get("algo_status", "")), (result or {}).get("revision", -1)
    if said in set(Automation) and isinstance(revision, int) and -1 <= revision < MOST_REVISIONS:
        await queries.note_answer(uow, account_id, said, revision)
