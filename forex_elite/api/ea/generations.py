"""`/api/ea/…/generate` and `/generations`: programs out of plain words, followed step by step as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.domain.ea.generations import MAX_PROMPT, GenerationEvent, GenerationInfo, GenerationRequest, Task
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services.generation import generations

router = APIRouter(prefix="/api/ea", tags=["experts: generation"])

EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


class Wish(BaseModel):
    """What is wanted, in plain words; about `version_id`, or about the draft. Only repairing needs no words."""

    task: Task = Task.CREATE
    prompt: Annotated[str, Field(max_length=MAX_PROMPT)] = ""
    version_id: UUID | None = None


class GenerationOut(BaseModel):
    """A generation. Only `completed` made a version or an explanation; `code` and `message` say what went wrong.

    `charged_tokens` count against the day: nothing when the model was unavailable or refused. `cost` is in the
    operator's currency.
    """

    id: UUID
    project_id: UUID
    task: str
    prompt: str
    base_version_id: UUID | None
    model: str
    status: str
    code: str
    message: str
    rounds: int
    version_id: UUID | None
    prompt_tokens: int
    completion_tokens: int
    charged_tokens: int
    cost: float
    created_at: AwareDatetime
    ended_at: AwareDatetime | None

    @classmethod
    def of(cls, info: GenerationInfo) -> GenerationOut:
        return cls.model_validate(info, from_attributes=True)


class GenerationsOut(BaseModel):
    """A page of generations, newest first."""

    items: list[GenerationOut]
    next_cursor: str | None


class StepOut(BaseModel):
    """One step: started, round, reasoning, answer, retry, usage, check, version, end."""

    seq: int
    kind: str
    data: dict[str, Any]
    at: AwareDatetime


class StepsOut(BaseModel):
    """All steps that were kept."""

    items: list[StepOut]


class UsageOut(BaseModel):
    """What was used today (UTC), and what may be; without a model the wizard still works."""

    is_available: bool
    model: str
    tokens: int
    daily_tokens: int
    cost: float
    currency: str
    requests: int


@router.post("/projects/{project_id}/generate", status_code=202)
async def generate(actor: Acting, project_id: UUID, body: Wish) -> GenerationOut:
    """Begin a generation; follow it at `/api/ea/generations/{id}/events`."""
    request = GenerationRequest(task=body.task, prompt=body.prompt, version_id=body.version_id)
    return GenerationOut.of(await generations.start(actor, project_id, request))


@router.get("/projects/{project_id}/generations")
async def list_generations(
    actor: Acting,
    project_id: UUID,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> GenerationsOut:
    """A project's generations, with what was asked."""
    page = await generations.list_generations(actor, project_id, cursor=cursor, limit=limit)
    return GenerationsOut(items=[GenerationOut.of(info) for info in page.items], next_cursor=page.next_cursor)


@router.get("/generations/usage")
async def usage(actor: Acting) -> UsageOut:
    """Today's tokens and cost, and whether there is a model at all."""
    return UsageOut.model_validate(await generations.usage(actor), from_attributes=True)


@router.get("/generations/{generation_id}")
async def get(actor: Acting, generation_id: UUID) -> GenerationOut:
    """One generation."""
    return GenerationOut.of(await generations.get(actor, generation_id))


@router.get("/generations/{generation_id}/steps")
async def steps(actor: Acting, generation_id: UUID) -> StepsOut:
    """The steps so far in one answer."""
    found = await generations.events(actor, generation_id)
    return StepsOut(items=[StepOut.model_validate(event, from_attributes=True) for event in found])


@router.get("/generations/{generation_id}/events", response_class=StreamingResponse, responses=EVENT_STREAM)
async def follow(
    actor: Acting,
    generation_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> StreamingResponse:
    """Every step as it comes, until `end`. A browser that reconnects goes on where it was (`Last-Event-ID`)."""
    seen = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    after = max(after, min(seen, 2**31 - 1))
    await generations.get(actor, generation_id)

    async def stream() -> AsyncIterator[bytes]:
        async for event in generations.follow(actor, generation_id, after):
            yield b": waiting\n\n" if event is None else _written(event)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


def _written(event: GenerationEvent) -> bytes:
    data = orjson.dumps({"seq": event.seq, "at": event.at, **event.data})
    return f"id: {event.seq}\nevent: {event.kind}\n".encode() + b"data: " + data + b"\n\n"


@router.post("/generations/{generation_id}/cancel")
async def cancel(actor: Acting, generation_id: UUID) -> GenerationOut:
    """End a generation; what was not finished leaves no version."""
    return GenerationOut.of(await generations.cancel(actor, generation_id))
