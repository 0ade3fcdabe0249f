"""The account's whole past, told once: from now backwards in small batches, going on where the last one was stored.

The newest past comes first, because that is what the trader looks at. One batch is under way at a time, and the next
begins when the server has it, so that neither memory nor the terminal's other work suffers from a long history.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from agent.protocol import BalanceOperation
from agent.terminal import history
from agent.terminal.gateway import Deal, Terminal

POSITIONS_AT_ONCE = 50
ANSWER_WITHIN_S = 60.0
"""A batch the server has not taken by then is told again; storing it twice changes nothing."""
_FIRST_WINDOW = timedelta(days=7)
_FULL = 4 * POSITIONS_AT_ONCE
_MOST_OPERATIONS = 500
_DONE = "done"


class BackFill:
    """Where the telling of the past stands; `step` tells the next batch."""

    def __init__(self, terminal: Terminal, say: Callable[[dict[str, Any]], None], began: datetime) -> None:
        self.began = began
        """Everything closed from here on is told by the regular looks into the history."""
        self._terminal = terminal
        self._say = say
        self._before: datetime | None = began
        self._window = _FIRST_WINDOW
        self._told: tuple[str, float] | None = None

    def resume(self, mark: str | None) -> None:
        """Go on where an earlier run was acknowledged; None: it never began."""
        if mark is None:
            return
        began, _, before = mark.partition("|")
        self.began = datetime.fromisoformat(began)
        self._before = None if before == _DONE else datetime.fromisoformat(before)

    def stored(self, mark: str) -> None:
        """The server has the batch with this mark, and with it everything after the instant it names."""
        if self._told is not None and self._told[0] == mark:
            self._told = None
            self.resume(mark)

    @property
    def is_due(self) -> bool:
        """Whether there is a batch to tell now."""
        if self._told is not None and time.monotonic() - self._told[1] < ANSWER_WITHIN_S:
            return False
        return self._before is not None

    def step(self) -> None:
        """Tell the next batch. Raises TerminalUnavailable."""
        before = self._before
        if before is None:
            return
        start = max(history.BEGINNING, before - self._window)
        deals = [deal for deal in self._terminal.deals(start, before) if deal.done_at < before]
        closing = _newest_closings(deals)
        if len(closing) > POSITIONS_AT_ONCE:
            start = closing[POSITIONS_AT_ONCE - 1][1]
            closing = [each for each in closing if each[1] >= start]
        operations = _operations(deals, start)
        if len(operations) > _MOST_OPERATIONS:
            start = operations[-_MOST_OPERATIONS].done_at
            operations, closing = _operations(deals, start), [each for each in closing if each[1] >= start]
        self._fit_window(len(deals))
        rows = self._terminal.closed_trades(start, [position for position, _ in closing]) if closing else []
        is_last = start <= history.BEGINNING or (not deals and self._terminal.count_deals(before) == 0)
        mark = f"{self.began.isoformat()}|{_DONE if is_last else start.isoformat()}"
        self._told = (mark, time.monotonic())
        self._say(
            {
                "say": "filled",
                "mark": mark,
                "closed": [row.model_dump(mode="json") for row in rows if row.close_time and row.close_time < before],
                "operations": [each.model_dump(mode="json") for each in operations],
            }
        )

    def _fit_window(self, found: int) -> None:
        if found > _FULL:
            self._window = max(self._window / 2, timedelta(hours=1))
        elif found < POSITIONS_AT_ONCE:
            self._window = min(self._window * 4, timedelta(days=3650))


def _newest_closings(deals: list[Deal]) -> list[tuple[int, datetime]]:
    """Positions with their last closing deal in the window, the newest first."""
    last: dict[int, datetime] = {}
    for deal in deals:
        if deal.position and deal.entry != history.ENTRY_IN:
            last[deal.position] = max(deal.done_at, last.get(deal.position, deal.done_at))
    return sorted(last.items(), key=lambda each: each[1], reverse=True)


def _operations(deals: list[Deal], since: datetime) -> list[BalanceOperation]:
    found = (history.balance_operation(deal) for deal in deals if deal.done_at >= since)
    return [each for each in found if each is not None]
