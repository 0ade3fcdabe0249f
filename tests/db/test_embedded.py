"""The embedded PostgreSQL: private, durable, shared by processes, and robust against every kind of sudden end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from forex_elite.db import embedded
from forex_elite.db.cluster_place import SHARED
from forex_elite.db.embedded import EmbeddedPostgres

KEEPS_IT_RUNNING = """
import sys, pathlib
from forex_elite.db import embedded
server = embedded.start(pathlib.Path(sys.argv[1]))
print(server.pid, flush=True)
sys.stdin.read()
server.stop()
"""


def connect(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    url = make_url(server.owner_url)
    return psycopg.connect(
        host=str(url.query["host"]), user=url.username, password=url.password, dbname=url.database, autocommit=True
    )


def another_process(home: Path) -> tuple[subprocess.Popen[str], int]:
    """A process that uses the cluster until its input ends, and the postmaster it saw."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS_IT_RUNNING, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, int(process.stdout.readline())


def end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    server = embedded.start(folder)
    server.stop()
    assert server.pid is None
    shutil.rmtree(server.place.folder)


def test_it_keeps_default_durability_and_listens_on_its_private_socket_only(postgres: EmbeddedPostgres) -> None:
    with connect(postgres) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "timezone")
        }

    assert shown == {
        "fsync": ("on",),
        "synchronous_commit": ("on",),
        "full_page_writes": ("on",),
        "listen_addresses": ("",),
        "timezone": ("UTC",),
    }
    assert postgres.place.sockets.stat().st_mode & 0o077 == 0


def test_a_role_without_its_password_stays_outside(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(postgres.place.sockets), user="owner", password="guess", dbname="forex_elite")


def test_what_was_stored_survives_a_stop_and_a_crash(home: Path) -> None:
    first = embedded.start(home)
    with connect(first) as connection:
        connection.execute("CREATE TABLE kept (fact text)")
        connection.execute("INSERT INTO kept VALUES ('stopped')")
    first.stop()
    assert first.pid is None
    first.stop()

    second = embedded.start(home)
    with connect(second) as connection:
        connection.execute("INSERT INTO kept VALUES ('crashed')")
    second.restart("immediate")
    with connect(second) as connection:
        assert connection.execute("SELECT fact FROM kept").fetchall() == [("stopped",), ("crashed",)]
    second.stop()


def test_a_cluster_left_by_a_killed_process_is_taken_over(home: Path) -> None:
    process, postmaster = another_process(home)
    process.kill()
    end(process)
    os.kill(postmaster, 0)

    server = embedded.start(home)

    assert server.pid == postmaster
    server.stop()
    assert server.pid is None


def test_a_killed_postmaster_is_replaced(home: Path) -> None:
    process, postmaster = another_process(home)
    process.kill()
    end(process)
    os.kill(postmaster, signal.SIGKILL)

    server = embedded.start(home)

    assert server.pid not in {None, postmaster}
    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_cluster_found_in_crash_recovery_is_waited_for(home: Path) -> None:
    process, postmaster = another_process(home)
    process.kill()
    end(process)
    psutil.Process(postmaster).children()[0].kill()

    server = embedded.start(home)

    assert server.pid == postmaster
    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_stranger_with_the_noted_process_id_does_not_block_the_start(home: Path) -> None:
    embedded.start(home).stop()
    note = embedded.folder_for(home) / "data" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n0\n5432\n\n\n0 0\nready\n")

    server = embedded.start(home)

    assert server.pid not in {None, os.getpid()}
    server.stop()


def test_the_last_process_to_leave_stops_the_cluster(home: Path) -> None:
    with ExitStack() as stack:
        server = embedded.start(home)
        stack.callback(server.stop)
        process, postmaster = another_process(home)
        assert postmaster == server.pid
        end(process)
        assert server.pid == postmaster
        with connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    assert server.pid is None


def test_a_start_cut_short_while_making_the_cluster_is_made_good(home: Path) -> None:
    folder = embedded.folder_for(home)
    embedded.start(home).stop()
    (folder / "data").rename(folder / "data.unfinished")

    server = embedded.start(home)

    assert sorted(path.name for path in folder.glob("data*")) == ["data"]
    server.stop()


def test_a_path_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    server = embedded.start(home)

    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    shutil.rmtree(server.place.folder)
    if server.place.sockets != server.place.folder:
        shutil.rmtree(server.place.sockets)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a cluster for another user")
def test_root_leaves_the_modes_of_private_folders_alone(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    home = private / "home"
    before = {folder: folder.stat().st_mode for folder in (private, *private.parents)}

    server = embedded.start(home)

    assert server.place.folder.parent == SHARED
    assert server.place.folder == embedded.folder_for(home)
    assert {folder: folder.stat().st_mode for folder in before} == before
    server.stop()
    shutil.rmtree(server.place.folder)
