"""The command line as its users run it: a process with its own data folder and port."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from forex_elite.db import embedded

READY = re.compile(r"ready: (http://\S+)")


class Command:
    """A running `forex-elite`; its output is read as it comes."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "forex_elite.cli.main", *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = ""

    def until_ready(self) -> str:
        """Wait for the line that ends the start-up; the address in it."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if found := READY.search(line):
                return found.group(1)
        pytest.fail(f"it ended before it was ready:\n{self.output}")

    def finish(self) -> int:
        """Read the rest, wait for the end; the exit code."""
        rest, _ = self.process.communicate(timeout=120)
        self.output += rest
        return self.process.returncode

    def interrupt(self) -> int:
        """Ctrl+C in its terminal: the signal goes to the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.finish()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    cluster = embedded.folder_for(folder)
    if cluster.exists():
        embedded.start(folder).stop()
        shutil.rmtree(cluster)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Command]]:
    """Start a command on this test's data folder, by default on any free port."""
    begun: list[Command] = []

    def begin(*arguments: str, **environment: str) -> Command:
        command = Command(*arguments, environment={"FOREX_ELITE_HOME": str(home), "PORT": "0", **environment})
        begun.append(command)
        return command

    yield begin
    for command in begun:
        if command.process.poll() is None:
            command.interrupt()
        if command.process.stdout:
            command.process.stdout.close()


def processes_of(home: Path) -> list[str]:
    """Command lines of the processes at work on a data folder or in its cluster."""
    places = {str(home), str(embedded.folder_for(home))}
    found = []
    for process in psutil.process_iter():
        try:
            line, folder = " ".join(process.cmdline()), process.cwd()
            inherited = process.environ().get("FOREX_ELITE_HOME") if process.pid != os.getpid() else None
        except psutil.Error:
            continue
        if any(place in line or folder.startswith(place) for place in places) or inherited == str(home):
            found.append(line)
    return found
