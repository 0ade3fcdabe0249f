"""The kill switch by Telegram: only from the linked chat, only with the code, only within a minute, only once."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from forex_elite import clock
from forex_elite.services import alerts, kill_switch
from forex_elite.services.notifications import channels, telegram
from tests.oversight.bot_api import BotApi
from tests.oversight.conftest import acting
from tests.oversight.test_channels import hear, link
from tests.world import Member, pair

CHAT, OTHER = 555_000_111, 555_000_222


@pytest.fixture
def on_time() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


async def killed(member: Member) -> list[bool]:
    return [state.killed_at is not None for state in await kill_switch.states(acting(member))]


def code_in(words: str) -> str:
    found = re.search(r"\b\d{6}\b", words)
    assert found is not None, words
    return found[0]


async def test_the_code_stops_every_account_and_is_good_once(alice: Member, bob: Member, bot_api: BotApi) -> None:
    await pair(alice, accounts=2)
    await pair(bob)
    await link(alice, bot_api, CHAT)

    code = code_in(await hear(bot_api, "/kill", CHAT))
    assert await killed(alice) == [False, False]
    assert "stopped on 2 account(s)" in await hear(bot_api, code, CHAT)

    assert await killed(alice) == [True, True]
    assert await killed(bob) == [False]
    assert "wrong, used or too old" in await hear(bot_api, code, CHAT)
    entries = (await alice.get("/api/audit", action="kill_switch.")).json()["items"]
    assert [(entry["action"], entry["address"]) for entry in entries] == [("kill_switch.throw", "telegram")] * 2
    (told,) = (await alerts.list_page(acting(alice), event="kill-switch")).items
    assert "Kill switch thrown: no new entries" in told.message


async def test_a_code_is_of_no_use_late_elsewhere_or_after_three_wrong_ones(
    alice: Member, charlie: Member, bot_api: BotApi, on_time: None
) -> None:
    await pair(alice)
    await link(alice, bot_api, CHAT + 1)
    await link(charlie, bot_api, OTHER + 1)

    code = code_in(await hear(bot_api, "/kill", CHAT + 1))
    assert "wrong" in await hear(bot_api, code, OTHER + 1)  # another person's chat
    assert await hear(bot_api, code, OTHER + 99) == telegram.NOT_LINKED  # nobody's
    clock.shift(timedelta(seconds=61))
    assert "too old" in await hear(bot_api, code, CHAT + 1)
    clock.shift(timedelta(0))

    code = code_in(await hear(bot_api, "/kill", CHAT + 1))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(telegram.MOST_TRIES):
        await hear(bot_api, wrong, CHAT + 1)
    assert "wrong" in await hear(bot_api, code, CHAT + 1)
    assert await killed(alice) == [False]


async def test_strangers_and_groups_get_nothing(alice: Member, bot_api: BotApi) -> None:
    await pair(alice)
    await link(alice, bot_api, CHAT + 2)

    assert await hear(bot_api, "/kill", OTHER + 2) == telegram.NOT_LINKED
    assert "nothing in groups" in await hear(bot_api, "/kill", CHAT + 2, "group")
    assert "wrong or too old" in await hear(bot_api, "/link AAAAAAAAAA", OTHER + 2)


async def test_a_chat_belongs_to_one_person_and_a_link_code_is_good_once(
    alice: Member, bob: Member, bot_api: BotApi
) -> None:
    code = await channels.begin_link(acting(alice))
    assert "linked to Alice" in await hear(bot_api, f"/start {code}", CHAT + 3)
    assert "wrong or too old" in await hear(bot_api, f"/link {code}", OTHER + 3)

    code = await channels.begin_link(acting(bob))
    assert "linked to another account" in await hear(bot_api, f"/link {code}", CHAT + 3)
    assert (await channels.load(acting(bob))).items == ()


async def test_an_unlinked_chat_stops_nothing_any_more(alice: Member, bot_api: BotApi) -> None:
    await pair(alice)
    channel_id = await link(alice, bot_api, CHAT + 4)
    code = code_in(await hear(bot_api, "/kill", CHAT + 4))
    await channels.remove(acting(alice), channel_id)

    assert await hear(bot_api, code, CHAT + 4) == telegram.NOT_LINKED
    assert await killed(alice) == [False]


async def test_closing_is_asked_for_by_name_and_queued(alice: Member, bot_api: BotApi) -> None:
    vps = await pair(alice)
    await link(alice, bot_api, CHAT + 5)
    words = await hear(bot_api, "/kill close", CHAT + 5)
    assert "CLOSE EVERY POSITION" in words
    assert "Closing everything on 1" in await hear(bot_api, code_in(words), CHAT + 5)
    jobs = []
    while (job := await vps.claim()) is not None:
        jobs.append(job["payload"].get("instruction", {}).get("do"))
        await vps.finish(job)
    assert "flatten" in jobs


async def test_the_bot_asks_for_messages_answers_each_once_and_goes_on_after_an_error(
    alice: Member, bot_api: BotApi
) -> None:
    serving = asyncio.create_task(telegram.serve())
    said = len(bot_api.said)
    try:
        for number in (1, 2):
            bot_api.write("hello", chat_id=OTHER + 6)
            async with asyncio.timeout(20):
                while len(bot_api.said) < said + number:
                    bot_api.changed.clear()
                    await bot_api.changed.wait()
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    assert [one["text"] for one in bot_api.said[said:]] == [telegram.NOT_LINKED] * 2
    assert bot_api.offsets == sorted(bot_api.offsets)
