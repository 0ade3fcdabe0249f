"""A webhook delivery becomes a signal: read, judged, stored with its jobs in one transaction, then told."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.db import acceptance
from forex_elite.db import signals as queries
from forex_elite.db.unit_of_work import ATTEMPTS, DatabaseAway, Row, is_silent, unit_of_work
from forex_elite.domain.alerts import Alert, AlertUnreadable, duplicate_window_s, fingerprint, read_alert
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.risk import Check, Circumstances, OpenOrder, Refusal, RefusalStatus, Verdict, judge
from forex_elite.domain.signals import SignalCounts, SignalDetail, SignalInfo
from forex_elite.domain.symbols import canonical
from forex_elite.errors import DatabaseUnavailable, NotFound, TooManyRequests
from forex_elite.services import snapshot
from forex_elite.services.passwords import token_hash
from forex_elite.services.rates import RateLimit
from forex_elite.services.signal_record import Arrival, Delivery, new_document, record
from forex_elite.services.together import Together

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 2.5
"""TradingView hangs up after three seconds, and sends again only what was answered 5xx."""

LANES, MOST_TOGETHER = 2, 32
"""So many transactions store alerts at a time, each at most so many."""

_alerts_per_secret = RateLimit(per_second=100, burst=300)
_strangers_per_address = RateLimit(per_second=2, burst=30)


class UnknownWebhook(NotFound):
    """No strategy has this address; copy it again from the strategy's page."""

    code = "unknown-webhook"


class AlertsTooFast(TooManyRequests):
    """More alerts than any strategy needs; TradingView itself stops a script at 15 in 3 minutes."""

    code = "alerts-too-fast"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is answered: accepted, discarded, duplicate or rejected."""

    status: str
    signal_id: UUID
    reason: str = ""


async def accept(delivery: Delivery) -> Receipt:
    """Take in one delivery. Whatever is wrong with the alert itself becomes a kept signal with its reason.

    Raises UnknownWebhook, AlertsTooFast and, when PostgreSQL does not answer in time, DatabaseUnavailable: TradingView
    sends the alert again, and should this one still be stored after that, the second is its duplicate.
    """
    received_at = clock.now()
    secret = token_hash(delivery.secret)
    _alerts_per_secret.take(secret, AlertsTooFast)
    storing = _door.submit(_arrival(delivery, secret, received_at))
    while not storing.done():
        await asyncio.wait({storing}, timeout=ANSWER_WITHIN_S)
        if not storing.done() and is_silent(ANSWER_WITHIN_S):
            storing.add_done_callback(_forget)
            raise DatabaseUnavailable("The database does not answer; send the alert again in a few seconds.")
    try:
        return storing.result()
    except UnknownWebhook:
        _strangers_per_address.take(delivery.source_address.encode(), AlertsTooFast)
        raise


def _forget(late: asyncio.Future[Receipt]) -> None:
    if not late.cancelled() and late.exception() is None:
        log.warning("signal %s was stored after its sender had been told to send it again", late.result().signal_id)


def _arrival(delivery: Delivery, secret: bytes, received_at: datetime) -> Arrival:
    alert: Alert | None = None
    refusal: Refusal | None = None
    try:
        alert = read_alert(delivery.body, delivery.content_type)
    except AlertUnreadable as unreadable:
        refusal = Refusal(unreadable.code, unreadable.message, RefusalStatus.REJECTED)
    mark = bytes.fromhex(fingerprint(delivery.body, alert))
    return Arrival(delivery, secret, mark, alert, refusal, uuid7(), received_at)


async def _store_group(arrivals: Sequence[Arrival]) -> Sequence[Receipt | Exception]:
    """Store what arrived in one transaction. If that fails, each by itself: none suffers from another's failure."""
    if len(arrivals) > 1:
        try:
            return await _store(arrivals)
        except DatabaseAway:
            raise
        except Exception as failure:  # noqa: BLE001 - whoever caused it meets it again
            log.warning("%d alerts could not be stored together (%s); storing each by itself", len(arrivals), failure)
    return await asyncio.gather(*map(_store_patiently, arrivals))


