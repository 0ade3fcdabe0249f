"""What a server claims before anything slow starts: its port, and its data folder."""

from __future__ import annotations

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import psutil

from forex_elite.errors import ForexEliteError


class PortTaken(ForexEliteError):
    """Another program listens on the port: stop it, or choose another with PORT."""

    code: ClassVar[str] = "port-taken"


class AlreadyRunning(ForexEliteError):
    """A server already works on this data folder: use that one, or choose another with FOREX_ELITE_HOME."""

    code: ClassVar[str] = "already-running"


def port(host: str, number: int) -> socket.socket:
    """Bind the address to serve on and keep it; port 0 takes any free one. Raises PortTaken naming who has it."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    claimed = socket.socket(family, kind, protocol)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not blocked by the last run's closed connections
    try:
        claimed.bind(address)
    except OSError as error:
        claimed.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Port {number} is taken{_by_whom(number)}. Stop that program, or choose another port: "
                f"PORT={number + 1} make run"
            ) from error
        raise PortTaken(f"Cannot listen on {host} port {number}: {error.strerror}. Choose HOST and PORT.") from error
    return claimed


def _by_whom(number: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == number and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:  # macOS shows other people's sockets to root alone
        pass
    return ""


@contextmanager
def data_folder(home: Path, url: str) -> Iterator[None]:
    """Hold the data folder for this server. The claim vanishes with the process, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"ForexElite already runs on {home}: {lock.read().strip()}. "
                "Stop it first, or choose another data folder with FOREX_ELITE_HOME."
            ) from None
        lock.truncate(0)
        lock.write(url)
        lock.flush()
        yield
