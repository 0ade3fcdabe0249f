"""Queries about notification channels, quiet hours, codes, and the outbox of messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.notifications import ChannelInfo, ChannelKind, ChannelTaken, QuietHours

_CHANNEL = "id, kind, hint, events, is_enabled, created_at, last_sent_at, last_error"


def _channel(row: Row) -> ChannelInfo:
    return ChannelInfo(**{**row, "kind": ChannelKind(row["kind"]), "events": tuple(row["events"])})


async def list_channels(uow: UnitOfWork, user_id: UUID) -> list[ChannelInfo]:
    """A person's channels, in a fixed order."""
    rows = await uow.rows(f"select {_CHANNEL} from notification_channels where user_id = %s order by kind", (user_id,))
    return [_channel(row) for row in rows]


async def find_channel(uow: UnitOfWork, user_id: UUID, channel_id: UUID) -> Row | None:
    """A channel with its sealed address and its owner's e-mail address."""
    return await uow.row(
        "select c.id, c.kind, c.address_encrypted, u.email, u.display_name from notification_channels c "
        "join users u on u.id = c.user_id where c.user_id = %s and c.id = %s",
        (user_id, channel_id),
    )


async def save_channel(
    uow: UnitOfWork, user_id: UUID, *, kind: str, sealed: bytes, key: bytes | None, hint: str, events: Sequence[str]
) -> UUID:
    """Add a person's channel of this kind, or give it another address. Raises ChannelTaken."""
    try:
        return UUID(
            str(
                await uow.value(
                    "insert into notification_channels (id, user_id, kind, address_encrypted, address_key, hint, "
                    "events, is_enabled, created_at, last_error) values "
                    "(%(id)s, %(user)s, %(kind)s, %(sealed)s, %(key)s, %(hint)s, %(events)s, true, now(), '') "
                    "on conflict (user_id, kind) do update set address_encrypted = excluded.address_encrypted, "
                    "address_key = excluded.address_key, hint = excluded.hint, last_error = '', last_sent_at = null, "
                    "is_enabled = true returning id",
                    {
                        "id": uuid7(),
                        "user": user_id,
                        "kind": kind,
                        "sealed": sealed,
                        "key": key,
                        "hint": hint,
                        "events": list(events),
                    },
                )
            )
        )
    except psycopg.errors.UniqueViolation as taken:
        raise ChannelTaken("This chat is linked to another account here.") from taken


async def choose(
    uow: UnitOfWork, user_id: UUID, channel_id: UUID, *, events: Sequence[str] | None, is_enabled: bool | None
) -> bool:
    """Set what a channel tells, or whether it tells at all; whether there is such a channel."""
    return bool(
        await uow.run(
            "update notification_channels set events = coalesce(%s::text[], events), "
            "is_enabled = coalesce(%s, is_enabled) where user_id = %s and id = %s",
            (None if events is None else list(events), is_enabled, user_id, channel_id),
        )
    )


async def remove_channel(uow: UnitOfWork, user_id: UUID, channel_id: UUID) -> str | None:
    """Delete a channel with what waits for it; returns its kind."""
    kind = await uow.value(
        "delete from notification_channels where user_id = %s and id = %s returning kind", (user_id, channel_id)
    )
    return None if kind is None else str(kind)


async def note_result(uow: UnitOfWork, channel_id: UUID, *, at: datetime, error: str) -> None:
    """Note on a channel whether the last message left."""
    await uow.run(
        "update notification_channels set last_error = %(error)s::text, "
        "last_sent_at = case when %(error)s::text = '' then %(at)s else last_sent_at end where id = %(id)s",
        {"id": channel_id, "at": at, "error": error},
    )


async def find_chat(uow: UnitOfWork, key: bytes) -> Row | None:
    """Whose chat this is: an active person with a linked channel."""
    return await uow.row(
        "select c.id, c.user_id, u.role, u.display_name from notification_channels c join users u on u.id = c.user_id "
        "where c.address_key = %s and u.is_active",
        (key,),
    )


# --- quiet hours ----------------------------------------------------------------------------------------------------


async def get_quiet(uow: UnitOfWork, user_id: UUID) -> QuietHours | None:
    """A person's quiet hours; None while they never chose."""
    row = await uow.row(
        'select quiet_from as start, quiet_until as "end", time_zone, critical_always from notification_settings '
        "where user_id = %s",
        (user_id,),
    )
    return None if row is None else QuietHours(**row)


async def save_quiet(uow: UnitOfWork, user_id: UUID, hours: QuietHours) -> None:
    """Store a person's quiet hours."""
    await uow.run(
        "insert into notification_settings (user_id, quiet_from, quiet_until, time_zone, critical_always) "
        "values (%s, %s, %s, %s, %s) on conflict (user_id) do update set quiet_from = excluded.quiet_from, "
        "quiet_until = excluded.quiet_until, time_zone = excluded.time_zone, "
        "critical_always = excluded.critical_always",
        (user_id, hours.start, hours.end, hours.time_zone, hours.critical_always),
    )


# --- codes ----------------------------------------------------------------------------------------------------------


async def put_code(uow: UnitOfWork, user_id: UUID, *, purpose: str, code_hash: bytes, expires_at: datetime) -> None:
    """Keep a code; one of each purpose is good at a time."""
    await uow.run(
        "insert into notification_codes (id, user_id, purpose, code_hash, expires_at, tries, used_at) "
        "values (%s, %s, %s, %s, %s, 0, null) on conflict (user_id, purpose) do update set "
        "code_hash = excluded.code_hash, expires_at = excluded.expires_at, tries = 0, used_at = null",
        (uuid7(), user_id, purpose, code_hash, expires_at),
    )


