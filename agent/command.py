"""The supervisor as a command: configuration, logging, one agent per state folder, signals, and crash-only restarts."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

from agent.assigned import remembered
from agent.client import ServerClient
from agent.clocks import Clock
from agent.config import AgentConfig, ConfigInvalid, parse
from agent.journal import Journal, JournalUnavailable
from agent.lock import AlreadyHeld, FileLock
from agent.pipe import read_lines
from agent.supervisor import Supervisor
from agent.vps.launcher import SWAP

log = logging.getLogger(__name__)

_RESTART_S = 5.0
_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")


def run(arguments: Sequence[str]) -> int:
    """Configure and work until stopped; the exit status for the shell."""
    try:
        config = parse(arguments)
        config.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(config.state_dir / "agent.lock")
        lock.acquire()
    except (ConfigInvalid, AlreadyHeld, OSError) as error:
        sys.stderr.write(f"forex-elite-agent: {error}\n")
        return 2
    logging.basicConfig(
        level=config.log_level.upper(), stream=sys.stderr, format="%(asctime)s agent %(levelname)s %(message)s"
    )
    with lock:
        _warn_of_orphans(config)
        return asyncio.run(_work(config))


def _warn_of_orphans(config: AgentConfig) -> None:
    """Name accounts whose journal still has something to settle or report, but which have no terminal here any more."""
    configured = {Path(setup.journal_file) for setup in (*config.terminals, *remembered(config.state_dir))}
    for path in sorted({*(config.state_dir / "journal").glob("*.sqlite3")} - configured):
        journal = Journal(path)
        try:
            left = len(journal.unresolved()) + len(journal.outbox())
        except JournalUnavailable as error:
            log.warning("a journal of an account without a terminal cannot be read: %s", error)
        else:
            if left:
                log.warning(
                    "%s jobs of %s wait for their terminal; put it back into the configuration", left, path.stem
                )
        finally:
            journal.close()


async def _work(config: AgentConfig) -> int:
    launcher = Path(told) if (told := os.environ.get("FOREX_ELITE_LAUNCHER")) else None
    stopped = asyncio.Event()
    _on_stop(stopped.set, asyncio.get_running_loop(), watch_parent=config.exit_with_parent)
    while not stopped.is_set():
        instance = instance_of(config.state_dir)
        async with ServerClient(config.server, config.agent_id, config.read_key, instance=instance) as client:
            supervisor = Supervisor(config, client, child_command(), Clock(), launcher)
            relay = asyncio.create_task(_relay(stopped, supervisor))
            try:
                await supervisor.run()
            except Exception:
                # What it knew is in the journals; a new supervisor takes it up from there.
                log.exception("the supervisor failed; starting it again")
                await asyncio.sleep(_RESTART_S)
            finally:
                relay.cancel()
            if supervisor.is_swapping:
                return SWAP
    return 0


def instance_of(state_dir: Path) -> UUID:
    """What tells this installation from others with the same key: kept in the folder that one process holds at a time.

    Where it cannot be kept (disk full) it is a new one each time, which after a restart must wait like a stranger.
    """
    place = state_dir / "instance"
    try:
        return UUID(place.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        made = uuid4()
    try:
        place.write_text(f"{made}\n", encoding="ascii")
    except OSError as error:
        log.warning("%s cannot be written: %s", place, error)
    return made


async def _relay(stopped: asyncio.Event, supervisor: Supervisor) -> None:
    await stopped.wait()
    supervisor.stop()


def child_command() -> list[str]:
    """How to start this very program as a terminal's child, from a package, a script or a zip file."""
    program = Path(sys.argv[0])
    if program.suffix == ".pyz":
        return [sys.executable, str(program), "--child"]
    return [sys.executable, "-m", "agent", "--child"]


def _on_stop(stop: Callable[[], object], loop: asyncio.AbstractEventLoop, *, watch_parent: bool) -> None:
    def heard(*_: object) -> None:
        loop.call_soon_threadsafe(stop)

    for name in _STOP_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), heard)
    if watch_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(heard,), daemon=True).start()


def _wait_for_end_of_input(heard: Callable[[], None]) -> None:
    for _ in read_lines(sys.stdin.fileno()):
        continue
    heard()
