"""Column kinds every table shares: UUIDv7 keys, UTC instants, exact money, JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field
from uuid_utils.compat import uuid7

from forex_elite import clock

MONEY = sa.Numeric(20, 4)
PRICE = sa.Numeric(20, 8)
LOTS = sa.Numeric(16, 4)


def key() -> Any:
    """Primary key: UUIDv7, so that ids sort by the time they were made."""
    return Field(default_factory=uuid7, primary_key=True)


def owner() -> Any:
    """The person a row belongs to; row-level security compares it with `app.user_id`."""
    return Field(foreign_key="users.id", ondelete="CASCADE", index=True)


def instant(*, index: bool = False, default_now: bool = False) -> Any:
    """A moment in UTC (`timestamptz`)."""
    kind = sa.DateTime(timezone=True)
    if default_now:
        return Field(default_factory=clock.now, sa_type=kind, index=index)
    return Field(default=None, sa_type=kind, index=index)


def number(kind: sa.Numeric[Decimal], default: Decimal | None = Decimal(0)) -> Any:
    """An exact figure; `None` as default makes it optional."""
    return Field(default=default, sa_type=kind, nullable=default is None)


def json(default: Any = None) -> Any:
    """A JSON document; `dict` or `list` as default factory, None for optional."""
    if default is None:
        return Field(default=None, sa_type=JSONB, nullable=True)
    return Field(default_factory=default, sa_type=JSONB, nullable=False)


def texts() -> Any:
    """A list of short texts."""
    return Field(default_factory=list, sa_type=ARRAY(sa.Text), nullable=False)
