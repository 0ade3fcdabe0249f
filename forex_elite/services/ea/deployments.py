"""Experts on accounts: deploy, start, pause, stop, change inputs, upgrade, roll back; and who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from agent.protocol import Deployment
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import queue
from forex_elite.db.ea import deployments as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.ea.deployments import (
    AccountChecks,
    DeploymentEvent,
    DeploymentFilter,
    DeploymentInfo,
    DeploymentRequest,
    Desired,
    Limits,
)
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.jobs import JobType
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, ForexEliteError, InvalidInput, NotFound, Refused
from forex_elite.mql5.typed_inputs import InputsRefused, typed
from forex_elite.services import audit, expert_jobs
from forex_elite.services.ea import preflight
from forex_elite.services.ea.preflight import Plan, PreflightFailed

MAX_AT_ONCE = 50
_JOBS = {Desired.RUNNING: JobType.RUN, Desired.PAUSED: JobType.PAUSE, Desired.STOPPED: JobType.STOP}
_EVENTS = {Desired.RUNNING: "started", Desired.PAUSED: "paused", Desired.STOPPED: "stopped"}
_ACTIONS = {
    "deployed": "deploy",
    "started": "start",
    "paused": "pause",
    "stopped": "stop",
    "upgraded": "upgrade",
    "inputs_changed": "inputs.change",
    "limits_changed": "limits.change",
    "rolled_back": "roll_back",
}
"""What the audit log calls what the history tells."""
_AUDITED = ("desired", "inputs", "magic", "limits")


class NothingEarlier(Conflict):
    """No other version has run here before, so there is nothing to roll back to."""

    code = "nothing-to-roll-back-to"


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of a command for one deployment; `code` empty when it was sent."""

    deployment_id: UUID
    deployment: DeploymentInfo | None
    code: str = ""
    reason: str = ""


@needs(Permission.DEPLOYMENT_READ)
async def check(actor: Actor, request: DeploymentRequest) -> tuple[AccountChecks, ...]:
    """All checks of a request, without sending anything. Raises as `preflight.plan`."""
    return (await preflight.plan(actor, request)).accounts


@needs(Permission.DEPLOYMENT_COMMAND)
async def deploy(actor: Actor, request: DeploymentRequest) -> tuple[DeploymentInfo, ...]:
    """Deploy a version to accounts, and start it there unless told otherwise: on all of them or on none.

    Raises PreflightFailed with what stands in the way, and as `preflight.plan`.
    """
    plan = await preflight.plan(actor, request)
    plan.refuse_blocked()
    group_id = uuid7()
    made = []
    async with unit_of_work(actor) as uow:
        for account in plan.accounts:
            deployment_id = await queries.add(uow, actor.person_id, _columns(request, plan, account, group_id))
            data = {"version_id": str(plan.version.id), "version": plan.version.number, "inputs": plan.inputs}
            row = await _locked(uow, actor, deployment_id)
            where = {"expert": plan.expert, "login": account.login, "symbol": account.symbol}
            after = {**where, "timeframe": request.timeframe, **_audited(row, plan.version.number)}
            await _note(uow, actor, deployment_id, "deployed", {**data, "symbol": account.symbol}, after=after)
            if request.is_started:
                await _send(uow, row, Desired.RUNNING, JobType.RUN)
            else:
                await _send(uow, row, Desired.STOPPED, JobType.DEPLOY)
            made.append(deployment_id)
        return await _infos(uow, actor, made)


def _columns(request: DeploymentRequest, plan: Plan, account: AccountChecks, group_id: UUID) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "project_id": plan.version.project_id,
        "version_id": plan.version.id,
        "account_id": account.account_id,
        "expert": plan.expert,
        "sha256": plan.version.ex5_sha256,
        "symbol": account.symbol,
        "timeframe": request.timeframe,
        "magic": plan.magic,
        "inputs": plan.inputs,
        "limits": request.limits.written(),
        "desired": (Desired.RUNNING if request.is_started else Desired.STOPPED).value,
    }


async def _send(uow: UnitOfWork, row: Row, desired: Desired, job_type: JobType) -> None:
    """Queue the job that carries a wish; one that waits with an older wish is taken back first."""
    if row["agent_id"] is None:
        raise expert_jobs.AgentGone("This account has no agent any more.")
    if desired is Desired.RUNNING:
        await _refuse_twin(uow, row)
    if row["job_id"] is not None:
        await queue.cancel(uow, row["job_id"])
    message = Deployment(
        deployment_id=row["id"],
        expert=row["expert"],
        sha256=row["sha256"],
        symbol=row["symbol"],
        timeframe=row["timeframe"],
        inputs=row["inputs"],
        magic=row["magic"],
    )
    job_id = await expert_jobs.enqueue(uow, row["user_id"], row["agent_id"], row["account_id"], job_type, message)
    await queries.wish(uow, row["id"], desired=desired, job_id=job_id)
    uow.tell(topics.of_person(row["user_id"], "deployments"), {"id": str(row["id"])})


