"""The programs of a terminal by its configuration: installed ones, or the simulator's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent.config import TerminalSetup
from agent.terminal.folder import TerminalFolder
from agent.terminal.program import InstalledProgram, TerminalProgram


def open_program(setup: TerminalSetup, command: list[str]) -> TerminalProgram | None:
    """The programs of a terminal; None where they cannot be reached from here. `command` starts this agent."""
    if not setup.folder:
        return None
    return _program(setup, TerminalFolder(Path(setup.folder)), command)


def open_tester(setup: TerminalSetup, command: list[str]) -> TerminalProgram:
    """The programs of the copy that tests run in, beside the terminal's own folder."""
    if setup.terminal.kind == "simulator":
        setup = replace(setup, terminal=replace(setup.terminal, state_file=""))
    return _program(setup, TerminalFolder(Path(f"{setup.folder}-tester")), command)


def _program(setup: TerminalSetup, folder: TerminalFolder, command: list[str]) -> TerminalProgram:
    if setup.terminal.kind == "simulator":
        from agent.simulator.installation import SimulatedProgram  # noqa: PLC0415  # numpy stays out of real agents

        return SimulatedProgram(folder, setup.terminal, command)
    return InstalledProgram(folder)
