"""The orders door over HTTP: judged at once, queued once, kept whatever became of it, and nobody else's."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from agent.protocol import MANUAL_MAGIC
from tests.world import Member, Vps, account_ids, pair


async def place(member: Member, account_id: str, status: int = 202, **changes: Any) -> dict[str, Any]:
    body = {"account_id": account_id, "symbol": "EURUSD", "side": "buy", "type": "market", "volume_lots": 0.1}
    body = {name: value for name, value in {**body, **changes}.items() if value is not None}
    answer = await member.post("/api/orders", body)
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def order(member: Member, order_id: str) -> dict[str, Any]:
    answer = await member.get(f"/api/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def report(vps: Vps, **body: Any) -> dict[str, Any]:
    answer = await vps.post("trades", {"login": vps.logins[0], "server": vps.server, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def waiting(ticket: int, **changes: Any) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "symbol": "EURUSD",
        "side": "buy",
        "order_type": "limit",
        "volume": 0.1,
        "price": 1.09,
        "placed_at": "2026-03-17T10:00:00Z",
        **changes,
    }


async def test_an_order_goes_through_gate_queue_and_agent_and_tells_every_stage(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)

    told = await place(alice, account, sl=1.095, tp={"kind": "pips", "value": 40})
    assert (told["status"], told["volume_lots"], told["requested_price"]) == ("pending", 0.1, 1.1001)
    assert told["loss_at_stop"] == pytest.approx(51.0)
    assert all(check["ok"] for check in told["checks"])
    job = await vps.claim()
    assert job is not None
    assert job["id"] == told["id"]
    instruction = job["payload"]["instruction"]
    assert (instruction["do"], instruction["sl"]) == ("open", {"kind": "price", "value": 1.095})
    assert job["payload"]["magic"] == MANUAL_MAGIC
    done = {"order": 77, "position": 77, "price": 1.10012, "volume_lots": 0.1}
    stamped = {**done, "sent_at": job["server_time"], "filled_at": job["server_time"]}
    await vps.finish(job, result=stamped)

    ended = await order(alice, told["id"])
    assert (ended["status"], ended["fill_price"], ended["broker_order_id"]) == ("executed", 1.10012, "77")
    assert all(ended["stages"].values())


async def test_a_double_click_is_one_order_however_often_it_is_sent(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    click = str(uuid4())

    answers = await asyncio.gather(*(place(alice, account, client_order_id=click) for _ in range(12)))
    later = await place(alice, account, client_order_id=click, volume_lots=5.0)

    assert {answer["id"] for answer in [*answers, later]} == {answers[0]["id"]}
    assert await vps.claim() is not None
    assert await vps.claim() is None
    assert (await place(alice, account, client_order_id=str(uuid4())))["id"] != answers[0]["id"]


async def test_a_refused_order_is_kept_with_its_reason_and_a_limit_is_a_risk_event(
    alice: Member, database_url: str
) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)

    told = await place(alice, account, volume_lots=3)
    bad = await place(alice, account, sl=1.2)

    assert (told["status"], told["code"]) == ("rejected", "max-lots")
    assert "1.00 allowed" in told["reason"]
    assert [check["name"] for check in told["checks"] if not check["ok"]] == ["Max lots"]
    assert (told["stages"]["queued"], bad["code"]) == (None, "level-unusable")
    assert await vps.claim() is None
    listed = (await alice.get("/api/orders", account_id=account)).json()["items"]
    assert [row["id"] for row in listed] == [bad["id"], told["id"]]
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        found = connection.execute("select code from risk_events where account_id = %s", (account,)).fetchall()
    assert found == [("max-lots",)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"volume_lots": None}, "volume_lots"),
        ({"risk_pct": 1}, "volume_lots"),
        ({"type": "limit"}, "price"),
        ({"price": 1.1}, "price"),
        ({"volume_lots": 0}, "volume_lots"),
        ({"side": "long"}, "side"),
        ({"symbol": "EUR\x00"}, "symbol"),
        ({"volume_lots": None, "risk_pct": 50}, "risk_pct"),
    ],
)
async def test_what_is_no_order_is_told_by_its_field(alice: Member, body: dict[str, Any], field: str) -> None:
    await pair(alice)
    (account,) = await account_ids(alice)

    told = await place(alice, account, 422, **body)

    assert told["errors"][0]["field"].startswith(field)
    assert (await alice.get("/api/orders")).json()["items"] == []


async def test_the_last_free_position_is_taken_once_by_orders_at_the_same_time(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await report(vps, orders=[waiting(n) for n in range(1, 5)])  # what waits may become a position as well

    answers = await asyncio.gather(*(place(alice, account) for _ in range(10)))

    told = [answer["status"] for answer in answers]
    assert (told.count("pending"), told.count("rejected")) == (6, 4)


async def test_an_order_nobody_takes_in_time_expires(alice: Member, database_url: str) -> None:
    from forex_elite.services import jobs

    await pair(alice)
    (account,) = await account_ids(alice)
    told = await place(alice, account)
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("update jobs set expires_at = now() where id = %s", (told["id"],))

    await jobs.expire_late()

    assert (await order(alice, told["id"]))["status"] == "expired"


async def test_pending_orders_are_shown_as_reported_and_gone_when_no_longer_named(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    path = f"/api/accounts/{account}/orders"

    told = await report(vps, orders=[waiting(1), waiting(2, price=1.08), {"ticket": 3}])
    assert (told["stored"], len(told["refused"])) == (2, 1)
    assert [row["ticket"] for row in (await alice.get(path)).json()["items"]] == [1, 2]
    await report(vps, open=[])  # says nothing of orders
    await report(vps, orders=[{"ticket": 2}])  # a malformed row: who is missing may be the one that was refused
    assert [row["ticket"] for row in (await alice.get(path)).json()["items"]] == [1, 2]
    await report(vps, orders=[waiting(2, price=1.07)])
    (left,) = (await alice.get(path)).json()["items"]
    assert (left["ticket"], left["price"], left["type"]) == (2, 1.07, "limit")
    await report(vps, orders=[])
    assert (await alice.get(path)).json()["items"] == []


async def test_a_pending_order_is_changed_and_cancelled_through_its_agent(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await report(vps, orders=[waiting(42, sl=1.08)])
    path = f"/api/accounts/{account}/orders/42"

    wrong = await alice.patch(path, {"sl": 1.095})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "level-unusable")
    nothing = await alice.patch(path, {})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid-input")
    changed = await alice.patch(path, {"price": 1.085, "sl": 0, "tp": 1.1})
    assert (changed.status_code, changed.json()["action"]) == (202, "modify_order")
    job = await vps.claim()
    assert job is not None
    told = {name: job["payload"]["instruction"].get(name) for name in ("do", "ticket", "price", "remove_sl", "tp")}
    assert told == {"do": "modify_order", "ticket": 42, "price": 1.085, "remove_sl": True, "tp": 1.1}
    await vps.finish(job, result={"order": 42})
    assert (await order(alice, changed.json()["id"]))["status"] == "executed"

    cancelled = await alice.delete(path)
    job = await vps.claim()
    assert job is not None
    assert (cancelled.status_code, job["payload"]["instruction"]["do"]) == (202, "cancel")
    await vps.finish(job, "failed", error={"code": "order-not-found", "message": "it was filled"})
    ended = await order(alice, cancelled.json()["id"])
    assert (ended["status"], ended["code"]) == ("failed", "order-not-found")
    assert (await alice.delete(f"/api/accounts/{account}/orders/43")).status_code == 404


async def test_what_waits_at_an_account_that_is_away_is_left_alone(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    await report(vps, orders=[waiting(42)])
    await vps.report_account(vps.logins[0], is_connected=False)

    answer = await alice.delete(f"/api/accounts/{account}/orders/42")

    assert (answer.status_code, answer.json()["code"]) == (409, "account-away")
    assert await vps.claim() is None


async def test_another_persons_account_and_orders_do_not_exist(
    client: httpx.AsyncClient, alice: Member, bob: Member, charlie: Member, first_user: Member
) -> None:
    vps = await pair(alice)
    await pair(bob)
    (account,) = await account_ids(alice)
    told = await place(alice, account, client_order_id=(click := str(uuid4())))
    await report(vps, orders=[waiting(42)])

    for stranger in (bob, charlie, first_user):  # not even staff trades for others
        assert (await place(stranger, account, 404))["code"] == "not-found"
        assert (await stranger.get(f"/api/orders/{told['id']}")).status_code == 404
        assert (await stranger.patch(f"/api/accounts/{account}/orders/42", {"price": 1.05})).status_code == 404
        assert (await stranger.delete(f"/api/accounts/{account}/orders/42")).status_code == 404
        assert (await stranger.get(f"/api/accounts/{account}/orders")).json()["items"] == []
        assert (await stranger.get(f"/api/accounts/{account}/symbols")).json()["items"] == []
        chart = await stranger.get("/api/candles", account_id=account, symbol="EURUSD", timeframe="H1")
        assert chart.status_code == 404
        assert (await stranger.get("/api/orders")).json()["items"] == []
    (his,) = await account_ids(bob)
    other = await place(bob, his, client_order_id=click)  # a number is one person's own
    assert other["id"] != told["id"]


async def test_the_symbols_to_choose_from_are_the_accounts_own(alice: Member) -> None:
    await pair(alice)
    (account,) = await account_ids(alice)

    listed = (await alice.get(f"/api/accounts/{account}/symbols")).json()
    found = (await alice.get(f"/api/accounts/{account}/symbols", q="xau")).json()
    none = (await alice.get(f"/api/accounts/{account}/symbols", q="%_")).json()

    assert ([row["name"] for row in listed["items"]], listed["total"]) == (["EURUSD", "XAUUSD"], 2)
    assert [row["name"] for row in found["items"]] == ["XAUUSD"]
    assert none["items"] == []
