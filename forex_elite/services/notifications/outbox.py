"""The outbox: messages written with their reason, sent afterwards by one worker, each to a channel at most once.

A message is claimed before it is sent. What certainly did not leave is tried again with growing pauses; what may have
arrived (no answer, or the server stopped in the middle) never is.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from cryptography.fernet import InvalidToken

from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import notifications as queries
from forex_elite.db.unit_of_work import Row, repeatable, unit_of_work
from forex_elite.domain.identity import service
from forex_elite.domain.notifications import (
    MOST_ATTEMPTS,
    ChannelKind,
    QuietHours,
    SendResult,
    event_of,
    pause_s,
    quiet_until,
)
from forex_elite.services.notifications import channels, sending
from forex_elite.settings import settings

log = logging.getLogger(__name__)

AT_ONCE = 8
LOST_AFTER = timedelta(minutes=5)
KEPT = timedelta(days=90)
TOO_OLD = timedelta(hours=48)
"""News older than this is no news; a message that waited so long is given up."""
_WORK = service("notifications")
_sending: set[asyncio.Task[None]] = set()


async def deliver() -> None:
    """Begin to send what is due, as many at once as is sensible; a slow channel holds up nobody else's."""
    now, room = clock.now(), AT_ONCE - len(_sending)
    if room <= 0:
        return
    async with unit_of_work(_WORK) as uow:
        await queries.give_up_lost(uow, before=now - LOST_AFTER, now=now)
        rows = await queries.claim_due(uow, now=now, limit=room)
    for row in rows:
        _sending.add(asyncio.create_task(_deliver(row), name="notification"))


async def finished() -> None:
    """Wait until everything that is being sent has been settled."""
    while _sending:
        await asyncio.gather(*_sending, return_exceptions=True)


async def clear_old() -> None:
    """Remove messages that were settled long ago."""
    before = clock.now() - KEPT
    await repeatable(_WORK, lambda uow: queries.clear_old(uow, before=before))


async def _deliver(row: Row) -> None:
    try:
        await _settle(row, await _try(row))
    except Exception:
        log.exception("a notification could not be settled; it counts as perhaps sent")
    if (task := asyncio.current_task()) is not None:
        _sending.discard(task)
    await bus.current().publish([(topics.OUTBOX, {})])  # there is room for the next


async def _try(row: Row) -> SendResult | None:
    """What became of a claimed message; None while its person is not to be disturbed."""
    now = clock.now()
    if not row["is_enabled"] or not row["is_active"]:
        return SendResult("dropped", "The channel was switched off meanwhile.")
    if now - row["created_at"] > TOO_OLD:
        return SendResult("dropped", "It waited for more than two days.")
    if quiet_until(QuietHours(**queries.parameters_of(row)), now, row["severity"]) is not None:
        return None
    event = event_of(row["event"])
    letter = sending.Letter(f"ForexElite: {event.title}", f"{row['message']}\n{settings().url}{event.page}")
    try:
        address = channels.address_of(row)
    except InvalidToken:
        return SendResult("dropped", "The server's secret was replaced; add the channel again.")
    return await sending.send(ChannelKind(row["kind"]), address, letter)


async def _settle(row: Row, result: SendResult | None) -> None:
    now = clock.now()
    async with unit_of_work(_WORK) as uow:
        if result is None:
            until = quiet_until(QuietHours(**queries.parameters_of(row)), now, row["severity"]) or now
            await queries.put_back(
                uow, row["id"], until=until, error="Waits for the end of the quiet hours.", counts=False
            )
            return
        if result.outcome == "failed" and row["attempts"] < MOST_ATTEMPTS:
            until = now + timedelta(seconds=pause_s(row["attempts"]))
            await queries.put_back(uow, row["id"], until=until, error=result.detail, counts=True)
        else:
            status = {"ok": "sent", "unknown": "unknown"}.get(result.outcome, "failed")
            await queries.finish(uow, row["id"], status=status, error=result.detail, now=now)
        if result.outcome != "dropped":
            await queries.note_result(uow, row["channel_id"], at=now, error="" if result.is_ok else result.detail)
