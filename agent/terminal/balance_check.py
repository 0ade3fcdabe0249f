"""What all deals of an account add up to: the terminal's own balance must equal it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from agent.terminal.broker_time import BrokerClock
from agent.terminal.history import BEGINNING

CREDIT: Final = 3
"""DEAL_TYPE_CREDIT moves the account's credit and not its balance."""
LAGGING_MSC: Final = 120_000
"""Deals this close to the newest one may still be joined by others made earlier."""
LOOK_AGAIN: Final = timedelta(minutes=1)
LOOK_AGAIN_AT_LEAST: Final = timedelta(hours=1)
"""How long a new difference stands before the whole history is read again, and how long an old one may."""


class DealsSum:
    """Sums the whole history once, then only what is new, whenever the balance has moved.

    A new difference to the balance is never found by adding up: the whole history is read again first, since a
    terminal may hand out deals late or in parts. One that stays (a broker who archived old deals) costs nothing more.
    """

    def __init__(
        self,
        read: Callable[[datetime, datetime], Iterable[Any]],
        clock: BrokerClock,
        now: Callable[[], datetime],
    ) -> None:
        self._read = read
        self._clock = clock
        self._now = now
        self._settled = 0.0
        self._settled_until_msc: int | None = None
        self._balance: float | None = None
        self._sum: float | None = None
        self._gap = 0.0
        self._pause = LOOK_AGAIN
        self._again_at: datetime | None = None

    def of(self, balance: float, digits: int) -> float | None:
        """The sum of all deals in the account currency, beside this balance. Raises TerminalUnavailable."""
        is_known = balance == self._balance
        if is_known and (self._again_at is None or self._now() < self._again_at):
            return self._sum
        total = None if self._settled_until_msc is None or is_known else self._add_new(digits)
        if total is None or round(total - balance, digits) != self._gap:
            total = self._add_all(digits)
        gap = round(total - balance, digits)
        self._pause = min(self._pause * 2, LOOK_AGAIN_AT_LEAST) if gap == self._gap else LOOK_AGAIN
        self._again_at = self._now() + self._pause if gap else None
        self._balance, self._sum, self._gap = balance, total, gap
        return total

    def _add_all(self, digits: int) -> float:
        rows = list(self._read(BEGINNING, self._now() + timedelta(days=1)))
        newest = max((int(row.time_msc) for row in rows), default=0)
        until = newest - LAGGING_MSC
        self._settled = math.fsum(_booked(row) for row in rows if row.time_msc < until)
        self._settled_until_msc = until
        return round(self._settled + math.fsum(_booked(row) for row in rows if row.time_msc >= until), digits)

    def _add_new(self, digits: int) -> float:
        assert self._settled_until_msc is not None
        since = self._clock.to_utc(max(0.0, self._settled_until_msc / 1000.0))
        rows = [
            row for row in self._read(since, self._now() + timedelta(days=1)) if row.time_msc >= self._settled_until_msc
        ]
        return round(self._settled + math.fsum(_booked(row) for row in rows), digits)


def _booked(row: Any) -> float:
    """What a deal did to the balance."""
    return 0.0 if row.type == CREDIT else float(row.profit + row.swap + row.commission + row.fee)
