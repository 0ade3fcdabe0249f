"""The server process: uvicorn with the built pages, the API and the sockets on one port."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import NoReturn

import uvicorn

from forex_elite.services import jobs

APPLICATION = "forex_elite.forex_elite:app"
GRACE_S = 3  # for requests under way; long polls and sockets are told to come back
TERMINATED = 128 + signal.SIGTERM
KEEP_ALIVE_S = 75  # longer than any client keeps an idle connection, so that we never close one under a request

OnReady = Callable[[], Awaitable[None]]


class Server(uvicorn.Server):
    """uvicorn that says when it takes requests and when it is about to stop."""

    def __init__(self, config: uvicorn.Config, on_ready: OnReady, on_stop: OnReady) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open for requests, then tell."""
        await super().startup(sockets)
        if self.started:
            await self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell, then end waits and connections, then the application."""
        await self._on_stop()
        jobs.end_waits()
        await super().shutdown(sockets)


def load() -> uvicorn.Config:
    """Import the application, ready to be served. Pages are compiled already: see `frontend`."""
    os.environ |= {
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # prices are a hundred bytes; compressing each for every socket costs far more
        access_log=False,
        proxy_headers=False,  # addresses behind proxies are the API's business: it knows how many hops to trust
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    gc.disable()  # nothing of what is imported is garbage, and looking for it costs half a second
    config.load()
    settle()
    return config


def settle() -> None:
    """Take what was imported out of the garbage collector's sight: it stays until the end.

    A full collection would look at all of it, 300,000 objects with the pages, and stop the server for 150 ms each time.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


def serve(config: uvicorn.Config, listener: socket.socket, *, on_ready: OnReady, on_stop: OnReady) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; being asked to stop is not an error."""
    try:
        Server(config, on_ready, on_stop).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn raises the signal again once it has stopped
        return
    except SystemExit as left:
        if left.code != TERMINATED:
            raise


def leave_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into an ordinary exit, so that everything started is also stopped."""

    def leave(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(TERMINATED)

    def terminate(_number: int, _frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)  # the one the server stops on gracefully

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, terminate)
