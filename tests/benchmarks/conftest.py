"""A server process, agents that wait, and one table of what was measured."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from forex_elite.db import migrations
from forex_elite.db.embedded import EmbeddedPostgres
from tests.benchmarks.measure import Sender
from tests.world import Member, Vps, account_ids, calling, make_strategy, pair, register

ROOT = Path(__file__).resolve().parents[2]
_measured: list[tuple[str, str, str]] = []


class Table:
    """Collects a line per figure."""

    def add(self, what: str, figure: str, target: str) -> None:
        """Note a figure beside what it should reach."""
        _measured.append((what, figure, target))


@pytest.fixture
def table() -> Table:
    return Table()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if _measured:
        terminalreporter.section("measured")
        widths = [max(len(row[column]) for row in _measured) for column in range(3)]
        for row in _measured:
            terminalreporter.write_line("| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |")


@dataclass
class Bench:
    """A running server with one trader."""

    url: str
    owner_address: str
    environment: dict[str, str]
    trader: Member

    async def strategies(self, count: int) -> list[dict[str, Any]]:
        """Strategies on all of the trader's accounts."""
        return [await make_strategy(self.trader) for _ in range(count)]

    async def strategy_on(self, number: int) -> dict[str, Any]:
        """A strategy on one of the trader's accounts."""
        return await make_strategy(self.trader, account_ids=[(await account_ids(self.trader))[number]])

    async def agents(self, count: int) -> list[Vps]:
        """Agents with one account each and no limits."""
        made = [await pair(self.trader) for _ in range(count)]
        await self.lift_limits()
        return made

    async def lift_limits(self) -> None:
        """Let every account trade without limits: the benchmark is about time."""
        async with await psycopg.AsyncConnection.connect(self.owner_address, autocommit=True) as connection:
            await connection.execute(
                "update mt5_accounts set max_open_positions = null, max_lots = null, daily_loss_percent = null, "
                "is_enabled_for_trading = true, guard_revision = guard_revision + 1"
            )

    async def value(self, sql: str) -> Any:
        """One figure straight from the database."""
        async with await psycopg.AsyncConnection.connect(self.owner_address) as connection:
            row = await (await connection.execute(sql)).fetchone()  # type: ignore[arg-type]
            return row[0] if row else None

    async def column(self, sql: str) -> list[Any]:
        """One column straight from the database."""
        async with await psycopg.AsyncConnection.connect(self.owner_address) as connection:
            return [row[0] for row in await (await connection.execute(sql)).fetchall()]  # type: ignore[arg-type]

    async def sender(self) -> Sender:
        return await Sender.open(self.url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ready(process: Process) -> Process:
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


def waiting(server: str, agents: list[Vps], *, reports: bool) -> AbstractAsyncContextManager[Process]:
    """Agents that long-poll, in a process of their own."""
    return polling(server, [{"id": one.id, "key": one.key} for one in agents], reports=reports)


@asynccontextmanager
async def polling(server: str, agents: list[dict[str, str]], *, reports: bool) -> AsyncIterator[Process]:
    """The same, for agents given by id and key."""
    told = {"server": server, "agents": agents, "reports": reports}
    command = [sys.executable, "-m", "tests.benchmarks.poll", json.dumps(told)]
    process = await ready(await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, limit=2**20))
    yield process
    process.kill()
    await process.wait()


@pytest.fixture
def bench_database(postgres: EmbeddedPostgres) -> str:
    """A fresh database at default durability."""
    name = f"bench_{secrets.token_hex(4)}"
    owner = postgres.owner_url.replace("+psycopg", "")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"create database {name}")  # type: ignore[arg-type]
        assert connection.execute("show fsync").fetchone() == ("on",)
        assert connection.execute("show synchronous_commit").fetchone() == ("on",)
    return migrations.owner_url(postgres.owner_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def bench(bench_database: str, tmp_path: Path) -> AsyncIterator[Bench]:
    """A server process on a database of its own."""
    key = secrets.token_hex(32)
    migrations.upgrade(bench_database, key)
    port = free_port()
    environment = {
        "DATABASE_URL": bench_database,
        "SECRET_KEY": key,
        "FOREX_ELITE_HOME": str(tmp_path),
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "tests.benchmarks.serve", str(port)]
    process = await ready(
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, env={**os.environ, **environment}, stdout=PIPE)
    )
    url = f"http://127.0.0.1:{port}"
    async with calling(url, timeout=60) as client:
        trader = await register(client, "bench")
        yield Bench(url, bench_database.replace("+psycopg", ""), environment, trader)
    process.terminate()
    await process.wait()
