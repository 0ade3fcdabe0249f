"""PostgreSQL 18 inside the installation: started with the program, stopped with it, nothing to install or configure.

It listens on a socket in a private folder only, asks every role for its password, and keeps PostgreSQL's default
durability. Several processes may use one cluster (a server, and `forex-elite create-user` beside it): each holds a
shared lock while it does, and the last one to leave stops it. Locks vanish with their process, so a cluster left
running by a killed process is simply taken over by the next one.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL

from forex_elite.db.cluster_place import SOCKET_FILE, EmbeddedDatabaseUnusable, Place, folder_for, prepare

__all__ = ["EmbeddedDatabaseUnusable", "EmbeddedPostgres", "folder_for", "start"]

OWNER = "owner"
DATABASE = "forex_elite"
START_PATIENCE_S = 120  # crash recovery after a power cut may replay a gigabyte of log
STOP_PATIENCE_S = 30
LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 1024
LEFTOVERS_PATIENCE_S = 15  # backends notice the death of their postmaster within seconds

CONFIGURATION = """\
# Written by forex-elite at every start; changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = scram-sha-256
max_connections = 100
shared_buffers = {buffers_mb}MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 1GB
min_wal_size = 128MB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 0
dynamic_shared_memory_type = posix
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
log_checkpoints = off
log_min_duration_statement = 2s
"""
ACCESS = "local all all scram-sha-256\n"


class EmbeddedPostgres:
    """A running cluster as this process uses it; made by `start`, given back with `stop`."""

    def __init__(self, place: Place, using: IO[str]) -> None:
        self.place = place
        self._using = using

    @property
    def owner_url(self) -> str:
        """SQLAlchemy URL (psycopg 3) of the owner, who runs migrations. Row-level security does not bind this role."""
        return _owner_url(self.place)

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster, None while it is down."""
        return _postmaster(self.place)

    def stop(self) -> None:
        """Give the cluster back; the last user stops it and waits until it is down. A second call does nothing."""
        if self._using.closed:
            return
        with _alone(self.place), self._using:
            if _is_last(self._using):
                _shut_down(self.place)

    def restart(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Restart under the feet of everyone connected; `immediate` is a crash with recovery (for fault tests)."""
        with _alone(self.place):
            _pg_ctl(self.place, "restart", "-m", mode, "-l", str(self.place.folder / "log"))


def address_if_running(home: Path) -> str | None:
    """The owner's address while some process has the cluster running, else None; starts and makes nothing."""
    folder = folder_for(home.expanduser().resolve())
    if not (folder / "data").exists():
        return None
    place = prepare(home.expanduser().resolve())
    return _owner_url(place) if _postmaster(place) else None


def start(home: Path) -> EmbeddedPostgres:
    """Start, or take over, or join the cluster of a data folder; it is ready for connections on return.

    Raises EmbeddedDatabaseUnusable with the reason (and the end of PostgreSQL's own log).
    """
    place = prepare(home.expanduser().resolve())
    with _alone(place):
        using = (place.folder / "use.lock").open("a")
        try:
            sole = _is_last(using)
            _initialise(place)
            changed = _configure(place)
            if sole and (changed or not _answers(place)):
                _shut_down(place)
            if not _postmaster(place):
                _launch(place)
            _ensure_database(place)
            fcntl.flock(using, fcntl.LOCK_SH)
        except BaseException:
            using.close()
            raise
    return EmbeddedPostgres(place, using)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    with (place.folder / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(using: IO[str]) -> bool:
    """Whether no other process uses the cluster; only asked while `_alone`, so the answer stays true."""
    try:
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _initialise(place: Place) -> None:
    if (place.data / "PG_VERSION").exists():
        return
    for unfinished in place.folder.glob("data.*"):
        shutil.rmtree(unfinished)
    password = place.folder / "owner.password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(32))
    place.runner.own(password)
    # Made beside and renamed when whole: a start killed half-way leaves nothing that looks like a cluster.
    fresh = place.folder / f"data.{secrets.token_hex(4)}"
    done = place.runner.run(
        place.binaries / "initdb",
        f"--pgdata={fresh}",
        f"--username={OWNER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        cwd=place.folder,
    )
    if done.returncode:
        raise EmbeddedDatabaseUnusable(
            f"PostgreSQL could not make its data folder {place.data}:\n{done.stdout[-2000:]}"
        )
    fresh.rename(place.data)


def configuration(sockets: str) -> str:
    """What the cluster runs with. Its buffers are a sixteenth of the memory there is; they take it as data is read."""
    buffers_mb = min(max(_memory() // 16 >> 20, LEAST_BUFFERS_MB), MOST_BUFFERS_MB)
    return CONFIGURATION.format(sockets=sockets.replace("'", "''"), buffers_mb=buffers_mb)


def _memory() -> int:
    """Bytes of memory this machine has, or the container's share of it (Linux, cgroup v2)."""
    whole: int = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no container, or one that may use all ("max")
        return min(whole, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return whole


def _configure(place: Place) -> bool:
    """Write our configuration; True when it differs from what a running server may have read."""
    changed = False
    for name, text in (
        ("postgresql.conf", configuration(str(place.sockets))),
        ("pg_hba.conf", ACCESS),
    ):
        path = place.data / name
        if path.read_text() != text:
            path.write_text(text)
            changed = True
    return changed


def _launch(place: Place) -> None:
    deadline = time.monotonic() + LEFTOVERS_PATIENCE_S
    while True:
        _forget_dead_postmaster(place)
        log = place.folder / "log"
        done = _pg_ctl(place, "start", "-l", str(log), check=False)
        if done is None:
            return
        with suppress(OSError):
            done += "\n" + log.read_text(errors="replace")[-1500:]
        if "pre-existing shared memory block" not in done or time.monotonic() > deadline:
            raise EmbeddedDatabaseUnusable(f"PostgreSQL did not start in {place.folder}:\n{done}")
        time.sleep(0.3)  # the backends of a killed postmaster are still leaving


def _shut_down(place: Place) -> None:
    """Stop the server by ever harder means; the harder ones cost a recovery at the next start, never data."""
    for mode in ("fast", "immediate"):
        if _postmaster(place) is None:
            return
        # Asked to stop while it recovers from a crash of one of its processes, PostgreSQL 18 may wait for ever.
        _pg_ctl(place, "stop", "-m", mode, check=False, patience_s=STOP_PATIENCE_S)
    if (pid := _postmaster(place)) is not None:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()
            psutil.wait_procs([psutil.Process(pid)], timeout=STOP_PATIENCE_S)


def _pg_ctl(
    place: Place, action: str, *arguments: str, check: bool = True, patience_s: int = START_PATIENCE_S
) -> str | None:
    """Run pg_ctl and wait for its effect; None when it worked, else its output (or an error when `check`)."""
    command = (place.binaries / "pg_ctl", action, "-s", "-w", "-t", str(patience_s), "-D", place.data)
    done = place.runner.run(*command, *arguments, cwd=place.folder)
    if done.returncode == 0:
        return None
    if check:
        raise EmbeddedDatabaseUnusable(f"PostgreSQL did not {action}: {done.stdout.strip()}")
    return done.stdout.strip()


def _postmaster(place: Place) -> int | None:
    """Process id of the server running on this data directory, judged by the process and not only by its file."""
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or str(place.data) not in process.cmdline():
            return None
    except (OSError, ValueError, psutil.Error):
        return None
    return pid


def _forget_dead_postmaster(place: Place) -> None:
    # PostgreSQL refuses to start while any process has the noted id. After a reboot, or in a container without an init
    # process, that can be a stranger or a zombie for ever.
    if _postmaster(place) is None:
        for note in (place.data / "postmaster.pid", place.sockets / f"{SOCKET_FILE}.lock"):
            note.unlink(missing_ok=True)


def _owner_url(place: Place) -> str:
    return URL.create(
        "postgresql+psycopg",
        username=OWNER,
        password=_password(place),
        database=DATABASE,
        query={"host": str(place.sockets)},
    ).render_as_string(hide_password=False)


def _password(place: Place) -> str:
    return (place.folder / "owner.password").read_text().strip()


def _connect(place: Place, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(place.sockets),
        user=OWNER,
        password=_password(place),
        dbname=database,
        autocommit=True,
        connect_timeout=10,
    )


def _answers(place: Place) -> bool:
    """Whether a running server takes connections, after its crash recovery if it is in one."""
    deadline = time.monotonic() + START_PATIENCE_S
    while _postmaster(place):
        try:
            with _connect(place, "postgres"):
                return True
        except psycopg.errors.CannotConnectNow:
            pass
        except psycopg.OperationalError as error:
            if "the database system is" not in str(error):  # libpq reports a refused connection without its SQLSTATE
                return False
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return False


def _ensure_database(place: Place) -> None:
    with _connect(place, "postgres") as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
