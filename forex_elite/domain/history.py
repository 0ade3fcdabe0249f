"""The history of closed trades: which of them are meant, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class TradeResult(StrEnum):
    """How a closed trade ended: profit, commission and swap together."""

    WIN = "win"
    LOSS = "loss"
    FLAT = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFilter:
    """Which closed trades are meant; None means all. `since` is included, `until` is not; both by closing time."""

    account_id: UUID | None = None
    symbol: str | None = None
    side: str | None = None
    magic: int | None = None
    strategy_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    result: TradeResult | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What closed trades of one currency add up to; `net` is profit, swap and commission."""

    currency: str
    count: int
    wins: int
    losses: int
    net: Decimal
    swap: Decimal
    commission: Decimal
    lots: Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """Where orders come from, by magic number: a strategy of ours, an EA, or by hand (0)."""

    magic: int
    strategy_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person's closed trades can be filtered by."""

    symbols: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Trades that share a symbol, an hour, a weekday, a day or a source: how they ended, and what was booked.

    `net` has what partial closes booked, too; the other figures are of whole trades, at their end.
    """

    key: str
    count: int
    wins: int
    net: Decimal
    gross_profit: Decimal
    gross_loss: Decimal
    hold_s: float
    """Mean time from opening to closing, seconds."""

    @property
    def win_rate(self) -> float:
        """Winning trades of all, 0 to 1."""
        return self.wins / self.count if self.count else 0.0

    @property
    def profit_factor(self) -> float | None:
        """Gross profit by gross loss; None without a loss."""
        return float(self.gross_profit / -self.gross_loss) if self.gross_loss else None

    @property
    def expectancy(self) -> Decimal:
        """Mean net result of a trade that ended."""
        return (self.gross_profit + self.gross_loss) / self.count if self.count else Decimal(0)


@dataclass(frozen=True, slots=True)
class Ratios:
    """What only a series of daily returns can tell; None where it cannot (too few days, no known start balance)."""

    sharpe: float | None = None
    sortino: float | None = None
    max_drawdown_pct: float | None = None
    annual_volatility_pct: float | None = None
    days: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Analytics:
    """Closed trades of one currency, examined. Days, hours and weekdays are those of the asked time zone."""

    currency: str
    start_balance: Decimal
    """The present balances less what was booked since the start: exact while nothing was paid in or out."""
    total: Slice
    losses: int
    max_drawdown: Decimal
    """Largest fall of the summed results from a peak, booking by booking."""
    ratios: Ratios
    by_symbol: tuple[Slice, ...]
    by_hour: tuple[Slice, ...]
    by_weekday: tuple[Slice, ...]
    by_source: tuple[Slice, ...]
    by_day: tuple[Slice, ...]