async def _store_patiently(arrival: Arrival) -> Receipt | Exception:
    for attempt in range(ATTEMPTS):
        try:
            return (await _store([arrival]))[0]
        except DatabaseAway as away:
            return away
        except DatabaseUnavailable as failure:
            if attempt == ATTEMPTS - 1:
                return failure
            await asyncio.sleep(0.2 * (attempt + 1))
        except Exception as failure:  # noqa: BLE001 - it is its sender's
            return failure
    raise AssertionError


async def _store(arrivals: Sequence[Arrival]) -> list[Receipt | Exception]:
    async with unit_of_work(service("webhook")) as uow:
        claimed, *_, held = await uow.run_all(acceptance.reads([_question(arrival) for arrival in arrivals]))
        strategies = {row["signal"]: row for row in claimed.rows()}
        accounts: dict[UUID, list[Row]] = {arrival.signal_id: [] for arrival in arrivals}
        for row in held.rows():
            accounts[row["signal"]].append(row)
        document, entries = new_document(), Counter[UUID]()
        receipts: list[Receipt | Exception] = []
        for arrival in arrivals:
            strategy = strategies.get(arrival.signal_id)
            if strategy is None:
                receipts.append(UnknownWebhook("No strategy has this address. Copy it again from the strategy's page."))
            elif not strategy["is_first"] and await queries.exists(uow, arrival.signal_id):
                # an earlier try's commit did arrive before the connection broke
                receipts.append(Receipt("accepted", arrival.signal_id))
            else:
                rows = accounts[arrival.signal_id]
                strategy["agents"] = {row["id"]: row["agent_id"] for row in rows}
                verdict = await _judge(arrival, strategy, rows, entries)
                record(uow, document, arrival, strategy, verdict)
                receipts.append(_receipt(arrival, verdict.refusal))
        if document["signals"]:
            await uow.run_all_and_commit([acceptance.store(document)])
        return receipts


def _question(arrival: Arrival) -> acceptance.Question:
    alert = arrival.alert
    symbol = (alert.symbol if alert else None) or ""
    return acceptance.Question(
        secret=arrival.secret,
        fingerprint=arrival.mark,
        signal_id=arrival.signal_id,
        window_s=duplicate_window_s(alert),
        canonical=canonical(symbol) if symbol else "",
        wanted=symbol,
        is_entry=alert is not None and alert.is_entry,
    )


def _receipt(arrival: Arrival, refusal: Refusal | None) -> Receipt:
    if refusal is None:
        return Receipt("accepted", arrival.signal_id)
    is_expired = refusal.status is RefusalStatus.EXPIRED
    return Receipt("discarded" if is_expired else refusal.status.value, arrival.signal_id, refusal.reason)


async def _judge(arrival: Arrival, strategy: Row, account_rows: list[Row], entries: Counter[UUID]) -> Verdict:
    """The gate's answer; `entries` counts, per account, those granted before in the same transaction."""
    if arrival.alert is None:
        assert arrival.unreadable is not None
        check = Check("Alert readable", ok=False, detail=arrival.unreadable.reason)
        return Verdict((), arrival.unreadable, (check,))
    for row in account_rows:
        row["open_positions"] += entries[row["id"]]
    now = clock.now()
    verdict = judge(
        arrival.alert,
        snapshot.rules_of(strategy),
        await snapshot.accounts_of(account_rows, now),
        Circumstances(
            now=now,
            received_at=arrival.received_at,
            source_address=arrival.delivery.source_address or None,
            is_duplicate=not strategy["is_first"],
        ),
    )
    entries.update(one.account_id for one in verdict.decisions if isinstance(one.order, OpenOrder))
    return verdict


_door: Together[Arrival, Receipt] = Together(
    _store_group, key=lambda arrival: (arrival.secret, arrival.mark), lanes=LANES, most=MOST_TOGETHER
)


# --- showing --------------------------------------------------------------------------------------------------------


@needs(Permission.SIGNAL_READ)
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


@needs(Permission.SIGNAL_READ)
async def get_signal(actor: Actor, signal_id: UUID) -> SignalDetail:
    """Everything about one signal. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, signal_id)
    if found is None:
        raise NotFound("There is no such signal.")
    return found


@needs(Permission.SIGNAL_READ)
async def summary(actor: Actor, *, strategy_id: UUID | None = None) -> SignalCounts:
    """Counts and fill times of the actor's signals since midnight UTC."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    async with unit_of_work(actor) as uow:
        return await queries.count_since(uow, actor.person_id, midnight, strategy_id=strategy_id)
