"""The server of the benchmarks: everything but the pages, in a process of its own, as `forex-elite run` serves it."""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from forex_elite.forex_elite import resources, web


async def main(port: int) -> None:
    """Serve until killed; prints a line when ready."""
    config = uvicorn.Config(
        web(),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        loop="uvloop",
        http="httptools",
    )
    async with resources():
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        await asyncio.sleep(0.5)
        print("ready", flush=True)  # noqa: T201  the parent waits for this line
        await serving


uvicorn.Config(web()).setup_event_loop() if False else None
with asyncio.Runner(loop_factory=__import__("uvloop").new_event_loop) as runner:
    runner.run(main(int(sys.argv[1])))
