"""How many jobs a second sixteen claimers take and finish."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE

import psycopg
import pytest

from tests.benchmarks.conftest import ROOT, Bench, Table, ready

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

JOBS = 8_000
PROCESSES, CLAIMERS = 2, 8

FILL = """
insert into jobs (id, user_id, agent_id, type, payload, status, priority, is_entry, not_before, attempts, created_at)
select gen_random_uuid(), %s, %s, 'sync', '{}', 'pending', 0, false, now(), 0, now() from generate_series(1, %s)
"""


async def test_claims_and_finishes(bench: Bench, table: Table) -> None:
    (vps,) = await bench.agents(1)
    async with await psycopg.AsyncConnection.connect(bench.owner_address, autocommit=True) as connection:
        await connection.execute(FILL, (bench.trader.id, vps.id, JOBS))
    told = json.dumps({"agent_id": vps.id, "user_id": bench.trader.id, "claimers": CLAIMERS})
    command = [sys.executable, "-m", "tests.benchmarks.claim", told]
    workers = [
        await ready(
            await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env={**os.environ, **bench.environment}, stdin=PIPE, stdout=PIPE
            )
        )
        for _ in range(PROCESSES)
    ]
    outcomes = [json.loads(out) for out, _ in await asyncio.gather(*(worker.communicate(b"\n") for worker in workers))]
    jobs = sum(outcome["jobs"] for outcome in outcomes)
    assert jobs == JOBS, "a job was claimed twice or not at all"
    rate = jobs / max(outcome["seconds"] for outcome in outcomes)
    table.add(
        "Queue, 16 claimers, durable; claims of one moment share a transaction",
        f"{rate * 2:.0f} claims and finishes/s ({rate:.0f} jobs/s)",
        "≥ 2,000/s",
    )
