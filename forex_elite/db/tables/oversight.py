"""The audit log: append only, one hash chain per person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from forex_elite import clock


class AuditRecord(SQLModel, table=True):
    """Who did what to whose things, when and from where. `seq`, `previous_hash` and `hash` are set by a trigger.

    `user_id` is the person whose things were touched; the row outlives them, so it references nobody. Partitioned by
    year of `at`.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        sa.Index("ix_audit_log_chain", "user_id", "seq"),
        sa.Index("ix_audit_log_actor", "actor_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    at: datetime = Field(default_factory=clock.now, sa_type=sa.DateTime(timezone=True), primary_key=True)
    user_id: UUID
    seq: int = Field(default=0, sa_type=sa.BigInteger)
    actor_id: UUID | None = None
    actor_role: str = Field(max_length=16)
    action: str = Field(max_length=64)
    subject_kind: str = Field(default="", max_length=32)
    subject_id: str = Field(default="", max_length=64)
    address: str = Field(default="", max_length=64)
    user_agent: str = Field(default="", max_length=300)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    previous_hash: bytes = b""
    hash: bytes = b""


class AuditHead(SQLModel, table=True):
    """The newest link of a person's chain; locking it puts appends in order."""

    __tablename__ = "audit_heads"

    user_id: UUID = Field(primary_key=True)
    seq: int = Field(default=0, sa_type=sa.BigInteger)
    hash: bytes = b""
    pruned_seq: int = Field(default=0, sa_type=sa.BigInteger)
    """Records up to here were dropped after seven years; the chain begins after them."""
    pruned_hash: bytes = b""
