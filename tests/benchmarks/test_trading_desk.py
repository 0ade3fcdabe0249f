"""The trading page's two waits: the chart from what is kept, and from the click to the terminal's hands."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from tests.benchmarks.conftest import Bench, Table, waiting
from tests.benchmarks.measure import milliseconds
from tests.benchmarks.test_alert_path import received
from tests.world import account_ids

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

CHARTS, CLICKS = 300, 300


async def test_chart_from_the_cache(bench: Bench, table: Table) -> None:
    (vps,) = await bench.agents(1)
    (account,) = await account_ids(bench.trader)
    asked = {"account_id": account, "symbol": "EURUSD", "timeframe": "M15", "limit": 500}
    await bench.trader.get("/api/candles", **asked)
    job = await vps.claim()
    assert job is not None
    newest = int(time.time()) // 900 * 900
    bars = [[newest - n * 900, 1.1, 1.2, 1.0, 1.15, 7] for n in range(1500)]
    await vps.finish(job, result={"bars": bars, "offset_s": 7200, "read_at": datetime.now(UTC).isoformat()})
    before = (await bench.trader.get("/api/candles", **asked)).json()["next_cursor"]
    took = []
    for _ in range(CHARTS):
        began = time.monotonic()
        told = await bench.trader.get("/api/candles", **asked, before=before)
        took.append(time.monotonic() - began)
        assert len(told.json()["items"]) == 500
    table.add("Chart of 500 candles from the cache", milliseconds(took), "p50 ≤ 25 ms")


async def test_click_to_agent(bench: Bench, table: Table) -> None:
    agents = await bench.agents(1)
    (account,) = await account_ids(bench.trader)
    order = {"account_id": account, "symbol": "EURUSD", "side": "buy", "volume_lots": 0.01, "sl": 1.09}
    answered, held = [], []
    async with waiting(bench.url, agents, reports=True) as polling:
        for number in range(CLICKS + 20):
            began = time.monotonic()
            told = (await bench.trader.post("/api/orders", order)).json()
            answered.append(time.monotonic() - began)
            assert told["status"] == "pending", told
            held.append(await received(polling, 1) - began)
            await asyncio.sleep(0.02)
            if number % 100 == 0:
                await agents[0].beat()
                await agents[0].quote()
    table.add("Order by hand answered", milliseconds(answered[20:]), "p50 ≤ 15 ms")
    table.add("Click → the agent holds the order", milliseconds(held[20:]), "p50 ≤ 15, p99 ≤ 40 ms")
