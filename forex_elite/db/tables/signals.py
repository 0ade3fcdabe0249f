"""TradingView strategies, every alert that came, and what became of it on each account."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import LOTS, PRICE, instant, json, key, number, owner, texts


class Strategy(SQLModel, table=True):
    """A source of alerts with its own secret address and its own rules."""

    __tablename__ = "tv_strategies"
    __table_args__ = (sa.UniqueConstraint("user_id", "id", name="uq_tv_strategies_owner"),)

    id: UUID = key()
    user_id: UUID = owner()
    name: str = Field(max_length=80)
    secret_hash: bytes = Field(unique=True)
    secret_encrypted: bytes
    secret_prefix: str = Field(max_length=8)
    sizing_mode: str = Field(default="percent_equity", max_length=24)
    sizing_value: Decimal = number(sa.Numeric(16, 4), Decimal(1))
    risk_override_pct: Decimal | None = number(sa.Numeric(6, 3), None)
    use_alert_volume: bool = True
    max_lots: Decimal | None = number(LOTS, None)
    close_opposite: bool = False
    default_sl: dict[str, Any] | None = json()
    default_tp: dict[str, Any] | None = json()
    allowed_pairs: list[str] = texts()
    allowed_sources: list[str] = texts()
    is_enabled: bool = True
    max_signal_age_s: int = 60
    magic: int = Field(sa_type=sa.BigInteger)
    created_at: datetime = instant(default_now=True)
    updated_at: datetime = instant(default_now=True)
    deleted_at: datetime | None = instant()
    """Deleted strategies keep their alerts, lose their secret and are no longer shown."""


class StrategyAccount(SQLModel, table=True):
    """An account a strategy trades on. Both keys carry the owner, so nobody can name another's account."""

    __tablename__ = "tv_strategy_accounts"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "strategy_id"],
            ["tv_strategies.user_id", "tv_strategies.id"],
            ondelete="CASCADE",
            name="fk_tv_strategy_accounts_strategy",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            ondelete="CASCADE",
            name="fk_tv_strategy_accounts_account",
        ),
    )

    strategy_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(primary_key=True, index=True)
    user_id: UUID = owner()


class Signal(SQLModel, table=True):
    """One delivery at a webhook, whatever became of it, with its raw body."""

    __tablename__ = "tv_signals"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_tv_signals_owner"),
        sa.Index("ix_tv_signals_strategy", "strategy_id", "id"),
        sa.ForeignKeyConstraint(
            ["user_id", "strategy_id"],
            ["tv_strategies.user_id", "tv_strategies.id"],
            ondelete="CASCADE",
            name="fk_tv_signals_strategy",
        ),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    strategy_id: UUID
    received_at: datetime = instant(default_now=True)
    gated_at: datetime | None = instant()
    resolved_at: datetime | None = instant()
    body: bytes
    content_type: str = Field(default="", max_length=128)
    source_address: str = Field(default="", max_length=64)
    read_as: str = ""
    action: str = Field(default="", max_length=24)
    side: str = Field(default="", max_length=8)
    symbol: str = Field(default="", max_length=64)
    price: Decimal | None = number(PRICE, None)
    status: str = Field(default="pending", max_length=16)
    reason_code: str = Field(default="", max_length=48)
    reason: str = ""
    fill_price: Decimal | None = number(PRICE, None)
    broker_order_id: str = Field(default="", max_length=64)
    duplicate_of: UUID | None = None
    is_test: bool = False
    checks: list[dict[str, Any]] = json(list)


class SignalExecution(SQLModel, table=True):
    """A signal's part for one account; claim and report times stand on its job."""

    __tablename__ = "signal_executions"
    __table_args__ = (
        sa.UniqueConstraint("signal_id", "account_id", name="uq_signal_executions_account"),
        sa.Index("ix_signal_executions_job", "job_id"),
        sa.Index("ix_signal_executions_account", "account_id"),
        sa.ForeignKeyConstraint(
            ["user_id", "signal_id"],
            ["tv_signals.user_id", "tv_signals.id"],
            ondelete="CASCADE",
            name="fk_signal_executions_signal",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            ondelete="CASCADE",
            name="fk_signal_executions_account",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            ondelete="SET NULL (job_id)",
            name="fk_signal_executions_job",
        ),
    )

    id: UUID = key()
    user_id: UUID = owner()
    signal_id: UUID
    account_id: UUID
    job_id: UUID | None = None
    status: str = Field(default="pending", max_length=16)
    reason_code: str = Field(default="", max_length=48)
    reason: str = ""
    volume_lots: Decimal | None = number(LOTS, None)
    requested_price: Decimal | None = number(PRICE, None)
    fill_price: Decimal | None = number(PRICE, None)
    filled_lots: Decimal | None = number(LOTS, None)
    slippage_points: Decimal | None = number(sa.Numeric(16, 2), None)
    broker_order_id: str = Field(default="", max_length=64)
    queued_at: datetime | None = instant()
    sent_at: datetime | None = instant()
    filled_at: datetime | None = instant()
    reported_at: datetime | None = instant()
    checks: list[dict[str, Any]] = json(list)


class SignalFingerprint(SQLModel, table=True):
    """The last signal with a given content; within its window the same content is a duplicate."""

    __tablename__ = "signal_fingerprints"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "strategy_id"],
            ["tv_strategies.user_id", "tv_strategies.id"],
            ondelete="CASCADE",
            name="fk_signal_fingerprints_strategy",
        ),
    )

    strategy_id: UUID = Field(primary_key=True)
    fingerprint: bytes = Field(primary_key=True)
    user_id: UUID = owner()
    signal_id: UUID
    expires_at: datetime = Field(sa_type=sa.DateTime(timezone=True), index=True)
