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
CONFIRM_AFTER: Final = timedelta(seconds=2)
LOOK_AGAIN_AT_LEAST: Final = timedelta(hours=1)
"""How soon a new difference is looked at again, and how seldom an old one may be."""


class DealsSum:
    """Sums the whole history once, then only what is new, whenever the balance has moved.

    A difference is told once two readings of the whole history agree on it, since a terminal may hand out deals late
    or in parts, and one may be made between two calls. One that stays (a broker who archived old deals) costs nothing
    more while it stays the same.
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
        self._pause = CONFIRM_AFTER
        self._again_at: datetime | None = None

    def of(self, balance: float, digits: int) -> float | None:
        """The sum of all deals in the account currency, beside this balance; None while that is not certain.

        Raises TerminalUnavailable.
        """
        is_known = balance == self._balance
        if is_known and (self._again_at is None or self._now() < self._again_at):
            return self._sum
        total = None if self._settled_until_msc is None or is_known else self._add_new(digits)
        if total is None or round(total - balance, digits) != self._gap:
            total = self._add_all(digits)
        gap = round(total - balance, digits)
        is_new = gap != self._gap
        self._pause = CONFIRM_AFTER if is_new else min(self._pause * 4, LOOK_AGAIN_AT_LEAST)
        self._again_at = self._now() + self._pause if gap else None
        self._balance, self._gap = balance, gap
        self._sum = None if gap and is_new else total
        return self._sum

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
