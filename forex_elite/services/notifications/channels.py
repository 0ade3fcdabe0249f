"""A person's channels: what is told where, quiet hours, linking, and a test with an honest result."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import notifications as queries
from forex_elite.db import people
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.notifications import (
    DEFAULT_EVENTS,
    ChannelInfo,
    ChannelKind,
    QuietHours,
    SendResult,
    check_events,
    check_quiet,
    read_discord,
)
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, NotFound, TooManyRequests
from forex_elite.services import alerts, audit, mail, rates, vault
from forex_elite.services.notifications import sending
from forex_elite.settings import settings

LINK_WITHIN = timedelta(minutes=15)
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and digits that look alike."""
_tests = rates.RateLimit(per_second=5 / 60, burst=5)


class NoBot(Conflict):
    """The server has no Telegram bot; its operator sets TELEGRAM_BOT_TOKEN."""

    code = "no-telegram-bot"


@dataclass(frozen=True, slots=True)
class Channels:
    """What the settings show: channels, quiet hours, and what this server can do."""

    items: tuple[ChannelInfo, ...]
    quiet: QuietHours
    has_mail_server: bool
    has_bot: bool


@needs(Permission.CHANNEL_READ)
async def load(actor: Actor) -> Channels:
    """The actor's channels and quiet hours; without a choice their own time zone is proposed."""
    async with unit_of_work(actor) as uow:
        items = await queries.list_channels(uow, actor.person_id)
        quiet = await queries.get_quiet(uow, actor.person_id)
        zone = (await people.get_preferences(uow, actor.person_id)).time_zone
    now = settings()
    return Channels(
        tuple(items),
        quiet or QuietHours(time_zone=zone),
        has_mail_server=mail.relay(now) is not None,
        has_bot=bool(now.telegram_bot_token.get_secret_value()),
    )


@needs(Permission.CHANNEL_MANAGE)
async def add_email(actor: Actor) -> UUID:
    """Tell the actor by e-mail, at the address they log in with: no other, so that nobody else gets mail from us."""
    async with unit_of_work(actor) as uow:
        return await _save(uow, actor, ChannelKind.EMAIL, b"", None, "the address you log in with")


@needs(Permission.CHANNEL_MANAGE)
async def add_discord(actor: Actor, webhook: str) -> UUID:
    """Tell a Discord channel through a webhook of it. Raises InvalidInput for any other address."""
    parts = read_discord(webhook)
    sealed = vault.seal(f"{parts.webhook_id}/{parts.token}")
    async with unit_of_work(actor) as uow:
        return await _save(uow, actor, ChannelKind.DISCORD, sealed, None, f"webhook …{parts.webhook_id[-4:]}")


@needs(Permission.CHANNEL_MANAGE)
async def begin_link(actor: Actor) -> str:
    """A code that links the chat it is sent from within 15 minutes. Raises NoBot."""
    if not settings().telegram_bot_token.get_secret_value():
        raise NoBot("This server has no Telegram bot.")
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    async with unit_of_work(actor) as uow:
        await queries.put_code(
            uow,
            actor.person_id,
            purpose="link",
            code_hash=code_hash("link", code),
            expires_at=clock.now() + LINK_WITHIN,
        )
    return code


async def link_chat(uow: UnitOfWork, actor: Actor, chat_id: int, name: str) -> UUID:
    """Link a chat to the actor, who proved by a code that it is theirs. Raises ChannelTaken."""
    return await _save(
        uow, actor, ChannelKind.TELEGRAM, vault.seal(str(chat_id)), chat_key(chat_id), f"chat with {name}"[:64]
    )


@needs(Permission.CHANNEL_MANAGE)
async def choose(actor: Actor, channel_id: UUID, events: Iterable[str]) -> None:
    """Set which events a channel tells. Raises InvalidInput, NotFound."""
    await _change(actor, channel_id, events=check_events(events), is_enabled=None)


@needs(Permission.CHANNEL_MANAGE)
async def enable(actor: Actor, channel_id: UUID, *, on: bool) -> None:
    """Let a channel tell again, or be silent. Raises NotFound."""
    await _change(actor, channel_id, events=None, is_enabled=on)


@needs(Permission.CHANNEL_MANAGE)
async def remove(actor: Actor, channel_id: UUID) -> None:
    """Forget a channel, its address and what waits for it. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        kind = await queries.remove_channel(uow, actor.person_id, channel_id)
        if kind is None:
            raise NotFound("There is no such channel.")
        await audit.record(uow, actor, "notifications.channel.remove", subject=("channel", channel_id))
        _tell(uow, actor)


@needs(Permission.CHANNEL_MANAGE)
async def save_quiet(actor: Actor, start: str, end: str, zone: str, *, critical_always: bool) -> QuietHours:
    """Set quiet hours, as `22:30` and `07:00`, both empty for none. Raises InvalidInput."""
    hours = check_quiet(start, end, zone, zoneinfo.available_timezones(), critical_always=critical_always)
    async with unit_of_work(actor) as uow:
        await queries.save_quiet(uow, actor.person_id, hours)
    return hours


@needs(Permission.CHANNEL_MANAGE)
async def test(actor: Actor, channel_id: UUID) -> SendResult:
    """Send a test message now and say what became of it. Raises NotFound, TooManyRequests."""
    _tests.take(actor.person_id.bytes, TooManyRequests)
    async with unit_of_work(actor) as uow:
        row = await queries.find_channel(uow, actor.person_id, channel_id)
    if row is None:
        raise NotFound("There is no such channel.")
    letter = sending.Letter(
        "ForexElite: a test", f"Hello {row['display_name']}, this channel works.\n{settings().url}/settings"
    )
    result = await sending.send(ChannelKind(row["kind"]), address_of(row), letter)
    async with unit_of_work(actor) as uow:
        await queries.note_result(uow, channel_id, at=clock.now(), error="" if result.is_ok else result.detail)
    return result


def address_of(row: Row) -> str:
    """Where a stored channel leads."""
    return str(row["email"]) if row["kind"] == ChannelKind.EMAIL else vault.unseal(row["address_encrypted"])


def chat_key(chat_id: int) -> bytes:
    """A keyed hash of a chat, by which it is found again: the plain id is stored nowhere."""
    return hmac.new(settings().signing_key().encode(), f"telegram chat {chat_id}".encode(), hashlib.sha256).digest()


def code_hash(purpose: str, code: str) -> bytes:
    """A keyed hash of a code for one purpose."""
    return hmac.new(settings().signing_key().encode(), f"{purpose} {code}".encode(), hashlib.sha256).digest()


async def _save(uow: UnitOfWork, actor: Actor, kind: ChannelKind, sealed: bytes, key: bytes | None, hint: str) -> UUID:
    channel_id = await queries.save_channel(
        uow, actor.person_id, kind=kind.value, sealed=sealed, key=key, hint=hint, events=DEFAULT_EVENTS
    )
    await audit.record(
        uow, actor, "notifications.channel.add", subject=("channel", channel_id), after={"kind": kind, "hint": hint}
    )
    _tell(uow, actor)
    return channel_id


async def _change(actor: Actor, channel_id: UUID, *, events: tuple[str, ...] | None, is_enabled: bool | None) -> None:
    async with unit_of_work(actor) as uow:
        if not await queries.choose(uow, actor.person_id, channel_id, events=events, is_enabled=is_enabled):
            raise NotFound("There is no such channel.")


def _tell(uow: UnitOfWork, actor: Actor) -> None:
    uow.tell(topics.of_person(actor.person_id, alerts.TOPIC), {})
