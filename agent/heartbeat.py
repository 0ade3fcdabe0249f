"""The sign of life, and what its answer brings: the server's clock, its wishes, and whether the key is still good."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psutil

from agent import __version__
from agent.client import KeyRefused, Rejected, ServerAway, ServerClient
from agent.clocks import Clock, ServerClock
from agent.protocol import AgentConfig, DeploymentReport, Heartbeat, HeartbeatReply, HostLoad, TerminalHealth

log = logging.getLogger(__name__)

_KEY_RETRY_S = 15.0


class Pulse:
    """Beats every few seconds; everything that depends on the server's clock or wishes reads it here."""

    def __init__(
        self,
        client: ServerClient,
        clock: Clock,
        *,
        terminals: Callable[[], list[TerminalHealth]],
        told: Callable[[HeartbeatReply], None],
        deployments: Callable[[], list[DeploymentReport]],
    ) -> None:
        self.server_clock = ServerClock(clock)
        self.key_good = asyncio.Event()
        self.key_good.set()
        self.config = AgentConfig()
        self._client = client
        self._clock = clock
        self._terminals = terminals
        self._told = told
        self._deployments = deployments
        psutil.cpu_percent(None)

    def refuse_key(self, error: KeyRefused) -> None:
        """The server does not take the key: nothing is claimed or reported until it does."""
        if self.key_good.is_set():
            log.error("the server refuses the pairing key; nothing is claimed until it is replaced: %s", error)
            self.key_good.clear()

    async def run(self) -> None:
        """Beat until cancelled."""
        is_failing = False
        while True:
            try:
                await self.beat()
            except (ServerAway, Rejected) as error:
                if not is_failing:
                    log.warning("no heartbeat reaches the server: %s", error)
                is_failing = True
            except KeyRefused as error:
                self.refuse_key(error)
                await asyncio.sleep(_KEY_RETRY_S)
                self._client.reload_key()
            else:
                if is_failing:
                    log.warning("the server hears the heartbeat again")
                is_failing = False
            await asyncio.sleep(self.config.intervals.heartbeat_s)

    async def beat(self, *, is_last: bool = False) -> None:
        """One heartbeat; raises what the client raises. After the last one another installation may take over."""
        message = Heartbeat(
            version=__version__,
            host=HostLoad(cpu_percent=psutil.cpu_percent(None), memory_percent=psutil.virtual_memory().percent),
            terminals=self._terminals(),
            deployments=self._deployments(),
            is_last=is_last,
        )
        steady, wall = self._clock.steady(), self._clock.wall()
        reply = await self._client.heartbeat(message.model_dump_json().encode())
        self.server_clock.anchor(reply.server_time, sent_steady=steady, sent_wall=wall)
        self.config = reply.config
        if not self.key_good.is_set():
            log.warning("the server accepts the pairing key again; claiming goes on")
            self.key_good.set()
        self._told(reply)
