"""What the gate answers: one decision per account, each an order or a refusal, with every check it passed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from forex_elite.domain.protection import Protection
from forex_elite.domain.trading import Level, OrderType, Side


class RefusalStatus(StrEnum):
    """What a refused signal becomes. Rejected: must not be acted on; discarded: deliberately switched off."""

    REJECTED = "rejected"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is sent: a stable code, words with figures, and whether a risk limit was met."""

    code: str
    reason: str
    status: RefusalStatus = RefusalStatus.REJECTED
    is_limit: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the gate as the trader sees it; the last one of a refused signal is not ok."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """Open at market, or place a pending order at `price`. `symbol` is the broker's name.

    `requested_price` is the price sized with, for measuring slippage; `loss_at_stop` account money without costs.
    """

    symbol: str
    side: Side
    volume_lots: float
    order_type: OrderType = OrderType.MARKET
    price: float | None = None
    sl: Level | None = None
    tp: Level | None = None
    requested_price: float | None = None
    close_opposite: bool = False
    loss_at_stop: float | None = None
    protection: Protection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOrder:
    """Close the strategy's positions that match; None matches all. Either a percentage of each, or lots in total."""

    symbol: str | None = None
    side: Side | None = None
    percent: float = 100.0
    volume_lots: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Cancel the strategy's pending orders that match; None matches all."""

    symbol: str | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyOrder:
    """Change stop and target of the strategy's positions that match; None leaves a level as it is."""

    symbol: str
    side: Side | None = None
    sl: Level | None = None
    tp: Level | None = None
    remove_sl: bool = False
    remove_tp: bool = False


Order = OpenOrder | CloseOrder | CancelOrder | ModifyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one account is to do: `order`, or `refusal`, exactly one of them.

    `entry_refusal` goes with a `CloseOrder`: the alert was a reversal whose entry was refused for this reason, and
    only its closing half is carried out.
    """

    account_id: UUID
    login: int
    checks: tuple[Check, ...]
    order: Order | None = None
    refusal: Refusal | None = None
    entry_refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer to a signal. `refusal` is what the signal as a whole is told when no account has an order."""

    decisions: tuple[Decision, ...]
    refusal: Refusal | None
    checks: tuple[Check, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether at least one account has something to do."""
        return any(decision.order is not None for decision in self.decisions)
