"""`/api/logs`: what agents, terminals and experts said, for their owner."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services import logs

router = APIRouter(prefix="/api/logs", tags=["logs"])

Level = Literal["debug", "info", "warning", "error"]


class LogOut(BaseModel):
    """A line; `source` is `agent`, `terminal`, `journal`, or an expert with its chart."""

    id: UUID
    at: AwareDatetime
    level: str
    source: str
    message: str
    agent_id: UUID | None
    account_id: UUID | None
    account_login: int | None
    deployment_id: UUID | None


class LogsOut(BaseModel):
    """A page of lines, last stored first."""

    items: list[LogOut]
    next_cursor: str | None


@router.get("")
async def list_logs(
    actor: Acting,
    account_id: UUID | None = None,
    deployment_id: UUID | None = None,
    level: Level | None = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> LogsOut:
    """The caller's lines; `level` is the mildest shown."""
    page = await logs.list_logs(
        actor, account_id=account_id, deployment_id=deployment_id, level=level, cursor=cursor, limit=limit
    )
    items = [LogOut.model_validate(entry, from_attributes=True) for entry in page.items]
    return LogsOut(items=items, next_cursor=page.next_cursor)


@router.get("/download", response_class=StreamingResponse, responses={200: {"content": {"text/plain": {}}}})
async def download(
    actor: Acting, account_id: UUID | None = None, deployment_id: UUID | None = None, level: Level | None = None
) -> StreamingResponse:
    """The same lines as a text file, newest first, tab separated, times in UTC."""
    lines = await logs.download(actor, account_id=account_id, deployment_id=deployment_id, level=level)
    headers = {"Content-Disposition": 'attachment; filename="forex-elite-log.txt"'}
    return StreamingResponse(lines, media_type="text/plain; charset=utf-8", headers=headers)
