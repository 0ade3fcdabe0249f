"""Alert to order through the real server and the real agent process, with the worst moments in between.

After each: one position or none, never two, and the signal tells the truth.
"""

from __future__ import annotations

import asyncio
import itertools
import signal as signals
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.agent.agent_process import AgentProcess
from tests.agent.cutting_proxy import CuttingProxy
from tests.world import Member, buy, make_strategy, send_alert, signal

FINAL = {"executed", "failed", "expired", "rejected", "partial"}
_logins = itertools.count(880_001)


class Spine:
    """A member with a paired agent process behind a wire that can be cut, and a strategy on its account."""

    def __init__(self, member: Member, agent: AgentProcess, wire: CuttingProxy) -> None:
        self.member = member
        self.agent = agent
        self.wire = wire
        self.strategy: dict[str, Any] = {}

    async def ready(self) -> None:
        """The account has been reported with its symbols and prices."""
        while not (accounts := (await self.member.get("/api/user/mt5-accounts")).json()["accounts"]):
            await self.wire.next_answer()
        self.strategy = self.strategy or await make_strategy(self.member, account_ids=[accounts[0]["id"]])

    async def alert(self, **changes: Any) -> str:
        """Send a TradingView alert; the id of its signal."""
        receipt = (await send_alert(self.member.client, self.strategy, buy(**changes))).json()
        assert receipt["status"] == "accepted", receipt
        return str(receipt["signal_id"])

    async def ended(self, signal_id: str) -> dict[str, Any]:
        """Wait until the signal has come to its end."""
        async with asyncio.timeout(60):
            while (told := await signal(self.member, signal_id))["status"] not in FINAL:
                await self.wire.next_answer()
        return told


@pytest.fixture
async def spine(client: httpx.AsyncClient, alice: Member, server_url: str, tmp_path: Path) -> AsyncIterator[Spine]:
    paired = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    async with CuttingProxy(server_url) as wire:
        agent = AgentProcess(wire.url, paired["id"], paired["pairing_key"], tmp_path, login=next(_logins))
        yield Spine(alice, agent, wire)
        if agent.process is not None and agent.process.returncode is None:
            agent.kill()
            await agent.died()


async def test_an_alert_becomes_one_position_and_every_stage_is_timed(spine: Spine) -> None:
    await spine.agent.start()
    await spine.ready()
    told = await spine.ended(await spine.alert())
    (position,) = spine.agent.positions()
    (execution,) = told["executions"]
    assert (told["status"], told["broker_order_id"]) == ("executed", str(position.ticket))
    assert told["fill_price"] == pytest.approx(position.open_price)
    stages = list(execution["stages"].values())
    assert all(stages)
    assert stages == sorted(stages), "the stages follow each other, on one clock"


@pytest.mark.parametrize(
    ("point", "status", "positions"),
    [("before_send", "failed", 0), ("after_send", "executed", 1), ("after_journal", "executed", 1)],
)
async def test_an_agent_killed_at_the_worst_moment(spine: Spine, point: str, status: str, positions: int) -> None:
    await spine.agent.start(crash=point)
    await spine.ready()
    signal_id = await spine.alert()
    assert await spine.agent.died() == -signals.SIGKILL
    await spine.agent.start(crash=point)
    told = await spine.ended(signal_id)
    assert told["status"] == status
    assert len(spine.agent.positions()) == positions
    assert len(spine.agent.deals()) == positions


async def test_a_claim_whose_answer_was_lost_ends_in_one_position_or_none(spine: Spine) -> None:
    """As when the server dies between commit and reply; the agent restarts, so that it asks at once."""
    await spine.agent.start()
    await spine.ready()
    spine.wire.cut_answer_to("/jobs/next")
    signal_id = await spine.alert()
    await asyncio.wait_for(spine.wire.cut.wait(), 10)
    await spine.agent.stop()
    await spine.agent.start()
    told = await spine.ended(signal_id)
    assert told["status"] == "executed"
    assert len(spine.agent.deals()) == 1


async def test_a_result_whose_acknowledgement_was_lost_is_told_once(spine: Spine) -> None:
    await spine.agent.start()
    await spine.ready()
    spine.wire.cut_answer_to("/result")
    told = await spine.ended(await spine.alert())
    assert told["status"] == "executed"
    await asyncio.wait_for(spine.wire.cut.wait(), 10)
    assert (await spine.agent.stop(), len(spine.agent.deals())) == (0, 1)


async def test_alerts_while_the_agent_restarts_are_all_done_once(spine: Spine) -> None:
    await spine.agent.start()
    await spine.ready()
    signal_ids = [await spine.alert() for _ in range(3)]
    spine.agent.kill()
    await spine.agent.died()
    signal_ids += [await spine.alert() for _ in range(3)]
    await spine.agent.start()
    told = [await spine.ended(signal_id) for signal_id in signal_ids]
    executed = [each for each in told if each["status"] == "executed"]
    assert len(spine.agent.deals()) == len(executed)
    assert {each["broker_order_id"] for each in executed} == {str(each.ticket) for each in spine.agent.positions()}
