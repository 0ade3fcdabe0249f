"""The two processes the tests kill: the server, and an agent with its terminals' children."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
import psycopg
from psycopg.rows import dict_row

from agent import faults
from agent.simulator.books import BooksContent, read_books
from tests.faults.wire import Wire

T = TypeVar("T")

BROKER = "Fault-Demo"
_TABLE = """
[[terminal]]
kind = "simulator"
login = {login}
server = "{broker}"
settle_s = 0.3
{more}
"""


async def eventually(look: Callable[[], Awaitable[T]], within_s: float, otherwise: Callable[[], str] = str) -> T:
    """What `look` finds as soon as it is true."""
    deadline = time.monotonic() + within_s
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within_s} s: {otherwise()}"
        await asyncio.sleep(0.05)


class ServerProcess:
    """The server on a database of its own, reached through a wire that outlives it."""

    def __init__(self, database_url: str, secret_key: str, folder: Path) -> None:
        self.wire = Wire()
        self.log = folder / "server.log"
        self._dsn = database_url.replace("+psycopg", "")
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "SECRET_KEY": secret_key,
            "FOREX_ELITE_HOME": str(folder),
        }
        self._environment.pop("REDIS_URL", None)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return self.wire.url

    async def start(self) -> None:
        """Start it and let the wire lead to it; returns when it takes requests."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.server_process",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, env=self._environment,
            )  # fmt: skip
        assert self._process.stdout is not None
        port = await asyncio.wait_for(self._process.stdout.readline(), 180)
        assert port, self.log.read_text()[-3000:]
        self.wire.target = int(port)

    def kill(self) -> None:
        """End it at once, as a power cut would; connections to it are refused from now on."""
        assert self._process is not None
        self.wire.target = None
        self._process.kill()

    async def died(self) -> int:
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), 40)

    async def restart(self) -> None:
        """Start it again after `kill`."""
        await self.died()
        await self.start()

    async def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def memory_mb(self) -> float:
        """What the process holds of the machine's memory, its share of shared pages counted in."""
        assert self._process is not None
        return float(psutil.Process(self._process.pid).memory_full_info().pss / 2**20)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self.kill()
            await self.died()

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the database says, read (or changed) past the server."""
        with psycopg.connect(self._dsn, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []


class AgentProcess:
    """`python -m agent` as its own process group, on simulated terminals whose books are on disk."""

    def __init__(
        self, url: str, agent_id: str, key: str, folder: Path, logins: list[int], *, books: Path | None = None,
        **terminal: Any,
    ) -> None:  # fmt: skip
        self.logins = logins
        self.log = folder / "agent.log"
        self.state = folder / "state"
        self._books = books or self.state / "simulator"
        self._url, self._id, self._folder = url, agent_id, folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "key").write_text(key)
        values = "".join(f"{name} = {value}\n" for name, value in terminal.items())
        tables = [
            _TABLE.format(login=login, broker=BROKER, more=f'state_file = "{self.books_file(login)}"\n{values}')
            for login in logins
        ]
        (folder / "agent.toml").write_text("".join(tables))
        self.process: asyncio.subprocess.Process | None = None

    def books_file(self, login: int | None = None) -> Path:
        """Where the broker keeps the books of an account."""
        return self._books / f"{login or self.logins[0]}@{BROKER}"

    def journal_file(self, login: int | None = None) -> Path:
        return self.state / "journal" / f"{login or self.logins[0]}@{BROKER}.sqlite3"

    @property
    def instance(self) -> str | None:
        """What tells this installation from another with the same key."""
        place = self.state / "instance"
        return place.read_text().strip() if place.exists() else None

    def journalled(self, login: int | None = None) -> list[dict[str, Any]]:
        """Jobs in the account's journal, oldest first."""
        if not self.journal_file(login).exists():
            return []
        with sqlite3.connect(self.journal_file(login)) as journal:
            journal.row_factory = sqlite3.Row
            found = journal.execute("select name from sqlite_master where name = 'job'").fetchone()
            return [dict(row) for row in journal.execute("select * from job order by began_wall")] if found else []

    def books(self, login: int | None = None) -> BooksContent:
        """What the broker says really happened."""
        return read_books(self.books_file(login))

    async def start(self, *, crash: str = "", **environment: str) -> None:
        """Start it; `crash` names the point at which it kills itself and its children, once."""
        env = {**os.environ, **environment, faults.VARIABLE: f"{crash}:{self._folder / 'crashed'}" if crash else ""}
        arguments = [
            "--server", self._url, "--agent-id", self._id, "--key-file", str(self._folder / "key"),
            "--state-dir", str(self.state), "--config", str(self._folder / "agent.toml"), "--exit-with-parent",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "agent", *arguments,
                stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, env=env, start_new_session=True,
            )  # fmt: skip

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def died(self) -> int:
        """Wait for its end; the exit status."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), 40)

    def signal(self, number: int) -> None:
        """Signal the whole group, supervisor and children."""
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def children(self) -> list[psutil.Process]:
        """The terminals' processes."""
        assert self.process is not None
        return [child for child in psutil.Process(self.process.pid).children() if "--child" in child.cmdline()]

    async def stop(self) -> None:
        if self.is_running:
            self.signal(signal.SIGKILL)
            await self.died()
