"""Channels: three people, addresses nobody can read, messages that leave once, tests that say the truth."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.domain.notifications import MOST_ATTEMPTS
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import alerts
from forex_elite.services.notifications import channels, outbox, telegram
from forex_elite.services.notifications.telegram import Bot
from forex_elite.settings import settings
from tests.oversight.bot_api import TOKEN, BotApi
from tests.oversight.conftest import acting
from tests.world import Member

CHAT = 987_654_321
WEBHOOK = "https://discord.com/api/webhooks/123456789012345678/" + "w" * 68


@pytest.fixture(autouse=True)
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """The database as its owner; nobody's messages wait in it."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select set_config('app.role', 'service', false)")
        connection.execute("delete from notification_channels")
        yield connection


@pytest.fixture
def on_time() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


async def link(member: Member, api: BotApi, chat_id: int) -> UUID:
    """Link a chat as the person does: a code on the page, a message to the bot."""
    code = await channels.begin_link(acting(member))
    await hear(api, f"/link {code}", chat_id)
    (channel,) = [one for one in (await channels.load(acting(member))).items if one.kind == "telegram"]
    return channel.id


async def hear(api: BotApi, text: str, chat_id: int, kind: str = "private") -> str:
    """The bot hears a message; what it says."""
    bot = Bot(api.url, TOKEN)
    await telegram.answer(bot, api.write(text, chat_id=chat_id, kind=kind))
    await bot.close()
    return api.last


async def happen(member: Member, code: str = "kill-switch", message: str = "It happened.", **more: Any) -> None:
    async with unit_of_work(service("a test")) as uow:
        alerts.note_event(uow, user_id=UUID(member.id), code=code, message=message, **more)


async def deliver() -> None:
    await outbox.deliver()
    await outbox.finished()


def statuses(owner: psycopg.Connection[Any], member: Member) -> list[tuple[str, int]]:
    return owner.execute(
        "select status, attempts from notification_deliveries where user_id = %s order by id", (member.id,)
    ).fetchall()


async def test_an_event_goes_to_the_linked_chat_once_however_often_the_outbox_is_looked_through(
    alice: Member, bot_api: BotApi, owner: psycopg.Connection[Any]
) -> None:
    await link(alice, bot_api, CHAT)
    before = len(bot_api.said)
    await happen(alice, message="No new entries on 700001.")

    for _ in range(3):
        await deliver()

    (sent,) = bot_api.said[before:]
    assert str(sent["chat_id"]) == str(CHAT)
    assert "The kill switch was used" in sent["text"]
    assert "No new entries on 700001." in sent["text"]
    assert statuses(owner, alice) == [("sent", 1)]


async def test_only_events_somebody_chose_and_channels_that_are_on_send(
    bob: Member, bot_api: BotApi, owner: psycopg.Connection[Any]
) -> None:
    channel_id = await link(bob, bot_api, CHAT + 1)
    await channels.choose(acting(bob), channel_id, ["agent-gone"])
    await happen(bob, code="kill-switch")
    await channels.enable(acting(bob), channel_id, on=False)
    await happen(bob, code="agent-gone")

    assert statuses(owner, bob) == []


async def test_what_is_refused_is_tried_again_later_and_given_up_at_last(
    alice: Member, bot_api: BotApi, owner: psycopg.Connection[Any], on_time: None
) -> None:
    channel_id = await link(alice, bot_api, CHAT + 2)
    await happen(alice)
    before = len(bot_api.said)

    bot_api.statuses = [400]
    await deliver()
    await deliver()  # too early
    assert statuses(owner, alice) == [("pending", 1)]
    (channel,) = (await channels.load(acting(alice))).items
    assert "chat not found" in channel.last_error
    assert TOKEN not in channel.last_error

    clock.shift(timedelta(seconds=31))
    await deliver()
    assert statuses(owner, alice) == [("sent", 2)]
    assert len(bot_api.said) == before + 1
    assert (await channels.load(acting(alice))).items[0].last_error == ""

    await happen(alice, message="Never taken.")
    bot_api.statuses = [500] * MOST_ATTEMPTS
    for attempt in range(MOST_ATTEMPTS):
        clock.shift(timedelta(hours=2 + attempt * 2))
        await deliver()
    assert statuses(owner, alice)[-1] == ("failed", MOST_ATTEMPTS)
    assert channel_id


async def test_a_message_whose_sender_died_is_never_sent_again(
    bob: Member, bot_api: BotApi, owner: psycopg.Connection[Any], on_time: None
) -> None:
    await link(bob, bot_api, CHAT + 3)
    await happen(bob)
    before = len(bot_api.said)
    owner.execute(
        "update notification_deliveries set status = 'sending', claimed_at = now(), attempts = 1 where user_id = %s",
        (bob.id,),
    )

    clock.shift(outbox.LOST_AFTER + timedelta(minutes=1))
    await deliver()

    assert statuses(owner, bob) == [("unknown", 1)]
    assert bot_api.said[before:] == []


