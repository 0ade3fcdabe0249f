"""The real agent, `python -m agent`, as its own process group, on a simulated terminal whose books are on disk."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from agent import faults
from agent.terminal.config import TerminalConfig
from agent.terminal.connect import open_terminal
from agent.terminal.gateway import Terminal

LOGIN, BROKER = 7001, "Sim-Demo"
CONFIG = """
[[terminal]]
kind = "simulator"
login = {login}
server = "{broker}"
settle_s = 0.3
"""


class AgentProcess:
    """One agent on disk; it may be started again and again."""

    def __init__(self, url: str, agent_id: UUID | str, key: str, folder: Path, *, login: int = LOGIN) -> None:
        self.url = url
        self.agent_id = agent_id
        self.folder = folder
        self.login = login
        (folder / "key").write_text(key)
        (folder / "agent.toml").write_text(CONFIG.format(login=login, broker=BROKER))
        self.books = folder / "state" / "simulator" / f"{login}@{BROKER}"
        self.log = folder / "agent.log"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *, crash: str = "", **environment: str) -> None:
        """Start it; `crash` names the point at which it kills itself and its child, once."""
        env = {**os.environ, **environment, faults.VARIABLE: f"{crash}:{self.folder / 'crashed'}" if crash else ""}
        arguments = [
            "--server", self.url, "--agent-id", str(self.agent_id),
            "--key-file", str(self.folder / "key"), "--state-dir", str(self.folder / "state"),
            "--config", str(self.folder / "agent.toml"), "--exit-with-parent",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "agent", *arguments,
                stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, env=env, start_new_session=True,
            )  # fmt: skip

    async def died(self, timeout_s: float = 20.0) -> int:
        """Wait for its end; the exit status."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), timeout_s)

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """End it politely."""
        assert self.process is not None
        self.process.send_signal(number)
        return await self.died()

    def kill(self) -> None:
        """End it and its child at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)

    def read(self, look: Callable[[Terminal], Any]) -> Any:
        """What the broker's books say, read without the agent."""
        terminal = open_terminal(TerminalConfig(login=self.login, server=BROKER, state_file=str(self.books)))
        terminal.connect()
        try:
            return look(terminal)
        finally:
            terminal.close()

    def positions(self) -> list[Any]:
        """Open positions in the books."""
        return list(self.read(lambda terminal: terminal.positions()))

    def deals(self) -> list[Any]:
        """All trading deals in the books."""
        since = datetime.now(UTC) - timedelta(days=1)
        return [deal for deal in self.read(lambda terminal: terminal.deals(since)) if deal.symbol]
