"""Faults on demand: what a broker, a terminal or a connection can do to us, planned call by call.

Faults and switches live in the broker's books, so a test can plan them for a simulator in another process.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from agent.simulator.books import Books

ANY_CALL: Final = "*"


class FaultKind(StrEnum):
    """What happens to a call. Only the first seven make sense for calls other than `order_send`."""

    SLOW = "slow"
    """The call blocks for `seconds`, with the interpreter lock held as the real package does, then goes on."""
    SLOW_AFTER = "slow_after"
    """The call does its work, then blocks before it answers."""
    FAIL = "fail"
    """Nothing is done; the call returns None or False and last_error says `code`, `text`."""
    FAIL_AFTER = "fail_after"
    """The work is done and the answer lost: None or False, last_error `code`, `text`."""
    CRASH_BEFORE = "crash_before"
    """The process is killed before anything is done."""
    CRASH_AFTER = "crash_after"
    """The process is killed after the broker did its work and before the call returns."""
    RAISE = "raise"
    """The connection to the interpreter on the other side breaks (mt5linux): ConnectionError, nothing done."""
    REFUSE = "refuse"
    """The server answers retcode `code` and does nothing."""
    MISREPORT = "misreport"
    """The server does its work and answers retcode `code` (10012 with the order filled)."""
    REQUOTE = "requote"
    """10004 with the new prices; nothing done."""
    PARTIAL = "partial"
    """Only `fraction` of the volume can be filled now."""
    SPLIT = "split"
    """The whole volume is filled by two deals, the first of them `fraction`."""
    COMMENT = "comment"
    """The broker writes `text` where the comment should be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault for calls of `call` (a function's name, or `*`): `skip` of them pass, then `times` suffer (None: all)."""

    kind: FaultKind
    call: str = "order_send"
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    code: int = -10005
    text: str = "IPC timeout"
    fraction: float = 0.5


@dataclass(frozen=True, slots=True)
class Switches:
    """Standing conditions of terminal and account; the defaults are those of a healthy one."""

    algo_trading: bool = True
    """The Algo Trading button; off: order_send answers 10027."""
    python_api: bool = True
    """Off: order_send returns None, last_error -8."""
    connected: bool = True
    """Off: the terminal has lost its broker; prices stand still and order_send answers 10031."""
    investor: bool = False
    """Logged in with the investor password: everything can be seen, nothing traded."""
    expert_allowed: bool = True
    """Off: the broker forbids automated trading on this account."""
    market_open: bool = True
    """Off: every symbol answers 10018."""
    process_alive: bool = True
    """Off: the terminal is not running and cannot be started: initialize fails with -10003."""


def plan(path: str | Path, *faults: Fault) -> None:
    """Plan faults for the broker that keeps its books at `path`, whichever process hosts it."""
    books = Books(path)
    try:
        with books.transaction():
            for fault in faults:
                books.put_fault(asdict(fault))
    finally:
        books.close()


def clear(path: str | Path) -> None:
    """Take back all planned faults."""
    books = Books(path)
    try:
        with books.transaction():
            books.drop_faults()
    finally:
        books.close()


def switch(path: str | Path, **changes: bool) -> None:
    """Turn switches of the broker at `path`, by field names of `Switches`."""
    books = Books(path)
    try:
        with books.transaction():
            set_switches(books, **changes)
    finally:
        books.close()


def set_switches(books: Books, **changes: bool) -> None:
    """Turn switches within an open transaction."""
    known = {field.name for field in fields(Switches)}
    if not changes.keys() <= known:
        raise ValueError(f"no such switch: {', '.join(sorted(changes.keys() - known))}")
    books.set("switches", {**books.get("switches", {}), **changes})


def read_switches(books: Books) -> Switches:
    """The switches as they stand."""
    return Switches(**books.get("switches", {}))


def take(books: Books, call: str) -> list[Fault]:
    """The faults this call must suffer; they are counted down on disk first, so that a crash does not repeat itself."""
    hits: list[Fault] = []
    if not books.faults:
        return hits
    with books.transaction():
        for number, stored in list(books.faults.items()):
            fault = _read(stored)
            if fault.call not in (call, ANY_CALL):
                continue
            if fault.skip > 0:
                books.put_fault({**stored, "skip": fault.skip - 1}, number)
                continue
            if fault.times is not None:
                if fault.times > 1:
                    books.put_fault({**stored, "times": fault.times - 1}, number)
                else:
                    books.drop_faults(number)
            hits.append(fault)
    return hits


def block(seconds: float) -> None:
    """Stand still with the interpreter lock held: no other thread of this process runs meanwhile."""
    if sys.platform == "win32":
        ctypes.PyDLL("kernel32").Sleep(int(seconds * 1000))
        return
    sleep = ctypes.PyDLL(None).usleep
    for _ in range(int(seconds)):
        sleep(999_999)  # usleep takes less than a second at a time
    sleep(int(seconds % 1 * 1_000_000))


def crash() -> None:
    """End this process as a crash or a kill would: at once, nothing flushed, no handlers."""
    if sys.platform == "win32":
        os._exit(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _read(stored: dict[str, Any]) -> Fault:
    return Fault(**{**stored, "kind": FaultKind(stored["kind"])})
