"""Who is gone, what fails and which feed is silent is told once, and is over when it is over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.health import is_market_open
from forex_elite.domain.identity import service
from forex_elite.services import alerts, quotes, watch
from tests.world import Member, Vps, account_ids, pair

WEDNESDAY = datetime(2026, 3, 18, 12, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_time_again() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


async def listed(member: Member) -> list[tuple[str, bool]]:
    """Codes of a person's alerts, newest first, with whether each is over."""
    items = (await member.get("/api/alerts")).json()["items"]
    return [(item["code"], item["closed_at"] is not None) for item in items]


async def beat(vps: Vps, state: str = "ready", detail: str = "") -> None:
    terminals = [{"login": login, "server": vps.server, "state": state, "detail": detail} for login in vps.logins]
    answer = await vps.post("heartbeat", {"version": "1.0", "terminals": terminals})
    assert answer.status_code == 200, answer.text


async def test_an_agent_gone_for_ten_minutes_raises_one_alert_that_ends_when_it_returns(
    alice: Member, bob: Member
) -> None:
    vps = await pair(alice)
    clock.shift(timedelta(minutes=9))
    await watch.look()
    assert await listed(alice) == []
    clock.shift(timedelta(minutes=11))
    for _ in range(3):
        await watch.look()

    assert await listed(alice) == [("agent-gone", False)]
    assert await listed(bob) == []
    await vps.beat()
    await watch.look()
    assert await listed(alice) == [("agent-gone", True)]


async def test_the_third_failure_in_a_row_raises_an_alert_and_a_report_ends_it(alice: Member) -> None:
    vps = await pair(alice)
    account = (await account_ids(alice))[0]
    for number in range(1, 4):
        clock.shift(timedelta(seconds=30 * number))
        for _ in range(4):  # heartbeats come oftener than attempts
            await beat(vps, "unreachable", "IPC timeout")
        assert await listed(alice) == ([("account-failing", False)] if number == 3 else [])
    health = (await alice.get("/api/health/accounts")).json()["accounts"][0]

    assert health["failures_in_a_row"] == 3
    assert "failed 3 times in a row: IPC timeout" in " ".join(health["issues"])
    assert (health["last_run"]["status"], health["last_run"]["error"]) == ("failed", "IPC timeout")
    await vps.report_account(vps.logins[0])
    assert await listed(alice) == [("account-failing", True)]
    assert (await alice.get("/api/health/accounts")).json()["accounts"][0]["failures_in_a_row"] == 0
    async with unit_of_work(service("test")) as uow:
        assert await uow.value("select sync_failures from mt5_accounts where id = %s", (account,)) == 0


async def test_a_malformed_account_counts_as_a_failure_of_that_account(alice: Member) -> None:
    vps = await pair(alice)
    for number in range(1, 4):
        clock.shift(timedelta(seconds=30 * number))
        answer = (await vps.report_account(vps.logins[0], balance="rich")).json()
        assert answer["stored"] == 0

    assert await listed(alice) == [("account-failing", False)]


async def test_a_silent_feed_is_told_while_the_market_is_open(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    vps = await pair(alice)
    await quotes.flush(is_last=True)
    await beat(vps)
    monkeypatch.setattr(watch, "is_market_open", lambda now: True)
    await watch.look()
    assert await listed(alice) == []
    clock.shift(timedelta(minutes=3))
    await beat(vps)
    await watch.look()
    assert await listed(alice) == [("feed-silent", False)]

    await vps.quote()
    await quotes.flush(is_last=True)
    await watch.look()

    assert await listed(alice) == [("feed-silent", True)]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (WEDNESDAY, True),
        (SATURDAY, False),
        (datetime(2026, 3, 20, 20, 59, tzinfo=UTC), True),  # Friday 16:59 in New York, summer time
        (datetime(2026, 3, 20, 21, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 22, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 22, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 9, 21, 30, tzinfo=UTC), True),  # Friday 16:30 in New York, winter time
        (datetime(2026, 1, 9, 22, 0, tzinfo=UTC), False),
    ],
)
def test_the_market_keeps_new_yorks_week(at: datetime, *, is_open: bool) -> None:
    assert is_market_open(at) is is_open


async def test_an_alert_of_another_part_counts_up_until_it_is_acknowledged(alice: Member, charlie: Member) -> None:
    from uuid import UUID

    async def hit() -> None:
        async with unit_of_work(alice_actor) as uow:
            await alerts.raise_alert(uow, user_id=UUID(alice.id), code="daily-loss", message="limit reached\x00")

    from forex_elite.domain.identity import Actor, Role

    alice_actor = Actor(user_id=UUID(alice.id), role=Role.USER)
    await hit()
    await hit()
    (alert,) = (await alice.get("/api/alerts")).json()["items"]
    assert alert["times"] == 2
    assert (await charlie.post(f"/api/alerts/{alert['id']}/acknowledge")).status_code == 404
    assert (await charlie.post("/api/alerts/acknowledge")).json() == {"acknowledged": 0}

    assert (await alice.post(f"/api/alerts/{alert['id']}/acknowledge")).json() == {"acknowledged": 1}
    assert (await alice.get("/api/alerts")).json()["unread"] == 0
    await hit()

    assert [item["times"] for item in (await alice.get("/api/alerts")).json()["items"]] == [1, 2]
    assert (await alice.post("/api/alerts/acknowledge")).json() == {"acknowledged": 1}


async def test_alerts_are_pushed_to_their_owner_alone(server_url: str, alice: Member, bob: Member) -> None:
    vps = await pair(alice)
    host = urlsplit(server_url).netloc
    async with (
        connect(f"ws://{host}/ws/live", additional_headers=alice.headers) as mine,
        connect(f"ws://{host}/ws/live", additional_headers=bob.headers) as other,
    ):
        for socket in (mine, other):
            await socket.send(json.dumps({"subscribe": ["alerts"]}))
            await socket.send("?")
            assert "error" in await socket.recv()
        await vps.report_account(vps.logins[0], deals_sum=1.0)
        async with asyncio.timeout(10):
            told: dict[str, Any] = json.loads(await mine.recv())
        await other.send("?")

        assert (told["topic"], told["data"]["code"]) == ("alerts", "balance-differs")
        assert "error" in await other.recv()


async def test_sync_now_queues_one_job_however_often_it_is_asked_and_its_end_is_a_run(
    alice: Member, charlie: Member
) -> None:
    vps = await pair(alice)
    account = (await account_ids(alice))[0]
    assert (await charlie.post(f"/api/accounts/{account}/sync")).status_code == 404
    first = await alice.post(f"/api/accounts/{account}/sync")
    again = await alice.post(f"/api/accounts/{account}/sync")
    assert (first.status_code, first.json()) == (202, again.json())

    job = await vps.claim()
    assert job is not None
    assert (job["type"], job["id"]) == ("sync", first.json()["job_id"])
    await vps.finish(job, result={})

    run = (await alice.get("/api/health/accounts")).json()["accounts"][0]["last_run"]
    assert (run["kind"], run["status"]) == ("request", "ok")
    assert await vps.claim() is None
    await alice.delete(f"/api/agents/{vps.id}")
    refused = await alice.post(f"/api/accounts/{account}/sync")
    assert (refused.status_code, refused.json()["code"]) == (409, "no-agent")
