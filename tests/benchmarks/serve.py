"""The server of the benchmarks: everything but the pages, in a process of its own, served as `forex-elite run` does."""

from __future__ import annotations

import socket
import sys

import uvicorn
import uvloop

from forex_elite.api.edge import Edge
from forex_elite.cli.server import settle
from forex_elite.forex_elite import resources, web


class Server(uvicorn.Server):
    """Says when it takes requests."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write("ready\n")
        sys.stdout.flush()


async def main(port: int) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        Edge(web()),
        host="127.0.0.1",
        port=port,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
    )
    async with resources():
        settle()
        await Server(config).serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
