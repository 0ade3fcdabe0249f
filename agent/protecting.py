"""Break-even and trailing at work: looks at the protected positions and moves their stops, with or without a server."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from agent.clocks import Clock
from agent.journal import Entry, Journal, JournalUnavailable
from agent.protocol import Protection, SymbolSpec
from agent.terminal.gateway import OpenPosition, OrderInvalid, SendClass, SendResult, Terminal
from agent.trailing import Held, grid_of, next_stop, plan_of

log = logging.getLogger(__name__)

LOOK_S = 0.25
FIGURES_S = 60.0
"""How long a symbol's specification and its ATR are believed."""
GONE_S = 3600.0
"""A position missing for so long is gone; a terminal that has just started may show none for a while."""
_PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)
_IDLE_S = 2.0


@dataclass(slots=True)
class _Refusals:
    """How often in a row the terminal refused to move a stop, and when it may be asked again."""

    count: int
    again_at: float


class Protector:
    """Keeps the protections of one account; lives in the terminal's child process, `pump` does what is due."""

    def __init__(
        self, terminal: Terminal, journal: Journal, clock: Clock, say: Callable[[dict[str, Any]], None]
    ) -> None:
        self._terminal = terminal
        self._journal = journal
        self._clock = clock
        self._say = say
        self._due = 0.0
        self._specs: dict[str, tuple[float, SymbolSpec]] = {}
        self._ranges: dict[tuple[str, str, int], tuple[float, Decimal]] = {}
        self._missing: dict[int, float] = {}
        self._refusals: dict[int, _Refusals] = {}

    def terms(self) -> Mapping[int, Protection]:
        """The protections at work by ticket; none while the journal cannot be read, because then none works."""
        try:
            return self._journal.protections()
        except JournalUnavailable:
            return {}

    def pump(self, unresolved: Iterable[Entry] = ()) -> float:
        """Look at the positions if it is time; seconds until the next look. Raises TerminalUnavailable.

        Positions whose order is just being looked for (`unresolved`) are left alone: what they should look like is
        part of that search.
        """
        now = time.monotonic()
        if now < self._due:
            return self._due - now
        terms = self.terms()
        self._due = now + (LOOK_S if terms else _IDLE_S)
        if terms:
            busy = {step.what.get("ticket") for entry in unresolved for step in entry.steps}
            self.look({ticket: each for ticket, each in terms.items() if ticket not in busy})
        return self._due - now

    def look(self, terms: Mapping[int, Protection]) -> None:
        """Move the stop of every protected position that is due to move."""
        held = {position.ticket: position for position in self._terminal.positions()}
        for ticket, protection in terms.items():
            position = held.get(ticket)
            if position is None:
                self._note_missing(ticket)
                continue
            self._missing.pop(ticket, None)
            refused = self._refusals.get(ticket)
            if refused is None or time.monotonic() >= refused.again_at:
                self._keep(position, protection)

    def _keep(self, position: OpenPosition, protection: Protection) -> None:
        spec = self._spec(position.symbol)
        if spec is None:
            return
        atr = self._atr(position.symbol, protection) if protection.needs_atr else None
        stop = next_stop(
            Held(position.side, position.open_price, position.current_price, position.sl, position.tp),
            plan_of(protection, spec, atr),
            grid_of(spec),
        )
        if stop is not None:
            self._move(position, stop)

    def _move(self, position: OpenPosition, stop: float) -> None:
        what = {
            "symbol": position.symbol,
            "side": position.side,
            "price": position.current_price,
            "from": position.sl,
            "to": stop,
        }
        try:
            number = self._journal.begin_move(position.ticket, what, at=self._clock.wall())
        except JournalUnavailable as error:
            self._refused(position, f"the journal cannot be written: {error}")
            return
        answer = self._send(position, stop)
        try:
            self._journal.end_move(number, asdict(answer))
        except JournalUnavailable:
            log.exception("the answer to a moved stop could not be journalled")
        if answer.outcome is SendClass.DONE:
            self._refusals.pop(position.ticket, None)
            self._tell(f"stop of #{position.ticket} {position.symbol} moved from {position.sl:g} to {stop:g}")
        else:
            # Whatever became of it, the next look sees where the stop is and decides anew.
            self._refused(position, f"{answer.text} ({answer.retcode})")

    def _send(self, position: OpenPosition, stop: float) -> SendResult:
        try:
            return self._terminal.modify_position(position, sl=stop, tp=position.tp)
        except OrderInvalid as error:
            return SendResult(SendClass.REFUSED, 0, str(error))

    def _refused(self, position: OpenPosition, reason: str) -> None:
        known = self._refusals.get(position.ticket)
        count = 0 if known is None else known.count
        pause = _PAUSES_S[min(count, len(_PAUSES_S) - 1)]
        self._refusals[position.ticket] = _Refusals(count + 1, time.monotonic() + pause)
        if count == 0:
            log.warning("the stop of #%s %s cannot be moved for now: %s", position.ticket, position.symbol, reason)

    def _note_missing(self, ticket: int) -> None:
        now = time.monotonic()
        if now - self._missing.setdefault(ticket, now) < GONE_S:
            return
        if any(order.ticket == ticket for order in self._terminal.orders()):
            self._missing[ticket] = now
            return
        try:
            self._journal.forget_protection(ticket)
        except JournalUnavailable:
            return
        self._missing.pop(ticket, None)
        self._refusals.pop(ticket, None)

    def _spec(self, symbol: str) -> SymbolSpec | None:
        known = self._specs.get(symbol)
        if known is not None and time.monotonic() - known[0] < FIGURES_S:
            return known[1]
        found = next(iter(self._terminal.symbols([symbol])), None)
        if found is not None:
            self._specs[symbol] = time.monotonic(), found
        return found or (known[1] if known else None)

    def _atr(self, symbol: str, protection: Protection) -> Decimal | None:
        key = symbol, protection.atr.timeframe, protection.atr.period
        known = self._ranges.get(key)
        if known is not None and time.monotonic() - known[0] < FIGURES_S:
            return known[1]
        found = self._terminal.average_true_range(*key)
        if found is not None and found > 0:
            self._ranges[key] = time.monotonic(), found
            return found
        return known[1] if known else None

    def _tell(self, message: str) -> None:
        line = {"at": datetime.now(UTC).isoformat(), "level": "info", "source": "protection", "message": message}
        self._say({"say": "log", "line": line})
