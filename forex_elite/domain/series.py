"""Figures over time: what an account was worth, and what its days came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

SNAPSHOT_EVERY = timedelta(seconds=30)

FLOWS = frozenset({"deposit", "withdrawal", "credit", "correction", "bonus"})
"""Balance operations that bring money or take it away; the other kinds (commission, interest, dividend, tax, …) are
costs and earnings of trading, and belong to the result."""


@dataclass(frozen=True, slots=True)
class BalancePoint:
    """What an account reported at an instant, in its own currency; `low` and `high` of the equity since the last."""

    at: datetime
    balance: Decimal
    equity: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class BalanceSeries:
    """An account's balance and equity, oldest first, a point every `step_s` seconds where something was reported."""

    account_id: UUID
    currency: str
    step_s: int
    points: tuple[BalancePoint, ...]


@dataclass(frozen=True, slots=True)
class DayResult:
    """What one day (UTC) came to over all accounts of one currency.

    `result`: change of the reported equity, without `flows` (deposits, withdrawals, credit, corrections, bonuses).
    `realised`: profit, swap and commission of the positions closed that day.
    """

    day: date
    currency: str
    result: Decimal
    flows: Decimal
    realised: Decimal
    trades: int
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class TradeStatistics:
    """All closed positions of one currency: won and lost by profit with swap and commission; even ones are neither."""

    currency: str
    trades: int
    won: int
    lost: int
    profit: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """Open, high, low and close of the bid over a span that begins at `at`."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    samples: int
