"""Which simulated program this process is to be."""

from __future__ import annotations

import sys
from importlib import import_module

_PROGRAMS = {"metaeditor": "agent.simulator.metaeditor", "terminal": "agent.simulator.terminal_program"}


def run_program(name: str = "", command_line: str = "") -> int:
    """Run it by the command line its real counterpart would get; its exit status."""
    if name not in _PROGRAMS:
        sys.stderr.write(f"forex-elite-agent: --simulated takes {' or '.join(_PROGRAMS)}\n")
        return 2
    return int(import_module(_PROGRAMS[name]).main(command_line))
