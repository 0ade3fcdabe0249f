"""The least that could do the job, to measure against: alert and job stored, the job claimed and finished; no more.

No gate, no policies, no people, no leases that run out. Same machine, database, durability, server and clients as the
product, so the difference is what the product does besides.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import uvicorn
import uvloop
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.benchmarks.serve import Server

SCHEMA = """
create table signals (id uuid primary key, body text not null, received_at timestamptz not null default now());
create table jobs (id uuid primary key, signal_id uuid not null references signals, agent_id uuid not null,
  payload jsonb not null, status text not null default 'pending', lease_token uuid, result jsonb);
create index on jobs (agent_id) where status = 'pending';
"""
CLAIM = """
update jobs set status = 'running', lease_token = %s where id = (
  select id from jobs where agent_id = %s and status = 'pending' for update skip locked limit 1
) returning id, payload, lease_token
"""


class Bare:
    """The routes, and who waits."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool
        self._queued: dict[UUID, asyncio.Event] = {}

    async def _run(self, *statements: tuple[str, tuple[Any, ...]]) -> dict[str, Any] | None:
        async with self._pool.connection() as connection:
            async with connection.pipeline():
                for sql, values in statements:
                    cursor = await connection.execute(sql, values)  # type: ignore[arg-type]
            return await cursor.fetchone() if cursor.description else None

    async def alert(self, request: Request) -> Response:
        """Store alert and job in one transaction, and wake the agent."""
        agent, signal = UUID(request.path_params["agent"]), uuid4()
        body = (await request.body()).decode()
        payload = json.dumps(json.loads(body))
        await self._run(
            ("insert into signals (id, body) values (%s, %s)", (signal, body)),
            (
                "insert into jobs (id, signal_id, agent_id, payload) values (%s, %s, %s, %s)",
                (uuid4(), signal, agent, payload),
            ),
        )
        self._queued.setdefault(agent, asyncio.Event()).set()
        return JSONResponse({"status": "accepted", "signal_id": str(signal)})

    async def next_job(self, request: Request) -> Response:
        """Claim a job, waiting for one."""
        agent = UUID(request.path_params["agent"])
        queued = self._queued.setdefault(agent, asyncio.Event())
        async with asyncio.timeout(30):
            queued.clear()  # before looking, or a job stored meanwhile would wake nobody
            while (job := await self._run((CLAIM, (uuid4(), agent)))) is None:
                await queued.wait()
                queued.clear()
        now = datetime.now(UTC)
        clocks = {"server_time": now.isoformat(), "lease_expires_at": (now + timedelta(seconds=60)).isoformat()}
        named = {"id": str(job["id"]), "type": "trade", "lease_token": str(job["lease_token"])}
        return JSONResponse({**named, **clocks, "payload": job["payload"]})

    async def result(self, request: Request) -> Response:
        """Finish a job under its lease."""
        told = await request.json()
        sql = "update jobs set status = 'completed', result = %s where id = %s and lease_token = %s"
        await self._run((sql, (json.dumps(told["result"]), request.path_params["job"], told["lease_token"])))
        return JSONResponse({"status": "completed"})

    async def heartbeat(self, _: Request) -> Response:
        """The clock."""
        return JSONResponse({"server_time": datetime.now(UTC).isoformat(), "config": {}})


async def main(port: int, address: str) -> None:
    """Serve until told to stop."""
    options = {"row_factory": dict_row}
    async with AsyncConnectionPool(address, min_size=8, max_size=20, kwargs=options, open=False) as pool:
        async with pool.connection() as connection:
            await connection.execute(SCHEMA)
        bare = Bare(pool)
        routes = [
            Route("/webhooks/tv/{agent}", bare.alert, methods=["POST"]),
            Route("/api/agents/{agent}/heartbeat", bare.heartbeat, methods=["POST"]),
            Route("/api/agents/{agent}/jobs/next", bare.next_job),
            Route("/api/agents/{agent}/jobs/{job}/result", bare.result, methods=["POST"]),
        ]
        options = {"http": "httptools", "log_level": "warning", "access_log": False, "lifespan": "off"}
        await Server(uvicorn.Config(Starlette(routes=routes), port=port, **options)).serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
