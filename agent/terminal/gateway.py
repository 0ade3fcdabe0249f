"""The one door to a trading terminal. `mt5.py` implements it over the MetaTrader5 package's API, real or simulated.

Every method blocks and may take up to the terminal's own time-out, so it runs in the terminal's child process only.
Times are UTC (broker time is converted behind this door), volumes lots, money account currency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from agent.protocol import (
    AccountReport,
    HistoryOutcome,
    HistoryPayload,
    Level,
    OrderType,
    PartialClose,
    Side,
    SymbolSpec,
    TerminalHealth,
    Tick,
    TradeReport,
)


class SendClass(StrEnum):
    """What the answer to `order_send` means for us (facts: retcodes by class)."""

    DONE = "done"
    PARTIAL = "partial"
    PLACED = "placed"
    REFUSED = "refused"
    NEW_PRICE = "new_price"
    """Requote: refused, and may be asked again at the new price while the job is fresh."""
    NOT_SENT = "not_sent"
    """Failed before the wire: nothing can have been executed."""
    UNKNOWN = "unknown"
    """Sent, and no trustworthy answer: only reconciliation can tell."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer to one order. `price` and `volume_lots` are what was filled, 0 when nothing was."""

    outcome: SendClass
    retcode: int
    text: str
    order: int | None = None
    deal: int | None = None
    position: int | None = None
    volume_lots: float = 0.0
    price: float = 0.0
    requested_price: float = 0.0


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """A position as the terminal holds it now."""

    ticket: int
    symbol: str
    side: Side
    volume_lots: float
    open_price: float
    current_price: float
    sl: float
    tp: float
    profit: float
    swap: float
    magic: int
    comment: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """A pending order as the terminal holds it now."""

    ticket: int
    symbol: str
    side: Side
    order_type: OrderType
    volume_lots: float
    price: float
    sl: float
    tp: float
    magic: int
    comment: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal of the account's history; `entry` is 0 in, 1 out, 2 in/out, 3 out by."""

    ticket: int
    order: int
    position: int
    symbol: str
    side: Side | None
    entry: int
    volume_lots: float
    price: float
    profit: float
    swap: float
    commission: float
    fee: float
    magic: int
    comment: str
    done_at: datetime
    kind: int = 0
    """The package's DEAL_TYPE: 0 buy, 1 sell, 2 balance, 3 credit, …"""


@dataclass(frozen=True, slots=True)
class Traces:
    """Everything in the terminal that carries a job's magic number or tag since it was journalled."""

    positions: tuple[OpenPosition, ...] = ()
    orders: tuple[PendingOrder, ...] = ()
    deals: tuple[Deal, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Nothing of the job was found."""
        return not (self.positions or self.orders or self.deals)


class TerminalUnavailable(Exception):
    """The terminal cannot be reached or is not the expected one; `code` is the package's last_error code."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class OrderInvalid(Exception):
    """The order can never be sent as asked (unknown symbol, volume below the minimum, stops on the wrong side)."""


class Terminal(Protocol):
    """What the agent may ask of a terminal."""

    def connect(self) -> None:
        """Connect and log in, or raise TerminalUnavailable; safe to call again."""

    def close(self) -> None:
        """Release the connection."""

    def guard_sending(self, check: Callable[[], None]) -> None:
        """Call `check` immediately before every `order_send` from now on; whatever it raises stops that order."""

    def health(self) -> TerminalHealth:
        """Reachability, permission and identity, checked now."""

    def account(self) -> AccountReport:
        """The account's figures now, without symbols."""

    def symbols(self, names: list[str]) -> list[SymbolSpec]:
        """Specifications of the named symbols, or of all in Market Watch for an empty list."""

    def ticks(self, names: list[str]) -> list[Tick]:
        """The newest tick of each named symbol that has one."""

    def positions(self) -> list[OpenPosition]:
        """All open positions; raises TerminalUnavailable on an error, never an empty list instead."""

    def orders(self) -> list[PendingOrder]:
        """All pending orders."""

    def deals(self, since: datetime, until: datetime | None = None) -> list[Deal]:
        """Deals in the window, oldest first."""

    def count_deals(self, until: datetime) -> int:
        """How many deals the account has from before this instant."""

    def closed_trades(self, since: datetime, positions: Sequence[int] | None = None) -> list[TradeReport]:
        """Positions closed since `since`, one row per position id, with entry and exit averaged by volume.

        `positions` names the position ids to look at; otherwise the deals since then are searched for them.
        """

    def partial_closes(self, position: int) -> list[PartialClose]:
        """The deals that closed a part of an open position, oldest first."""

    def resubscribe(self, names: list[str]) -> None:
        """Ask the broker anew for the prices of these symbols: out of Market Watch and in again."""

    def bars(self, wanted: HistoryPayload) -> HistoryOutcome:
        """Bars of a symbol, oldest first, times in UTC; raises OrderInvalid for an unknown symbol."""

    def open_trade(
        self,
        *,
        symbol: str,
        side: Side,
        order_type: OrderType,
        volume_lots: float,
        price: float | None,
        sl: Level | None,
        tp: Level | None,
        deviation_points: int,
        magic: int,
        comment: str,
    ) -> SendResult:
        """Send one opening order; raises OrderInvalid before anything is sent. Calls `order_send` at most once."""

    def close_position(
        self, position: OpenPosition, *, volume_lots: float, deviation_points: int, magic: int, comment: str
    ) -> SendResult:
        """Close a position wholly or in part by an opposite deal on it. Calls `order_send` at most once."""

    def close_by(self, position: OpenPosition, other: OpenPosition, *, magic: int, comment: str) -> SendResult:
        """Close two opposite positions of a symbol by each other, as far as both reach; OrderInvalid where netted."""

    def average_true_range(self, symbol: str, timeframe: str, period: int) -> Decimal | None:
        """Mean true range of the last `period` closed bars (M1 to D1); None while the terminal has too few of them."""

    def modify_position(self, position: OpenPosition, *, sl: float, tp: float) -> SendResult:
        """Set SL and TP as prices, 0 removes."""

    def modify_order(self, order: PendingOrder, *, price: float, sl: float, tp: float) -> SendResult:
        """Set price, SL and TP of a pending order, 0 removes a level; its expiry stays as it is."""

    def cancel_order(self, order: PendingOrder) -> SendResult:
        """Remove a pending order."""

    def traces(self, *, magic: int, tag: str, since: datetime) -> Traces:
        """Positions, orders and deals of this job: by tag, or by magic number where the broker replaced comments."""