async def spend_code(
    uow: UnitOfWork, *, code_hash: bytes, purpose: str, user_id: UUID | None, now: datetime, most_tries: int
) -> UUID | None:
    """Use a code up, once; the person it was for, None when it is wrong, late or used.

    With `user_id` every try counts against that person's code, right or wrong.
    """
    if user_id is not None:
        await uow.run(
            "update notification_codes set tries = tries + 1 where user_id = %s and purpose = %s", (user_id, purpose)
        )
    found = await uow.value(
        "update notification_codes set used_at = %(now)s where code_hash = %(hash)s and purpose = %(purpose)s "
        "and (%(user)s::uuid is null or user_id = %(user)s) and used_at is null and expires_at > %(now)s "
        "and tries <= %(tries)s returning user_id",
        {"now": now, "hash": code_hash, "purpose": purpose, "user": user_id, "tries": most_tries},
    )
    return None if found is None else UUID(str(found))


# --- the outbox -----------------------------------------------------------------------------------------------------

_ENQUEUE = """
insert into notification_deliveries (id, user_id, channel_id, alert_id, event, severity, message, status, attempts,
                                     not_before, error, created_at)
select uuidv7(), c.user_id, c.id, %(alert)s, %(event)s::text, %(severity)s, %(message)s, 'pending', 0, %(now)s, '',
       %(now)s
from notification_channels c where c.user_id = %(user)s and c.is_enabled and %(event)s::text = any(c.events)
on conflict (channel_id, alert_id) do nothing
"""


def enqueue(
    uow: UnitOfWork, *, user_id: UUID, alert_id: UUID, event: str, severity: str, message: str, now: datetime
) -> None:
    """Put a message for every channel that wants it into the outbox, with the transaction's next round trip."""
    uow.defer(
        _ENQUEUE,
        {
            "user": user_id,
            "alert": alert_id,
            "event": event,
            "severity": severity,
            "message": message,
            "now": now,
        },
    )


_CLAIM = """
with due as (
    select d.id from notification_deliveries d where d.status = 'pending' and d.not_before <= %(now)s
    order by d.not_before limit %(limit)s for update skip locked
), taken as (
    update notification_deliveries d set status = 'sending', claimed_at = %(now)s, attempts = d.attempts + 1
    from due where d.id = due.id
    returning d.id, d.user_id, d.channel_id, d.event, d.severity, d.message, d.attempts, d.created_at
)
select t.*, c.kind, c.address_encrypted, c.is_enabled, u.email, u.is_active, s.quiet_from, s.quiet_until,
       coalesce(s.time_zone, 'UTC') as time_zone, coalesce(s.critical_always, true) as critical_always
from taken t join notification_channels c on c.id = t.channel_id join users u on u.id = t.user_id
left join notification_settings s on s.user_id = t.user_id
order by t.created_at
"""


async def claim_due(uow: UnitOfWork, *, now: datetime, limit: int) -> list[Row]:
    """Take messages that are due; nobody else sends them meanwhile, or ever again without `put_back`."""
    return await uow.rows(_CLAIM, {"now": now, "limit": limit})


async def put_back(uow: UnitOfWork, delivery_id: UUID, *, until: datetime, error: str, counts: bool) -> None:
    """A message that certainly did not leave waits again."""
    await uow.run(
        "update notification_deliveries set status = 'pending', not_before = %s, error = %s, "
        "attempts = attempts - %s where id = %s and status = 'sending'",
        (until, error, 0 if counts else 1, delivery_id),
    )


async def finish(uow: UnitOfWork, delivery_id: UUID, *, status: str, error: str, now: datetime) -> None:
    """A message is sent, given up, or may have arrived."""
    await uow.run(
        "update notification_deliveries set status = %s, error = %s, finished_at = %s "
        "where id = %s and status = 'sending'",
        (status, error, now, delivery_id),
    )


async def give_up_lost(uow: UnitOfWork, *, before: datetime, now: datetime) -> int:
    """Messages whose sender died in the middle may have arrived: they are not sent again."""
    return await uow.run(
        "update notification_deliveries set status = 'unknown', finished_at = %s, "
        "error = 'The server stopped while this was being sent.' where status = 'sending' and claimed_at < %s",
        (now, before),
    )


async def clear_old(uow: UnitOfWork, *, before: datetime) -> int:
    """Remove messages that were settled before this instant, and codes nobody can use any more."""
    await uow.run("delete from notification_codes where expires_at < %s", (before,))
    return await uow.run("delete from notification_deliveries where finished_at < %s", (before,))


async def list_deliveries(uow: UnitOfWork, user_id: UUID, alert_ids: Sequence[UUID]) -> list[Row]:
    """What became of the messages about these alerts."""
    return await uow.rows(
        "select d.alert_id, c.kind, d.status, d.error, d.attempts, d.finished_at from notification_deliveries d "
        "join notification_channels c on c.id = d.channel_id where d.user_id = %s and d.alert_id = any(%s) "
        "order by c.kind",
        (user_id, list(alert_ids)),
    )


def parameters_of(row: Row) -> dict[str, Any]:
    """Quiet hours of a claimed message, for `QuietHours`."""
    return {
        "start": row["quiet_from"],
        "end": row["quiet_until"],
        "time_zone": row["time_zone"],
        "critical_always": row["critical_always"],
    }
