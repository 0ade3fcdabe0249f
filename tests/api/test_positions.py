"""Orders about positions over HTTP: what the agent is given, what is refused, and that nothing is ordered twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.world import Member, Vps, account_ids, pair, register

AT = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)


def position(ticket: int, **changes: Any) -> dict[str, Any]:
    return {
        "ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.5, "open_price": 1.1,
        "open_time": AT.isoformat(), "current_price": 1.102, "profit": 100.0, "magic": 0, **changes,
    }  # fmt: skip


async def hold(vps: Vps, *positions: dict[str, Any], login: int | None = None) -> None:
    body = {"login": login or vps.logins[0], "server": vps.server, "open": list(positions)}
    answer = await vps.post("trades", body)
    assert answer.json()["refused"] == [], answer.text


async def ids(member: Member) -> dict[int, str]:
    listed = (await member.get("/api/trades", open=True, limit=200)).json()["items"]
    return {row["ticket"]: row["id"] for row in listed}


async def instruction(vps: Vps) -> dict[str, Any]:
    job = await vps.claim()
    assert job is not None
    told: dict[str, Any] = job["payload"]["instruction"]
    await vps.finish(job, result={"retcode": 10009})
    return told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (None, {"do": "close", "ticket": 11}),
        ({"percent": 50}, {"do": "close", "ticket": 11, "volume_lots": 0.25}),
        ({"volume_lots": 0.1}, {"do": "close", "ticket": 11, "volume_lots": 0.1}),
    ],
)
async def test_a_close_reaches_the_agent_as_asked(
    client: httpx.AsyncClient, alice: Member, body: dict[str, float] | None, told: dict[str, Any]
) -> None:
    vps = await pair(alice)
    await hold(vps, position(11))
    answer = await alice.post(f"/api/trades/{(await ids(alice))[11]}/close", body)

    assert answer.status_code == 202
    assert answer.json() == {
        "id": answer.json()["id"], "account_id": (await account_ids(alice))[0], "status": "pending", "code": "",
        "reason": "",
    }  # fmt: skip
    assert await instruction(vps) == told


async def test_levels_and_protection_reach_the_agent_and_what_it_reports_is_shown(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(11))
    trade = (await ids(alice))[11]

    assert (await alice.patch(f"/api/trades/{trade}", {"sl": 1.09, "tp": 0})).status_code == 202
    assert await instruction(vps) == {
        "do": "modify", "ticket": 11, "sl": {"kind": "price", "value": 1.09}, "remove_tp": True,
    }  # fmt: skip
    await alice.post(
        f"/api/trades/{trade}/protection",
        {"break_even": {"trigger": 10, "offset": 1}, "trailing": {"unit": "atr", "distance": 2}},
    )
    protect = await instruction(vps)
    assert (protect["do"], protect["ticket"], protect["protection"]["trailing"]["distance"]) == ("protect", 11, 2)
    await hold(vps, position(11, protection=protect["protection"]))
    (shown,) = (await alice.get("/api/trades", open=True)).json()["items"]
    assert shown["protection"] == protect["protection"]
    await alice.post(f"/api/trades/{trade}/protection", {})
    assert await instruction(vps) == {"do": "protect", "ticket": 11, "protection": None}


async def test_an_order_that_failed_without_a_word_is_told_all_the_same(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(11))
    await alice.patch(f"/api/trades/{(await ids(alice))[11]}", {"sl": 1.09})
    job = await vps.claim()
    assert job is not None
    await vps.finish(job, "failed", error={"code": "refused", "message": ""})

    (alert,) = (await alice.get("/api/alerts")).json()["items"]
    assert (alert["code"], alert["message"]) == (
        "order-failed", "An order: The agent could not carry it out; nothing was sent.",
    )  # fmt: skip


async def test_closing_everything_must_be_said(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(11), position(12))

    for body in ({}, {"symbl": "EURUSD"}, {"account_ids": None, "symbol": None}):
        assert (await alice.post("/api/trades/close", body)).status_code == 422

    assert await vps.claim() is None
    assert len((await alice.post("/api/trades/close", {"which": "all"})).json()["items"]) == 1


async def test_many_clicks_are_one_order(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(11), position(12))
    trade = (await ids(alice))[11]

    answers = await asyncio.gather(*(alice.post(f"/api/trades/{trade}/close") for _ in range(8)))
    bulk = (await alice.post("/api/trades/close", {"which": "all"})).json()["items"]
    again = (await alice.post("/api/trades/close", {"which": "all"})).json()["items"]

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.json()["code"] for answer in answers].count("already-under-way") == 7
    assert bulk[0]["id"] == again[0]["id"]
    part = await alice.post(f"/api/trades/{trade}/close", {"percent": 50})
    assert (part.status_code, part.json()["code"]) == (409, "close-under-way")
    assert [(await instruction(vps))["do"] for _ in range(2)] == ["close", "close_many"]
    assert await vps.claim() is None


async def test_a_bulk_close_names_what_is_known_and_gives_each_account_its_receipt(alice: Member) -> None:
    vps = await pair(alice, accounts=3)
    first, second, third = vps.logins
    await hold(vps, position(1, profit=5.0), position(2, profit=-5.0), position(3, symbol="XAUUSD"), login=first)
    await hold(vps, position(4, profit=-1.0, swap=2.0), position(5, profit=-3.0), login=second)
    accounts = await account_ids(alice)

    every = (await alice.post("/api/trades/close", {"which": "losing", "symbol": "EURUSD"})).json()["items"]
    assert {row["account_id"] for row in every} == set(accounts[:2])
    told = [await instruction(vps) for _ in range(2)]
    assert sorted((tuple(one["tickets"]), one["which"]) for one in told) == [((2,), "losing"), ((5,), "losing")]

    named = (await alice.post("/api/trades/close", {"account_ids": [accounts[0], accounts[2]]})).json()["items"]
    assert [(row["status"], row["code"]) for row in named] == [("pending", ""), ("refused", "nothing-to-close")]
    assert (await instruction(vps))["tickets"] == [1, 2, 3]
    assert third not in {first, second}


async def test_flattening_is_one_order_for_positions_of_any_magic_and_pending_orders(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)

    answers = [await alice.post(f"/api/accounts/{account}/flatten") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert await instruction(vps) == {"do": "flatten"}


async def test_positions_close_each_other_on_hedging_accounts_alone(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(1), position(2, side="sell"), position(3))
    known = await ids(alice)

    assert (await alice.post(f"/api/trades/{known[1]}/close-by", {"other_id": known[2]})).status_code == 202
    assert await instruction(vps) == {"do": "close_by", "ticket": 1, "by": 2}
    same_side = await alice.post(f"/api/trades/{known[1]}/close-by", {"other_id": known[3]})
    assert (same_side.status_code, same_side.json()["code"]) == (409, "cannot-close-by")

    netting = await register(client, "netting")
    other = await pair(netting, margin_mode=0)
    await hold(other, position(1), position(2, side="sell"))
    known = await ids(netting)
    refused = await netting.post(f"/api/trades/{known[1]}/close-by", {"other_id": known[2]})
    assert refused.json()["code"] == "cannot-close-by"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/close", {"volume_lots": 0.6}, 422, "invalid-input"),
        ("/close", {"percent": 0.5}, 422, "invalid-input"),
        ("/close", {"percent": "many"}, 422, "invalid-input"),
        ("/protection", {"break_even": {"trigger": 5, "offset": 6}}, 422, "invalid-input"),
        ("/protection", {"trailing": {"distance": 0}}, 422, "invalid-input"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_nothing_is_queued(
    alice: Member, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    vps = await pair(alice)
    await hold(vps, position(11))
    answer = await alice.post(f"/api/trades/{(await ids(alice))[11]}{path}", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await vps.claim() is None


async def test_a_closed_position_takes_no_orders(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(11))
    trade = (await ids(alice))[11]
    await hold(vps)

    for path, body in (("/close", {}), ("/protection", {"trailing": {"distance": 10}})):
        answer = await alice.post(f"/api/trades/{trade}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "position-closed")
    assert (await alice.patch(f"/api/trades/{trade}", {"sl": 1.0})).json()["code"] == "position-closed"
    assert (await alice.patch(f"/api/trades/{trade}", {})).status_code == 422


async def test_exits_are_not_held_up_by_the_kill_switch_and_an_absent_agent_is_told(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, position(11))
    (account,) = await account_ids(alice)
    await alice.patch(f"/api/user/mt5-accounts/{account}/toggle")  # not even enabled for trading any more
    await vps.post("heartbeat", {"version": "1.0", "is_last": True})

    answer = (await alice.post(f"/api/trades/{(await ids(alice))[11]}/close")).json()

    assert answer["status"] == "pending"
    assert answer["code"] in {"", "agent-away"}
    assert await instruction(vps) == {"do": "close", "ticket": 11}


async def test_somebody_elses_positions_and_accounts_do_not_exist(alice: Member, bob: Member, charlie: Member) -> None:
    vps, theirs = await pair(alice), await pair(bob)
    await hold(vps, position(11), position(12, side="sell"))
    await hold(theirs, position(11))
    known, (account,) = await ids(alice), await account_ids(alice)
    trade = known[11]

    for member in (bob, charlie):
        answers = [
            await member.post(f"/api/trades/{trade}/close"),
            await member.patch(f"/api/trades/{trade}", {"sl": 1.0}),
            await member.post(f"/api/trades/{trade}/close-by", {"other_id": known[12]}),
            await member.post(f"/api/trades/{trade}/protection", {"trailing": {"distance": 10}}),
            await member.post("/api/trades/close", {"account_ids": [account]}),
            await member.post(f"/api/accounts/{account}/flatten"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 6
    assert (await charlie.post("/api/trades/close", {"which": "all"})).json() == {"items": []}
    everything = (await bob.post("/api/trades/close", {"which": "all"})).json()["items"]
    assert len(everything) == 1
    assert await vps.claim() is None
    assert (await theirs.claim() or {})["payload"]["instruction"]["tickets"] == [11]


async def test_open_positions_come_in_pages_oldest_first(alice: Member) -> None:
    vps = await pair(alice)
    await hold(vps, *(position(n, open_time=(AT + timedelta(seconds=n % 3)).isoformat()) for n in range(1, 8)))

    seen: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await alice.get("/api/trades", open=True, limit=3, **cursor)).json()
        seen += [row["ticket"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [3, 6, 1, 4, 7, 2, 5]