async def test_quiet_hours_hold_messages_back_until_they_end(
    charlie: Member, bot_api: BotApi, owner: psycopg.Connection[Any], on_time: None
) -> None:
    await link(charlie, bot_api, CHAT + 4)
    now = clock.now()
    start, end = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (-5, 60))
    await channels.save_quiet(acting(charlie), start, end, "UTC", critical_always=True)
    before = len(bot_api.said)
    await happen(charlie, code="order-failed", severity="warning", message="Refused.")
    await happen(charlie, severity="critical", message="Stopped.")

    await deliver()
    assert [one["text"].splitlines()[1] for one in bot_api.said[before:]] == ["Stopped."]
    assert sorted(statuses(owner, charlie)) == [("pending", 0), ("sent", 1)]

    clock.shift(timedelta(minutes=61))
    await deliver()
    assert len(bot_api.said) == before + 2


async def test_an_address_is_unreadable_at_rest_and_in_no_answer(
    alice: Member, bot_api: BotApi, owner: psycopg.Connection[Any]
) -> None:
    await link(alice, bot_api, CHAT + 5)
    await channels.add_discord(acting(alice), WEBHOOK)

    stored = str(owner.execute("select * from notification_channels where user_id = %s", (alice.id,)).fetchall())
    shown = str(await channels.load(acting(alice)))
    audited = (await alice.get("/api/audit", action="notifications.")).text
    for secret in (str(CHAT + 5), "w" * 68, "123456789012345678"):
        assert secret not in stored
        assert secret not in shown
        assert secret not in audited


async def test_nobody_reaches_the_channels_of_another(alice: Member, bob: Member, charlie: Member) -> None:
    channel_id = await channels.add_email(acting(alice))

    for stranger in (bob, charlie):
        assert (await channels.load(acting(stranger))).items == ()
        for attempt in (
            channels.test(acting(stranger), channel_id),
            channels.remove(acting(stranger), channel_id),
            channels.enable(acting(stranger), channel_id, on=False),
            channels.choose(acting(stranger), channel_id, []),
        ):
            with pytest.raises(NotFound):
                await attempt
    assert (await channels.load(acting(alice))).items[0].is_enabled


async def test_no_address_of_another_host_is_taken(alice: Member) -> None:
    with pytest.raises(InvalidInput):
        await channels.add_discord(acting(alice), "https://169.254.169.254/latest/meta-data")
    assert (await channels.load(acting(alice))).items == ()


async def test_a_test_says_what_really_became_of_it(
    alice: Member, bot_api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await link(alice, bot_api, CHAT + 6)
    assert (await channels.test(acting(alice), chat)).outcome == "ok"
    assert "this channel works" in bot_api.last

    bot_api.statuses = [403]
    refused = await channels.test(acting(alice), chat)
    assert refused.outcome == "failed"
    assert "chat not found" in refused.detail

    from apprise.plugins.discord import NotifyDiscord

    monkeypatch.setattr(NotifyDiscord, "notify_url", f"{bot_api.url}/webhooks")
    discord = await channels.add_discord(acting(alice), WEBHOOK)
    assert (await channels.test(acting(alice), discord)).outcome == "ok"
    path, body = bot_api.posted[-1]
    assert path == "/webhooks/123456789012345678/" + "w" * 68
    assert "this channel works" in str(body)


async def test_without_a_mail_server_the_test_says_so_and_a_dead_one_is_no_success(
    bob: Member, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    channel_id = await channels.add_email(acting(bob))
    printed = await channels.test(acting(bob), channel_id)
    assert "console" in printed.detail
    assert bob.email in caplog.text

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(unused.getsockname()[1]))
        settings.cache_clear()
        refused = await channels.test(acting(bob), channel_id)
    settings.cache_clear()
    assert (refused.outcome, refused.is_ok) == ("failed", False)
    assert "does not answer" in refused.detail


async def test_read_and_unread_are_remembered_and_pages_hold_all(alice: Member, bob: Member) -> None:
    for number in range(5):
        await happen(alice, code="order-filled", message=f"Fill {number}.")
    first = await alerts.list_page(acting(alice), limit=3)
    second = await alerts.list_page(acting(alice), limit=3, cursor=UUID(first.next_cursor or ""))
    assert [one.message for one in (*first.items, *second.items)] == [f"Fill {number}." for number in (4, 3, 2, 1, 0)]
    assert await alerts.count_unread(acting(alice), with_notices=True) == 5
    assert await alerts.count_unread(acting(alice)) == 0  # a notice does not ring the bell

    await alerts.acknowledge(acting(alice), first.items[0].id)
    assert len((await alerts.list_page(acting(alice), is_unread=True)).items) == 4
    await alerts.mark_unread(acting(alice), first.items[0].id)
    assert len((await alerts.list_page(acting(alice), is_unread=True)).items) == 5
    assert (await alerts.list_page(acting(alice), event="agent-gone")).items == ()
    assert (await alerts.list_page(acting(bob))).items == ()
    with pytest.raises(NotFound):
        await alerts.mark_unread(acting(bob), first.items[0].id)
    with pytest.raises(NotFound):
        await alerts.mark_unread(acting(bob), uuid7())
