"""The ticket through the real server and the real agent process: orders, what waits, and the bars of a chart."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.agent.agent_process import AgentProcess
from tests.agent.cutting_proxy import CuttingProxy
from tests.world import Member

_logins = itertools.count(870_001)


class Desk:
    """A member with a paired agent process on a simulated terminal."""

    def __init__(self, member: Member, agent: AgentProcess, wire: CuttingProxy) -> None:
        self.member = member
        self.agent = agent
        self.wire = wire
        self.account = ""

    async def until(self, path: str, is_there: Any, **params: Any) -> Any:
        """Ask until the answer is as awaited, each time the agent has said something."""
        async with asyncio.timeout(40):
            while not is_there(found := (await self.member.get(path, **params)).json()):
                await self.wire.next_answer()
        return found

    async def ended(self, answer: httpx.Response) -> dict[str, Any]:
        """What became of an order that was taken."""
        assert answer.status_code == 202, answer.text
        told = answer.json()
        assert told["status"] == "pending", told
        ended: dict[str, Any] = await self.until(f"/api/orders/{told['id']}", lambda now: now["status"] != "pending")
        return ended

    async def order(self, **changes: Any) -> dict[str, Any]:
        body = {"account_id": self.account, "symbol": "EURUSD", "side": "buy", "volume_lots": 0.1, **changes}
        return await self.ended(await self.member.post("/api/orders", body))


@pytest.fixture
async def desk(client: httpx.AsyncClient, alice: Member, server_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    paired = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    async with CuttingProxy(server_url) as wire:
        agent = AgentProcess(wire.url, paired["id"], paired["pairing_key"], tmp_path, login=next(_logins))
        made = Desk(alice, agent, wire)
        await agent.start()
        accounts = await made.until("/api/user/mt5-accounts", lambda told: told["accounts"])
        made.account = accounts["accounts"][0]["id"]
        await made.until(f"/api/accounts/{made.account}/symbols", lambda told: told["items"])
        yield made
        if agent.process is not None and agent.process.returncode is None:
            agent.kill()
            await agent.died()


async def test_orders_from_the_ticket_are_carried_out_and_what_waits_is_changed_and_cancelled(desk: Desk) -> None:
    bought = await desk.order(sl={"kind": "pips", "value": 40}, tp={"kind": "pips", "value": 80})
    (position,) = desk.agent.positions()
    assert (bought["status"], bought["broker_order_id"]) == ("executed", str(position.ticket))
    assert bought["fill_price"] == pytest.approx(position.open_price)
    assert position.sl < position.open_price < position.tp
    stages = list(bought["stages"].values())
    assert all(stages)
    assert stages == sorted(stages), "the stages follow each other, on one clock"

    price = round(position.open_price - 0.02, 5)
    placed = await desk.order(type="limit", price=price, sl=round(price - 0.01, 5))
    assert (placed["status"], placed["fill_price"]) == ("executed", None)
    path = f"/api/accounts/{desk.account}/orders"
    (waiting,) = (await desk.until(path, lambda told: told["items"]))["items"]
    assert (waiting["ticket"], waiting["price"]) == (int(placed["broker_order_id"]), price)

    lower, target = round(price - 0.005, 5), round(price + 0.03, 5)
    moved = await desk.member.patch(f"{path}/{waiting['ticket']}", {"price": lower, "sl": 0, "tp": target})
    assert (await desk.ended(moved))["status"] == "executed"
    (order,) = desk.agent.read(lambda terminal: terminal.orders())
    assert (order.price, order.sl, order.tp) == (lower, 0.0, target)
    await desk.until(path, lambda told: [row["price"] for row in told["items"]] == [lower])
    wrong = await desk.member.patch(
        f"{path}/{waiting['ticket']}", {"price": round(position.open_price + 0.02, 5), "tp": 0}
    )
    assert (await desk.ended(wrong))["code"] == "order-invalid"

    gone = await desk.ended(await desk.member.delete(f"{path}/{waiting['ticket']}"))
    assert gone["status"] == "executed"
    assert (await desk.until(path, lambda told: not told["items"]))["next_cursor"] is None
    listed = (await desk.member.get("/api/orders", account_id=desk.account)).json()["items"]
    assert [row["action"] for row in listed] == ["cancel", "modify_order", "modify_order", "open", "open"]


@pytest.mark.parametrize("point", ["before_send", "after_send"])
async def test_an_agent_killed_while_it_changes_an_order_tells_the_truth(desk: Desk, point: str) -> None:
    tick = desk.agent.read(lambda terminal: terminal.ticks(["EURUSD"])[0])
    price = round(tick.bid - 0.02, 5)
    placed = await desk.order(type="limit", price=price)
    path = f"/api/accounts/{desk.account}/orders"
    await desk.until(path, lambda told: told["items"])
    await desk.agent.stop()
    await desk.agent.start(crash=point)
    await desk.until("/api/user/mt5-accounts", lambda told: told["accounts"][0]["is_online"])

    lower = round(price - 0.003, 5)
    changing = await desk.member.patch(f"{path}/{placed['broker_order_id']}", {"price": lower})
    await desk.agent.died()
    await desk.agent.start(crash=point)
    told = await desk.ended(changing)

    (order,) = desk.agent.read(lambda terminal: terminal.orders())
    is_changed = point != "before_send"
    assert (order.price, told["status"]) == ((lower, "executed") if is_changed else (price, "failed"))


async def test_a_chart_is_read_from_the_terminal_and_is_the_same_every_time(desk: Desk) -> None:
    for timeframe, seconds in (("M1", 60), ("H1", 3600), ("D1", 86_400)):
        asked = {"account_id": desk.account, "symbol": "EURUSD", "timeframe": timeframe, "limit": 300}
        told = await desk.until("/api/candles", lambda now: len(now["items"]) == 300, **asked)
        times = [datetime.fromisoformat(row["time"]) for row in told["items"]]
        offset = timedelta(seconds=told["broker_offset_s"])
        assert all((at + offset).timestamp() % seconds == 0 for at in times), "bars open in the broker's own time"
        assert {later - earlier for earlier, later in itertools.pairwise(times)} == {timedelta(seconds=seconds)}
        before = told["items"][200]["time"]
        part = await desk.until(
            "/api/candles", lambda now: len(now["items"]) == 200, **asked | {"limit": 200, "before": before}
        )
        assert part["items"] == told["items"][:200]
        tick = desk.agent.read(lambda terminal: terminal.ticks(["EURUSD"])[0])
        assert told["items"][-1]["close"] == pytest.approx(tick.bid, rel=0.01)
