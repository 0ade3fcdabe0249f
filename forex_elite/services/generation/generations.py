"""Generations as people use them: ask, follow step by step, cancel, and see what was used today."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db.ea import generations as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.ea.generations import (
    MAX_PROMPT,
    MAX_RUNNING,
    EventKind,
    GenerationEvent,
    GenerationInfo,
    GenerationRequest,
    GenerationStatus,
    Task,
    Usage,
)
from forex_elite.domain.ea.projects import check_text
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound, TooManyRequests
from forex_elite.services import features
from forex_elite.services.ea import projects, versions
from forex_elite.services.generation import endpoint, running
from forex_elite.settings import settings

LOOK_AGAIN_S = 5.0
ABANDONED_AFTER = timedelta(seconds=90)


class NoLanguageModel(Conflict):
    """No language model is set up on this server. The strategy wizard and the templates work without one."""

    code = "llm-not-configured"


class DailyLimitReached(TooManyRequests):
    """Today's tokens are used up; the count starts anew at midnight UTC. The strategy wizard has no limit."""

    code = "llm-daily-limit"


class GenerationUnderWay(Conflict):
    """Others of yours are still under way; wait for them or cancel one."""

    code = "generation-under-way"


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@needs(Permission.PROJECT_READ)
async def usage(actor: Actor) -> Usage:
    """What the actor has used today, and may."""
    now = settings()
    async with unit_of_work(actor) as uow:
        row = await queries.today(uow, actor.person_id, since=_midnight(clock.now()))
        most = (await features.read(uow)).llm_daily_tokens
    return Usage(
        is_available=endpoint.configured() is not None,
        model=now.llm_model,
        tokens=row["tokens"],
        daily_tokens=most,
        cost=row["cost"],
        currency=now.llm_currency,
        requests=row["requests"],
    )


@needs(Permission.EXPERT_GENERATE)
async def start(actor: Actor, project_id: UUID, request: GenerationRequest) -> GenerationInfo:
    """Begin a generation; it goes on by itself, `follow` tells its steps.

    Raises NotFound, InvalidInput, NoLanguageModel, DailyLimitReached, GenerationUnderWay; nothing is then kept.
    """
    prompt = check_text(request.prompt, MAX_PROMPT, "prompt")
    if not prompt and request.task in {Task.CREATE, Task.CHANGE}:
        raise InvalidInput("Say in plain words what the program should do.", field="prompt")
    where = endpoint.configured()
    async with unit_of_work(actor) as uow:
        await projects.locked(uow, actor, project_id)
        if request.version_id is not None:
            version = await versions.found(uow, actor, request.version_id)
            if version.project_id != project_id:
                raise NotFound("This project has no such version.")
        if where is None:
            raise NoLanguageModel("No language model is set up on this server. The strategy wizard works without one.")
        now = clock.now()
        row = await queries.today(uow, actor.person_id, since=_midnight(now))
        most = (await features.read(uow)).llm_daily_tokens
        if row["tokens"] >= most:
            left = _midnight(now) + timedelta(days=1) - now
            raise DailyLimitReached(
                f"{row['tokens']:,} of {most:,} tokens are used today. The count starts anew at midnight UTC.",
                retry_after_s=int(left.total_seconds()) + 1,
            )
        if row["running"] >= MAX_RUNNING:
            raise GenerationUnderWay(f"{MAX_RUNNING} of yours are under way. Wait for them or cancel one.")
        generation_id = await queries.add(
            uow,
            actor.person_id,
            project_id,
            task=request.task,
            prompt=prompt,
            base_version_id=request.version_id,
            model=where.model,
        )
        found = await queries.find(uow, actor.person_id, generation_id)
    assert found is not None
    running.begin(actor, found, where)
    return found


@needs(Permission.PROJECT_READ)
async def get(actor: Actor, generation_id: UUID) -> GenerationInfo:
    """One generation. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id, generation_id)
    if found is None:
        raise NotFound("There is no such generation.")
    return found


@needs(Permission.PROJECT_READ)
async def list_generations(
    actor: Actor, project_id: UUID, *, cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[GenerationInfo]:
    """A project's generations, newest first. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await projects.found(uow, actor, project_id)
        return await queries.list_generations(
            uow, actor.person_id, project_id, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )


@needs(Permission.PROJECT_READ)
async def events(actor: Actor, generation_id: UUID, after: int = 0) -> list[GenerationEvent]:
    """The steps so far, after a number. Raises NotFound."""
    await get(actor, generation_id)
    async with unit_of_work(actor) as uow:
        return await queries.list_events(uow, actor.person_id, generation_id, after=after)


@needs(Permission.PROJECT_READ)
async def follow(actor: Actor, generation_id: UUID, after: int = 0) -> AsyncIterator[GenerationEvent | None]:
    """Every step after a number, as it comes, until the last; None now and then while nothing happens.

    Whichever worker writes it: the steps come from the database, the bus only says when to look. Raises NotFound.
    """
    await get(actor, generation_id)
    async with bus.current().subscribe() as subscription:
        await subscription.add([running.topic(actor.person_id, generation_id)])
        while True:
            async with unit_of_work(actor) as uow:
                found = await queries.list_events(uow, actor.person_id, generation_id, after=after)
            for event in found:
                after = event.seq
                yield event
                if event.kind is EventKind.END:
                    return
            if not found:
                yield None
            await subscription.next(LOOK_AGAIN_S)


@needs(Permission.EXPERT_GENERATE)
async def cancel(actor: Actor, generation_id: UUID) -> GenerationInfo:
    """End a generation; what was not finished leaves no version. One that has ended stays as it is. Raises NotFound."""
    await get(actor, generation_id)
    await running.end(
        actor, generation_id, GenerationStatus.CANCELLED, code="cancelled", message="No version was made."
    )
    async with unit_of_work(actor) as uow:
        uow.tell(topics.generation_ended(generation_id))
    return await get(actor, generation_id)


async def reap() -> int:
    """End generations whose server went away in the middle; returns how many (a timer's work)."""
    async with unit_of_work(service("abandoned generations")) as uow:
        rows = await queries.abandoned(uow, before=clock.now() - ABANDONED_AFTER)
    ended = 0
    for row in rows:
        owner = Actor(user_id=row["user_id"], role=Role.USER)
        ended += await running.interrupt(owner, row["id"])
    return ended


async def wait_for_end(generation_id: UUID) -> None:
    """Wait until a generation that was begun in this process is over."""
    task = running.task_of(generation_id)
    if task is not None:
        await asyncio.wait([task])
