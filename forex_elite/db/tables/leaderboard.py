"""The leaderboard: who takes part, where they stand, what was frozen when a period closed, and prizes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import MONEY, instant, key, number, owner

RATE = sa.Numeric(16, 6)
"""Percentages and ratios, exact to six digits so that ties are ties."""
_BOARD = ("kind", "period", "starts_on")
_TIES = ("drawdown_pct", sa.text("trades desc"), "entered_at", "user_id")
_RANKED = sa.text("reason = ''")


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "account_id"],
        ["mt5_accounts.user_id", "mt5_accounts.id"],
        name=f"fk_{table}_account",
        ondelete="CASCADE",
    )


class LeaderboardProfile(SQLModel, table=True):
    """How a person takes part: one account, one name. `login` and `server` keep an account from being entered twice."""

    __tablename__ = "leaderboard_profiles"
    __table_args__ = (
        sa.Index("uq_leaderboard_profiles_pseudonym", sa.text("lower(pseudonym)"), unique=True),
        sa.Index(
            "uq_leaderboard_profiles_login",
            "login",
            sa.text("lower(server)"),
            unique=True,
            postgresql_where=sa.text("is_shown"),
        ),
        sa.Index("ix_leaderboard_profiles_account", "account_id"),
        _of_account("leaderboard_profiles"),
    )

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    pseudonym: str = Field(max_length=24)
    account_id: UUID
    login: int = Field(sa_type=sa.BigInteger)
    server: str = Field(max_length=128)
    is_shown: bool = True
    entered_at: datetime = instant(default_now=True)
    counted_from: date


class LeaderboardChange(SQLModel, table=True):
    """An entered account closed trades or moved money since its standing was computed (written by triggers)."""

    __tablename__ = "leaderboard_changes"
    __table_args__ = (_of_account("leaderboard_changes"),)

    id: UUID = key()
    user_id: UUID = owner()
    account_id: UUID


class LeaderboardEntry(SQLModel, table=True):
    """Where a person stands in a period; `reason` is empty for those who are ranked."""

    __tablename__ = "leaderboard_entries"
    __table_args__ = (
        sa.Index("ix_leaderboard_return", *_BOARD, sa.text("return_pct desc"), *_TIES, postgresql_where=_RANKED),
        sa.Index("ix_leaderboard_risk", *_BOARD, sa.text("risk_adjusted desc"), *_TIES, postgresql_where=_RANKED),
        sa.Index(
            "ix_leaderboard_profit", *_BOARD, "currency", sa.text("profit desc"), *_TIES, postgresql_where=_RANKED
        ),
        _of_account("leaderboard_entries"),
    )

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    period: str = Field(primary_key=True, max_length=8)
    starts_on: date = Field(primary_key=True)
    account_id: UUID
    kind: str = Field(max_length=8)
    currency: str = Field(max_length=8)
    return_pct: Decimal = number(RATE)
    profit: Decimal = number(MONEY)
    risk_adjusted: Decimal = number(RATE)
    drawdown_pct: Decimal = number(RATE)
    trades: int = 0
    won: int = 0
    held: int = 0
    curve: list[int] = Field(default_factory=list, sa_type=ARRAY(sa.Integer), nullable=False)
    entered_at: datetime = instant(default_now=True)
    reason: str = Field(default="", max_length=16)
    refreshed_at: datetime = instant(default_now=True)


class LeaderboardBoard(SQLModel, table=True):
    """How many are ranked on a board, counted with every refresh."""

    __tablename__ = "leaderboard_boards"

    kind: str = Field(primary_key=True, max_length=8)
    period: str = Field(primary_key=True, max_length=8)
    starts_on: date = Field(primary_key=True)
    currency: str = Field(primary_key=True, max_length=8)
    ranked: int = 0
    refreshed_at: datetime = instant(default_now=True)


class LeaderboardClosing(SQLModel, table=True):
    """A period that was closed: it is closed once."""

    __tablename__ = "leaderboard_closings"

    period: str = Field(primary_key=True, max_length=8)
    starts_on: date = Field(primary_key=True)
    closed_at: datetime = instant(default_now=True)
    awards: int = 0


class LeaderboardResult(SQLModel, table=True):
    """A place as it was when its period closed, with the figures that explain it; never changed (trigger)."""

    __tablename__ = "leaderboard_results"
    __table_args__ = (
        sa.Index(
            "uq_leaderboard_results_place",
            "period",
            "starts_on",
            "kind",
            "measure",
            "currency",
            "rank",
            unique=True,
        ),
        sa.Index("ix_leaderboard_results_user", "user_id", "starts_on"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    period: str = Field(max_length=8)
    starts_on: date
    kind: str = Field(max_length=8)
    measure: str = Field(max_length=16)
    currency: str = Field(max_length=8)
    """Of the accounts, for profit; empty on boards where it does not matter."""
    rank: int
    pseudonym: str = Field(max_length=24)
    figures: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    prize_amount: Decimal | None = number(MONEY, None)
    prize_currency: str = Field(default="", max_length=8)
    closed_at: datetime = instant(default_now=True)


class Prize(SQLModel, table=True):
    """What a place is worth when its period closes."""

    __tablename__ = "leaderboard_prizes"
    __table_args__ = (
        sa.UniqueConstraint("kind", "period", "measure", "board_currency", "rank", name="uq_leaderboard_prizes_place"),
    )

    id: UUID = key()
    kind: str = Field(max_length=8)
    period: str = Field(max_length=8)
    measure: str = Field(max_length=16)
    board_currency: str = Field(default="", max_length=8)
    """Of the accounts, for profit; empty on boards where it does not matter."""
    rank: int
    amount: Decimal = number(MONEY)
    currency: str = Field(max_length=8)
    created_at: datetime = instant(default_now=True)
