"""What agents report: broken rows are refused with a reason and a log line, the good ones beside them are stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import psycopg
import pytest

from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.world import (
    EURUSD,
    Member,
    Vps,
    account_row,
    buy,
    calling,
    make_strategy,
    pair,
    register,
    send_alert,
    signal,
)

NOW = "2026-01-31T09:56:00Z"
HUGE, FAR = 1e300, 10**40
Owned = tuple[Member, Vps]


@pytest.fixture(scope="module")
async def reporting(server_url: str, first_user: Member) -> AsyncIterator[Owned]:
    """An agent with two accounts, for the whole file: positions are reported of the first, orders go to the second."""
    async with calling(server_url) as caller:
        member = await register(caller, "reports")
        yield member, await pair(member, accounts=2)


async def send(vps: Vps, path: str, text: str) -> httpx.Response:
    """A body as written, NaN and all."""
    headers = {**vps.headers, "Content-Type": "application/json"}
    return await vps.client.post(f"/api/agents/{vps.id}/{path}", headers=headers, content=text.encode())


async def log_lines(member: Member) -> list[str]:
    async with unit_of_work(service("a test")) as uow:
        rows = await uow.rows("select message from system_logs where user_id = %s", (member.id,))
    return [row["message"] for row in rows]


BAD_ACCOUNTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "nothing": lambda _: {},
    "no server": lambda row: {**row, "server": ""},
    "text for a number": lambda row: {**row, "balance": "a lot"},
    "no balance": lambda row: {key: value for key, value in row.items() if key != "balance"},
    "NaN": lambda row: {**row, "equity": float("nan")},
    "Infinity": lambda row: {**row, "margin": float("inf")},
    "too rich": lambda row: {**row, "balance": HUGE},
    "just too rich": lambda row: {**row, "balance": 1e16},
    "too long a login": lambda row: {**row, "login": FAR},
    "too much leverage": lambda row: {**row, "leverage": 2**31},
    "NUL in the server": lambda row: {**row, "server": "Demo\x00Server"},
    "NUL in the broker": lambda row: {**row, "broker": "\x00"},
    "surrogate": lambda row: {**row, "name": "\ud800"},
    "too long a name": lambda row: {**row, "name": "n" * 129},
    "no time zone": lambda row: {**row, "reported_at": "2026-01-31T09:56:00"},
    "before all time": lambda row: {**row, "reported_at": "0001-01-01T00:00:00+14:00"},
    "a symbol with NaN": lambda row: {**row, "symbols": [{**EURUSD, "point": float("nan")}]},
    "a symbol with NUL": lambda row: {**row, "symbols": [{**EURUSD, "currency_base": "E\x00R"}]},
    "a symbol without size": lambda row: {**row, "symbols": [{**EURUSD, "contract_size": 0}]},
    "symbols that are none": lambda row: {**row, "symbols": [1, 2]},
}


@pytest.mark.parametrize("kind", BAD_ACCOUNTS)
async def test_a_broken_account_row_is_refused_and_the_good_one_beside_it_stored(reporting: Owned, kind: str) -> None:
    member, vps = reporting
    good = account_row(vps.logins[0], vps.server)
    bad = BAD_ACCOUNTS[kind](account_row(42, vps.server))
    before = len(await log_lines(member))

    answer = await send(vps, "accounts", json.dumps({"accounts": [bad, good]}))

    assert answer.status_code == 200, answer.text
    assert answer.json()["stored"] == 1
    (refused,) = answer.json()["refused"]
    assert refused["code"] == "row-refused"
    assert ":" in refused["message"]
    told = await log_lines(member)
    assert len(told) == before + 1
    assert any(refused["message"] in line for line in told)
    listed = (await member.get("/api/user/mt5-accounts")).json()["accounts"]
    assert [row["login"] for row in listed] == vps.logins


def position(ticket: int, **changes: Any) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "symbol": "EURUSD",
        "side": "buy",
        "volume": 0.1,
        "open_price": 1.1,
        "open_time": NOW,
        **changes,
    }


BAD_POSITIONS: dict[str, dict[str, Any]] = {
    "no ticket": {"ticket": 0},
    "too long a ticket": {"ticket": FAR},
    "unknown side": {"side": "long"},
    "no volume": {"volume": 0},
    "absurd volume": {"volume": HUGE},
    "NaN": {"profit": float("nan")},
    "Infinity": {"open_price": float("inf")},
    "absurd price": {"sl": 1e13},
    "NUL in the comment": {"comment": "a\x00b"},
    "surrogate": {"comment": "\udfff"},
    "NUL in the symbol": {"symbol": "EUR\x00"},
    "absurd magic": {"magic": -FAR},
    "before all time": {"open_time": "0001-01-01T00:00:00+14:00"},
    "no time zone": {"open_time": "2026-01-31T09:56:00"},
    "too long a comment": {"comment": "c" * 65},
    "not a number": {"volume": "0.1 lots"},
}


@pytest.mark.parametrize("junk", ["junk", 7, None, [], [1], True])
async def test_what_is_no_row_at_all_is_refused_and_the_good_one_beside_it_stored(reporting: Owned, junk: Any) -> None:
    _, vps = reporting
    end = {"close_time": NOW, "close_price": 1.2}
    rows = {"open": [junk], "orders": [junk], "closed": [junk, position(777, **end)], "balance_operations": [junk]}

    answer = await send(vps, "trades", json.dumps({"login": vps.logins[0], "server": vps.server, **rows}))

    assert answer.status_code == 200, answer.text
    assert (answer.json()["stored"], len(answer.json()["refused"])) == (1, 4)
    accounts = await send(vps, "accounts", json.dumps({"accounts": [junk, account_row(vps.logins[0], vps.server)]}))
    assert (accounts.status_code, accounts.json()["stored"], len(accounts.json()["refused"])) == (200, 1, 1)


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize("kind", BAD_POSITIONS)
async def test_a_broken_position_is_refused_and_the_good_one_beside_it_stored(
    reporting: Owned, kind: str, *, is_closed: bool
) -> None:
    member, vps = reporting
    end = {"close_time": NOW, "close_price": 1.2} if is_closed else {}
    good_ticket = 1000 + list(BAD_POSITIONS).index(kind) * 2 + is_closed
    rows = [{**position(999_999, **end), **BAD_POSITIONS[kind]}, position(good_ticket, **end)]
    body = {"login": vps.logins[0], "server": vps.server, "closed" if is_closed else "open": rows}
    before = len(await log_lines(member))

    answer = await send(vps, "trades", json.dumps(body))

    assert answer.status_code == 200, answer.text
    assert answer.json()["stored"] == 1
    assert len(answer.json()["refused"]) == 1
    assert len(await log_lines(member)) == before + 1
    listed = (await member.get("/api/trades", limit=100)).json()["items"]
    assert good_ticket in [row["ticket"] for row in listed]
    assert 999_999 not in [row["ticket"] for row in listed]


async def test_positions_are_not_dropped_because_a_broken_row_hid_them(reporting: Owned) -> None:
    member, vps = reporting
    body = {"login": vps.logins[0], "server": vps.server, "open": [position(501), position(502)]}
    await vps.post("trades", body)

    await vps.post("trades", {**body, "open": [position(501), position(502, volume=0)]})
    still = {row["ticket"] for row in (await member.get("/api/trades", open=True, limit=100)).json()["items"]}
    await vps.post("trades", {**body, "open": [position(501)]})
    later = {row["ticket"] for row in (await member.get("/api/trades", open=True, limit=100)).json()["items"]}

    assert {501, 502} <= still
    assert 501 in later
    assert 502 not in later


async def test_the_same_new_account_reported_at_once_is_made_once(reporting: Owned) -> None:
    _, vps = reporting
    rows = [account_row(4_711, vps.server), account_row(4_711, vps.server.upper())]

    answers = await asyncio.gather(*(vps.post("accounts", {"accounts": [rows[n % 2]]}) for n in range(8)))

    assert [answer.json() for answer in answers] == [{"stored": 1, "refused": []}] * 8
    async with unit_of_work(service("a test")) as uow:
        made = await uow.rows("delete from mt5_accounts where login = 4711 and agent_id = %s returning id", (vps.id,))
    assert len(made) == 1


async def test_an_account_this_agent_never_reported_is_404(reporting: Owned) -> None:
    answer = await reporting[1].post("trades", {"login": 5, "server": "Elsewhere", "open": []})

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


GOOD_TICK = {"symbol": "EURUSD", "bid": 1.1, "ask": 1.1002}


@pytest.mark.parametrize(
    "bad",
    [
        {"symbol": "EURUSD", "bid": 1.2, "ask": 1.1},
        {"symbol": "EURUSD", "bid": float("nan"), "ask": 1.1},
        {"symbol": "EURUSD", "bid": 1.1, "ask": float("inf")},
        {"symbol": "EURUSD", "bid": 0, "ask": 0},
        {"symbol": "EURUSD", "bid": -1, "ask": 1},
        {"symbol": "", "bid": 1, "ask": 1},
        {"symbol": "EUR\x00", "bid": 1, "ask": 1},
        {"symbol": "\ud800", "bid": 1, "ask": 1},
        {"symbol": "EURUSD", "bid": "cheap", "ask": 1},
        {"symbol": "EURUSD", "bid": 1.1, "ask": 1.1, "time_msc": FAR},
        {"symbol": "EURUSD", "bid": 1.1, "ask": 1.1, "time_msc": -1},
        [],
        None,
        7,
    ],
)
async def test_a_broken_tick_is_refused_and_the_good_one_kept(reporting: Owned, bad: Any) -> None:
    answer = await send(reporting[1], "prices", json.dumps({"ticks": [bad, GOOD_TICK]}))

    assert answer.status_code == 200, answer.text
    assert answer.json()["stored"] == 1
    assert len(answer.json()["refused"]) == 1


async def test_prices_come_in_either_shape(reporting: Owned) -> None:
    _, vps = reporting

    listed = await vps.post("prices", {"ticks": [GOOD_TICK, {"symbol": "XAUUSD", "bid": 2000, "ask": 2001}]})
    named = await vps.post(
        "prices", {"EURUSD": {"bid": 1.1, "ask": 1.1002}, "XAUUSD": 5, "ticks": {"bid": 1, "ask": 1}}
    )

    assert listed.json() == {"stored": 2, "refused": []}
    assert named.json()["stored"] == 2
    assert len(named.json()["refused"]) == 1


async def test_1001_ticks_are_too_many_and_1000_are_not(reporting: Owned) -> None:
    _, vps = reporting

    fits = await vps.post("prices", {"ticks": [GOOD_TICK] * 1000})
    too_many = await vps.post("prices", {"ticks": [GOOD_TICK] * 1001})

    assert fits.json()["stored"] == 1000
    assert (too_many.status_code, too_many.json()["code"]) == (422, "invalid-input")


@pytest.mark.parametrize("path", ["accounts", "trades", "prices", "heartbeat", "logs"])
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"text"', "NaN", "7", "[" * 20_000, '{"a":' * 20_000, "{\x00}", "9" * 5000]
)
async def test_a_body_of_another_form_is_refused_as_a_problem(reporting: Owned, path: str, text: str) -> None:
    answer = await send(reporting[1], path, text)

    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in {"malformed-json", "invalid-input", "bad-request"}


TERMINAL = {"login": 1, "server": "s", "state": "ready"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"host": {"cpu_percent": 1e308, "memory_percent": 0}}, 200),
        ({"host": {"cpu_percent": -1}}, 422),
        ({"host": {"cpu_percent": float("nan")}}, 422),
        ({"host": {"memory_percent": float("inf")}}, 422),
        ({"version": "v" * 33}, 422),
        ({"version": None}, 422),
        ({"version": "1\x000"}, 200),
        ({"version": "\ud800"}, 422),
        ({"terminals": [{**TERMINAL, "detail": "a\x00b", "login": FAR, "build": FAR}]}, 200),
        ({"terminals": [{**TERMINAL, "state": "on fire"}]}, 422),
        ({"terminals": [TERMINAL] * 201}, 422),
        ({"terminals": [{**TERMINAL, "ping_ms": float("nan")}]}, 422),
    ],
)
async def test_an_absurd_heartbeat_is_taken_or_refused_by_field(
    reporting: Owned, change: dict[str, Any], status: int
) -> None:
    member, vps = reporting

    answer = await send(vps, "heartbeat", json.dumps({"version": "1.0", **change}))

    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["errors"]
    assert (await member.get("/api/agents")).status_code == 200


async def test_log_lines_hold_any_text(reporting: Owned) -> None:
    member, vps = reporting
    lines = [
        {"at": "0001-01-01T00:00:00+14:00", "message": "from the beginning of time"},
        {"at": "9999-12-31T23:59:59Z", "message": "'; drop table users; --\x00<b>💥"},
    ]

    answer = await send(vps, "logs", json.dumps({"lines": lines}))

    assert answer.status_code == 204, answer.text
    async with unit_of_work(service("a test")) as uow:
        kept = await uow.rows("select at, message from system_logs where user_id = %s and level = 'info'", (member.id,))
    assert any("drop table" in row["message"] for row in kept)


STRANGE_RESULTS: dict[str, dict[str, Any]] = {
    "absurd price": {"price": HUGE, "volume_lots": 0.1},
    "negative price": {"price": -1, "volume_lots": 0.1},
    "NaN": {"price": float("nan")},
    "absurd ticket": {"order": FAR},
    "NUL": {"retcode_text": "a\x00b", "failed": ["\x00"]},
    "surrogate": {"retcode_text": "\ud800", "\udc00": 1},
    "deep": {"extra": json.loads("[" * 300 + "]" * 300)},
    "wrong types": {"order": "seventy", "sent_at": "yesterday", "closed": "all"},
    "out of time": {"sent_at": "0001-01-01T00:00:00+14:00", "filled_at": "9999-12-31T23:59:59-14:00"},
}


@pytest.mark.parametrize("kind", STRANGE_RESULTS)
async def test_a_fill_told_in_strange_words_is_still_a_fill(reporting: Owned, kind: str) -> None:
    member, vps = reporting
    strategy = await make_strategy(member, account_ids=[(await accounts_of(member))[1]])
    receipt = (await send_alert(vps.client, strategy, buy())).json()
    assert receipt["status"] == "accepted", receipt
    job = await vps.claim()
    assert job is not None
    body = {"lease_token": job["lease_token"], "status": "completed", "result": STRANGE_RESULTS[kind]}

    answer = await send(vps, f"jobs/{job['id']}/result", json.dumps(body))

    assert answer.status_code == 200, answer.text
    told = await signal(member, receipt["signal_id"])
    assert told["status"] in {"executed", "partial"}
    assert (await member.get("/api/tv/signals")).status_code == 200


async def test_a_refusal_told_in_strange_words_is_still_a_refusal(reporting: Owned) -> None:
    member, vps = reporting
    strategy = await make_strategy(member, account_ids=[(await accounts_of(member))[1]])
    for error in ({"code": "c" * 64, "message": "no\x00money"}, "just words", {"code": "\x00", "message": ""}):
        receipt = (await send_alert(vps.client, strategy, buy())).json()
        job = await vps.claim()
        assert job is not None

        answer = await vps.finish(job, "failed", error=error)

        assert answer.status_code == 200, answer.text
        assert (await signal(member, receipt["signal_id"]))["status"] == "failed"


async def accounts_of(member: Member) -> list[str]:
    return [row["id"] for row in (await member.get("/api/user/mt5-accounts")).json()["accounts"]]


async def test_the_agents_key_is_stored_as_a_hash_and_shown_nowhere(reporting: Owned, database_url: str) -> None:
    member, vps = reporting

    answers = [await member.get("/api/agents"), await vps.beat(), await vps.post("accounts", {"accounts": [{}]})]

    assert all(vps.key not in answer.text for answer in answers)
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        row = connection.execute("select row_to_json(a)::text from mt5_agents a where id = %s", (vps.id,)).fetchone()
    assert row
    assert vps.key not in row[0]
