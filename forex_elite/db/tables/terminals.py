"""Agents, the accounts on their terminals, and the instruments those accounts may trade."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import LOTS, MONEY, PRICE, instant, json, key, number, owner


class Agent(SQLModel, table=True):
    """A paired agent; its key is stored as a hash and shown once."""

    __tablename__ = "mt5_agents"
    __table_args__ = (sa.UniqueConstraint("user_id", "id", name="uq_mt5_agents_owner"),)

    id: UUID = key()
    user_id: UUID = owner()
    name: str = Field(max_length=80)
    kind: str = Field(default="dedicated", max_length=16)
    pairing_key_hash: bytes
    pairing_key_prefix: str = Field(max_length=8)
    created_at: datetime = instant(default_now=True)
    last_heartbeat_at: datetime | None = instant()
    last_tick_at: datetime | None = instant()
    version: str = Field(default="", max_length=32)
    capacity: int = 50
    cpu_percent: float = 0.0
    memory_percent: float = 0.0
    terminals: list[dict[str, Any]] = json(list)
    deployments: list[dict[str, Any]] = json(list)
    """What every deployment does, as the agent last proved it."""
    instance: UUID | None = None
    """The installation that works with the key now; a second one must wait until the first has fallen silent."""
    deleted_at: datetime | None = instant()
    """Deleted agents keep their jobs, lose their key and are no longer shown."""


class Account(SQLModel, table=True):
    """An MT5 account with the figures its terminal last reported; never computed here."""

    __tablename__ = "mt5_accounts"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_mt5_accounts_owner"),
        sa.UniqueConstraint("user_id", "login", "server", name="uq_mt5_accounts_login"),
        sa.ForeignKeyConstraint(
            ["user_id", "agent_id"],
            ["mt5_agents.user_id", "mt5_agents.id"],
            name="fk_mt5_accounts_agent",
            ondelete="SET NULL (agent_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "group_id"],
            ["account_groups.user_id", "account_groups.id"],
            name="fk_mt5_accounts_group",
            ondelete="SET NULL (group_id)",
        ),
    )

    id: UUID = key()
    user_id: UUID = owner()
    agent_id: UUID | None = Field(default=None, index=True)
    login: int = Field(sa_type=sa.BigInteger)
    server: str = Field(max_length=128)
    broker: str = Field(default="", max_length=128)
    name: str = Field(default="", max_length=128)
    currency: str = Field(default="USD", max_length=8)
    leverage: int = 100
    margin_mode: int = 2
    trade_mode: int = 0
    balance: Decimal = number(MONEY)
    credit: Decimal = number(MONEY)
    equity: Decimal = number(MONEY)
    profit: Decimal = number(MONEY)
    margin: Decimal = number(MONEY)
    margin_free: Decimal = number(MONEY)
    margin_level: Decimal = number(MONEY)
    day_start_balance: Decimal | None = number(MONEY, None)
    is_trade_allowed: bool = False
    is_connected: bool = False
    is_enabled_for_trading: bool = False
    killed_at: datetime | None = instant()
    algo_status: str = Field(default="idle", max_length=16)
    data_source: str = Field(default="VPS_STORED", max_length=16)
    synced_at: datetime | None = instant()
    max_lots: Decimal | None = number(LOTS, None)
    max_open_positions: int | None = None
    daily_loss: Decimal | None = number(MONEY, None)
    daily_loss_percent: Decimal | None = number(sa.Numeric(6, 3), None)
    trading_hours: dict[str, Any] | None = json()
    deals_sum: Decimal | None = number(MONEY, None)
    """What all deals of the account add up to, as its terminal told."""
    balance_difference: Decimal | None = number(MONEY, None)
    balance_differs_since: datetime | None = instant()
    sync_failures: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    """How many attempts in a row to bring the account up to date failed."""
    sync_failed_at: datetime | None = instant()
    sync_error: str = Field(default="", sa_column_kwargs={"server_default": ""})
    symbol_map: dict[str, Any] = json(dict)
    created_at: datetime = instant(default_now=True)
    group_id: UUID | None = Field(default=None, index=True)
    label: str = Field(default="", max_length=80)
    """What its owner calls it; `name` is the broker's."""
    kind: str = Field(default="mt5", max_length=16)
    terminal_path: str = Field(default="", max_length=260)
    is_assigned: bool = False
    """Added on the accounts page: its agent is to start a terminal for it."""
    removed_at: datetime | None = instant()
    """Removed accounts keep their history and are no longer shown."""
    automation: str = Field(default="running", max_length=16)
    ea_settings: dict[str, Any] = json(dict)
    limit_actions: dict[str, Any] = json(dict)
    weekend: dict[str, Any] | None = json()
    has_own_limits: bool = False
    resumed: int = 0
    """Counts how often the person lifted what its limits hold."""
    guard_revision: int = 0
    """Counts changes of what the agent is to enforce; `guard_applied` is the newest one it has confirmed."""
    guard_applied: int = -1
    guard_holds: list[dict[str, Any]] = json(list)
    kill_confirmed_at: datetime | None = instant()
    max_loss_per_trade: Decimal | None = number(MONEY, None)
    daily_target: Decimal | None = number(MONEY, None)
    daily_target_percent: Decimal | None = number(sa.Numeric(6, 3), None)
    trailing_drawdown: Decimal | None = number(MONEY, None)
    trailing_drawdown_percent: Decimal | None = number(sa.Numeric(6, 3), None)
    peak_equity: Decimal | None = number(MONEY, None)
    """The highest equity reported since the account was last resumed, and what was paid in or out since with it."""
    paid_in: Decimal | None = number(MONEY, None)
    """What was paid in so far less what was paid out, as its terminal told."""


