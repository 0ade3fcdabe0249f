"""Start of a terminal's child process: pipe, lock, journal, terminal, then `Child.run`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.child import ALIVE_S, Child
from agent.clocks import Clock
from agent.config import TerminalSetup
from agent.guard_file import GuardFile, guard_place
from agent.journal import Journal
from agent.lock import AlreadyHeld, FileLock
from agent.log_lines import SayHandler
from agent.pipe import Outlet, decode, read_lines, take_over_stdout
from agent.protocol import TerminalHealth, TerminalState
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import Terminal, TerminalUnavailable

log = logging.getLogger(__name__)

_LOCK_PATIENCE_S = 45.0
_ORPHAN_S = 20.0


def serve(open_terminal: Callable[[TerminalConfig], Terminal]) -> int:
    """Run the child until told to stop; 0 when it ended in order."""
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            # The supervisor decides when to stop; a console's Ctrl+C reaches both.
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    outlet = Outlet(take_over_stdout())
    inlet = read_lines(sys.stdin.fileno())
    line = next(inlet, None)
    if line is None:
        return 0
    setup = TerminalSetup.from_json(decode(line)["setup"])
    config = setup.terminal
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format=f"%(asctime)s {config.login} %(levelname)s %(message)s"
    )
    logging.getLogger().addHandler(SayHandler(outlet.say))
    place = Path(setup.journal_file)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place.with_suffix(".lock"))
        _acquire(lock, outlet)
    except (OSError, AlreadyHeld) as error:
        return _give_up(f"the account's journal folder cannot be used: {error}", config, outlet)
    try:
        terminal = open_terminal(config)
    except TerminalUnavailable as error:
        return _give_up(str(error), config, outlet)
    child = Child(
        terminal,
        Journal(place),
        Clock(),
        identity=(config.login, config.server),
        say=outlet.say,
        settle_s=setup.settle_s,
        guard_file=GuardFile(guard_place(setup.journal_file)),
    )
    threading.Thread(target=_read, args=(inlet, child), daemon=True).start()
    child.run()
    lock.release()
    return 0


def _give_up(reason: str, config: TerminalConfig, outlet: Outlet) -> int:
    log.error("%s", reason)
    health = TerminalHealth(
        login=config.login, server=config.server, state=TerminalState.UNREACHABLE, detail=reason[:2000]
    )
    outlet.say({"say": "health", "health": health.model_dump(mode="json")})
    return 1


def _acquire(lock: FileLock, outlet: Outlet) -> None:
    """Wait for an earlier child of this account to finish what it was doing; AlreadyHeld when it does not."""
    until = time.monotonic() + _LOCK_PATIENCE_S
    while True:
        try:
            lock.acquire()
        except AlreadyHeld:
            if time.monotonic() >= until:
                raise
            outlet.say({"say": "alive"})
            time.sleep(ALIVE_S / 10)
        else:
            return


def _read(inlet: Iterator[bytes], child: Child) -> None:
    for line in inlet:
        child.receive(decode(line))
    child.receive(None)
    # The supervisor is gone. An order under way may finish and be journalled; nothing may hang on for ever.
    time.sleep(_ORPHAN_S)
    os._exit(3)
