"""The product as people start it: `forex-elite run` in a process of its own, and `forex-elite-agent` beside it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg

from forex_elite.db import embedded
from forex_elite.db.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"ForexElite is ready: (http://localhost:(\d+))")
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "HOST", "TRUSTED_PROXY_HOPS")
STOP_PATIENCE_S = 30


class Program:
    """`forex-elite run` on a data folder of its own and a port it chose itself."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._settings = dict(settings or {})
        self.url = ""
        self._port = "0"
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._said: list[str] = []

    async def start(self) -> None:
        """Start and return once it takes requests; the second start keeps the port of the first."""
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        environment |= {
            "FOREX_ELITE_HOME": str(self.home),
            "PORT": self._port,
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "200",
            **self._settings,
        }
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "forex_elite.cli.main", "run"),
            cwd=ROOT,
            env=environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
        ready = asyncio.Event()
        self._reader = asyncio.create_task(self._read(self._process, ready))
        opened = asyncio.create_task(ready.wait())
        await asyncio.wait({opened, self._reader}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        assert ready.is_set(), "the program ended before it was ready:\n" + self.said

    async def stop(self) -> None:
        """Ask it to stop, as Ctrl+C does, and wait until everything it started is gone."""
        assert self._process is not None
        assert self._reader is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(STOP_PATIENCE_S):
                await self._process.wait()
        finally:
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
        await self._reader
        assert self._process.returncode == 0, "the program did not end cleanly:\n" + self.said

    @property
    def said(self) -> str:
        """What it printed so far."""
        return "".join(self._said)

    async def _read(self, process: Process, ready: asyncio.Event) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self._said.append(line.decode(errors="replace"))
            if found := READY.search(self._said[-1]):
                self.url, self._port = found[1], found[2]
                ready.set()

    def execute(self, statement: LiteralString, *values: Any) -> None:
        """Change the program's database behind its back, as its owner."""
        address = embedded.address_if_running(self.home)
        assert address is not None
        with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement, values)

    @contextmanager
    def database(self) -> Iterator[EmbeddedPostgres]:
        """The program's PostgreSQL, to restart it under its feet."""
        joined = embedded.start(self.home)
        try:
            yield joined
        finally:
            joined.stop()

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """The program's PostgreSQL is down for a while; data and address stay."""
        with self.database() as joined:
            assert joined.pid is not None
            postmaster = psutil.Process(joined.pid)
            postmaster.send_signal(signal.SIGINT)  # its word for: now, without waiting for anybody
            postmaster.wait(STOP_PATIENCE_S)
        try:
            yield
        finally:
            embedded.start(self.home).stop()


@asynccontextmanager
async def running(home: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Program]:
    """The program, started, and in the end stopped without a trace; `settings` are added to its environment."""
    program = Program(home, settings)
    place = embedded.folder_for(home)
    try:
        await program.start()
        yield program
        await program.stop()
    finally:
        if program._process is not None and program._process.returncode is None:
            program._process.kill()
            await program._process.wait()
        shutil.rmtree(place, ignore_errors=True)


class AgentProcess:
    """A pasted start command, run by a shell as a person would."""

    def __init__(self, command: str, folder: Path) -> None:
        self._command = command
        self._folder = folder
        self._process: Process | None = None

    async def start(self) -> None:
        """Run the command in its folder; `forex-elite-agent` is found as on a machine where it is installed."""
        installed = self._folder / "bin"
        installed.mkdir(parents=True, exist_ok=True)
        script = installed / "forex-elite-agent"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agent "$@"\n')
        script.chmod(0o700)
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        environment |= {"PATH": f"{installed}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        with (self._folder / "agent.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("sh", "-c", self._command),
                cwd=self._folder,
                env=environment,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """SIGKILL for the supervisor and its terminals alike, as when the machine loses power."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask the agent to stop and wait for it."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        shell = psutil.Process(self._process.pid)
        family = [shell, *shell.children(recursive=True)]
        os.killpg(self._process.pid, how)
        _, left = await asyncio.to_thread(psutil.wait_procs, family, timeout=STOP_PATIENCE_S)
        for one in left:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        await self._process.wait()
        assert not left, f"the agent did not end: {left}"
