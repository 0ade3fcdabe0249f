"""What is kept of a delivery, whatever became of it: the signal, its executions, jobs and risk events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import acceptance
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.alerts import Alert, read_as
from forex_elite.domain.risk import Check, Decision, OpenOrder, Refusal, RefusalStatus, Verdict
from forex_elite.domain.signals import SignalStatus
from forex_elite.domain.trading import SizingMode
from forex_elite.services import snapshot
from forex_elite.services.trade_jobs import ENTRY_PRIORITY, EXIT_PRIORITY

TEST_COMMENT = "ForexElite test"
"""The comment the test button puts into its alert, so that the feed can mark it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in at the webhook."""

    secret: str
    body: bytes
    content_type: str = ""
    source_address: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery on its way in: the alert, or why it could not be read, and the signal it becomes.

    `secret` is the hash of the delivery's, `mark` the alert's fingerprint.
    """

    delivery: Delivery
    secret: bytes
    mark: bytes
    alert: Alert | None
    unreadable: Refusal | None
    signal_id: UUID
    received_at: datetime


def new_document() -> dict[str, list[dict[str, Any]]]:
    """An empty document for `acceptance.store`."""
    return {"signals": [], "jobs": [], "executions": [], "risk_events": []}


def record(
    uow: UnitOfWork, document: dict[str, list[dict[str, Any]]], arrival: Arrival, strategy: Row, verdict: Verdict
) -> None:
    """Add everything to be kept of an arrival to the document, and tell whom it concerns after the commit."""
    gated_at = clock.now()
    delivery, refusal = arrival.delivery, verdict.refusal
    signal = {
        **_described(arrival.alert, strategy),
        "id": arrival.signal_id,
        "user_id": strategy["user_id"],
        "strategy_id": strategy["id"],
        "fingerprint": arrival.mark.hex(),
        "body": acceptance.blob(delivery.body),
        "received_at": arrival.received_at,
        "gated_at": gated_at,
        "resolved_at": gated_at if refusal else None,
        "content_type": _plain(delivery.content_type[:128]),
        "source_address": _plain(delivery.source_address[:64]),
        "status": refusal.status.value if refusal else SignalStatus.PENDING.value,
        "reason_code": refusal.code if refusal else "",
        "reason": _plain(refusal.reason) if refusal else "",
        "checks": _checks(verdict.checks),
    }
    document["signals"].append(signal)
    uow.tell(topics.of_person(strategy["user_id"], "signals"), {"id": str(arrival.signal_id)})
    if refusal is None or refusal.status is not RefusalStatus.DUPLICATE:
        for decision in verdict.decisions:
            _decided(uow, document, decision, arrival, strategy, signal)


def _plain(text: str) -> str:
    """PostgreSQL's texts hold no NUL."""
    return text.replace("\x00", "\ufffd")


def _checks(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    return [{"name": check.name, "ok": check.ok, "detail": _plain(check.detail)} for check in checks]


def _described(alert: Alert | None, strategy: Row) -> dict[str, Any]:
    if alert is None:
        return {"read_as": "", "action": "", "side": "", "symbol": "", "price": None, "is_test": False}
    return {
        "read_as": read_as(alert, sizing=SizingMode(strategy["sizing_mode"])),
        "action": alert.action.value,
        "side": alert.side.value if alert.side else "",
        "symbol": alert.symbol or "",
        "price": alert.price,
        "is_test": alert.comment == TEST_COMMENT,
    }


def _decided(
    uow: UnitOfWork,
    document: dict[str, list[dict[str, Any]]],
    decision: Decision,
    arrival: Arrival,
    strategy: Row,
    signal: dict[str, Any],
) -> None:
    """Add the execution of one account, with its job when there is something to do."""
    alert, order, refusal = arrival.alert, decision.order, decision.refusal or decision.entry_refusal
    assert alert is not None
    owned = {"user_id": signal["user_id"], "account_id": decision.account_id}
    job_id = uuid7() if order is not None else None
    if order is not None and job_id is not None:
        agent_id = strategy["agents"][decision.account_id]
        is_entry = isinstance(order, OpenOrder)
        document["jobs"].append(
            {
                **owned,
                "id": job_id,
                "agent_id": agent_id,
                "payload": snapshot.payload_of(order, job_id, strategy["magic"]),
                "priority": ENTRY_PRIORITY if is_entry else EXIT_PRIORITY,
                "is_entry": is_entry,
                "expires_at": _too_late_at(alert, arrival.received_at, strategy["max_signal_age_s"]),
            }
        )
        uow.tell(topics.jobs_for(agent_id))
    document["executions"].append(
        {
            **owned,
            "id": uuid7(),
            "signal_id": signal["id"],
            "job_id": job_id,
            "status": "pending" if job_id else refusal.status.value if refusal else "rejected",
            "reason_code": refusal.code if refusal else "",
            "reason": _plain(refusal.reason) if refusal else "",
            "volume_lots": getattr(order, "volume_lots", None),
            "requested_price": getattr(order, "requested_price", None),
            "queued_at": clock.now() if job_id else None,
            "reported_at": None if job_id else signal["gated_at"],
            "checks": _checks(decision.checks),
        }
    )
    if refusal is not None and refusal.is_limit:
        document["risk_events"].append(
            {
                **owned,
                "id": uuid7(),
                "strategy_id": strategy["id"],
                "signal_id": signal["id"],
                "code": refusal.code,
                "message": _plain(refusal.reason),
                "at": signal["gated_at"],
            }
        )


def _too_late_at(alert: Alert, received_at: datetime, max_age_s: float) -> datetime:
    age_counts_from = min(received_at, alert.sent_at or received_at)
    allowed = max_age_s if alert.max_age_s is None else min(max_age_s, alert.max_age_s)
    return age_counts_from + timedelta(seconds=allowed)
