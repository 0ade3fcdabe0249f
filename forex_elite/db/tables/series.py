"""What is kept over time: figures of accounts, prices, runs of the synchronisation; and what follows from them.

Partitioned tables carry no foreign keys (see migration 0007): triggers clear them after their account or agent.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from forex_elite.db.tables.columns import LOTS, MONEY, PRICE, instant, key, number

_INSTANT = sa.DateTime(timezone=True)


def _account_of(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "account_id"],
        ["mt5_accounts.user_id", "mt5_accounts.id"],
        name=f"fk_{table}_account",
        ondelete="CASCADE",
    )


class AccountSnapshot(SQLModel, table=True):
    """An account's reported figures, at most once in 30 s; kept two years."""

    __tablename__ = "account_snapshots"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)

    account_id: UUID = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=_INSTANT)
    user_id: UUID
    balance: Decimal = number(MONEY)
    credit: Decimal = number(MONEY)
    equity: Decimal = number(MONEY)
    margin: Decimal = number(MONEY)
    margin_free: Decimal = number(MONEY)


class AccountRollup(SQLModel, table=True):
    """Ten minutes, an hour or a day (UTC) of an account's snapshots, kept up with every one of them."""

    __tablename__ = "account_rollups"
    __table_args__ = (
        sa.CheckConstraint("step in ('10min','hour','day')", name="ck_account_rollups_step"),
        _account_of("account_rollups"),
    )

    account_id: UUID = Field(primary_key=True)
    step: str = Field(primary_key=True, max_length=8)
    at: datetime = Field(primary_key=True, sa_type=_INSTANT)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    first_at: datetime = Field(sa_type=_INSTANT)
    last_at: datetime = Field(sa_type=_INSTANT)
    balance: Decimal = number(MONEY)
    equity_open: Decimal = number(MONEY)
    equity_high: Decimal = number(MONEY)
    equity_low: Decimal = number(MONEY)
    equity_close: Decimal = number(MONEY)
    samples: int = 1


class SyncRun(SQLModel, table=True):
    """One run of the synchronisation of an account, good or failed; kept seven days."""

    __tablename__ = "sync_runs"
    __table_args__ = (
        sa.Index("ix_sync_runs_account", "account_id", "started_at"),
        sa.Index("ix_sync_runs_user", "user_id", "started_at"),
        {"postgresql_partition_by": "RANGE (started_at)"},
    )

    started_at: datetime = Field(primary_key=True, sa_type=_INSTANT)
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    user_id: UUID
    account_id: UUID
    kind: str = Field(max_length=16)
    status: str = Field(default="ok", max_length=8)
    duration_ms: int = 0
    stored: int = 0
    refused: int = 0
    error: str = ""


class BrokerQuote(SQLModel, table=True):
    """A price as a broker showed it, at most one a symbol and second; kept 90 days."""

    __tablename__ = "broker_quotes"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)

    agent_id: UUID = Field(primary_key=True)
    symbol: str = Field(primary_key=True, max_length=32)
    at: datetime = Field(primary_key=True, sa_type=_INSTANT)
    user_id: UUID
    bid: Decimal = number(PRICE)
    ask: Decimal = number(PRICE)


class QuoteBar(SQLModel, table=True):
    """Open, high, low and close of the bid over a minute or an hour, kept up with every batch of quotes."""

    __tablename__ = "quote_bars"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)

    agent_id: UUID = Field(primary_key=True)
    symbol: str = Field(primary_key=True, max_length=32)
    step_s: int = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=_INSTANT)
    user_id: UUID
    open: Decimal = number(PRICE)
    high: Decimal = number(PRICE)
    low: Decimal = number(PRICE)
    close: Decimal = number(PRICE)
    samples: int = 1


class TradeDay(SQLModel, table=True):
    """What the positions closed on one day (UTC) came to on one account, kept up with every report."""

    __tablename__ = "trade_days"
    __table_args__ = (_account_of("trade_days"),)

    account_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    trades: int = 0
    won: int = 0
    lost: int = 0
    profit: Decimal = number(MONEY)
    volume: Decimal = number(LOTS)
    held: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    """How many of the trades were held for at least the leaderboard's minimum."""


class BalanceOperation(SQLModel, table=True):
    """A deal that moved money outside trading: deposit, withdrawal, credit, correction; never changed (trigger)."""

    __tablename__ = "balance_operations"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "ticket", name="uq_balance_operations_ticket"),
        sa.Index("ix_balance_operations_time", "account_id", "done_at"),
        _account_of("balance_operations"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    account_id: UUID
    ticket: int = Field(sa_type=sa.BigInteger)
    kind: str = Field(max_length=24)
    amount: Decimal = number(MONEY)
    comment: str = Field(default="", max_length=64)
    done_at: datetime = Field(sa_type=_INSTANT)
    reported_at: datetime = instant(default_now=True)


class Alert(SQLModel, table=True):
    """Something a person should know. A standing one lasts until its cause is gone; others until acknowledged."""

    __tablename__ = "alerts"
    __table_args__ = (
        sa.Index(
            "uq_alerts_open",
            "user_id",
            "code",
            "account_id",
            "agent_id",
            unique=True,
            postgresql_where=sa.text("closed_at is null"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.Index("ix_alerts_newest", "user_id", "raised_at"),
        sa.Index("ix_alerts_feed", "user_id", "id"),
        sa.Index("ix_alerts_unread", "user_id", postgresql_where=sa.text("acknowledged_at is null")),
        _account_of("alerts"),
        sa.ForeignKeyConstraint(
            ["user_id", "agent_id"], ["mt5_agents.user_id", "mt5_agents.id"], name="fk_alerts_agent", ondelete="CASCADE"
        ),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    code: str = Field(max_length=48)
    severity: str = Field(default="warning", max_length=8)
    message: str
    agent_id: UUID | None = None
    account_id: UUID | None = None
    is_standing: bool = False
    times: int = 1
    raised_at: datetime = instant(default_now=True)
    closed_at: datetime | None = instant()
    acknowledged_at: datetime | None = instant()
