"""Introducing brokers' business: tiers, what clients pay, revenue by day, payouts. Money is in one currency, USD."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import LOTS, MONEY, instant, json, key, number, owner


class IbTier(SQLModel, table=True):
    """What a partner earns from so many lots in 30 days on; `symbol_rates` are amounts a lot for single symbols."""

    __tablename__ = "ib_tiers"

    id: UUID = key()
    name: str = Field(max_length=40)
    min_lots: Decimal = Field(sa_type=LOTS, unique=True)
    per_lot: Decimal = number(MONEY)
    subscription_percent: Decimal = number(sa.Numeric(6, 3))
    symbol_rates: dict[str, Any] = json(dict)
    updated_at: datetime = instant(default_now=True)


class Subscription(SQLModel, table=True):
    """What a person pays a month for this service, as the owner of the installation noted it."""

    __tablename__ = "subscriptions"

    id: UUID = key()
    user_id: UUID = owner()
    monthly_fee: Decimal = number(MONEY)
    since: date
    until: date | None = None
    """The first day that is not paid for any more."""
    created_at: datetime = instant(default_now=True)


class IbRevenue(SQLModel, table=True):
    """What a partner earned by a client: lots of a symbol closed on `trade_day`, or (without symbol) a subscription.

    Noted by the run of `run_day`; trades reported late are in the run after. Never changed (trigger). The client is no
    reference: the partner's books outlive them.
    """

    __tablename__ = "ib_revenue"
    __table_args__ = (
        sa.Index("ix_ib_revenue_paid", "client_id", "trade_day"),
        sa.Index("ix_ib_revenue_owner", "user_id", "run_day"),
    )

    partner_id: UUID = Field(primary_key=True, foreign_key="ib_partners.id", ondelete="CASCADE")
    run_day: date = Field(primary_key=True)
    client_id: UUID = Field(primary_key=True)
    trade_day: date = Field(primary_key=True)
    symbol: str = Field(primary_key=True, max_length=32)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    tier: str = Field(max_length=40)
    lots: Decimal = number(LOTS)
    rate: Decimal = number(MONEY)
    """Money a lot, or the percentage of the fee."""
    amount: Decimal = number(MONEY)
    created_at: datetime = instant(default_now=True)


class IbRevenueRun(SQLModel, table=True):
    """A day whose revenue was computed: it is computed once."""

    __tablename__ = "ib_revenue_runs"

    run_day: date = Field(primary_key=True)
    ran_at: datetime = instant(default_now=True)
    lines: int = 0
    amount: Decimal = number(MONEY)


class IbPayout(SQLModel, table=True):
    """The revenue of a month on its way to the partner."""

    __tablename__ = "ib_payouts"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "month", name="uq_ib_payouts_month"),
        sa.CheckConstraint("state in ('requested','approved','refused','paid')", name="ck_ib_payouts_state"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    partner_id: UUID = Field(foreign_key="ib_partners.id", ondelete="CASCADE")
    month: date
    amount: Decimal = number(MONEY)
    state: str = Field(default="requested", max_length=16)
    note: str = Field(default="", max_length=300)
    requested_at: datetime = instant(default_now=True)
    decided_at: datetime | None = instant()
    decided_by: UUID | None = None
