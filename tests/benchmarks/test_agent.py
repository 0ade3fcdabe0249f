"""What the agent itself costs: from a job's receipt to its order, and the price of doing nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.agent.agent_process import BROKER, LOGIN, AgentProcess
from tests.agent.fake_server import FakeServer
from tests.benchmarks.conftest import Table
from tests.benchmarks.measure import milliseconds

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

JOBS = 200
IDLE_TERMINALS = 10
IDLE_S = 20.0


def gap(result: dict[str, Any], first: str, second: str) -> float:
    """Seconds between two stages of a job."""
    return (datetime.fromisoformat(result[second]) - datetime.fromisoformat(result[first])).total_seconds()


async def are_ready(server: FakeServer) -> None:
    """All terminals are connected."""
    await server.until(
        lambda: bool(server.heartbeats) and all(t["state"] == "ready" for t in server.heartbeats[-1]["terminals"]), 60
    )


async def test_job_received_to_order_handed_to_the_terminal(table: Table, tmp_path: Path) -> None:
    async with FakeServer() as server:
        agent = AgentProcess(server.url, server.agent_id, server.key, tmp_path)
        await agent.start()
        await are_ready(server)
        results: list[dict[str, Any]] = []
        for number in range(JOBS):
            opening = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.01}
            instruction = opening if number % 2 == 0 else {"do": "close", "symbol": "EURUSD"}
            payload = {"instruction": instruction, "magic": 7, "tag": f"FE-{number}"}
            job = await server.ended(await server.offer(payload, login=LOGIN, broker=BROKER))
            assert job.result is not None
            results.append(job.result)
            await asyncio.sleep(0.05)
        await agent.stop()
    handed = [gap(result, "claimed_at", "sent_at") for result in results]
    answered = [gap(result, "sent_at", "filled_at") for result in results]
    table.add("Agent: job received → order handed to the terminal", milliseconds(handed), "p50 ≤ 2 ms")
    table.add("Agent: order handed over → answer of the simulated terminal", milliseconds(answered), "")


async def test_an_idle_agent_with_ten_terminals(table: Table, tmp_path: Path) -> None:
    async with FakeServer() as server:
        server.intervals = {}
        agent = AgentProcess(server.url, server.agent_id, server.key, tmp_path)
        (tmp_path / "agent.toml").write_text(
            "".join(
                f'[[terminal]]\nkind = "simulator"\nlogin = {9000 + number}\nserver = "{BROKER}"\n'
                for number in range(IDLE_TERMINALS)
            )
        )
        await agent.start()
        await are_ready(server)
        assert agent.process is not None
        supervisor = psutil.Process(agent.process.pid)
        everyone = [supervisor, *supervisor.children()]
        before = [sum(process.cpu_times()[:2]) for process in everyone]
        await asyncio.sleep(IDLE_S)
        shares = [
            (sum(process.cpu_times()[:2]) - start) / IDLE_S * 100
            for process, start in zip(everyone, before, strict=True)
        ]
        megabytes = [process.memory_full_info().pss / 2**20 for process in everyone]
        await agent.stop()
    table.add(
        f"Idle agent, {IDLE_TERMINALS} simulated terminals",
        f"supervisor {shares[0]:.1f} % of a core, {megabytes[0]:.0f} MB; "
        f"each terminal {sum(shares[1:]) / IDLE_TERMINALS:.2f} %, {sum(megabytes[1:]) / IDLE_TERMINALS:.0f} MB",
        "supervisor < 3 %, < 60 MB",
    )
