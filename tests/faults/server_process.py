"""The server without its pages as a process of its own: API, sockets and timers on a port the system chooses.

`python -m tests.faults.server_process` prints the port when it takes requests, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading

import uvicorn

from forex_elite import realtime
from forex_elite.api.app import create_app
from forex_elite.api.edge import Edge
from forex_elite.scheduler import timers
from forex_elite.services import runtime
from forex_elite.settings import settings
from tests.world import listening


class Server(uvicorn.Server):
    """uvicorn that prints its port when it is open."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open, then tell."""
        await super().startup(sockets)
        assert sockets
        sys.stdout.write(f"{sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()


async def _main() -> None:
    app = create_app()
    app.router.routes.extend(realtime.ROUTES)
    config = uvicorn.Config(Edge(app), log_level="warning", access_log=False, lifespan="off", ws="websockets-sansio")
    server = Server(config)

    def stop_with_parent() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop_with_parent, daemon=True).start()
    with listening() as listener:
        async with runtime.running(settings()), timers.running():
            await server.serve(sockets=[listener])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s server %(levelname)s %(name)s %(message)s")
    asyncio.run(_main())
