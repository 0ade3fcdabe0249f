"""From the webhook to the fill in the database, through a real agent on the simulated terminal."""

from __future__ import annotations

import asyncio
import itertools
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path

import pytest

from tests.benchmarks.conftest import ROOT, Bench, Table
from tests.benchmarks.measure import milliseconds
from tests.world import account_ids, make_strategy

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ALERTS = 200
TIMES = """
select extract(epoch from e.reported_at - g.received_at)
from signal_executions e join tv_signals g on g.id = e.signal_id where e.status = 'executed' order by e.id
"""


async def test_webhook_to_recorded_fill(bench: Bench, table: Table, tmp_path: Path) -> None:
    made = (await bench.trader.post("/api/agents", {"name": "paper"})).json()
    key = tmp_path / "pairing.key"
    key.write_text(made["pairing_key"])
    command = f"-m agent --server {bench.url} --agent-id {made['id']} --key-file {key} --state-dir {tmp_path / 'state'}"
    terminal = "--terminal simulator --login 9000001 --broker-server Bench-Demo"
    agent = await asyncio.create_subprocess_exec(
        sys.executable, *command.split(), *terminal.split(), cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL
    )
    async with asyncio.timeout(60):
        while not await account_ids(bench.trader):
            await asyncio.sleep(0.2)
    await bench.lift_limits()
    strategy = await make_strategy(bench.trader, sizing={"mode": "fixed_lots", "value": 0.01})
    sender = await bench.sender()
    path = "/webhooks/tv/" + strategy["webhook_secret"]
    sides = itertools.cycle(("buy", "closelong"))
    for number, action in zip(range(ALERTS), sides, strict=False):
        answer = await sender.post(path, {"action": action, "symbol": "EURUSD", "id": f"fill-{number}"})
        assert answer["status"] == "accepted", answer
        await asyncio.sleep(0.05)
    async with asyncio.timeout(60):
        while await bench.value("select count(*) from tv_signals where status = 'pending'"):
            await asyncio.sleep(0.1)
    await sender.close()
    agent.terminate()
    await agent.wait()
    seconds = [float(row) for row in await bench.column(TIMES)]
    assert len(seconds) == ALERTS, "not every alert was executed"
    table.add("Webhook → fill recorded, through the simulated terminal", milliseconds(seconds), "p50 ≤ 25 ms")
