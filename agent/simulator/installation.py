"""A simulated installation in a portable folder, as the agent handles it: its programs and its window."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from agent.lock import AlreadyHeld, FileLock
from agent.simulator.charts import DEFAULT_PROFILE
from agent.simulator.facts import CLOSE, LOCK, PID, Facts
from agent.simulator.instruments import CATALOGUES
from agent.simulator.quirks import read_quirks
from agent.simulator.stand_in import BUILTIN, BUILTIN_PATH, StandIn
from agent.terminal.chart_files import ChartFile, read_profile, write_profile
from agent.terminal.config import TerminalConfig
from agent.terminal.folder import TerminalFolder
from agent.terminal.metaeditor import Running
from agent.terminal.window import NoWindow

_PROGRAM_TEXT: Final = b"a stand-in: the simulator runs in its place\n"


class SimulatedWindow:
    """The window of a simulated terminal."""

    def __init__(self, folder: Path, books_file: str) -> None:
        self._folder = folder
        self._books_file = books_file

    def toggle_algo_trading(self) -> None:
        if not is_held(self._folder / LOCK):
            raise NoWindow("the terminal is not running")
        if read_quirks(self._folder).button_is_stuck:
            return  # the message is posted, and nothing comes of it
        from agent.simulator.books import Books  # noqa: PLC0415  # numpy is loaded where it is needed alone
        from agent.simulator.faults import read_switches, set_switches  # noqa: PLC0415

        books = Books(self._books_file)
        try:
            with books.transaction():
                set_switches(books, algo_trading=not read_switches(books).algo_trading)
        finally:
            books.close()

    def close(self) -> None:
        if not is_held(self._folder / LOCK):
            raise NoWindow("the terminal is not running")
        (self._folder / CLOSE).touch()


class SimulatedProgram:
    """The programs of a simulated account; its folder is laid out like a real portable one."""

    def __init__(self, folder: TerminalFolder, config: TerminalConfig, command: list[str]) -> None:
        """`command` starts this agent; the simulated programs are it, told which one to be."""
        self.folder = folder
        self._command = command
        self._window = SimulatedWindow(folder.root, config.state_file)
        self._process: subprocess.Popen[bytes] | None = None
        for place in (folder.own_experts, folder.files, folder.charts / DEFAULT_PROFILE, folder.mql5 / "Include"):
            place.mkdir(parents=True, exist_ok=True)
        for program in (folder.program, folder.metaeditor):
            if not program.exists():
                program.write_bytes(_PROGRAM_TEXT)
        builtin = folder.experts.joinpath(*BUILTIN_PATH.split("/")).with_suffix(".ex5")
        builtin.parent.mkdir(parents=True, exist_ok=True)
        builtin.write_bytes(StandIn(builtin.stem, builtin=BUILTIN).content())
        wanted = config.simulation
        catalogue = CATALOGUES[wanted.catalogue]
        if not read_profile(folder.charts / DEFAULT_PROFILE):
            first = next(instrument.name for instrument in catalogue if instrument.selected)
            write_profile(folder.charts / DEFAULT_PROFILE, [ChartFile(first, "H1")])
        Facts(
            config.login,
            config.server,
            config.state_file,
            tuple(instrument.name for instrument in catalogue),
            {**asdict(wanted), "seed": config.seed},
        ).write(folder.root)

    def start(self, command_line: str) -> Running:
        self._forget()
        # Its standard input stays open as long as this process lives, and it ends with it.
        self._process = self._run("terminal", command_line, subprocess.PIPE)
        return self._process

    def run_metaeditor(self, command_line: str) -> Running:
        return self._run("metaeditor", command_line, subprocess.DEVNULL)

    def is_running(self) -> bool:
        return is_held(self.folder.root / LOCK)

    def close(self) -> None:
        self._window.close()

    def kill(self) -> None:
        try:
            pid = int((self.folder.root / PID).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        if self._process is not None and self._process.pid == pid:
            self._forget()
        with contextlib.suppress(OSError):
            (self.folder.root / PID).unlink(missing_ok=True)

    def toggle_algo_trading(self) -> None:
        self._window.toggle_algo_trading()

    def _forget(self) -> None:
        """Be done with the terminal started last, which has ended or is about to."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None

    def _run(self, name: str, command_line: str, stdin: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            [*self._command, "--simulated", name, command_line],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
        )


def is_held(path: Path) -> bool:
    """Whether a process holds this lock file."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire()
    except AlreadyHeld:
        return True
    finally:
        lock.release()
    return False
