"""What people should know: raised by any service, shown by the bell and in the notification centre, pushed live.

Whoever has channels for an event is told there too: the message goes into the outbox in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import alerts as queries
from forex_elite.db import notifications as outbox
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.health import AlertInfo, WatchedAlert
from forex_elite.domain.identity import Actor
from forex_elite.domain.notifications import EVENTS, OTHER, Delivery, event_of
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import storable

MOST_LISTED = 100
LONGEST_SEARCH = 100
SEVERITIES = ("", "warning", "critical")
TOPIC = "alerts"


async def raise_alert(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    code: str,
    message: str,
    account_id: UUID | None = None,
    agent_id: UUID | None = None,
    severity: str = "warning",
    is_standing: bool = False,
) -> bool:
    """Tell a person something, in the transaction that holds the reason; returns whether it is news.

    One alert is open per code, account and agent. A standing one is open until `close_alert` is called and stays
    silent meanwhile; another one counts how often it came until it is acknowledged. `severity`: warning or critical.
    """
    row = await queries.add(
        uow,
        user_id=user_id,
        code=code,
        message=storable.text(message)[:1000],
        severity=severity,
        account_id=account_id,
        agent_id=agent_id,
        is_standing=is_standing,
        at=clock.now(),
    )
    is_news = bool(row["is_new"])
    if is_news:
        _send(uow, user_id, row["id"], code, severity, storable.text(message)[:1000])
    if is_news or not is_standing:
        news = {"id": str(row["id"]), "code": code, "severity": severity, "message": message}
        uow.tell(topics.of_person(user_id, TOPIC), news)
    return is_news


def note_event(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    code: str,
    message: str,
    account_id: UUID | None = None,
    agent_id: UUID | None = None,
    severity: str = "info",
) -> None:
    """Tell a person of something that happened and is over; each has a line of its own in the notification centre.

    It costs the caller no round trip: the rows go with the next one. What only informs (`info`) does not ring the bell.
    """
    words = storable.text(message)[:1000]
    alert_id = queries.add_event(
        uow,
        user_id=user_id,
        code=code,
        message=words,
        severity=severity,
        account_id=account_id,
        agent_id=agent_id,
        at=clock.now(),
    )
    _send(uow, user_id, alert_id, code, severity, words)
    uow.tell(
        topics.of_person(user_id, TOPIC), {"id": str(alert_id), "code": code, "severity": severity, "message": words}
    )


def _send(uow: UnitOfWork, user_id: UUID, alert_id: UUID, code: str, severity: str, message: str) -> None:
    """To the person's channels that want it, by the outbox."""
    outbox.enqueue(
        uow,
        user_id=user_id,
        alert_id=alert_id,
        event=event_of(code).code,
        severity=severity,
        message=message,
        now=clock.now(),
    )
    uow.tell(topics.OUTBOX)


async def close_alert(
    uow: UnitOfWork, *, user_id: UUID, code: str, account_id: UUID | None = None, agent_id: UUID | None = None
) -> bool:
    """The cause of a standing alert is gone; returns whether one was open."""
    was_open = await queries.close(
        uow, user_id=user_id, code=code, account_id=account_id, agent_id=agent_id, at=clock.now()
    )
    if was_open:
        uow.tell(topics.of_person(user_id, TOPIC), {"code": code})
    return was_open


@needs(Permission.ALERT_READ)
async def list_alerts(actor: Actor) -> tuple[AlertInfo, ...]:
    """The actor's newest alerts, those not acknowledged first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_newest(uow, actor.person_id, limit=MOST_LISTED))


@needs(Permission.ALERT_READ)
async def list_page(
    actor: Actor, *, is_unread: bool = False, event: str = "", cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[AlertInfo]:
    """A page of what the actor was told, newest first: all, unread ones only, or those of one kind of event."""
    known = [one.code for one in EVENTS if one is not OTHER]
    is_other = event == OTHER.code
    async with unit_of_work(actor) as uow:
        return await queries.list_page(
            uow,
            actor.person_id,
            is_unread=is_unread,
            codes=[event] if event and not is_other else [],
            but_codes=known if is_other else [],
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.ALERT_WATCH)
async def watch(
    actor: Actor,
    *,
    part: str = "",
    severity: str = "",
    is_open: bool = True,
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[WatchedAlert]:
    """Everybody's warnings and critical alerts, newest first, for staff to look at; theirs to acknowledge they are not.

    `part` is looked for in e-mail addresses. Raises InvalidInput for another `severity` than warning and critical.
    """
    if severity not in SEVERITIES:
        raise InvalidInput("Use warning or critical.", field="severity")
    async with unit_of_work(actor) as uow:
        return await queries.watch(
            uow,
            part=part.strip()[:LONGEST_SEARCH],
            severity=severity,
            is_open=is_open,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.ALERT_READ)
async def deliveries(actor: Actor, alert_ids: Sequence[UUID]) -> dict[UUID, list[Delivery]]:
    """What became of the messages about these alerts, by alert."""
    async with unit_of_work(actor) as uow:
        rows = await outbox.list_deliveries(uow, actor.person_id, alert_ids)
    found: dict[UUID, list[Delivery]] = {}
    for row in rows:
        found.setdefault(row["alert_id"], []).append(Delivery(row["kind"], row["status"], row["error"]))
    return found


@needs(Permission.ALERT_ACKNOWLEDGE)
async def mark_unread(actor: Actor, alert_id: UUID) -> None:
    """Note that the actor wants to see an alert again. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        if not await queries.unacknowledge(uow, actor.person_id, alert_id):
            raise NotFound("There is no such alert.")
        uow.tell(topics.of_person(actor.person_id, TOPIC), {})


@needs(Permission.ALERT_READ)
async def count_unread(actor: Actor, *, with_notices: bool = False) -> int:
    """How many of the actor's alerts are not acknowledged; what only informs counts `with_notices` only."""
    async with unit_of_work(actor) as uow:
        return await queries.count_unread(uow, actor.person_id, with_notices=with_notices)


@needs(Permission.ALERT_ACKNOWLEDGE)
async def acknowledge(actor: Actor, alert_id: UUID | None = None) -> int:
    """Note that the actor has seen one alert, or all without an id; returns how many. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        touched = await queries.acknowledge(uow, actor.person_id, alert_id=alert_id, at=clock.now())
        if alert_id is not None and not touched:
            raise NotFound("There is no such alert.")
        uow.tell(topics.of_person(actor.person_id, TOPIC), {})
        return touched
