"""Warnings of the agent and its terminals on their way to the server, where their owner sees them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from agent.backoff import Backoff
from agent.client import KeyRefused, LeaseLost, Rejected, ServerAway, ServerClient
from agent.log_lines import as_line
from agent.protocol import MAX_ROWS

_MOST_LINES = 5000
_GATHER_S = 2.0


class LogRelay(logging.Handler):
    """In the supervisor: gather warnings and send them; the oldest are dropped when the server stays away."""

    def __init__(self, client: ServerClient) -> None:
        super().__init__(logging.WARNING)
        self._client = client
        self._lines: deque[dict[str, Any]] = deque(maxlen=_MOST_LINES)
        self._wake = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record of this process."""
        self.add(as_line(record, "agent"))

    def add(self, line: dict[str, Any]) -> None:
        """Take a line of a child."""
        self._lines.append(line)
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        root = logging.getLogger()
        root.addHandler(self)
        backoff = Backoff()
        try:
            while True:
                await self._wake.wait()
                await asyncio.sleep(_GATHER_S)
                try:
                    await self.send()
                except (ServerAway, KeyRefused, LeaseLost):
                    await asyncio.sleep(backoff.next_s())
                else:
                    backoff.reset()
        finally:
            root.removeHandler(self)

    async def send(self) -> None:
        """Send what is there; it stays when the server cannot be reached."""
        self._wake.clear()
        while self._lines:
            lines = [self._lines.popleft() for _ in range(min(MAX_ROWS, len(self._lines)))]
            try:
                await self._client.send("/logs", {"lines": lines})
            except Rejected:
                return
            except BaseException:
                self._lines.extendleft(reversed(lines))
                self._wake.set()
                raise
