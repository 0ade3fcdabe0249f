"""Candles read from terminals, and how far each series of them reaches."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import PRICE, instant, number


class Candle(SQLModel, table=True):
    """One bar of bid prices of a broker's server, partitioned by year; `time` is when it opened.

    Series belong to the person whose terminal reported them: what one agent says is no truth for others.
    """

    __tablename__ = "candles"
    __table_args__ = ({"postgresql_partition_by": "RANGE (time)"},)

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    server: str = Field(primary_key=True, max_length=128)
    symbol: str = Field(primary_key=True, max_length=32)
    timeframe: str = Field(primary_key=True, max_length=3)
    time: datetime = Field(primary_key=True, sa_type=sa.DateTime(timezone=True))
    open: Decimal = number(PRICE)
    high: Decimal = number(PRICE)
    low: Decimal = number(PRICE)
    close: Decimal = number(PRICE)
    volume: int = Field(default=0, sa_type=sa.BigInteger)


class CandleSeries(SQLModel, table=True):
    """How far a series is kept without a gap, and the one question to a terminal that is under way for it."""

    __tablename__ = "candle_series"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    server: str = Field(primary_key=True, max_length=128)
    symbol: str = Field(primary_key=True, max_length=32)
    timeframe: str = Field(primary_key=True, max_length=3)
    first_at: datetime | None = instant()
    known_until: datetime | None = instant()
    ended_at: datetime | None = instant()
    offset_s: int | None = None
    job_id: UUID | None = Field(default=None, index=True)
    asked_at: datetime | None = instant()
    before_at: datetime | None = instant()
    """What the question under way asks for: candles before this, or the newest ones."""
