"""The two sockets, over real connections: who may open them, what they survive, and that the newest value wins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forex_elite import bus
from forex_elite.bus import topics
from forex_elite.realtime.live import MAX_MESSAGE, MAX_TOPICS
from forex_elite.services import sessions
from tests.world import PASSWORD, Member, Vps, account_ids, calling, pair, register

PATIENCE_S = 10.0
PATHS = ("/ws/live", "/ws/prices/EURUSD")


@pytest.fixture(scope="module")
async def trader(server_url: str, first_user: Member) -> AsyncIterator[tuple[Member, Vps]]:
    async with calling(server_url) as caller:
        member = await register(caller, "watcher")
        yield member, await pair(member)


@pytest.fixture(scope="module")
async def stranger(server_url: str, first_user: Member) -> AsyncIterator[Member]:
    async with calling(server_url) as caller:
        yield await register(caller, "stranger")


@asynccontextmanager
async def opened(server_url: str, path: str, **headers: str) -> AsyncIterator[ClientConnection]:
    host = urlsplit(server_url).netloc
    async with connect(f"ws://{host}{path}", additional_headers=headers, max_size=None) as socket:
        yield socket


def bearer(member: Member) -> dict[str, str]:
    return {"Authorization": f"Bearer {member.token}"}


async def heard(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        told: dict[str, Any] = json.loads(await socket.recv())
    return told


async def closed_with(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(PATIENCE_S):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


async def subscribe(socket: ClientConnection, *wanted: str) -> None:
    """Subscribe and wait until that is in force: messages are read in order, so the answer to rubbish comes after."""
    await socket.send(json.dumps({"subscribe": list(wanted)}))
    await socket.send("?")
    waiting = []
    while (told := await heard(socket)) != {"error": "malformed-message"}:
        waiting.append(told)
    assert all("topic" in told for told in waiting)


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 4403),  # no origin and no bearer: neither a browser nor a script of ours
        ({"Origin": "own"}, 4401),
        ({"Origin": "own", "Cookie": f"{sessions.COOKIE}=made-up"}, 4401),
        ({"Authorization": "Bearer a.b.c"}, 4401),
        ({"Authorization": "Basic Zm9vOmJhcg=="}, 4403),
    ],
)
async def test_who_is_not_signed_in_is_closed_out(
    server_url: str, path: str, headers: dict[str, str], code: int
) -> None:
    own = {name: server_url if value == "own" else value for name, value in headers.items()}

    async with opened(server_url, path, **own) as socket:
        assert await closed_with(socket) == code


@pytest.mark.parametrize("path", PATHS)
async def test_a_foreign_page_is_closed_out_even_with_the_cookie(
    server_url: str, client: httpx.AsyncClient, trader: tuple[Member, Vps], path: str
) -> None:
    log_in = {"email": trader[0].email, "password": PASSWORD}
    cookie = (await client.post("/api/auth/login", json=log_in)).cookies[sessions.COOKIE]
    jar = {"Cookie": f"{sessions.COOKIE}={cookie}"}

    for origin in ("https://evil.example", "null", server_url.replace("http", "ftp"), server_url + ".evil.example"):
        with pytest.raises(InvalidStatus, match="403"):
            await opened(server_url, path, Origin=origin, **jar).__aenter__()
    async with opened(server_url, path, Origin=server_url, **jar) as socket:
        await socket.ping()
        assert socket.close_code is None


@pytest.mark.parametrize("path", PATHS)
async def test_a_revoked_session_is_closed_at_once(
    server_url: str, client: httpx.AsyncClient, trader: tuple[Member, Vps], path: str
) -> None:
    member = trader[0]
    answer = (await client.post("/api/auth/login", json={"email": member.email, "password": PASSWORD})).json()
    again = Member(member.id, member.email, answer["access_token"], client)
    client.cookies.clear()
    async with (
        opened(server_url, path, **bearer(again)) as leaving,
        opened(server_url, path, **bearer(member)) as other,
    ):
        if path == "/ws/live":
            await subscribe(leaving, "signals")
        assert (await again.post("/api/auth/logout")).status_code == 204

        assert await closed_with(leaving) == 4401
        await other.ping()
        assert other.close_code is None


async def test_a_session_that_ends_during_the_handshake_does_not_stay_open(
    server_url: str, client: httpx.AsyncClient, trader: tuple[Member, Vps], monkeypatch: pytest.MonkeyPatch
) -> None:
    member = trader[0]
    answer = (await client.post("/api/auth/login", json={"email": member.email, "password": PASSWORD})).json()
    again = Member(member.id, member.email, answer["access_token"], client)
    client.cookies.clear()
    found = sessions.find_bearer
    revoked = []

    async def revoked_right_after(token: str) -> Any:
        person = await found(token)
        if person is not None and not revoked:
            revoked.append(person.session_id)
            await sessions.revoke(person.actor, person.session_id)
        return person

    monkeypatch.setattr(sessions, "find_bearer", revoked_right_after)
    for path in PATHS:
        async with opened(server_url, path, **bearer(again)) as socket:
            assert await closed_with(socket) == 4401


# --- /ws/live --------------------------------------------------------------------------------------------------------


async def test_the_last_price_comes_at_once_and_then_every_change(server_url: str, trader: tuple[Member, Vps]) -> None:
    member, vps = trader
    await vps.quote("EURUSD", 1.2, 1.2001)
    async with opened(server_url, "/ws/live", **bearer(member)) as socket:
        await socket.send('{"subscribe":["prices:EURUSD"]}')
        first = await heard(socket)
        await vps.quote("EURUSD", 1.3, 1.3001)
        then = await heard(socket)

    assert first["topic"] == then["topic"] == "prices:EURUSD"
    assert (first["data"]["bid"], then["data"]["bid"]) == (1.2, 1.3)
    assert first["data"].keys() == {"symbol", "bid", "ask", "ts"}


async def test_a_slow_browser_gets_the_newest_value_not_a_queue(server_url: str, trader: tuple[Member, Vps]) -> None:
    member = trader[0]
    topic, end = topics.price(UUID(member.id), "GBPUSD"), topics.of_person(UUID(member.id), "signals")
    async with opened(server_url, "/ws/live", **bearer(member)) as socket:
        await subscribe(socket, "prices:GBPUSD", "signals")
        await bus.current().publish([(topic, {"n": n}) for n in range(5000)] + [(end, {"is_end": True})])
        told = [await heard(socket)]
        while told[-1]["topic"] != "signals":
            told.append(await heard(socket))

    prices = [one["data"]["n"] for one in told if one["topic"] == "prices:GBPUSD"]
    assert prices == [4999]


GARBAGE = [
    "",
    "?",
    "null",
    "[]",
    "7",
    '"subscribe"',
    "{",
    "NaN",
    "[" * 5000,
    '{"a":' * 3000,
    b"\x00\xff\xfe",
    b"",
    "x" * (MAX_MESSAGE + 1),
    '{"subscribe":["' + "x" * 4_000_000 + '"]}',
]


async def test_garbage_is_answered_and_the_socket_goes_on(server_url: str, trader: tuple[Member, Vps]) -> None:
    async with opened(server_url, "/ws/live", **bearer(trader[0])) as socket:
        for rubbish in GARBAGE:
            await socket.send(rubbish)
            assert await heard(socket) == {"error": "malformed-message"}, rubbish[:40]
        await subscribe(socket, "signals")


@pytest.mark.parametrize(
    "asked",
    [
        {"subscribe": None},
        {"subscribe": "signals"},
        {"subscribe": {"signals": True}},
        {"subscribe": [None, 7, ["signals"], {}]},
        {"subscribe": ["", "no such topic", "account:", "account:x", "prices:", "prices:" + "X" * 33, "prices:A\x00"]},
        {"unsubscribe": ["signals", 7], "subscribe": []},
        {"other": 1},
        {},
    ],
)
async def test_a_malformed_wish_is_ignored_and_the_socket_goes_on(
    server_url: str, trader: tuple[Member, Vps], asked: dict[str, Any]
) -> None:
    async with opened(server_url, "/ws/live", **bearer(trader[0])) as socket:
        await socket.send(json.dumps(asked))
        await subscribe(socket, "signals")


async def test_nobody_hears_another_person_whatever_they_ask_for(
    server_url: str, trader: tuple[Member, Vps], stranger: Member
) -> None:
    member, vps = trader
    account = (await account_ids(member))[0]
    wishes = [f"person:{member.id}:signals", f"agent-jobs:{vps.id}", f"account:{account}", "prices:EURUSD", "signals"]
    wishes += ["agents", "accounts", "trades", "jobs", f"prices:../{member.id}", "session-ended:" + member.id]
    async with opened(server_url, "/ws/live", **bearer(stranger)) as socket:
        await subscribe(socket, *wishes)
        await vps.quote("EURUSD", 1.4, 1.4001)
        await vps.report_account(vps.logins[0])
        await member.post("/api/agents", {"name": "another"})
        await bus.current().publish([(topics.of_person(UUID(stranger.id), "signals"), {"mine": 1})])

        assert await heard(socket) == {"topic": "signals", "data": {"mine": 1}}


async def test_an_account_tells_its_owner_that_it_changed(server_url: str, trader: tuple[Member, Vps]) -> None:
    member, vps = trader
    account = (await account_ids(member))[0]
    async with opened(server_url, "/ws/live", **bearer(member)) as socket:
        await subscribe(socket, f"account:{account}")
        await vps.report_account(vps.logins[0])

        assert (await heard(socket))["topic"] == f"account:{account}"


async def test_a_project_tells_its_owner_alone_that_it_changed(
    server_url: str, trader: tuple[Member, Vps], stranger: Member
) -> None:
    member = trader[0]
    async with (
        opened(server_url, "/ws/live", **bearer(member)) as socket,
        opened(server_url, "/ws/live", **bearer(stranger)) as other,
    ):
        await subscribe(socket, "projects")
        await subscribe(other, "projects")
        made = (await member.post("/api/ea/projects", {"name": "Trend"})).json()
        await bus.current().publish([(topics.of_person(UUID(stranger.id), "projects"), {"mine": 1})])

        assert await heard(socket) == {"topic": "projects", "data": {"id": made["id"]}}
        assert await heard(other) == {"topic": "projects", "data": {"mine": 1}}


async def test_too_many_topics_are_refused_and_those_there_are_go_on(
    server_url: str, trader: tuple[Member, Vps]
) -> None:
    async with opened(server_url, "/ws/live", **bearer(trader[0])) as socket:
        many = [f"prices:S{n}" for n in range(MAX_TOPICS - 1)]
        await subscribe(socket, *many)
        await subscribe(socket, *many)  # a page that says it again holds no more than before
        await socket.send('{"subscribe":["prices:ONE_MORE"]}')
        assert await heard(socket) == {"error": "too-many-topics"}
        await socket.send('{"unsubscribe":["prices:S1"],"subscribe":["signals"]}')
        await subscribe(socket)
        await bus.current().publish([(topics.of_person(UUID(trader[0].id), "signals"), {"n": 1})])

        assert await heard(socket) == {"topic": "signals", "data": {"n": 1}}


async def test_unsubscribing_ends_it(server_url: str, trader: tuple[Member, Vps]) -> None:
    member = trader[0]
    person = UUID(member.id)
    async with opened(server_url, "/ws/live", **bearer(member)) as socket:
        await subscribe(socket, "signals", "jobs")
        await socket.send('{"unsubscribe":["signals"]}')
        await subscribe(socket)
        await bus.current().publish(
            [(topics.of_person(person, "signals"), {"n": 1}), (topics.of_person(person, "jobs"), {"n": 2})]
        )

        assert await heard(socket) == {"topic": "jobs", "data": {"n": 2}}


# --- /ws/prices/{instrument} -----------------------------------------------------------------------------------------


async def test_a_price_socket_tells_the_last_price_at_once_and_then_every_change(
    server_url: str, trader: tuple[Member, Vps]
) -> None:
    member, vps = trader
    await vps.quote("XAUUSD", 2000.0, 2000.5)
    async with opened(server_url, "/ws/prices/XAUUSD", **bearer(member)) as socket:
        first = await heard(socket)
        await vps.quote("XAUUSD", 2001.0, 2001.5)
        then = await heard(socket)

    assert first["symbol"] == "XAUUSD"
    assert (first["bid"], then["bid"], then["ask"]) == (2000.0, 2001.0, 2001.5)
    assert first.keys() == {"symbol", "bid", "ask", "ts"}


async def test_a_price_socket_is_ones_own_and_deaf_to_what_is_sent(
    server_url: str, trader: tuple[Member, Vps], stranger: Member
) -> None:
    _, vps = trader
    await vps.quote("XAUUSD", 1999.0, 1999.5)
    topic = topics.price(UUID(stranger.id), "XAUUSD")
    await bus.current().keep({topic: {"mine": 0}})
    async with opened(server_url, "/ws/prices/XAUUSD", **bearer(stranger)) as socket:
        assert await heard(socket) == {"mine": 0}
        for rubbish in GARBAGE:
            await socket.send(rubbish)
        await vps.quote("XAUUSD", 2002.0, 2002.5)
        await bus.current().publish([(topic, {"mine": 1})])

        assert await heard(socket) == {"mine": 1}


@pytest.mark.parametrize("name", ["EUR/USD", "US30.cash", "#AAPL", "S P", "💥", "../../x", "'; drop table users"])
async def test_any_name_of_an_instrument_can_be_asked_for(
    server_url: str, trader: tuple[Member, Vps], name: str
) -> None:
    topic = topics.price(UUID(trader[0].id), name)
    await bus.current().keep({topic: {"n": 0}})
    async with opened(server_url, f"/ws/prices/{quote(name, safe='/')}", **bearer(trader[0])) as socket:
        assert await heard(socket) == {"n": 0}
        await bus.current().publish([(topic, {"n": 1})])

        assert await heard(socket) == {"n": 1}


async def test_an_absurd_name_of_an_instrument_is_refused(server_url: str, trader: tuple[Member, Vps]) -> None:
    async with opened(server_url, "/ws/prices/" + "X" * 33, **bearer(trader[0])) as socket:
        assert await closed_with(socket) == 4400


async def test_closed_sockets_leave_nothing_behind(server_url: str, trader: tuple[Member, Vps]) -> None:
    fanout: Any = bus.current()._fanout
    for path in PATHS:
        async with opened(server_url, path, **bearer(trader[0])) as socket:
            if path == "/ws/live":
                await subscribe(socket, "prices:LEFT")
            await socket.ping()

    async with asyncio.timeout(PATIENCE_S):
        while any(":prices:LEFT" in topic for topic in fanout.topics()):  # noqa: ASYNC110
            await asyncio.sleep(0)  # the server ends its side in its own time


async def test_who_gathers_gets_what_waits_in_one_frame(server_url: str, trader: tuple[Member, Vps]) -> None:
    member, vps = trader
    async with opened(server_url, "/ws/live", **bearer(member)) as socket:
        await socket.send(json.dumps({"gather": True, "subscribe": ["prices:GATHER1", "prices:GATHER2"]}))
        await socket.send("?")
        assert await heard(socket) == {"error": "malformed-message"}
        ticks = [{"symbol": f"GATHER{n}", "bid": n, "ask": n} for n in (1, 2, 2, 1)]
        assert (await vps.post("prices", {"ticks": ticks})).json()["stored"] == 4
        told: Any = await heard(socket)

    assert [(one["topic"], one["data"]["bid"]) for one in told] == [("prices:GATHER1", 1.0), ("prices:GATHER2", 2.0)]
