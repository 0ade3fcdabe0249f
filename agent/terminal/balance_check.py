"""What all deals of an account add up to: the terminal's own balance must equal it. And what of it was paid in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from agent.terminal.broker_time import BrokerClock
from agent.terminal.history import BEGINNING, booked

CREDIT: Final = 3
"""DEAL_TYPE_CREDIT moves the account's credit and not its balance."""
PAYMENTS: Final = frozenset({2, CREDIT, 5, 6})
"""DEAL_TYPE_BALANCE, _CREDIT, _CORRECTION, _BONUS bring money or take it away; other deals are part of the result."""
LAGGING_MSC: Final = 120_000
"""Deals this close to the newest one may still be joined by others made earlier."""
CONFIRM_AFTER: Final = timedelta(seconds=2)
LOOK_AGAIN_AT_LEAST: Final = timedelta(hours=1)
"""How soon a new difference is looked at again, and how seldom an old one may be."""


@dataclass(frozen=True, slots=True)
class Deals:
    """What deals did to the balance, and what of it (and of the credit) was paid in less what was paid out."""

    booked: float
    paid: float

    def rounded(self, digits: int) -> Deals:
        """Without the dust of adding many numbers."""
        return Deals(round(self.booked, digits), round(self.paid, digits))


_NOTHING: Final = Deals(0.0, 0.0)


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
        self._settled = _NOTHING
        self._settled_until_msc: int | None = None
        self._balance: float | None = None
        self._sum: Deals | None = None
        self._gap = 0.0
        self._pause = CONFIRM_AFTER
        self._again_at: datetime | None = None

    def of(self, balance: float, digits: int) -> Deals | None:
        """The sums of all deals in the account currency, beside this balance; None while they are not certain.

        Raises TerminalUnavailable.
        """
        is_known = balance == self._balance
        if is_known and (self._again_at is None or self._now() < self._again_at):
            return self._sum
        total = None if self._settled_until_msc is None or is_known else self._add_new(digits)
        if total is None or round(total.booked - balance, digits) != self._gap:
            total = self._add_all(digits)
        gap = round(total.booked - balance, digits)
        is_new = gap != self._gap
        self._pause = CONFIRM_AFTER if is_new else min(self._pause * 4, LOOK_AGAIN_AT_LEAST)
        self._again_at = self._now() + self._pause if gap else None
        self._balance, self._gap = balance, gap
        self._sum = None if gap and is_new else total
        return self._sum

    def _add_all(self, digits: int) -> Deals:
        rows = list(self._read(BEGINNING, self._now() + timedelta(days=1)))
        newest = max((int(row.time_msc) for row in rows), default=0)
        until = newest - LAGGING_MSC
        self._settled = _summed(row for row in rows if row.time_msc < until)
        self._settled_until_msc = until
        return self._with(row for row in rows if row.time_msc >= until).rounded(digits)

    def _add_new(self, digits: int) -> Deals:
        assert self._settled_until_msc is not None
        since = self._clock.to_utc(max(0.0, self._settled_until_msc / 1000.0))
        rows = self._read(since, self._now() + timedelta(days=1))
        return self._with(row for row in rows if row.time_msc >= self._settled_until_msc).rounded(digits)

    def _with(self, rows: Iterable[Any]) -> Deals:
        more = _summed(rows)
        return Deals(self._settled.booked + more.booked, self._settled.paid + more.paid)


def _summed(rows: Iterable[Any]) -> Deals:
    known = [(row.type, booked(row)) for row in rows]
    return Deals(
        math.fsum(amount for kind, amount in known if kind != CREDIT),
        math.fsum(amount for kind, amount in known if kind in PAYMENTS),
    )
