"""The order ticket: what a person may ask for, how the risk gate judges it, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from forex_elite.domain.alerts.alert import Alert, AlertAction, Dialect
from forex_elite.domain.automation import AlgoSettings, Automation
from forex_elite.domain.levels import check_stop, check_target, exact, is_amount
from forex_elite.domain.orders import OrderReceipt
from forex_elite.domain.risk import (
    AccountState,
    Circumstances,
    Decision,
    Sizing,
    StrategyRules,
    judge_account,
)
from forex_elite.domain.signals import ExecutionStatus
from forex_elite.domain.sizing import loss_per_lot
from forex_elite.domain.trading import Level, LevelKind, OrderType, Side, SizingMode, SymbolSpec
from forex_elite.errors import InvalidInput, Refused

RULES = StrategyRules(name="Order ticket", sizing=Sizing(SizingMode.FIXED_LOTS, 0.0))
"""A manual order comes from no strategy: nothing is assumed for it, and only its account's limits hold it."""

MAX_RISK_PERCENT = 10.0
"""As much as the risk preferences themselves admit."""

_OF_STRATEGIES = frozenset({"Strategy enabled", "Source allowed", "Not a duplicate", "Age", "Automation"})
"""Checks of the gate that mean nothing to somebody at the ticket; a second click is told by its own number."""


class TicketAction(StrEnum):
    """What was asked for."""

    OPEN = "open"
    MODIFY_ORDER = "modify_order"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as a person asks for it. `symbol` is the broker's own name; exactly one of the two sizes is given.

    `risk_percent` is of the balance, lost when the stop is hit. `client_order_id` makes a double click or a resend
    one order.
    """

    account_id: UUID
    symbol: str
    side: Side
    volume_lots: float | None = None
    risk_percent: float | None = None
    order_type: OrderType = OrderType.MARKET
    price: float | None = None
    sl: Level | None = None
    tp: Level | None = None
    client_order_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.volume_lots is None) == (self.risk_percent is None):
            raise InvalidInput("Give either a volume in lots or a risk in percent.", field="volume_lots")
        if self.volume_lots is not None and not is_amount(self.volume_lots):
            raise InvalidInput("Use a volume above zero.", field="volume_lots")
        if self.risk_percent is not None and not 0 < self.risk_percent <= MAX_RISK_PERCENT:
            raise InvalidInput(f"Use a risk above 0 and up to {MAX_RISK_PERCENT:g} percent.", field="risk_pct")
        if (self.order_type is OrderType.MARKET) != (self.price is None):
            told = "A market order has no price." if self.price is not None else "A pending order needs its price."
            raise InvalidInput(told, field="price")
        if self.price is not None and not is_amount(self.price):
            raise InvalidInput("Use a price above zero.", field="price")
        for field, level in (("sl", self.sl), ("tp", self.tp)):
            if level is not None and not is_amount(level.value):
                raise InvalidInput("Use a price or a distance above zero.", field=field)

    def as_alert(self) -> Alert:
        """The order in the words of the gate."""
        return Alert(
            action=AlertAction.OPEN,
            dialect=Dialect.TICKET,
            symbol=self.symbol,
            side=self.side,
            order_type=self.order_type,
            price=self.price,
            sl=self.sl,
            tp=self.tp,
            volume_lots=self.volume_lots,
        )


@dataclass(frozen=True, slots=True)
class TicketStages:
    """The instants an order passed; None where it has not (yet) been."""

    requested: datetime
    gated: datetime | None = None
    queued: datetime | None = None
    claimed: datetime | None = None
    sent: datetime | None = None
    filled: datetime | None = None
    reported: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState(OrderReceipt):
    """An order somebody asked for by hand, with what became of it. `id` is also its job's, when there is one.

    Prices in the symbol's units (None for none), `loss_at_stop` account money; `ticket` is of what is changed,
    `closed` how many positions were closed.
    """

    id: UUID
    account_login: int
    currency: str
    action: str
    symbol: str
    side: str
    order_type: str
    status: ExecutionStatus
    stages: TicketStages
    ticket: int | None = None
    volume_lots: Decimal | None = None
    risk_percent: Decimal | None = None
    requested_price: Decimal | None = None
    price: Decimal | None = None
    sl: Decimal | None = None
    tp: Decimal | None = None
    loss_at_stop: Decimal | None = None
    fill_price: Decimal | None = None
    filled_lots: Decimal | None = None
    broker_order_id: str = ""
    closed: int = 0
    checks: tuple[dict[str, Any], ...] = ()

    @property
    def is_open(self) -> bool:
        """What becomes of it is not known yet."""
        return self.status in {ExecutionStatus.PENDING, ExecutionStatus.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingOrderInfo:
    """A pending order as its terminal reported it; a level of 0 is none. Prices have so many `digits`."""

    id: UUID
    account_id: UUID
    ticket: int
    symbol: str
    side: str
    order_type: str
    volume: Decimal
    price: Decimal
    sl: Decimal
    tp: Decimal
    magic: int
    comment: str
    placed_at: datetime
    reported_at: datetime
    digits: int = 5


def judge_order(request: OrderRequest, account: AccountState, now: datetime) -> Decision:
    """The gate's answer to an order from the ticket: the same questions as for an alert, without those of strategies.

    The person picked one of the broker's own symbols, so no mapping of tickers applies; what holds automated entries
    back or makes them smaller does not concern them.
    """
    rules = RULES
    if request.risk_percent is not None:
        rules = replace(RULES, sizing=Sizing(SizingMode.PERCENT_BALANCE, request.risk_percent))
    chosen = replace(account, symbol_map={}, automation=Automation.RUNNING, algo=AlgoSettings())
    decision = judge_account(request.as_alert(), rules, chosen, Circumstances(now=now, received_at=now))
    kept = tuple(check for check in decision.checks if check.name not in _OF_STRATEGIES)
    return replace(decision, checks=kept)


class LossAboveLimit(Refused):
    """With this stop loss more would be lost than the account's limit per trade allows; move it nearer, or close."""

    code = "max-loss-per-trade"


