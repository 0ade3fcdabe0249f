"""The programs of one terminal's folder: start, find, close and end the terminal, and run its MetaEditor."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import psutil

from agent.terminal import metaeditor
from agent.terminal.folder import TerminalFolder
from agent.terminal.metaeditor import Running
from agent.terminal.window import DesktopWindow, NoWindow


class TerminalMissing(Exception):
    """There is no terminal64.exe in this folder."""


class TerminalProgram(Protocol):
    """The installed programs of one account, real or simulated. Every method may block for a moment."""

    folder: TerminalFolder

    def start(self, command_line: str) -> Running:
        """Start the terminal by its command line; raises TerminalMissing and OSError."""

    def run_metaeditor(self, command_line: str) -> Running:
        """Start MetaEditor by its command line; raises OSError."""

    def is_running(self) -> bool:
        """Whether a terminal runs from this folder, whoever started it."""

    def close(self) -> None:
        """Ask the terminal to close as a person does; raises NoWindow."""

    def kill(self) -> None:
        """End it at once; what it had not saved is lost."""

    def toggle_algo_trading(self) -> None:
        """Press the Algo Trading button; raises NoWindow."""


class InstalledProgram:
    """A real MetaTrader 5 in a portable folder."""

    def __init__(self, folder: TerminalFolder) -> None:
        self.folder = folder

    def start(self, command_line: str) -> Running:
        if not self.folder.program.exists():
            raise TerminalMissing(f"there is no terminal at {self.folder.program}")
        flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        # It outlives the agent: experts go on trading while the agent is updated.
        return subprocess.Popen(command_line, cwd=self.folder.root, creationflags=flags, close_fds=True)  # noqa: S603

    def run_metaeditor(self, command_line: str) -> Running:
        return metaeditor.start(command_line)

    def is_running(self) -> bool:
        return self._process() is not None

    def close(self) -> None:
        process = self._process()
        if process is None:
            raise NoWindow("the terminal is not running")
        DesktopWindow(process.pid).close()

    def kill(self) -> None:
        process = self._process()
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait(5)

    def toggle_algo_trading(self) -> None:
        process = self._process()
        if process is None:
            raise NoWindow("the terminal is not running")
        DesktopWindow(process.pid).toggle_algo_trading()

    def _process(self) -> psutil.Process | None:
        wanted = _key(self.folder.program)
        for process in psutil.process_iter(["exe"]):
            program = process.info["exe"]
            if program and _key(Path(program)) == wanted:
                found: psutil.Process = process
                return found
        return None


def _key(path: Path) -> str:
    return os.path.normcase(path.resolve()) if sys.platform == "win32" else str(path.resolve()).casefold()
