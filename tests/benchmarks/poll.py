"""Waiting agents for the benchmarks: the agent's own HTTP client, in a process of its own.

Takes `{"server", "agents": [{"id", "key"}], "reports": bool}` as its argument, long-polls for each agent and writes a
line per job: its id and the steady clock at receipt (one clock for all processes of a machine).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from uuid import UUID

from agent.client import ServerClient

HEARTBEAT_S = 5
OUTCOME = {"retcode": 10009, "order": 1, "price": 1.1, "volume_lots": 0.1}


async def poll(client: ServerClient, *, reports: bool) -> None:
    """Take jobs until killed."""
    reporting: set[asyncio.Task[None]] = set()
    while True:
        job = await client.next_job(wait_s=25)
        if job is None:
            continue
        sys.stdout.write(f"{job.id} {time.monotonic()}\n")
        sys.stdout.flush()
        if reports:
            body = {"lease_token": str(job.lease_token), "status": "completed", "result": OUTCOME}
            task = asyncio.create_task(client.result(str(job.id), body))
            reporting.add(task)
            task.add_done_callback(reporting.discard)


async def beat(client: ServerClient) -> None:
    """Stay online."""
    while True:
        await client.heartbeat(b'{"version": "bench"}')
        await asyncio.sleep(HEARTBEAT_S)


async def main(told: dict[str, Any]) -> None:
    """Be all the agents."""
    async with asyncio.TaskGroup() as tasks:
        for one in told["agents"]:
            client = ServerClient(told["server"], UUID(one["id"]), lambda key=one["key"]: key)
            await client.heartbeat(b'{"version": "bench"}')
            tasks.create_task(beat(client))
            tasks.create_task(poll(client, reports=told["reports"]))
        sys.stdout.write("ready\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
