"""The record of one trade over HTTP: its story, the orders about it, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.world import Member, Vps, account_ids, buy, make_strategy, pair, send_alert


def position(ticket: int, **changes: Any) -> dict[str, Any]:
    return {
        "ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.5, "open_price": 1.1002,
        "open_time": datetime.now(UTC).isoformat(), "current_price": 1.102, "profit": 100.0, "magic": 0, **changes,
    }  # fmt: skip


async def report(vps: Vps, **told: Any) -> None:
    answer = await vps.post("trades", {"login": vps.logins[0], "server": vps.server, **told})
    assert answer.json()["refused"] == [], answer.text


async def carry_out(vps: Vps, **result: Any) -> dict[str, Any]:
    """The agent does the next job at once, and reports it."""
    job = await vps.claim()
    assert job is not None
    now = datetime.now(UTC).isoformat()
    answer = await vps.finish(job, result={"retcode": 10009, "sent_at": now, "filled_at": now, **result})
    assert answer.status_code == 200, answer.text
    return job


async def only_trade(member: Member) -> str:
    (row,) = (await member.get("/api/trades")).json()["items"]
    found: str = row["id"]
    return found


async def record(member: Member, trade_id: str) -> dict[str, Any]:
    answer = await member.get(f"/api/user/trades/{trade_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_trade_tells_its_story_and_the_orders_that_made_it(alice: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    order = {"account_id": account, "symbol": "EURUSD", "side": "buy", "type": "market", "volume_lots": 0.5}
    placed = (await alice.post("/api/orders", order)).json()["id"]
    opening = await carry_out(vps, order=11, position=11, price=1.1002, volume_lots=0.5, requested_price=1.1)
    held = position(11, comment=opening["payload"]["tag"])
    other = position(12)
    await report(vps, open=[held, other])
    trade = next(row["id"] for row in (await alice.get("/api/trades")).json()["items"] if row["ticket"] == 11)

    moved = (await alice.patch(f"/api/trades/{trade}", {"sl": 1.09})).json()["id"]
    await carry_out(vps)
    await report(vps, open=[{**held, "sl": 1.09}, other])
    part = (await alice.post(f"/api/trades/{trade}/close", {"volume_lots": 0.2})).json()["id"]
    await carry_out(vps, closed=[11], volume_lots=0.2, price=1.1015)
    await report(vps, open=[{**held, "sl": 1.09, "volume": 0.3}, other])
    await report(vps, open=[{**held, "sl": 1.1002, "volume": 0.3}, other])  # nobody here asked for that
    await alice.post("/api/trades/close", {"symbol": "XAUUSD"})
    end = datetime.now(UTC) + timedelta(minutes=7)
    done = {**held, "close_price": 1.1002, "close_time": end.isoformat(), "profit": 20, "swap": -1, "commission": -2}
    await report(vps, open=[other], closed=[done])

    told = await record(alice, trade)

    story = [(event["kind"], event["volume"], event["sl"], event["order_id"]) for event in told["events"]]
    assert story == [
        ("opened", 0.5, 0.0, placed),
        ("changed", 0.5, 1.09, moved),
        ("changed", 0.3, 1.09, part),
        ("changed", 0.3, 1.1002, None),
        ("closed", 0.3, None, None),
    ]
    assert [event["is_derived"] for event in told["events"]] == [False] * 5
    assert told["events"][0]["at"] == told["open_time"]
    assert told["events"][2]["old_volume"] == 0.5
    assert (told["net"], told["account_server"], told["events_left_out"]) == (17.0, vps.server, 0)
    assert [(one["id"], one["action"], one["source"], one["status"]) for one in told["orders"]] == [
        (placed, "open", "ticket", "executed"),
        (moved, "modify", "positions", "executed"),
        (part, "close", "positions", "executed"),
    ]
    first, second, third = told["orders"]
    assert (first["slippage_points"], first["slippage_pips"], first["fill_price"]) == (20.0, 2.0, 1.1002)
    assert (second["sl"], second["tp"], third["filled_lots"]) == (1.09, None, 0.2)
    assert all(first["stages"][stage] for stage in ("requested", "gated", "queued", "claimed", "sent", "reported"))


async def test_a_trade_of_an_alert_names_the_alert_and_what_its_later_alerts_did(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice, name="Momentum")
    signal = (await send_alert(client, strategy, buy())).json()["signal_id"]
    job = await carry_out(vps, order=21, position=21, price=1.1001, volume_lots=0.1, requested_price=1.1)
    held = position(21, comment=job["payload"]["tag"], magic=strategy["magic"], volume=0.1)
    stranger = position(22, magic=strategy["magic"], symbol="XAUUSD")
    await report(vps, open=[held, stranger])
    moving = {"action": "modify", "symbol": "EURUSD", "sl": 1.08, "id": "move"}
    second = (await send_alert(client, strategy, moving)).json()["signal_id"]
    await carry_out(vps)
    third = (await send_alert(client, strategy, {"action": "close", "symbol": "EURUSD", "id": "end"})).json()
    await carry_out(vps, closed=[21, 99], volume_lots=0.2, price=1.1)
    rows = {row["ticket"]: row["id"] for row in (await alice.get("/api/trades")).json()["items"]}

    told = await record(alice, rows[21])

    assert [(one["action"], one["source"], one["signal_id"]) for one in told["orders"]] == [
        ("open", "alert", signal), ("modify", "alert", second), ("close", "alert", third["signal_id"]),
    ]  # fmt: skip
    assert told["strategy_name"] == told["orders"][0]["strategy_name"] == "Momentum"
    for one in (signal, second, third["signal_id"]):
        (execution,) = (await alice.get(f"/api/tv/signals/{one}")).json()["executions"]
        assert execution["trade_id"] == (None if one == second else rows[21])  # a change names no ticket
    assert told["orders"][0]["slippage_points"] == 10.0
    assert (told["orders"][2]["positions"], told["orders"][2]["filled_lots"]) == (2, None)
    assert (await record(alice, rows[22]))["orders"] == []


async def test_a_ticket_no_broker_gives_hides_no_signal(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    signal = (await send_alert(client, strategy, buy())).json()["signal_id"]
    await carry_out(vps, order=10**30, price=1.1, volume_lots=0.1)
    await report(vps, open=[position(41)])

    (execution,) = (await alice.get(f"/api/tv/signals/{signal}")).json()["executions"]

    assert (execution["status"], execution["trade_id"]) == ("executed", None)


async def test_trades_of_the_past_have_a_story_too(alice: Member) -> None:
    vps = await pair(alice)
    opened = datetime(2026, 3, 16, 10, tzinfo=UTC)
    closed = opened + timedelta(days=2)
    past = position(31, open_time=opened.isoformat(), close_price=1.11, close_time=closed.isoformat(), profit=9)
    await report(vps, closed=[past])

    told = await record(alice, await only_trade(alice))

    assert [(one["kind"], one["at"], one["is_derived"]) for one in told["events"]] == [
        ("opened", "2026-03-16T10:00:00Z", True), ("closed", "2026-03-18T10:00:00Z", True),
    ]  # fmt: skip
    assert told["orders"] == []


async def test_a_story_of_very_many_moves_is_told_from_its_beginning(alice: Member) -> None:
    vps = await pair(alice)
    await report(vps, open=[position(35, sl=1.0)])
    (account,) = await account_ids(alice)
    async with unit_of_work(service("a test")) as uow:
        await uow.run(
            "insert into trade_events (id, user_id, account_id, ticket, kind, data, at) select uuidv7(), %s, %s, 35, "
            "'changed', jsonb_build_object('sl', n, 'old_sl', n - 1), now() from generate_series(1, 400) n",
            (alice.id, account),
        )

    told = await record(alice, await only_trade(alice))

    assert [told["events"][place]["sl"] for place in (0, 1, -1)] == [1.0, 101, 400]
    assert told["events_left_out"] == 100


async def test_a_position_that_is_gone_is_closed_before_its_figures_come(alice: Member) -> None:
    vps = await pair(alice)
    await report(vps, open=[position(41, comment="FE-not a mark of ours")])
    await report(vps, open=[])

    told = await record(alice, await only_trade(alice))

    assert [(one["kind"], one["is_derived"]) for one in told["events"]] == [("opened", False), ("closed", True)]
    assert (told["is_closed"], told["close_price"]) == (True, None)


@pytest.mark.parametrize("role", ["user", "ib", "admin", "super_admin"])
async def test_nobody_else_is_told_of_a_trade(alice: Member, bob: Member, charlie: Member, role: str) -> None:
    for member in (alice, bob):
        await report(await pair(member), open=[position(51)])
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update users set role = %s where id = %s", (role, charlie.id))
    hers, his = await only_trade(alice), await only_trade(bob)

    for member, trade in ((bob, hers), (charlie, hers), (charlie, his)):
        answer = await member.get(f"/api/user/trades/{trade}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await record(bob, his))["ticket"] == 51


async def test_a_token_is_told_as_much_as_its_scopes_name(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    job = await carry_out(vps, order=61, position=61, price=1.1, volume_lots=0.5)
    await report(vps, open=[position(61, comment=job["payload"]["tag"])])
    trade = await only_trade(alice)
    told = []
    for scopes in (["trading:position:read"], ["trading:position:read", "trading:order:read"]):
        made = await alice.post("/api/auth/tokens", {"name": "script", "scopes": scopes})
        headers = {"Authorization": f"Bearer {made.json()['token']}"}
        told.append((await client.get(f"/api/user/trades/{trade}", headers=headers)).json()["orders"])

    assert told[0] is None
    assert [(one["source"], one["signal_id"], one["strategy_name"]) for one in told[1]] == [("alert", None, "")]
