"""Introducing brokers: their state, the tiers they earn by, and what a day of their clients comes to."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from uuid import UUID

CURRENCY = "USD"
"""Tiers, fees, revenue and payouts are in this currency."""
TIER_WINDOW = timedelta(days=30)
"""A tier is reached by the lots clients closed in so many days, the day itself included."""
LATE_FOR = timedelta(days=30)
"""Trades reported so many days late still earn; the day they were closed on is not older."""
CENT = Decimal("0.0001")

RULES = {
    "spread": "Lots closed on live accounts x amount a lot of the tier, or the symbol's own amount where it has one",
    "subscription": "Monthly fee / days of the month x percentage of the tier, every day the fee is paid for",
    "tier": "The highest tier whose minimum is reached by the lots all clients closed in 30 days, the day included",
    "when": "Computed after midnight UTC for the day before; trades reported late are in the next computation",
    "clients": "People who registered with the partner's code, from their registration on",
}


class PartnerState(StrEnum):
    """Where an application stands; only approved partners bring in and earn."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    SUSPENDED = "suspended"


MOVES: Mapping[PartnerState, frozenset[PartnerState]] = {
    PartnerState.APPLIED: frozenset({PartnerState.APPROVED, PartnerState.REFUSED}),
    PartnerState.APPROVED: frozenset({PartnerState.SUSPENDED}),
    PartnerState.REFUSED: frozenset({PartnerState.APPROVED}),
    PartnerState.SUSPENDED: frozenset({PartnerState.APPROVED}),
}
"""How the owner of the installation may decide."""


class PayoutState(StrEnum):
    """A payout is asked for by the partner, decided by the owner of the installation, and then paid."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    PAID = "paid"


PAYOUT_MOVES: Mapping[PayoutState, frozenset[PayoutState]] = {
    PayoutState.REQUESTED: frozenset({PayoutState.APPROVED, PayoutState.REFUSED}),
    PayoutState.APPROVED: frozenset({PayoutState.PAID, PayoutState.REFUSED}),
    PayoutState.REFUSED: frozenset(),
    PayoutState.PAID: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Tier:
    """What a partner earns from `min_lots` in 30 days on: money a lot, and percent of subscriptions."""

    id: UUID
    name: str
    min_lots: Decimal
    per_lot: Decimal
    subscription_percent: Decimal
    symbol_rates: Mapping[str, Decimal] = field(default_factory=dict)

    def rate(self, symbol: str) -> Decimal:
        """Money a lot of this symbol (its common name, without a broker's suffix)."""
        return self.symbol_rates.get(symbol, self.per_lot)


def tier_of(tiers: Iterable[Tier], lots: Decimal) -> Tier | None:
    """The highest tier that so many lots reach; None below the lowest."""
    reached = [tier for tier in tiers if tier.min_lots <= lots]
    return max(reached, key=lambda tier: tier.min_lots, default=None)


@dataclass(frozen=True, slots=True)
class Volume:
    """Lots of a symbol a client closed on a day, and how many of them earlier computations have paid for."""

    client_id: UUID
    trade_day: date
    symbol: str
    lots: Decimal
    paid_lots: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fee:
    """What a client pays a month."""

    client_id: UUID
    monthly_fee: Decimal


@dataclass(frozen=True, slots=True)
class Earning:
    """A line of revenue; without a symbol it is a share of a subscription, and `rate` its percentage."""

    client_id: UUID
    trade_day: date
    symbol: str
    lots: Decimal
    rate: Decimal
    amount: Decimal


def earnings(tier: Tier, volumes: Iterable[Volume], fees: Iterable[Fee], day: date) -> list[Earning]:
    """What a partner on this tier earns by a day: lots not paid for yet, and each fee's share of one day.

    A correction downwards (a trade was told twice) takes back what was paid for, at the present rate.
    """
    found = []
    for one in volumes:
        lots = one.lots - one.paid_lots
        if lots:
            rate = tier.rate(one.symbol)
            found.append(Earning(one.client_id, one.trade_day, one.symbol, lots, rate, _money(lots * rate)))
    days = calendar.monthrange(day.year, day.month)[1]
    for client_id, fee in _by_client(fees).items():
        share = _money(fee / days * tier.subscription_percent / 100)
        if share:
            found.append(Earning(client_id, day, "", Decimal(0), tier.subscription_percent, share))
    return found


def _by_client(fees: Iterable[Fee]) -> dict[UUID, Decimal]:
    summed: dict[UUID, Decimal] = {}
    for fee in fees:
        summed[fee.client_id] = summed.get(fee.client_id, Decimal(0)) + fee.monthly_fee
    return summed


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Partner:
    """An introducing broker, or somebody who applied to be one."""

    id: UUID
    user_id: UUID
    code: str
    state: PartnerState
    about: str
    reason: str
    created_at: datetime
    decided_at: datetime | None
    display_name: str = ""
    email: str = ""
    clients: int = 0


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who registered with a partner's code: what they closed on live accounts, and what that earned."""

    id: UUID
    display_name: str
    registered_at: datetime
    accounts: int
    lots_30d: Decimal
    lots: Decimal
    revenue: Decimal
    last_trade_on: date | None


@dataclass(frozen=True, slots=True)
class RevenueDay:
    """What a computation came to: shares of spread and of subscriptions, and the lots behind the first."""

    day: date
    lots: Decimal
    spread: Decimal
    subscription: Decimal

    @property
    def total(self) -> Decimal:
        """Both shares."""
        return self.spread + self.subscription


@dataclass(frozen=True, slots=True)
class Payout:
    """The revenue of a month on its way to the partner."""

    id: UUID
    partner_id: UUID
    month: date
    amount: Decimal
    state: PayoutState
    note: str
    requested_at: datetime
    decided_at: datetime | None
    partner_code: str = ""
    partner_name: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a partner; `payout` is None until it was asked for, `is_over` whether the month has ended."""

    month: date
    lots: Decimal
    spread: Decimal
    subscription: Decimal
    clients: int
    is_over: bool
    payout: Payout | None

    @property
    def total(self) -> Decimal:
        """Both shares."""
        return self.spread + self.subscription


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement, as it is exported."""

    run_day: date
    client_id: UUID
    client: str
    trade_day: date
    symbol: str
    tier: str
    lots: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a person pays a month for this service."""

    id: UUID
    user_id: UUID
    email: str
    monthly_fee: Decimal
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What a partner sees first."""

    partner: Partner
    tier: Tier | None
    tiers: tuple[Tier, ...]
    lots_30d: Decimal
    days: tuple[RevenueDay, ...]
    clients: tuple[Client, ...]
    statements: tuple[Statement, ...]