class AccountGroup(SQLModel, table=True):
    """Accounts that are started, paused and stopped together."""

    __tablename__ = "account_groups"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_account_groups_owner"),
        sa.UniqueConstraint("user_id", "name", name="uq_account_groups_name"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    name: str = Field(max_length=80)
    created_at: datetime = instant(default_now=True)


class AccountCredential(SQLModel, table=True):
    """A broker password, encrypted with a key outside the database; `version` counts its changes."""

    __tablename__ = "account_credentials"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_account_credentials_account",
            ondelete="CASCADE",
        ),
    )

    account_id: UUID = Field(primary_key=True)
    user_id: UUID = owner()
    password_encrypted: bytes
    version: int = 1
    updated_at: datetime = instant(default_now=True)


class Symbol(SQLModel, table=True):
    """An instrument as an account's broker defines it; `canonical` is the pair without suffix."""

    __tablename__ = "symbols"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "name", name="uq_symbols_name"),
        sa.Index("ix_symbols_canonical", "account_id", "canonical"),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_symbols_account",
            ondelete="CASCADE",
        ),
    )

    id: UUID = key()
    user_id: UUID = owner()
    account_id: UUID
    name: str = Field(max_length=32)
    canonical: str = Field(max_length=32)
    spec: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    reported_at: datetime = instant(default_now=True)


class Trade(SQLModel, table=True):
    """A position by its id, open or closed, as the terminal reported it."""

    __tablename__ = "trades"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "ticket", name="uq_trades_ticket"),
        sa.Index("ix_trades_open", "account_id", postgresql_where=sa.text("not is_closed")),
        sa.Index("ix_trades_open_of_person", "user_id", "open_time", "id", postgresql_where=sa.text("not is_closed")),
        sa.Index("ix_trades_closed", "user_id", "close_time", "id", postgresql_where=sa.text("is_closed")),
        sa.Index("ix_trades_account_closed", "account_id", "close_time", "id", postgresql_where=sa.text("is_closed")),
        sa.Index(
            "ix_trades_symbol_closed", "user_id", "symbol", "close_time", "id", postgresql_where=sa.text("is_closed")
        ),
        sa.Index(
            "ix_trades_magic_closed", "user_id", "magic", "close_time", "id", postgresql_where=sa.text("is_closed")
        ),
        sa.Index("ix_trades_partial_closes", "user_id", postgresql_where=sa.text("partial_closes is not null")),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_trades_account",
            ondelete="CASCADE",
        ),
    )

    id: UUID = key()
    user_id: UUID
    account_id: UUID
    ticket: int = Field(sa_type=sa.BigInteger)
    symbol: str = Field(max_length=32)
    side: str = Field(max_length=4)
    volume: Decimal = number(LOTS)
    open_price: Decimal = number(PRICE)
    open_time: datetime = Field(sa_type=sa.DateTime(timezone=True))
    sl: Decimal = number(PRICE)
    tp: Decimal = number(PRICE)
    current_price: Decimal = number(PRICE)
    close_price: Decimal | None = number(PRICE, None)
    close_time: datetime | None = instant()
    profit: Decimal = number(MONEY)
    swap: Decimal = number(MONEY)
    commission: Decimal = number(MONEY)
    magic: int = Field(default=0, sa_type=sa.BigInteger)
    comment: str = Field(default="", max_length=64)
    protection: dict[str, Any] | None = json()
    """Break-even and trailing stop the agent works an open position with, as the agent reported them."""
    partial_closes: list[dict[str, Any]] | None = json()
    """The deals that closed a part and left the rest open (`PartialClose` of the protocol), oldest first."""
    booked: Decimal = Field(
        default=Decimal(0), sa_type=MONEY, nullable=False, sa_column_kwargs={"server_default": sa.text("0")}
    )
    """What its partial closes come to; of a closed position it is part of its profit, swap and commission."""
    is_closed: bool = False
    reported_at: datetime = instant(default_now=True)


class TradeEvent(SQLModel, table=True):
    """Something that happened to a position while it was open here; rows are never changed (trigger)."""

    __tablename__ = "trade_events"
    __table_args__ = (sa.Index("ix_trade_events_position", "account_id", "ticket"),)

    id: UUID = key()
    user_id: UUID = owner()
    account_id: UUID
    ticket: int = Field(sa_type=sa.BigInteger)
    kind: str = Field(max_length=24)
    data: dict[str, Any] = json(dict)
    at: datetime = instant(default_now=True)


class SystemLog(SQLModel, table=True):
    """A line from an agent or from the server about somebody's terminals: refused rows, faults, notices."""

    __tablename__ = "system_logs"
    __table_args__ = (
        sa.Index("ix_system_logs_feed", "user_id", "id"),
        sa.Index("ix_system_logs_account", "account_id", "id"),
        sa.Index("ix_system_logs_deployment", "deployment_id", "id"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    agent_id: UUID | None = Field(default=None, index=True)
    account_id: UUID | None = None
    deployment_id: UUID | None = None
    level: str = Field(default="info", max_length=8)
    source: str = Field(default="server", max_length=64)
    message: str
    at: datetime = instant(default_now=True, index=True)
