"""Trailing with the real server, the real agent and a simulated terminal: it goes on while the server is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from agent.journal import Journal
from agent.simulator.books import read_books
from agent.simulator.structures import TradePosition
from tests.agent.agent_process import BROKER, AgentProcess
from tests.agent.cutting_proxy import CuttingProxy
from tests.world import Member, buy, make_strategy, send_alert

LOGIN = 890_001
PIP = 0.0001
RISE_S = 900
EPOCH_MS = 1_770_000_000_000


def rising_prices(file: Path) -> None:
    """Two pips up a second, for a quarter of an hour."""
    rows = [f"{EPOCH_MS + n * 500},{1.1 + n * PIP:.5f},{1.1001 + n * PIP:.5f}" for n in range(RISE_S * 2)]
    file.write_text("time,bid,ask\n" + "\n".join(rows) + "\n")


def held(agent: AgentProcess) -> TradePosition:
    """The position in the broker's books, read without a terminal."""
    (position,) = read_books(agent.books).positions
    return position


async def until(agent: AgentProcess, is_so: Callable[[TradePosition], bool]) -> TradePosition:
    async with asyncio.timeout(60):
        while not is_so(position := await asyncio.to_thread(held, agent)):
            pass
    return position


async def listed(member: Member, wire: CuttingProxy, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            rows = (await member.get("/api/trades", open=True)).json()["items"]
            if rows and is_so(rows[0]):
                found: dict[str, Any] = rows[0]
                return found
            await wire.next_answer()


async def test_the_stop_trails_while_the_server_is_away_and_after_the_agent_was_killed(
    client: httpx.AsyncClient, alice: Member, server_url: str, tmp_path: Path
) -> None:
    rising_prices(tmp_path / "rising.csv")
    paired = (await alice.post("/api/agents", {"name": "vps", "kind": "dedicated"})).json()
    async with CuttingProxy(server_url) as wire:
        agent = AgentProcess(wire.url, paired["id"], paired["pairing_key"], tmp_path, login=LOGIN)
        config = tmp_path / "agent.toml"
        config.write_text(
            config.read_text() + f'[terminal.simulation.replay]\nEURUSD = "{(tmp_path / "rising.csv").as_posix()}"\n'
        )
        await agent.start()
        while not (accounts := (await alice.get("/api/user/mt5-accounts")).json()["accounts"]):
            await wire.next_answer()
        strategy = await make_strategy(alice, account_ids=[accounts[0]["id"]])
        await send_alert(client, strategy, buy(price=None))
        trade = await listed(alice, wire, lambda _: True)
        body = {"trailing": {"trigger": 2, "distance": 5, "step": 1}}
        assert (await alice.post(f"/api/trades/{trade['id']}/protection", body)).status_code == 202
        shown = await listed(alice, wire, lambda row: row["protection"] is not None and row["sl"] > 0)
        assert shown["protection"]["trailing"]["distance"] == 5

    away = held(agent).sl  # from here on nobody answers the agent
    alone = await until(agent, lambda position: position.sl > away + 3 * PIP)
    agent.kill()
    await agent.died()
    await agent.start()
    again = await until(agent, lambda position: position.sl > alone.sl + 3 * PIP)
    agent.kill()
    await agent.died()

    assert again.ticket == trade["ticket"]
    journal = Journal(tmp_path / "state" / "journal" / f"{LOGIN}@{BROKER}.sqlite3")
    moves = [what["to"] for what, _ in journal.moves(trade["ticket"])]
    journal.close()
    assert moves == sorted(moves), "the stop never loosened"
    assert all(later - earlier >= PIP * 0.999 for earlier, later in pairwise(moves))
    assert moves[-1] >= again.sl
