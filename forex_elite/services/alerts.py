"""What people should know: raised by any service, shown by the bell and on the health page, pushed live."""

from __future__ import annotations

from uuid import UUID

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import alerts as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.health import AlertInfo
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import NotFound
from forex_elite.services import storable

MOST_LISTED = 100
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
    if is_news or not is_standing:
        news = {"id": str(row["id"]), "code": code, "severity": severity, "message": message}
        uow.tell(topics.of_person(user_id, TOPIC), news)
    return is_news


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
async def count_unread(actor: Actor) -> int:
    """How many of the actor's alerts are not acknowledged."""
    async with unit_of_work(actor) as uow:
        return await queries.count_unread(uow, actor.person_id)


@needs(Permission.ALERT_ACKNOWLEDGE)
async def acknowledge(actor: Actor, alert_id: UUID | None = None) -> int:
    """Note that the actor has seen one alert, or all without an id; returns how many. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        touched = await queries.acknowledge(uow, actor.person_id, alert_id=alert_id, at=clock.now())
        if alert_id is not None and not touched:
            raise NotFound("There is no such alert.")
        uow.tell(topics.of_person(actor.person_id, TOPIC), {})
        return touched
