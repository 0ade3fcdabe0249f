"""What every layer's tests may use."""

from __future__ import annotations

import asyncio
import gc
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import httpx
import psycopg
import pytest
import uvicorn
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from forex_elite import realtime
from forex_elite.api.app import create_app
from forex_elite.api.edge import Edge
from forex_elite.db import embedded, migrations
from forex_elite.db.embedded import EmbeddedPostgres
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.services import runtime
from forex_elite.settings import Settings, settings
from tests.world import Member, calling, listening, register

SECRET_KEY = "the secret of the tests, long enough to sign with"


EVERY_PAGE = "tests/browser/test_accessibility.py"
"""Long enough to be worth a program and a browser of its own, beside the rest of its folder."""
ONE_AFTER_THE_OTHER = ("browser", EVERY_PAGE, "faults", "cli")
"""Folders whose tests share processes of their own, the slowest first: one worker does all of a folder."""
SLOW_FILES = (
    *("tests/agent/test_expert_station.py", "tests/api/test_documented.py", "tests/agent/test_crash_agent.py"),
    *("tests/db/test_embedded.py", "tests/vps/test_release.py", "tests/agent/test_agent_supervisor.py"),
    *("tests/agent/test_crash_spine.py", "tests/agent/test_five_accounts.py", "tests/api/test_experts_journey.py"),
    *("tests/api/test_role_matrix.py", "tests/services/test_alerts_become_jobs.py", "tests/db/test_plans.py"),
)
"""Files of 20 s and more, slowest first: begun last, one would keep the others waiting at the end."""


def share_of(nodeid: str) -> str:
    """What one worker takes as a whole: one of the slow folders, else a file."""
    path = nodeid.split("::", 1)[0]
    folder = path.removeprefix("tests/").split("/", 1)[0]
    return folder if folder in ONE_AFTER_THE_OTHER and path != EVERY_PAGE else path


class Shares(LoadScopeScheduling):
    """Hands the shares out to the workers in the order the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    return Shares(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow folders begin first, then the slow files."""
    order = {share: place for place, share in enumerate((*ONE_AFTER_THE_OTHER, *SLOW_FILES))}
    items.sort(key=lambda item: order.get(share_of(item.nodeid), len(order)))


gc.disable()  # while tests are collected: everything that is imported stays


def pytest_collection_finish() -> None:
    """From here on there is garbage; what was collected is none."""
    gc.freeze()
    gc.enable()


CLEAN_UP = """
cat > /dev/null  # ends with the test run, however that ends
note="$0/data/postmaster.pid"
[ -e "$note" ] && kill -INT "$(head -n 1 "$note")"
while [ -e "$note" ]; do sleep 0.2; done
rm -rf "$0"
"""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this test run's own, empty, at default durability; gone without a trace afterwards."""
    server = embedded.start(tmp_path_factory.mktemp("home"))
    command = ["/bin/sh", "-c", CLEAN_UP, str(server.place.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True):
        yield server
        server.stop()


@pytest.fixture(scope="session")
def database_url(postgres: EmbeddedPostgres) -> str:
    """A migrated database, addressed as its owner."""
    with psycopg.connect(postgres.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("create database forex_elite_tests")
    url = migrations.owner_url(postgres.owner_url).set(database="forex_elite_tests")
    address = url.render_as_string(hide_password=False)
    migrations.upgrade(address, SECRET_KEY)
    return address


@pytest.fixture(scope="session")
def configured(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of this test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("SECRET_KEY", SECRET_KEY)
        patch.setenv("FOREX_ELITE_HOME", str(tmp_path_factory.mktemp("data")))
        patch.delenv("REDIS_URL", raising=False)
        settings.cache_clear()
        yield settings()
    settings.cache_clear()


@pytest.fixture(scope="session")
async def running(configured: Settings) -> AsyncIterator[None]:
    """Database pool and bus, as the server opens them."""
    async with runtime.running(configured):
        yield


@pytest.fixture(scope="session")
def api() -> Edge:
    """The API and the sockets as the server dresses them, without the pages."""
    made = create_app()
    made.router.routes.extend(realtime.ROUTES)
    return Edge(made)


class Server(uvicorn.Server):
    """uvicorn that says when it takes requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_open = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_open.set()


@pytest.fixture(scope="session")
async def server_url(running: None, api: Edge) -> AsyncIterator[str]:
    """The API on a real port of this machine."""
    with listening() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(api, log_level="warning", lifespan="off", ws="websockets-sansio", access_log=False)
        server = Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_open.wait()
        yield url
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def client(server_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A caller without any identity; failed log-ins of one test do not count against the next."""
    async with calling(server_url) as made:
        yield made
    async with unit_of_work(service("the tests")) as uow:
        await uow.run("delete from login_attempts")


@pytest.fixture(scope="session")
async def first_user(server_url: str) -> AsyncIterator[Member]:
    """The very first person, who is super_admin; everybody else in the tests is an ordinary user."""
    async with calling(server_url) as caller:
        yield await register(caller, "first")


@pytest.fixture
async def alice(client: httpx.AsyncClient, first_user: Member) -> Member:
    """Owns what the test is about."""
    return await register(client, "alice")


@pytest.fixture
async def bob(client: httpx.AsyncClient, first_user: Member) -> Member:
    """Has things of his own."""
    return await register(client, "bob")


@pytest.fixture
async def charlie(client: httpx.AsyncClient, first_user: Member) -> Member:
    """Must see nothing."""
    return await register(client, "charlie")
