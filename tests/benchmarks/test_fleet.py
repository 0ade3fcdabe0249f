"""Fifty terminals under one agent on one small machine, one of them frozen."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.agent.agent_process import BROKER, AgentProcess
from tests.agent.fake_server import FakeServer
from tests.benchmarks.conftest import Table
from tests.benchmarks.measure import milliseconds
from tests.benchmarks.test_agent import gap

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

TERMINALS = 50
WATCHED_S = 30.0
ORDERS = 60
SYNCED_EVERY_S = 15.0


def logins() -> list[int]:
    return [8000 + number for number in range(TERMINALS)]


async def test_fifty_terminals(table: Table, tmp_path: Path) -> None:
    async with FakeServer() as server:
        server.intervals = {}
        agent = AgentProcess(server.url, server.agent_id, server.key, tmp_path)
        (tmp_path / "agent.toml").write_text(
            "".join(f'[[terminal]]\nkind = "simulator"\nlogin = {one}\nserver = "{BROKER}"\n' for one in logins())
        )
        began = time.monotonic()
        await agent.start()
        await server.until(
            lambda: (
                bool(server.heartbeats)
                and sum(t["state"] == "ready" for t in server.heartbeats[-1]["terminals"]) == TERMINALS
            ),
            300,
        )
        table.add(f"{TERMINALS} simulated terminals ready", f"{time.monotonic() - began:.0f} s", "")
        assert agent.process is not None
        supervisor = psutil.Process(agent.process.pid)
        everyone = [supervisor, *supervisor.children()]
        before = [sum(process.cpu_times()[:2]) for process in everyone]
        seen = len(server.reports)
        await asyncio.sleep(WATCHED_S)
        share = sum(sum(p.cpu_times()[:2]) - start for p, start in zip(everyone, before, strict=True)) / WATCHED_S
        megabytes = sum(process.memory_full_info().pss for process in everyone) / 2**20
        reported = {
            body["login"] for path, body in server.reports[seen:] if path.endswith("/trades") and "login" in body
        }
        table.add(
            f"{TERMINALS} terminals, all synced every {SYNCED_EVERY_S:.0f} s",
            f"{len(reported)} of {TERMINALS} reported in {WATCHED_S:.0f} s; {share * 100:.0f} % of one core, "
            f"{megabytes:.0f} MB in all",
            "within 4 GiB",
        )
        frozen = supervisor.children()[0]
        os.kill(frozen.pid, signal.SIGSTOP)
        took = []
        answering = [one for one in logins() if str(one) not in " ".join(frozen.cmdline())]
        for number in range(ORDERS):
            payload = {
                "instruction": {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.01},
                "magic": 7,
                "tag": f"FE-fleet-{number}",
            }
            login = answering[1 + number % (len(answering) - 1)]
            job = await server.ended(await server.offer(payload, login=login, broker=BROKER))
            assert job.result is not None, job
            took.append(gap(job.result, "claimed_at", "filled_at"))
        os.kill(frozen.pid, signal.SIGCONT)
        await agent.stop()
    table.add(
        f"Order on one of {TERMINALS - 1} terminals while one is frozen, claimed → filled", milliseconds(took), ""
    )
