"""One holder per folder or account: an operating system lock on a file, gone when its holder dies, however it dies."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class AlreadyHeld(Exception):
    """Another process works with the same folder or account; stop it, or give this agent its own state folder."""


class FileLock:
    """Hold `path` exclusively from `acquire` until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab")

    def acquire(self) -> None:
        """Take the lock at once or raise AlreadyHeld; may be called again."""
        if self._file.closed:
            self._file = self._path.open("ab")
        try:
            _try_lock(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise AlreadyHeld(f"{self._path} is held by another agent process") from error

    def release(self) -> None:
        """Let go; closing the file drops the lock."""
        self._file.close()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
