"""The simulated terminal64.exe: a process with charts, started by the real one's command line in a portable folder.

The account behind it is the paper broker's, shared through its books; this process shows charts, loads experts and
writes journal and logs. It ends in order when its window is closed (a file asks for it) or its starter is gone, and
then rewrites its profile; killed, it does not.
"""

from __future__ import annotations

import configparser
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from agent.lock import AlreadyHeld, FileLock
from agent.pipe import read_lines
from agent.simulator import tester
from agent.simulator.books import Books
from agent.simulator.bridge_program import BridgeProgram
from agent.simulator.charts import DEFAULT_PROFILE, Charts, expert_at
from agent.simulator.facts import CLOSE, LOCK, PID, Facts
from agent.simulator.faults import read_switches, set_switches
from agent.simulator.log_files import LogFile
from agent.simulator.quirks import read_quirks
from agent.simulator.views import BUILD
from agent.terminal import text_files
from agent.terminal.bridge_files import BRIDGE
from agent.terminal.chart_files import ALGO_TRADING
from agent.terminal.folder import TerminalFolder
from agent.terminal.presets import read_preset
from agent.terminal.start_config import split_command_line, switches

_TURN_S: Final = 0.1
_LOOK_S: Final = 1.0
_ALREADY_RUNNING: Final = 3


def main(command_line: str) -> int:
    """Run until closed; the exit status."""
    words = split_command_line(command_line)
    root = Path(words[0]).parent
    lock = FileLock(root / LOCK)
    if not _acquired(lock):
        return _ALREADY_RUNNING  # a second copy in one folder gives way, and its /config is not heeded
    (root / CLOSE).unlink(missing_ok=True)
    text_files.write_bytes(root / PID, str(os.getpid()).encode())
    try:
        return _Terminal(TerminalFolder(root), switches(words[1:])).run()
    finally:
        (root / PID).unlink(missing_ok=True)
        lock.release()


def _acquired(lock: FileLock) -> bool:
    """Whether this is the only copy; a look by somebody else holds the lock for an instant only."""
    until = time.monotonic() + _LOOK_S
    while True:
        try:
            lock.acquire()
        except AlreadyHeld:
            if time.monotonic() >= until:
                return False
            time.sleep(_TURN_S / 10)
        else:
            return True


class _Terminal:
    """One run of the program."""

    def __init__(self, folder: TerminalFolder, told: dict[str, str]) -> None:
        self._folder = folder
        self._told = told
        self._facts = Facts.read(folder.root)
        self._config = _read_config(told.get("config", ""))
        self._journal = LogFile(folder.journal)
        self._experts_log = LogFile(folder.experts_log)
        self._books = Books(self._facts.books or None)
        self._is_orphaned = threading.Event()

    def run(self) -> int:
        self._journal.write("Terminal", f"ForexElite Paper Terminal x64 build {BUILD} started for paper trading")
        self._log_in()
        if self._config.has_section("Tester"):
            return tester.run(self._folder, dict(self._config["Tester"]), self._facts.simulation, self._journal)
        charts = Charts(
            self._folder,
            self._facts.symbols,
            journal=self._journal,
            experts_log=self._experts_log,
            is_mode_ignored=lambda: read_quirks(self._folder.root).expert_mode_is_ignored,
        )
        wanted = self._told.get("profile") or self._config.get("Charts", "ProfileLast", fallback="")
        ignores = read_quirks(self._folder.root).ignores_profile
        profile = charts.load_profile(DEFAULT_PROFILE if ignores or not wanted else wanted)
        self._start_up(charts)
        threading.Thread(target=self._wait_for_parent, daemon=True).start()
        self._work(charts)
        charts.save_profile(profile)
        charts.end()
        self._journal.write("Terminal", "exit with code 0")
        return 0

    def _log_in(self) -> None:
        if self._config.has_section("Experts"):
            with self._books.transaction():
                set_switches(self._books, algo_trading=self._config.getboolean("Experts", "Enabled", fallback=True))
        login, server = self._facts.login, self._facts.server
        self._journal.write("Network", f"'{login}': authorized on {server} through Access Point (ping: 1.50 ms)")
        counts = f"{len(self._books.positions)} positions, {len(self._books.orders)} orders"
        text = f"'{login}': terminal synchronized with ForexElite Simulated Markets: {counts}"
        self._journal.write("Network", f"{text}, {len(self._facts.symbols)} symbols, 0 spreads")

    def _start_up(self, charts: Charts) -> None:
        told = dict(self._config["StartUp"]) if self._config.has_section("StartUp") else {}
        if not told.get("expert"):
            return
        try:
            inputs = read_preset(text_files.read(self._folder.presets / told.get("expertparameters", "")))
        except OSError:
            inputs = {}
        expert = expert_at(told["expert"], inputs, ALGO_TRADING)
        charts.start_up(expert, told.get("symbol") or charts.first_symbol, told.get("period") or "H1")

    def _work(self, charts: Charts) -> None:
        bridge: BridgeProgram | None = None
        while not self._is_orphaned.is_set() and not (self._folder.root / CLOSE).exists():
            charts.settle()
            own = next((one for one in charts.charts.values() if one.expert and one.expert.name == BRIDGE), None)
            if own is None or read_quirks(self._folder.root).bridge_is_silent:
                bridge = None
            elif bridge is None:
                bridge = BridgeProgram(
                    charts,
                    self._folder,
                    own,
                    is_algo_trading_on=self._switch(lambda found: found.algo_trading),
                    is_connected=self._switch(lambda found: found.connected),
                )
            if bridge is not None:
                bridge.turn()
            time.sleep(_TURN_S)

    def _switch(self, choose: Callable[[Any], bool]) -> Callable[[], bool]:
        def look() -> bool:
            self._books.refresh()
            return choose(read_switches(self._books))

        return look

    def _wait_for_parent(self) -> None:
        for _ in read_lines(sys.stdin.fileno()):
            continue
        self._is_orphaned.set()


def _read_config(path: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None, strict=False)
    if path:
        try:
            found.read_string(text_files.read(Path(path)))
        except (OSError, configparser.Error):
            return configparser.ConfigParser(interpolation=None)  # a bad value is passed over without a word
    return found
