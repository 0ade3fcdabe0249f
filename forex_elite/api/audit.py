"""`/api/audit`: the audit log, to the person it is about and to staff."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services import audit

router = APIRouter(prefix="/api/audit", tags=["audit"])


class AuditOut(BaseModel):
    """A record: who did what to whose things, when and from where; `seq` counts within `user_id`'s chain."""

    id: UUID
    at: AwareDatetime
    user_id: UUID
    seq: int
    actor_id: UUID | None
    actor_name: str
    actor_role: str
    action: str
    subject_kind: str
    subject_id: str
    address: str
    user_agent: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(BaseModel):
    """A page of records, newest first."""

    items: list[AuditOut]
    next_cursor: str | None


@router.get("")
async def list_records(
    actor: Acting,
    user_id: UUID | None = None,
    action: Annotated[str, Query(max_length=64, description="An action or its beginning, such as `agents.`")] = "",
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> AuditPage:
    """One's own records; staff see everybody's, or with `user_id` those about one person."""
    page = await audit.list_records(actor, user_id=user_id, action=action, cursor=cursor, limit=limit)
    items = [AuditOut.model_validate(entry, from_attributes=True) for entry in page.items]
    return AuditPage(items=items, next_cursor=page.next_cursor)
