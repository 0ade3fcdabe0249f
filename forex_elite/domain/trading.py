"""The trader's own words: side, order type, stop and target levels, instruments. Values equal the wire contract's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """The direction of a position or order."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        """The other direction."""
        return Side.SELL if self is Side.BUY else Side.BUY

    @property
    def position_word(self) -> str:
        """What a position of this side is called: long or short."""
        return "long" if self is Side.BUY else "short"


class OrderType(StrEnum):
    """How an order is placed; the side is told apart from it."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


class LevelKind(StrEnum):
    """The unit of a stop loss, take profit or pending entry."""

    PRICE = "price"
    PIPS = "pips"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Level:
    """An absolute price, or a distance (in pips, or percent of the entry price) from the price of the fill."""

    kind: LevelKind
    value: float

    @classmethod
    def read(cls, stored: dict[str, Any] | None) -> Level | None:
        """A level as stored or sent: `{"kind": "pips", "value": 20}`."""
        return None if stored is None else cls(LevelKind(stored["kind"]), float(stored["value"]))

    def written(self) -> dict[str, Any]:
        """The form `read` reads."""
        return {"kind": self.kind.value, "value": self.value}


class SizingMode(StrEnum):
    """What decides the volume of an entry."""

    FIXED_LOTS = "fixed_lots"
    MONEY_AT_RISK = "money_at_risk"
    PERCENT_BALANCE = "percent_balance"
    PERCENT_EQUITY = "percent_equity"

    @property
    def is_by_risk(self) -> bool:
        """Whether the volume follows from the stop distance."""
        return self is not SizingMode.FIXED_LOTS


TRADE_MODE_FULL = 4
"""MetaTrader's SYMBOL_TRADE_MODE_FULL: the only mode in which a symbol may be opened freely in both directions."""


@dataclass(frozen=True, slots=True)
class SymbolSpec:
    """A tradable instrument as the broker reports it; `name` is the broker's own spelling.

    `tick_value` is the profit of one `tick_size` for one lot in the account currency, at the time of the report.
    """

    name: str
    currency_base: str
    currency_profit: str
    digits: int
    point: float
    tick_size: float
    tick_value: float
    contract_size: float
    volume_min: float
    volume_max: float
    volume_step: float
    stops_level_points: float = 0.0
    trade_mode: int = TRADE_MODE_FULL
    margin_per_lot: float = 0.0

    @property
    def is_tradable(self) -> bool:
        """Whether the broker takes orders in both directions on it."""
        return self.trade_mode == TRADE_MODE_FULL


@dataclass(frozen=True, slots=True)
class Quote:
    """The newest price of a symbol; `at` (aware UTC) None when its age is not known."""

    bid: float
    ask: float
    at: datetime | None = None
