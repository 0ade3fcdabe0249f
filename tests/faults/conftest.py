"""A server process for all tests of this folder, and a trader's desk for each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psycopg
import pytest

from forex_elite.db import migrations
from forex_elite.db.embedded import EmbeddedPostgres
from tests.conftest import SECRET_KEY
from tests.faults.desk import Desk
from tests.faults.processes import ServerProcess
from tests.world import calling


def make_database(postgres: EmbeddedPostgres, name: str) -> str:
    """A migrated database of this name, addressed as its owner."""
    with psycopg.connect(postgres.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    address = migrations.owner_url(postgres.owner_url).set(database=name).render_as_string(hide_password=False)
    migrations.upgrade(address, SECRET_KEY)
    return address


@pytest.fixture(scope="session")
async def shared_server(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    """The server, which tests may kill and restart."""
    address = make_database(postgres, "forex_elite_faults")
    server = ServerProcess(address, SECRET_KEY, tmp_path_factory.mktemp("server"))
    await server.wire.open()
    yield server
    await server.stop()
    await server.wire.close()


@pytest.fixture
async def server(shared_server: ServerProcess) -> ServerProcess:
    """The server, running and reachable."""
    shared_server.wire.mend()
    if not await shared_server.is_running():
        await shared_server.start()
    return shared_server


@pytest.fixture
async def caller(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    """TradingView, and the trader's browser."""
    async with calling(server.url, timeout=30) as made:
        yield made


@pytest.fixture
async def desk(server: ServerProcess, caller: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[Desk]:
    """A trader's desk, not yet opened."""
    desk = Desk(server, caller, tmp_path)
    yield desk
    await desk.close()
