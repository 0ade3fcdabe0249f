"""A webhook delivery becomes a signal: read, judged, stored with its jobs in one transaction, then told."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import acceptance
from forex_elite.db import signals as queries
from forex_elite.db.unit_of_work import ATTEMPTS, DatabaseAway, UnitOfWork, is_silent, unit_of_work
from forex_elite.domain.alerts import Alert, AlertUnreadable, duplicate_window_s, fingerprint, read_alert, read_as
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.risk import Check, Circumstances, Decision, OpenOrder, Refusal, RefusalStatus, Verdict, judge
from forex_elite.domain.signals import SignalCounts, SignalDetail, SignalInfo, SignalStatus
from forex_elite.domain.symbols import canonical
from forex_elite.domain.trading import SizingMode
from forex_elite.errors import DatabaseUnavailable, NotFound, TooManyRequests
from forex_elite.services import snapshot
from forex_elite.services.passwords import token_hash
from forex_elite.services.rates import RateLimit

log = logging.getLogger(__name__)

ENTRY_PRIORITY, EXIT_PRIORITY = 0, 5
"""Closing goes before opening when both wait."""

ANSWER_WITHIN_S = 2.5
"""TradingView hangs up after three seconds, and sends again only what was answered 5xx."""

_late: set[asyncio.Task[Receipt]] = set()
_alerts_per_secret = RateLimit(per_second=100, burst=300)
_strangers_per_address = RateLimit(per_second=2, burst=30)


class UnknownWebhook(NotFound):
    """No strategy has this address; copy it again from the strategy's page."""

    code = "unknown-webhook"


class AlertsTooFast(TooManyRequests):
    """More alerts than any strategy needs; TradingView itself stops a script at 15 in 3 minutes."""

    code = "alerts-too-fast"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in at the webhook."""

    secret: str
    body: bytes
    content_type: str = ""
    source_address: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is answered: accepted, discarded, duplicate or rejected."""

    status: str
    signal_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """The alert, or why it could not be read."""

    alert: Alert | None
    refusal: Refusal | None


def _read(delivery: Delivery) -> _Reading:
    try:
        return _Reading(read_alert(delivery.body, delivery.content_type), None)
    except AlertUnreadable as unreadable:
        return _Reading(None, Refusal(unreadable.code, unreadable.message, RefusalStatus.REJECTED))


async def accept(delivery: Delivery) -> Receipt:
    """Take in one delivery. Whatever is wrong with the alert itself becomes a kept signal with its reason.

    Raises UnknownWebhook, AlertsTooFast and, when PostgreSQL does not answer in time, DatabaseUnavailable: TradingView
    sends the alert again, and should this one still be stored after that, the second is its duplicate.
    """
    received_at = clock.now()
    secret = token_hash(delivery.secret)
    _alerts_per_secret.take(secret, AlertsTooFast)
    storing = asyncio.create_task(_store_patiently(delivery, secret, _read(delivery), uuid7(), received_at))
    while not storing.done():
        await asyncio.wait({storing}, timeout=ANSWER_WITHIN_S)
        if not storing.done() and is_silent(ANSWER_WITHIN_S):
            _late.add(storing)
            storing.add_done_callback(_forget)
            raise DatabaseUnavailable("The database does not answer; send the alert again in a few seconds.")
    return storing.result()


def _forget(late: asyncio.Task[Receipt]) -> None:
    _late.discard(late)
    if not late.cancelled() and late.exception() is None:
        log.warning("signal %s was stored after its sender had been told to send it again", late.result().signal_id)


async def _store_patiently(
    delivery: Delivery, secret: bytes, reading: _Reading, signal_id: UUID, received_at: datetime
) -> Receipt:
    for attempt in range(ATTEMPTS):
        try:
            return await _store(delivery, secret, reading, signal_id, received_at)
        except DatabaseAway:
            raise
        except DatabaseUnavailable:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.2 * (attempt + 1))
        except UnknownWebhook:
            _strangers_per_address.take(delivery.source_address.encode(), AlertsTooFast)
            raise
    raise AssertionError


async def _store(
    delivery: Delivery, secret: bytes, reading: _Reading, signal_id: UUID, received_at: datetime
) -> Receipt:
    alert = reading.alert
    symbol = (alert.symbol if alert else None) or ""
    mark = bytes.fromhex(fingerprint(delivery.body, alert))
    reads = acceptance.reads(
        secret=secret,
        fingerprint=mark,
        signal_id=signal_id,
        window_s=duplicate_window_s(alert),
        canonical=canonical(symbol) if symbol else "",
        wanted=symbol,
        is_entry=alert is not None and alert.is_entry,
    )
    async with unit_of_work(service("webhook")) as uow:
        claimed, *_, held = await uow.run_all(reads)
        strategy = claimed.row()
        if strategy is None:
            raise UnknownWebhook("No strategy has this address. Copy it again from the strategy's page.")
        is_first = strategy["is_first"]
        if not is_first and await queries.exists(uow, signal_id):
            return Receipt("accepted", signal_id)  # an earlier try's commit did arrive before the connection broke
        accounts = held.rows()
        strategy["agents"] = {row["id"]: row["agent_id"] for row in accounts}
        verdict = await _judge(reading, strategy, accounts, delivery, received_at, is_first=is_first)
        document = _document(uow, delivery, reading, strategy, verdict, signal_id, received_at)
        uow.tell(topics.of_person(strategy["user_id"], "signals"), {"id": str(signal_id)})
        await uow.run_all_and_commit([acceptance.store(document, body=delivery.body, fingerprint=mark)])
        refusal = verdict.refusal
        return Receipt(_answer(refusal), signal_id, refusal.reason if refusal else "")


