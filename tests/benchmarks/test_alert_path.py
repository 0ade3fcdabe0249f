"""From the webhook to the agent, and how many alerts a second."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from typing import Any
from uuid import uuid4

import pytest

from tests.benchmarks.conftest import ROOT, Bench, Table, free_port, polling, ready, waiting
from tests.benchmarks.measure import Sender, milliseconds, percentile

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

_ids = itertools.count()
SUSTAINED_S = int(os.environ.get("BENCH_SECONDS", "60"))


def alert() -> dict[str, Any]:
    return {"action": "buy", "symbol": "EURUSD", "price": 1.1, "sl": 1.09, "id": f"bench-{next(_ids)}"}


async def received(agents: Process, jobs: int) -> float:
    """When the last of so many jobs was in an agent's hands."""
    assert agents.stdout is not None
    latest = 0.0
    for _ in range(jobs):
        line = await asyncio.wait_for(agents.stdout.readline(), 10)
        latest = max(latest, float(line.split()[1]))
    return latest


async def one_by_one(
    sender: Sender, path: str, agents: Process, *, count: int, per_second: float, jobs: int
) -> tuple[list[float], list[float]]:
    """Send alerts at a steady pace; acknowledgement and last agent, seconds from the sending."""
    acknowledged, held = [], []
    for _ in range(count):
        sent = time.monotonic()
        answer = await sender.post(path, alert())
        acknowledged.append(time.monotonic() - sent)
        assert answer["status"] == "accepted", answer
        held.append(await received(agents, jobs) - sent)
        await asyncio.sleep(max(0.0, sent + 1 / per_second - time.monotonic()))
    return acknowledged, held


async def test_webhook_to_agent(bench: Bench, table: Table) -> None:
    agents = await bench.agents(1)
    (strategy,) = await bench.strategies(1)
    path = "/webhooks/tv/" + strategy["webhook_secret"]
    sender = await bench.sender()
    async with waiting(bench.url, agents, reports=True) as waits:
        await one_by_one(sender, path, waits, count=20, per_second=20, jobs=1)
        acknowledged, held = await one_by_one(sender, path, waits, count=400, per_second=20, jobs=1)
    await sender.close()
    table.add("Webhook acknowledged, 20/s", milliseconds(acknowledged), "p50 ≤ 4 ms")
    table.add("Webhook → agent holds the job, 20/s", milliseconds(held), "p50 ≤ 5, p99 ≤ 12 ms")


async def test_the_least_that_could_do_it(bench_database: str, table: Table) -> None:
    """The same path with nothing but its storing, measured with the same clients: what this machine allows."""
    port, agent = free_port(), str(uuid4())
    address = bench_database.replace("+psycopg", "")
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(port), address]
    process = await ready(await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE))
    url = f"http://127.0.0.1:{port}"
    sender = await Sender.open(url)
    try:
        async with polling(url, [{"id": agent, "key": "fe_" + "0" * 40}], reports=True) as waits:
            await one_by_one(sender, f"/webhooks/tv/{agent}", waits, count=20, per_second=20, jobs=1)
            told = await one_by_one(sender, f"/webhooks/tv/{agent}", waits, count=400, per_second=20, jobs=1)
    finally:
        await sender.close()
        process.terminate()
        await process.wait()
    table.add("Bare counterpart (no gate, no policies): acknowledged, 20/s", milliseconds(told[0]), "2.0 ms elsewhere")
    table.add("Bare counterpart: → agent holds the job, 20/s", milliseconds(told[1]), "2.8, 4.4 ms elsewhere")


async def test_fan_out_to_five(bench: Bench, table: Table) -> None:
    agents = await bench.agents(5)
    (strategy,) = await bench.strategies(1)
    path = "/webhooks/tv/" + strategy["webhook_secret"]
    sender = await bench.sender()
    async with waiting(bench.url, agents, reports=True) as waits:
        await one_by_one(sender, path, waits, count=10, per_second=10, jobs=5)
        _, held = await one_by_one(sender, path, waits, count=300, per_second=10, jobs=5)
    await sender.close()
    table.add("One alert → the last of 5 agents", milliseconds(held), "p50 ≤ 10, p99 ≤ 24 ms, 300 of 300")


async def test_sustained_alerts(bench: Bench, table: Table) -> None:
    agents = await bench.agents(5)
    strategies = [await bench.strategy_on(number % 5) for number in range(20)]
    senders = [await bench.sender() for _ in strategies]
    end = time.monotonic() + SUSTAINED_S
    acknowledged: list[float] = []

    async def send(sender: Sender, path: str) -> None:
        while (sent := time.monotonic()) < end:
            answer = await sender.post(path, alert())
            assert answer["status"] == "accepted", answer
            acknowledged.append(time.monotonic() - sent)

    async def stay_online() -> None:
        while True:
            for vps in agents:
                await vps.beat()
            await asyncio.sleep(5)

    beating = asyncio.create_task(stay_online())
    started = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for sender, strategy in zip(senders, strategies, strict=True):
            tasks.create_task(send(sender, "/webhooks/tv/" + strategy["webhook_secret"]))
    rate = len(acknowledged) / (time.monotonic() - started)
    beating.cancel()
    for sender in senders:
        await sender.close()
    stored = await bench.value("select count(*) from tv_signals")
    queued = await bench.value("select count(*) from jobs")
    assert stored == queued == len(acknowledged), "alerts were lost"
    table.add(
        f"Alerts for {SUSTAINED_S} s from 20 senders",
        f"{rate:.0f}/s, none of {stored} lost, acknowledged p50 {percentile(acknowledged, 0.5) * 1000:.0f} ms",
        "≥ 600/s",
    )
