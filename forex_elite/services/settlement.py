"""What the end of a job means for the signal it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from agent.protocol import JobError, TradeOutcome
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import orders as order_queries
from forex_elite.db import settlement as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.jobs import JobStatus
from forex_elite.domain.signals import ExecutionStatus, SignalStatus, sum_up, weighted_price
from forex_elite.services import alerts

MAX_FIGURE = 1e11
"""No price and no volume is larger; what is larger was not read from a terminal."""
MAX_TICKET = 2**63
MAX_CODE = 48

_FILLED = frozenset({ExecutionStatus.EXECUTED, ExecutionStatus.PARTIAL})
_FAILED = frozenset({ExecutionStatus.FAILED, ExecutionStatus.EXPIRED, ExecutionStatus.UNKNOWN})
_DISCARDED = frozenset({"nothing-to-close", "nothing-to-cancel", "nothing-to-modify"})
_WORDS = {
    ExecutionStatus.PENDING: ("", ""),
    ExecutionStatus.EXPIRED: ("expired", "Too old before the terminal could take it; nothing was sent."),
    ExecutionStatus.CANCELLED: ("cancelled", "Cancelled before an agent took it."),
    ExecutionStatus.UNKNOWN: (
        "unknown",
        "Handed to the agent, no answer yet. The agent settles this by looking in the terminal.",
    ),
    ExecutionStatus.FAILED: ("failed", "The agent could not carry it out; nothing was sent."),
}


def read_outcome(result: Mapping[str, Any] | None) -> TradeOutcome:
    """The reported outcome; what cannot be read counts as not told."""
    try:
        outcome = TradeOutcome.model_validate(result or {})
    except ValidationError:
        return TradeOutcome()
    figures = (outcome.price, outcome.volume_lots, outcome.requested_price or 0)
    tickets = (outcome.order or 0, outcome.position or 0)
    is_sane = all(0 <= figure < MAX_FIGURE for figure in figures) and all(0 <= one < MAX_TICKET for one in tickets)
    return outcome if is_sane else TradeOutcome()


def _status(job_status: JobStatus, outcome: TradeOutcome, error: JobError | None) -> ExecutionStatus:
    if job_status is JobStatus.COMPLETED:
        return ExecutionStatus.PARTIAL if outcome.is_partial or outcome.failed else ExecutionStatus.EXECUTED
    if job_status is JobStatus.FAILED and error is not None:
        if error.code in _DISCARDED:
            return ExecutionStatus.DISCARDED
        if error.code == "expired":
            return ExecutionStatus.EXPIRED
    if job_status is JobStatus.RUNNING:
        return ExecutionStatus.PENDING
    return ExecutionStatus(job_status.value)


def _words(status: ExecutionStatus, outcome: TradeOutcome, error: JobError | None) -> tuple[str, str]:
    if error is not None and (error.message or status not in _WORDS):
        return error.code[:MAX_CODE], error.message
    if outcome.failed:
        return "partial", "; ".join(outcome.failed)[:500]
    if status is ExecutionStatus.PARTIAL:
        return "partial", f"{outcome.volume_lots:g} lots were filled, the rest was not."
    if outcome.was_reconciled:
        return "reconciled", "Found in the terminal after the agent restarted."
    return _WORDS.get(status, ("", ""))


def _between(claimed_at: datetime | None, told: datetime | None) -> datetime | None:
    """An instant of the agent's clock, kept between claim and now of ours: no clock is right to the millisecond."""
    if told is None:
        return None
    return min(max(told, claimed_at or told), clock.now())


async def settle(
    uow: UnitOfWork, job: Row, *, outcome: TradeOutcome | None = None, error: JobError | None = None
) -> None:
    """Carry a trade job's present status to its execution and signal, in the same transaction."""
    told = outcome or TradeOutcome()
    status = _status(JobStatus(job["status"]), told, error)
    code, reason = _words(status, told, error)
    ended: dict[str, Any] = {
        "status": status.value,
        "code": code,
        "reason": reason,
        "price": Decimal(str(told.price)),
        "lots": Decimal(str(told.volume_lots)),
        "requested": Decimal(str(told.requested_price)) if told.requested_price else None,
        "order": str(told.order or told.position or ""),
        "sent": _between(job["claimed_at"], told.sent_at),
        "filled": _between(job["claimed_at"], told.filled_at),
        "reported": clock.now() if status not in {ExecutionStatus.PENDING, ExecutionStatus.UNKNOWN} else None,
    }
    settled = await queries.settle_execution(uow, job["id"], symbol=job.get("symbol") or "", **ended)
    uow.tell(topics.of_person(job["user_id"], "jobs"), {"id": str(job["id"])})
    await _notify(uow, job, status, told, reason)
    if settled is None:
        await order_queries.settle(uow, job["id"], **ended)
        return
    signal_id, executions = settled
    _sum_up(uow, signal_id, executions)
    uow.tell(topics.of_person(job["user_id"], "signals"), {"id": str(signal_id)})


async def _notify(uow: UnitOfWork, job: Row, status: ExecutionStatus, told: TradeOutcome, reason: str) -> None:
    """Tell the person of a fill, or that an order came to nothing or to no known end."""
    symbol = job.get("symbol") or "An order"
    if status in _FILLED:
        alerts.note_event(
            uow,
            user_id=job["user_id"],
            code="order-filled",
            message=f"{symbol}: {told.volume_lots:g} lots at {told.price:g}."
            if told.price
            else f"{symbol}: carried out.",
            account_id=job["account_id"],
        )
    elif status in _FAILED:
        await alerts.raise_alert(
            uow,
            user_id=job["user_id"],
            code="order-failed",
            message=reason if symbol in reason else f"{symbol}: {reason or status.value}",
            account_id=job["account_id"],
        )


def _sum_up(uow: UnitOfWork, signal_id: Any, executions: list[Row]) -> None:
    status = sum_up([ExecutionStatus(row["status"]) for row in executions])
    fills = [(row["fill_price"] or Decimal(0), row["filled_lots"] or Decimal(0)) for row in executions]
    told = next((row for row in executions if row["reason"] and row["status"] == status.value), None)
    told = told or next((row for row in executions if row["reason"]), None)
    orders = [row["broker_order_id"] for row in executions if row["broker_order_id"]]
    queries.sum_up_signal(
        uow,
        signal_id,
        status=status.value,
        code=told["reason_code"] if told else "",
        reason=told["reason"] if told else "",
        fill_price=weighted_price(fills),
        order=", ".join(orders)[:64],
        resolved_at=clock.now() if status not in {SignalStatus.PENDING, SignalStatus.UNKNOWN} else None,
    )
