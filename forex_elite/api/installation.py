"""`/api/admin/health` and `/api/admin/alerts`: how the installation stands, and what everybody was warned of."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from forex_elite.api.callers import Acting
from forex_elite.api.monitoring import AlertOut
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services import alerts, health

router = APIRouter(prefix="/api/admin", tags=["administration"])


class StoredOut(BaseModel):
    """What the database tells; `is_led`: a worker does what is done by the clock. Sizes in bytes."""

    version: str
    size: int
    is_led: bool
    agents: int
    agents_online: int
    accounts: int
    accounts_stale: int
    jobs_waiting: int
    jobs_stuck: int
    jobs_unknown: int
    alerts_open: int
    messages_failed: int


class InstallationOut(BaseModel):
    """What answers; `stored` is null when the database does not."""

    stored: StoredOut | None
    answered_in_s: float
    is_bus_ready: bool
    is_bus_shared: bool
    has_mail_server: bool


class WatchedAlertOut(AlertOut):
    """An alert with whose it is."""

    user_id: UUID
    email: str


class WatchedAlertsOut(BaseModel):
    """A page of alerts, newest first."""

    items: list[WatchedAlertOut]
    next_cursor: str | None


@router.get("/health")
async def installation(actor: Acting) -> InstallationOut:
    """How the installation stands."""
    return InstallationOut.model_validate(await health.look(actor), from_attributes=True)


@router.get("/alerts")
async def watch_alerts(
    actor: Acting,
    person: Annotated[str, Query(max_length=200)] = "",
    severity: Literal["", "warning", "critical"] = "",
    is_open: bool = True,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> WatchedAlertsOut:
    """Everybody's warnings and critical alerts; `person` is looked for in e-mail addresses."""
    page = await alerts.watch(actor, part=person, severity=severity, is_open=is_open, cursor=cursor, limit=limit)
    items = [
        WatchedAlertOut(
            **AlertOut.model_validate(one.alert, from_attributes=True).model_dump(),
            user_id=one.user_id,
            email=one.email,
        )
        for one in page.items
    ]
    return WatchedAlertsOut(items=items, next_cursor=page.next_cursor)