def check_loss(
    account: AccountState,
    spec: SymbolSpec | None,
    side: Side,
    volume: Decimal,
    *,
    before: tuple[float, float],
    after: tuple[float, float],
) -> None:
    """Refuse a change after which an order loses more at its stop than the limit per trade allows, and than before it.

    `before` and `after` are the price it begins at and its stop loss, 0 for none. Without the symbol's figures every
    stop that is farther away is refused. Raises LossAboveLimit.
    """
    most = account.limits.max_loss_per_trade
    if most is None or _distance(side, *after) <= _distance(side, *before):
        return
    if not after[1]:
        raise LossAboveLimit(f"Loss per trade: {most:,.2f} {account.currency} allowed, so it needs a stop loss.")
    loss = None if spec is None else float(volume * loss_per_lot(spec, _distance(side, *after)))
    if loss is None or not loss <= most:
        told = "" if loss is None else f"{loss:,.2f} of "
        raise LossAboveLimit(
            f"Loss per trade: {told}{most:,.2f} {account.currency} at the stop. Move it less far away."
        )


def _distance(side: Side, entry: float, stop: float) -> Decimal:
    """How far the stop is on the losing side of the entry; endless without one."""
    if not stop:
        return Decimal("Infinity")
    return max((exact(entry) - exact(stop)) * (1 if side is Side.BUY else -1), Decimal(0))


def check_change(order: PendingOrderInfo, spec: SymbolSpec | None, *, price: float, sl: float, tp: float) -> None:
    """Refuse new terms of a pending order that cannot stand: levels on the wrong side or too near (0 is none).

    Raises InvalidInput and LevelUnusable. Where the market is, the terminal itself knows best.
    """
    for field, value in (("price", price), ("sl", sl), ("tp", tp)):
        if not is_amount(value) and (value != 0 or field == "price"):
            raise InvalidInput("Use a price above zero.", field=field)
    if spec is None:
        return
    if sl:
        check_stop(Level(LevelKind.PRICE, sl), price, Side(order.side), spec)
    if tp:
        check_target(Level(LevelKind.PRICE, tp), price, Side(order.side), spec)