async def _judge(
    reading: _Reading,
    strategy: dict[str, Any],
    account_rows: list[dict[str, Any]],
    delivery: Delivery,
    received_at: datetime,
    *,
    is_first: bool,
) -> Verdict:
    if reading.alert is None:
        assert reading.refusal is not None
        check = Check("Alert readable", ok=False, detail=reading.refusal.reason)
        return Verdict((), reading.refusal, (check,))
    now = clock.now()
    return judge(
        reading.alert,
        snapshot.rules_of(strategy),
        await snapshot.accounts_of(account_rows, now),
        Circumstances(
            now=now,
            received_at=received_at,
            source_address=delivery.source_address or None,
            is_duplicate=not is_first,
        ),
    )


def _document(
    uow: UnitOfWork,
    delivery: Delivery,
    reading: _Reading,
    strategy: dict[str, Any],
    verdict: Verdict,
    signal_id: UUID,
    received_at: datetime,
) -> dict[str, Any]:
    """Everything to be stored of a delivery (see `acceptance.store`)."""
    gated_at = clock.now()
    refusal = verdict.refusal
    document: dict[str, Any] = {"jobs": [], "executions": [], "risk_events": []}
    document["signal"] = {
        **_described(reading, strategy),
        "id": signal_id,
        "user_id": strategy["user_id"],
        "strategy_id": strategy["id"],
        "received_at": received_at,
        "gated_at": gated_at,
        "resolved_at": gated_at if refusal else None,
        "content_type": _plain(delivery.content_type[:128]),
        "source_address": _plain(delivery.source_address[:64]),
        "status": refusal.status.value if refusal else SignalStatus.PENDING.value,
        "reason_code": refusal.code if refusal else "",
        "reason": _plain(refusal.reason) if refusal else "",
        "checks": _checks(verdict.checks),
    }
    if refusal is None or refusal.status is not RefusalStatus.DUPLICATE:
        for decision in verdict.decisions:
            _decided(uow, document, decision, reading, strategy, received_at)
    return document


def _plain(text: str) -> str:
    """PostgreSQL's texts hold no NUL."""
    return text.replace("\x00", "\ufffd")


def _checks(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    return [{"name": check.name, "ok": check.ok, "detail": _plain(check.detail)} for check in checks]


def _answer(refusal: Refusal | None) -> str:
    if refusal is None:
        return "accepted"
    return "discarded" if refusal.status is RefusalStatus.EXPIRED else refusal.status.value


def _described(reading: _Reading, strategy: dict[str, Any]) -> dict[str, Any]:
    alert = reading.alert
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


TEST_COMMENT = "ForexElite test"
"""The comment the test button puts into its alert, so that the feed can mark it."""


def _decided(
    uow: UnitOfWork,
    document: dict[str, Any],
    decision: Decision,
    reading: _Reading,
    strategy: dict[str, Any],
    received_at: datetime,
) -> None:
    """Add the execution of one account, with its job when there is something to do."""
    alert, order, refusal = reading.alert, decision.order, decision.refusal or decision.entry_refusal
    assert alert is not None
    signal = document["signal"]
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
                "expires_at": _too_late_at(alert, received_at, strategy["max_signal_age_s"]),
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


# --- showing --------------------------------------------------------------------------------------------------------


async def list_signals(
    actor: Actor,
    *,
    strategy_id: UUID | None = None,
    statuses: tuple[str, ...] = (),
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[SignalInfo]:
    """The actor's signals, newest first."""
    async with unit_of_work(actor) as uow:
        return await queries.list_signals(
            uow,
            actor.person_id,
            strategy_id=strategy_id,
            statuses=statuses,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


async def get_signal(actor: Actor, signal_id: UUID) -> SignalDetail:
    """Everything about one signal. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, signal_id)
    if found is None:
        raise NotFound("There is no such signal.")
    return found


async def summary(actor: Actor, *, strategy_id: UUID | None = None) -> SignalCounts:
    """Counts and fill times of the actor's signals since midnight UTC."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    async with unit_of_work(actor) as uow:
        return await queries.count_since(uow, actor.person_id, midnight, strategy_id=strategy_id)