async def _refuse_twin(uow: UnitOfWork, row: Row) -> None:
    """Two requests at once may both have passed the checks: here the second one finds the first."""
    if row["magic"] is None:
        return
    await queries.one_at_a_time(uow, row["user_id"])
    twins, _ = await queries.same_magic(uow, row["account_id"], row["symbol"], row["magic"], but=row["id"])
    if twins:
        raise PreflightFailed(f"{twins[0]} uses magic number {row['magic']} on {row['symbol']} already.")


async def _note(
    uow: UnitOfWork,
    actor: Actor,
    deployment_id: UUID,
    kind: str,
    data: dict[str, Any],
    *,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Tell the deployment's history and the audit log what a person did; of what stood before, what differs."""
    await queries.add_event(uow, actor.person_id, deployment_id, kind, data, actor_id=actor.user_id)
    was, now = (None, after) if before is None else audit.changes(before, after)
    subject = ("deployment", deployment_id)
    await audit.record(uow, actor, f"deployments.{_ACTIONS[kind]}", subject=subject, before=was, after=now)


def _audited(row: Row, version: int) -> dict[str, Any]:
    return {"version": version, **{name: row[name] for name in _AUDITED}}


async def _infos(uow: UnitOfWork, actor: Actor, ids: Sequence[UUID]) -> tuple[DeploymentInfo, ...]:
    page = await queries.list_deployments(uow, actor.person_id, now=clock.now(), ids=ids)
    by_id = {info.id: info for info in page.items}
    return tuple(by_id[one] for one in ids if one in by_id)


async def _locked(uow: UnitOfWork, actor: Actor, deployment_id: UUID) -> Row:
    row = await queries.lock(uow, actor.person_id, deployment_id)
    if row is None:
        raise NotFound("There is no such deployment.")
    return row


@needs(Permission.DEPLOYMENT_READ)
async def list_deployments(
    actor: Actor,
    wanted: DeploymentFilter | None = None,
    *,
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[DeploymentInfo]:
    """The actor's deployments over all programs, last made first."""
    async with unit_of_work(actor) as uow:
        return await queries.list_deployments(
            uow,
            actor.person_id,
            now=clock.now(),
            wanted=wanted,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.DEPLOYMENT_READ)
async def get(actor: Actor, deployment_id: UUID) -> DeploymentInfo:
    """One deployment. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await _infos(uow, actor, [deployment_id])
    if not found:
        raise NotFound("There is no such deployment.")
    return found[0]


@needs(Permission.DEPLOYMENT_READ)
async def compare(actor: Actor, ids: Sequence[UUID]) -> tuple[DeploymentInfo, ...]:
    """Deployments side by side, in the order asked for. Raises NotFound when one is not the actor's."""
    async with unit_of_work(actor) as uow:
        found = await _infos(uow, actor, ids)
    if len(found) < len(set(ids)):
        raise NotFound("One of these deployments does not exist.")
    return found


@needs(Permission.DEPLOYMENT_READ)
async def list_events(
    actor: Actor, deployment_id: UUID, *, cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[DeploymentEvent]:
    """Who did what, and what became of it, newest first. Raises NotFound."""
    await get(actor, deployment_id)
    async with unit_of_work(actor) as uow:
        return await queries.list_events(
            uow, actor.person_id, deployment_id, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )


@needs(Permission.DEPLOYMENT_COMMAND)
async def command(actor: Actor, deployment_id: UUID, desired: Desired) -> DeploymentInfo:
    """Start, pause or stop an expert. Starting is checked as deploying is; stopping and pausing never are.

    Raises NotFound, AgentGone, PreflightFailed.
    """
    if desired is Desired.RUNNING:
        await _check_again(actor, await get(actor, deployment_id))
    async with unit_of_work(actor) as uow:
        row = await _locked(uow, actor, deployment_id)
        await _send(uow, row, desired, _JOBS[desired])
        was, now = {"desired": row["desired"]}, {"desired": desired}
        await _note(uow, actor, deployment_id, _EVENTS[desired], {}, before=was, after=now)
        (info,) = await _infos(uow, actor, [deployment_id])
    return info


@needs(Permission.DEPLOYMENT_COMMAND)
async def command_all(actor: Actor, ids: Sequence[UUID], desired: Desired) -> tuple[CommandResult, ...]:
    """The same command for several, each with its own result: one that is refused keeps none of the others back."""
    if not 0 < len(ids) <= MAX_AT_ONCE:
        raise InvalidInput(f"Choose 1 to {MAX_AT_ONCE} deployments.", field="ids")
    results = []
    for one in dict.fromkeys(ids):
        try:
            results.append(CommandResult(one, await command(actor, one, desired)))
        except Refused as refusal:
            results.append(CommandResult(one, None, refusal.code, refusal.message))
    return tuple(results)


async def _check_again(
    actor: Actor,
    info: DeploymentInfo,
    *,
    version_id: UUID | None = None,
    inputs: Mapping[str, Any] | None = None,
    magic: int | None = None,
) -> Plan:
    request = DeploymentRequest(
        version_id=version_id or info.version_id,
        account_ids=(info.account_id,),
        symbol=info.symbol,
        timeframe=info.timeframe,
        inputs=info.inputs if inputs is None else inputs,
        magic=info.magic if magic is None else magic,
    )
    plan = await preflight.plan(actor, request, but=info.id)
    plan.refuse_blocked()
    preflight.refuse_stranger(info, plan)
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentChange:
    """What to change; None leaves as it is."""

    inputs: Mapping[str, Any] | None = None
    limits: Limits | None = None
    version_id: UUID | None = None


@needs(Permission.DEPLOYMENT_COMMAND)
async def change(
    actor: Actor, deployment_id: UUID, changes: DeploymentChange, *, kind: str | None = None
) -> DeploymentInfo:
    """Give an expert other inputs, limits or another version; one that runs is restarted with them by its agent.

    Inputs the other version lacks are left behind, unless given. Raises NotFound, InputsRefused, PreflightFailed.
    """
    info = await get(actor, deployment_id)
    version_id = changes.version_id or info.version_id
    inputs = changes.inputs
    if inputs is None and version_id != info.version_id:
        inputs = await _inputs_that_fit(actor, version_id, info.inputs)
    is_other = inputs is not None or version_id != info.version_id
    plan = await _check_again(actor, info, version_id=version_id, inputs=inputs) if is_other else None
    async with unit_of_work(actor) as uow:
        row = await _locked(uow, actor, deployment_id)
        limits = row["limits"] if changes.limits is None else changes.limits.written()
        await queries.change(
            uow,
            deployment_id,
            {
                "version_id": plan.version.id if plan else row["version_id"],
                "expert": plan.expert if plan else row["expert"],
                "sha256": plan.version.ex5_sha256 if plan else row["sha256"],
                "inputs": plan.inputs if plan else row["inputs"],
                "magic": plan.magic if plan else row["magic"],
                "limits": limits,
            },
        )
        if changes.limits is not None:
            was, now = {"limits": row["limits"]}, {"limits": limits}
            await _note(uow, actor, deployment_id, "limits_changed", now, before=was, after=now)
        if plan is not None:
            named = kind or ("upgraded" if version_id != info.version_id else "inputs_changed")
            data = {"version_id": str(plan.version.id), "version": plan.version.number, "inputs": plan.inputs}
            fresh = await _locked(uow, actor, deployment_id)
            was, now = _audited(row, info.version_number), _audited(fresh, plan.version.number)
            await _note(uow, actor, deployment_id, named, data, before=was, after=now)
            if row["desired"] == Desired.RUNNING:
                await _send(uow, fresh, Desired.RUNNING, JobType.RUN)
        uow.tell(topics.of_person(actor.person_id, "deployments"), {"id": str(deployment_id)})
        (changed,) = await _infos(uow, actor, [deployment_id])
    return changed


async def _inputs_that_fit(actor: Actor, version_id: UUID, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the inputs the version has with types that take them."""
    declared = await preflight.declared(actor, version_id)
    kept: dict[str, Any] = {}
    for name, value in inputs.items():
        with suppress(InputsRefused):
            kept |= typed(declared, {name: value})
    return kept


@needs(Permission.DEPLOYMENT_COMMAND)
async def roll_back(actor: Actor, deployment_id: UUID) -> DeploymentInfo:
    """Go back to the version that was last proven to run before this one, else to the last one wanted, with its inputs.

    Raises NotFound, NothingEarlier, PreflightFailed.
    """
    info = await get(actor, deployment_id)
    async with unit_of_work(actor) as uow:
        earlier = await queries.find_earlier_version(uow, deployment_id, info.version_id)
    if earlier is None:
        raise NothingEarlier("No other version ran here before.")
    wanted = DeploymentChange(version_id=earlier["version_id"], inputs=earlier["inputs"] or {})
    return await change(actor, deployment_id, wanted, kind="rolled_back")


async def watch_limits() -> int:
    """Pause experts that reached a limit of theirs; returns how many (a timer's work)."""
    now = clock.now()
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    async with unit_of_work(service("deployment limits")) as uow:
        rows = await queries.watched(uow, since=max(day, now - timedelta(days=1)))
    paused = 0
    for row in rows:
        words = Limits.read(row["limits"]).reached(
            result=float(row["result"]), positions=row["positions"], lots=float(row["lots"])
        )
        if words:
            paused += await _pause_for(row["user_id"], row["id"], words)
    return paused


async def _pause_for(user_id: UUID, deployment_id: UUID, words: str) -> bool:
    async def pause(uow: UnitOfWork) -> bool:
        row = await queries.lock(uow, user_id, deployment_id)
        if row is None or row["desired"] != Desired.RUNNING:
            return False
        await queries.add_event(uow, user_id, deployment_id, "limit_reached", {"reason": words})
        await _send(uow, row, Desired.PAUSED, JobType.PAUSE)
        return True

    try:
        return await repeatable(Actor(user_id=user_id, role=Role.USER), pause)
    except ForexEliteError:
        return False
