"""`/api/tv/signals`: every alert that came and what became of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from forex_elite.api.callers import Acting
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.domain.signals import ExecutionInfo, SignalInfo, SignalStatus
from forex_elite.services import signals

router = APIRouter(prefix="/api/tv/signals", tags=["signals"])


class StagesOut(BaseModel):
    """When an execution passed each stage."""

    received: AwareDatetime
    gated: AwareDatetime | None
    queued: AwareDatetime | None
    claimed: AwareDatetime | None
    sent: AwareDatetime | None
    filled: AwareDatetime | None
    reported: AwareDatetime | None


class ExecutionOut(BaseModel):
    """The part of a signal for one account."""

    account_id: UUID
    job_id: UUID | None
    status: str
    reason_code: str
    reason: str
    volume_lots: float | None
    requested_price: float | None
    fill_price: float | None
    slippage_points: float | None
    broker_order_id: str
    trade_id: UUID | None
    """The position it opened or closed; told of one signal, not in lists."""
    stages: StagesOut


class SignalOut(BaseModel):
    """One alert and what became of it."""

    id: UUID
    strategy_id: UUID
    symbol: str
    action: str
    side: str
    price: float | None
    status: SignalStatus
    reason_code: str
    reason: str
    fill_price: float | None
    broker_order_id: str
    received_at: AwareDatetime
    resolved_at: AwareDatetime | None
    executions: list[ExecutionOut]


class SignalDetailOut(SignalOut):
    """One alert with its raw text and the gate's checks."""

    body: str
    content_type: str
    source_address: str
    read_as: str
    duplicate_of: UUID | None
    checks: list[dict[str, Any]]


class SignalsOut(BaseModel):
    """A page of signals, newest first."""

    items: list[SignalOut]
    next_cursor: str | None


def _execution(info: ExecutionInfo) -> ExecutionOut:
    return ExecutionOut.model_validate(info, from_attributes=True)


def _fields(info: SignalInfo) -> dict[str, Any]:
    names = SignalOut.model_fields.keys() - {"executions", "action"}
    return {
        **{name: getattr(info, name) for name in names},
        # A reader of the feed wants the order's own word: buy or sell for an entry, else what it does
        "action": info.side if info.action == "open" else info.action,
        "executions": [_execution(one) for one in info.executions],
    }


@router.get("")
async def list_signals(
    actor: Acting,
    strategy_id: UUID | None = None,
    status: Annotated[list[SignalStatus] | None, Query()] = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> SignalsOut:
    """The caller's signals, newest first."""
    page = await signals.list_signals(
        actor,
        strategy_id=strategy_id,
        statuses=tuple(one.value for one in status or ()),
        cursor=cursor,
        limit=limit,
    )
    return SignalsOut(items=[SignalOut(**_fields(info)) for info in page.items], next_cursor=page.next_cursor)


@router.get("/{signal_id}")
async def get_signal(actor: Acting, signal_id: UUID) -> SignalDetailOut:
    """One signal with its raw body."""
    found = await signals.get_signal(actor, signal_id)
    return SignalDetailOut(
        **_fields(found.info),
        body=found.body,
        content_type=found.content_type,
        source_address=found.source_address,
        read_as=found.read_as,
        duplicate_of=found.duplicate_of,
        checks=list(found.checks),
    )
