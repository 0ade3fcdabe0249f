"""Children, whole agents and connections die at random under load; afterwards broker, journal and server agree."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from agent.terminal.config import TerminalConfig
from agent.terminal.connect import open_terminal
from tests.agent.agent_process import BROKER, AgentProcess
from tests.agent.fake_server import Failure, FakeServer

LOGINS = (7101, 7102, 7103)
JOBS = 36
FINAL = {"completed", "failed", "expired"}


def deals_by_tag(agent: AgentProcess, login: int) -> Counter[str]:
    """How often each tag was executed on an account."""
    books = agent.folder / "state" / "simulator" / f"{login}@{BROKER}"
    terminal = open_terminal(TerminalConfig(login=login, server=BROKER, state_file=str(books)))
    terminal.connect()
    try:
        return Counter(deal.comment for deal in terminal.deals(datetime.now(UTC) - timedelta(days=1)) if deal.symbol)
    finally:
        terminal.close()


async def strike(chance: random.Random, server: FakeServer, agent: AgentProcess) -> None:
    """One misfortune."""
    assert agent.process is not None
    kind = chance.choice(["child", "agent", "reset", "result", "claim"])
    children = psutil.Process(agent.process.pid).children()
    if kind == "child" and children:
        os.kill(chance.choice(children).pid, signal.SIGKILL)
    elif kind == "agent":
        agent.kill()
        await agent.died()
        await agent.start()
    elif kind == "reset":
        await server.leave()
        server.is_away = False
    else:
        path = "/result" if kind == "result" else "/jobs/next"
        server.failures.append(Failure(path, chance.choice(["lost_reply", "reset", "garbage", 503])))


@pytest.mark.timeout(240)
async def test_whatever_dies_whenever_no_order_is_doubled_and_every_job_tells_the_truth(
    server: FakeServer, tmp_path: Path
) -> None:
    chance = random.Random()
    server.lease_s = 5.0
    agent = AgentProcess(server.url, server.agent_id, server.key, tmp_path)
    (tmp_path / "agent.toml").write_text(
        "".join(
            f'[[terminal]]\nkind = "simulator"\nlogin = {login}\nserver = "{BROKER}"\nsettle_s = 0.3\n'
            for login in LOGINS
        )
    )
    await agent.start()
    for number in range(JOBS):
        instruction = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.01}
        payload = {"instruction": instruction, "magic": 7, "tag": f"FE-{number:04d}"}
        await server.offer(payload, login=chance.choice(LOGINS), broker=BROKER, expires_s=120.0)
        if number % 6 == 5:
            await strike(chance, server, agent)
        await server.reap()
        await asyncio.sleep(chance.random() * 0.2)
    async with asyncio.timeout(200):
        while any(job.status not in FINAL for job in server.jobs.values()):
            await server.reap()
            await asyncio.sleep(0.2)
    assert await agent.stop() == 0
    executed = {login: deals_by_tag(agent, login) for login in LOGINS}
    for job in server.jobs.values():
        assert job.account is not None
        times = executed[job.account["login"]][job.payload["tag"]]
        assert times == (1 if job.status == "completed" else 0), (job, agent.log.read_text()[-4000:])
    assert any(job.status == "completed" for job in server.jobs.values())
