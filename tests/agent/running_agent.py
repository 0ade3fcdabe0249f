"""A supervisor in this process with real child processes over fake terminals."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from agent.client import ServerClient
from agent.clocks import Clock
from agent.config import AgentConfig, TerminalSetup
from agent.supervisor import Supervisor
from agent.terminal.config import TerminalConfig
from tests.agent.fake_child import load
from tests.agent.fake_server import FakeServer
from tests.agent.fake_terminal import Book


class RunningAgent:
    """A supervisor in this process with one child process per account."""

    def __init__(self, server: FakeServer, folder: Path, accounts: int = 1, **setup: Any) -> None:
        self.folder = folder
        self.key_file = folder / "key"
        self.key_file.write_text(server.key)
        (folder / "journal").mkdir(exist_ok=True)
        self.logins = [5001 + number for number in range(accounts)]
        terminals = tuple(
            TerminalSetup(
                TerminalConfig(login=login, server="Fake-Demo", state_file=str(self.book_file(login))),
                str(folder / "journal" / f"{login}.sqlite3"),
                **{"settle_s": 0.3, "stall_s": 30.0, **setup},
            )
            for login in self.logins
        )
        self.config = AgentConfig(server.url, server.agent_id, folder, terminals, self.key_file)
        self.client = ServerClient(server.url, server.agent_id, self.config.read_key)
        command = [sys.executable, "-m", "tests.agent.fake_child"]
        self.supervisor = Supervisor(self.config, self.client, command, Clock())
        self.task: asyncio.Task[None] | None = None

    def book_file(self, login: int) -> Path:
        return self.folder / f"{login}.book"

    def book(self, login: int = 5001) -> Book:
        return load(self.book_file(login))

    @property
    def child(self) -> Any:
        return next(iter(self.supervisor.terminals.values()))

    async def start(self) -> None:
        self.task = asyncio.create_task(self.supervisor.run())

    async def stop(self) -> None:
        self.supervisor.stop()
        if self.task is not None:
            await self.task
            self.task = None
        await self.client.__aexit__()
