"""What becomes of an alert: the signal, and one execution per account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from forex_elite.domain.protection import Protection
from forex_elite.domain.trading import Level


class SignalStatus(StrEnum):
    """Where a signal stands; it sums up its executions."""

    PENDING = "pending"
    EXECUTED = "executed"
    PARTIAL = "partial"
    FAILED = "failed"
    REJECTED = "rejected"
    DISCARDED = "discarded"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class ExecutionStatus(StrEnum):
    """Where the part of a signal for one account stands."""

    PENDING = "pending"
    EXECUTED = "executed"
    PARTIAL = "partial"
    FAILED = "failed"
    REJECTED = "rejected"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


_OPEN = {ExecutionStatus.PENDING}
_DONE = {ExecutionStatus.EXECUTED, ExecutionStatus.PARTIAL}


def sum_up(executions: Sequence[ExecutionStatus]) -> SignalStatus:
    """The signal's status from its executions.

    Any still pending: pending. All done: executed. Some done: partial. None done: unknown if any is, else the
    status they share, else failed.
    """
    if not executions:
        return SignalStatus.DISCARDED
    states = set(executions)
    if states & _OPEN:
        return SignalStatus.PENDING
    if states <= {ExecutionStatus.EXECUTED}:
        return SignalStatus.EXECUTED
    if states & _DONE:
        return SignalStatus.PARTIAL
    if ExecutionStatus.UNKNOWN in states:
        return SignalStatus.UNKNOWN
    if len(states) == 1:
        only = next(iter(states))
        return SignalStatus.DISCARDED if only is ExecutionStatus.CANCELLED else SignalStatus(only)
    return SignalStatus.FAILED


def weighted_price(fills: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Fill price weighted by volume over (price, lots); None when nothing was filled at a price."""
    priced = [(price, lots) for price, lots in fills if price > 0 and lots > 0]
    lots = sum((lots for _, lots in priced), Decimal(0))
    return sum((price * volume for price, volume in priced), Decimal(0)) / lots if lots else None


@dataclass(frozen=True, slots=True)
class Stages:
    """The instants an execution passed; None where it has not (yet) been."""

    received: datetime
    gated: datetime | None = None
    queued: datetime | None = None
    claimed: datetime | None = None
    sent: datetime | None = None
    filled: datetime | None = None
    reported: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExecutionInfo:
    """The part of a signal for one account."""

    id: UUID
    account_id: UUID
    account_login: int
    account_server: str
    job_id: UUID | None
    status: ExecutionStatus
    reason_code: str
    reason: str
    volume_lots: Decimal | None
    requested_price: Decimal | None
    fill_price: Decimal | None
    slippage_points: Decimal | None
    broker_order_id: str
    stages: Stages
    checks: tuple[dict[str, Any], ...] = ()
    trade_id: UUID | None = None
    """The position it opened or closed, told with the detail of one signal only."""


@dataclass(frozen=True, slots=True)
class SignalInfo:
    """One webhook delivery as a list shows it."""

    id: UUID
    strategy_id: UUID
    strategy_name: str
    received_at: datetime
    resolved_at: datetime | None
    status: SignalStatus
    action: str
    side: str
    symbol: str
    price: Decimal | None
    fill_price: Decimal | None
    broker_order_id: str
    reason_code: str
    reason: str
    to_fill_ms: float | None
    is_test: bool = False
    executions: tuple[ExecutionInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class SignalDetail:
    """One webhook delivery with everything that is known about it."""

    info: SignalInfo
    body: str
    content_type: str
    source_address: str
    read_as: str
    checks: tuple[dict[str, Any], ...]
    duplicate_of: UUID | None


@dataclass(frozen=True, slots=True)
class SignalCounts:
    """How many signals of the day ended how; `to_fill_p50_ms`, `to_fill_p99_ms` over the filled ones."""

    total: int
    by_status: dict[str, int]
    by_reason: dict[str, int]
    to_fill_p50_ms: float | None
    to_fill_p99_ms: float | None


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A TradingView strategy with its rules, without its secret."""

    id: UUID
    user_id: UUID
    name: str
    account_ids: tuple[UUID, ...]
    sizing_mode: str
    sizing_value: Decimal
    risk_override_pct: Decimal | None
    allowed_pairs: tuple[str, ...]
    allowed_sources: tuple[str, ...]
    is_enabled: bool
    max_signal_age_s: int
    magic: int
    secret_prefix: str
    created_at: datetime
    updated_at: datetime
    use_alert_volume: bool = True
    max_lots: Decimal | None = None
    close_opposite: bool = False
    default_sl: Level | None = None
    default_tp: Level | None = None


@dataclass(frozen=True, slots=True)
class PartialClose:
    """A deal that closed part of a position and left the rest open; volume in lots."""

    deal: int
    done_at: datetime
    volume: Decimal
    price: Decimal
    amount: Decimal
    """Profit, swap, commission and fee of the deal, account currency."""


@dataclass(frozen=True, slots=True)
class TradeInfo:
    """A position, open or closed, as the terminal reported it.

    Its figures are, of an open one, what it floats with; of a closed one what all its deals came to.
    """

    id: UUID
    account_id: UUID
    account_login: int
    currency: str
    ticket: int
    symbol: str
    side: str
    volume: Decimal
    open_price: Decimal
    open_time: datetime
    sl: Decimal
    tp: Decimal
    current_price: Decimal
    close_price: Decimal | None
    close_time: datetime | None
    profit: Decimal
    swap: Decimal
    commission: Decimal
    magic: int
    comment: str
    is_closed: bool
    source: str
    digits: int
    pips: Decimal | None
    reported_at: datetime
    protection: Protection | None = None
    tick_size: float = 0.0
    tick_value: float = 0.0
    """Profit of one tick for one lot in the account currency when the symbol was last reported; 0 when unknown."""
    pip: float = 0.0
    booked: Decimal = Decimal(0)
    """What its partial closes come to: of a closed position a part of its net result, of an open one besides it."""
    partial_closes: tuple[PartialClose, ...] = ()

    @property
    def net(self) -> Decimal:
        """Profit with swap and commission."""
        return self.profit + self.swap + self.commission

    @property
    def is_told(self) -> bool:
        """Whether its figures are known; those of a closed trade come a moment after it has closed."""
        return not self.is_closed or self.close_price is not None

    @property
    def per_price(self) -> float:
        """How much the result changes when the price rises by 1, in the account currency; 0 when not known."""
        if not self.tick_size:
            return 0.0
        return float(self.volume) * self.tick_value / self.tick_size * (1 if self.side == "buy" else -1)
