"""Opening a terminal by its configuration."""

from __future__ import annotations

from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import Terminal
from agent.terminal.mt5 import Mt5Terminal, load_package


def open_terminal(config: TerminalConfig) -> Terminal:
    """The terminal of a configuration, not yet connected; raises TerminalUnavailable where its package is missing."""
    if config.kind == "simulator":
        from agent.simulator.opening import open_simulator  # noqa: PLC0415  # numpy stays out of agents without a simulator

        return Mt5Terminal(open_simulator(config), config)
    return Mt5Terminal(load_package(config), config)
