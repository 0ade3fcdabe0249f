"""Which terminal's prices count when several show the same symbol: one at a time, as long as it is well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agent.protocol import AgentConfig
from agent.terminal_process import TerminalProcess

UPLOADS_PER_S = 5.0


class Feeds:
    """Chooses price sources among the terminals: one for each broker, and one of these for each symbol.

    A source stays one as long as it is well, so that the return of another leaves no gap.
    """

    def __init__(self) -> None:
        self._of_server: dict[str, TerminalProcess] = {}
        self._of_symbol: dict[str, TerminalProcess] = {}

    def wanted(self, terminal: TerminalProcess, ticks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The ticks of symbols this terminal is the source of."""
        return [tick for tick in ticks if self._is_source(terminal, tick["symbol"])]

    def _is_source(self, terminal: TerminalProcess, symbol: str) -> bool:
        source = self._of_symbol.get(symbol)
        if source is None or not (source.is_ready and self._is_feed(source)):
            source = self._of_symbol[symbol] = terminal
        return source is terminal

    def _is_feed(self, terminal: TerminalProcess) -> bool:
        """Whether it is its broker's source; until one of them is well, any may become it."""
        return self._of_server.get(terminal.setup.terminal.server) in {None, terminal}

    def share(self, terminals: Iterable[TerminalProcess], told: AgentConfig) -> None:
        """Tell every child what to report how often; of several at one broker only one that is well gives prices.

        Figures that merely float are reported less often the more terminals there are, about five uploads a second
        in all.
        """
        everyone = list(terminals)
        ready = {server: each for server, each in self._of_server.items() if each.is_ready and each in everyone}
        for terminal in everyone:
            if terminal.is_ready:
                ready.setdefault(terminal.setup.terminal.server, terminal)
        self._of_server = ready
        for terminal in everyone:
            terminal.wish(
                {
                    "intervals": told.intervals.model_dump(),
                    "symbols": told.symbols,
                    "is_feed": self._is_feed(terminal),
                    "floating_s": max(1.0, len(everyone) / UPLOADS_PER_S),
                }
            )
