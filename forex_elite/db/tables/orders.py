"""Orders people ask for by hand, and the pending orders that wait in their terminals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import LOTS, MONEY, PRICE, instant, json, key, number, owner


def _of_account(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "account_id"],
        ["mt5_accounts.user_id", "mt5_accounts.id"],
        ondelete="CASCADE",
        name=name,
    )


class TicketOrder(SQLModel, table=True):
    """An order asked for by hand, whatever became of it; its id is its job's, where it was queued.

    `client_order_id` is made by the browser: one of a person is one order, however often it is sent.
    """

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "client_order_id", name="uq_orders_client"),
        sa.Index("ix_orders_account", "account_id", "id"),
        _of_account("fk_orders_account"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    account_id: UUID
    client_order_id: UUID
    action: str = Field(max_length=16)
    symbol: str = Field(max_length=32)
    side: str = Field(max_length=4)
    order_type: str = Field(max_length=8)
    ticket: int | None = Field(default=None, sa_type=sa.BigInteger)
    volume_lots: Decimal | None = number(LOTS, None)
    risk_percent: Decimal | None = number(sa.Numeric(6, 3), None)
    price: Decimal | None = number(PRICE, None)
    sl: Decimal | None = number(PRICE, None)
    tp: Decimal | None = number(PRICE, None)
    loss_at_stop: Decimal | None = number(MONEY, None)
    requested_price: Decimal | None = number(PRICE, None)
    fill_price: Decimal | None = number(PRICE, None)
    filled_lots: Decimal | None = number(LOTS, None)
    broker_order_id: str = Field(default="", max_length=64)
    status: str = Field(default="pending", max_length=16)
    reason_code: str = Field(default="", max_length=48)
    reason: str = ""
    requested_at: datetime = instant(default_now=True)
    gated_at: datetime | None = instant()
    queued_at: datetime | None = instant()
    sent_at: datetime | None = instant()
    filled_at: datetime | None = instant()
    reported_at: datetime | None = instant()
    checks: list[dict[str, Any]] = json(list)


class PendingOrder(SQLModel, table=True):
    """A pending order as its terminal last reported it; gone from there, gone from here."""

    __tablename__ = "pending_orders"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "ticket", name="uq_pending_orders_ticket"),
        _of_account("fk_pending_orders_account"),
        sa.Index("ix_pending_orders_placed", "user_id", "placed_at", "id"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    account_id: UUID
    ticket: int = Field(sa_type=sa.BigInteger)
    symbol: str = Field(max_length=32)
    side: str = Field(max_length=4)
    order_type: str = Field(max_length=8)
    volume: Decimal = number(LOTS)
    price: Decimal = number(PRICE)
    sl: Decimal = number(PRICE)
    tp: Decimal = number(PRICE)
    magic: int = Field(default=0, sa_type=sa.BigInteger)
    comment: str = Field(default="", max_length=64)
    placed_at: datetime = Field(sa_type=sa.DateTime(timezone=True))
    reported_at: datetime = instant(default_now=True)
