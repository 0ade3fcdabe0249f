"""Claimers for the queue benchmark: as many tasks as told, in a process of their own, straight on the service."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from uuid import UUID

import uvloop

from agent.protocol import JobResult, ResultStatus
from forex_elite.domain.terminals import AgentKind
from forex_elite.services import jobs, runtime
from forex_elite.services.agents import AgentCaller
from forex_elite.settings import settings


async def is_gone() -> bool:
    return False


async def claim_and_finish(caller: AgentCaller) -> int:
    """Empty the queue; returns how many jobs this claimer had."""
    done = 0
    while (job := await jobs.claim_next(caller, 0, is_gone)) is not None:
        await jobs.report(caller, job.id, JobResult(lease_token=job.lease_token, status=ResultStatus.COMPLETED))
        done += 1
    return done


async def main(told: dict[str, Any]) -> None:
    """Claim until nothing is left; print how many jobs and how long."""
    async with runtime.running(settings()):
        caller = AgentCaller(UUID(told["agent_id"]), UUID(told["user_id"]), AgentKind.DEDICATED)
        await jobs.claim_next(AgentCaller(UUID(int=1), caller.user_id, caller.kind), 0, is_gone)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        started = time.monotonic()
        counts = await asyncio.gather(*(claim_and_finish(caller) for _ in range(told["claimers"])))
        sys.stdout.write(json.dumps({"jobs": sum(counts), "seconds": time.monotonic() - started}) + "\n")


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
