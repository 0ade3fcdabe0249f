"""Messages between the supervisor and a terminal's child: one JSON object a line over the child's stdin and stdout."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import orjson

MAX_LINE: Final = 16 * 1024 * 1024


def encode(message: dict[str, Any]) -> bytes:
    """One line; JSON never contains a raw line break."""
    return orjson.dumps(message, option=orjson.OPT_NON_STR_KEYS) + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The object of a line; raises ValueError for anything else."""
    value = orjson.loads(line)
    if not isinstance(value, dict):
        raise ValueError("a message is an object")  # noqa: TRY004 one error for all garbage
    return value


class Outlet:
    """The child's way to its supervisor, safe to use from several threads."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def say(self, message: dict[str, Any]) -> None:
        """Send at once; a supervisor that is gone is noticed at the inlet."""
        with self._lock:
            try:
                self._stream.write(encode(message))
                self._stream.flush()
            except (BrokenPipeError, OSError):
                return


def read_lines(descriptor: int) -> Iterator[bytes]:
    """Lines as they come, until the other end closes.

    Reads the descriptor itself: a buffered stream's lock, held by a thread that waits, aborts the interpreter's exit.
    """
    rest = b""
    while chunk := os.read(descriptor, 65536):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def take_over_stdout() -> BinaryIO:
    """Keep the pipe for messages alone: whatever a library prints goes to stderr instead."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stream
