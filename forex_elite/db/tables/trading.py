"""The job queue and the events of the risk gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, json, key, owner

_STATUS = "status in ('pending','running','completed','failed','expired','cancelled','unknown')"
_FINAL = "status in ('completed','failed','expired','cancelled')"


class Job(SQLModel, table=True):
    """Work for an agent. CHECK constraints tie the status to its timestamps and its lease."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_jobs_owner"),
        sa.CheckConstraint(_STATUS, name="ck_jobs_status"),
        sa.CheckConstraint(f"({_FINAL}) = (finished_at is not null)", name="ck_jobs_finished"),
        sa.CheckConstraint(
            "status not in ('running','unknown') or (lease_token is not null and claimed_at is not null)",
            name="ck_jobs_leased",
        ),
        sa.CheckConstraint("status <> 'running' or lease_expires_at is not null", name="ck_jobs_lease_end"),
        sa.CheckConstraint("status <> 'pending' or lease_token is null", name="ck_jobs_unleased"),
        sa.Index(
            "ix_jobs_claim", "agent_id", sa.text("priority desc"), "id", postgresql_where=sa.text("status = 'pending'")
        ),
        sa.Index(
            "ix_jobs_entries",
            "account_id",
            "finished_at",
            postgresql_where=sa.text("is_entry and status = 'completed'"),
        ),
        sa.Index("ix_jobs_unknown", "agent_id", postgresql_where=sa.text("status = 'unknown'")),
        sa.Index("ix_jobs_lease", "lease_expires_at", postgresql_where=sa.text("status = 'running'")),
        sa.Index("ix_jobs_expiry", "expires_at", postgresql_where=sa.text("status = 'pending'")),
        sa.Index(
            "ix_jobs_in_flight", "account_id", postgresql_where=sa.text("status in ('pending','running','unknown')")
        ),
        sa.Index(
            "ix_jobs_deployments",
            "agent_id",
            sa.text("(payload ->> 'deployment_id')"),
            sa.text("id desc"),
            postgresql_where=sa.text("type in ('run', 'pause', 'stop') and payload ->> 'scope' = 'deployment'"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "agent_id"], ["mt5_agents.user_id", "mt5_agents.id"], name="fk_jobs_agent", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_jobs_account",
            ondelete="CASCADE",
        ),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    agent_id: UUID
    account_id: UUID | None = None
    type: str = Field(max_length=16)
    payload: dict[str, Any] = json(dict)
    status: str = Field(default="pending", max_length=16)
    priority: int = Field(default=0, sa_type=sa.SmallInteger)
    is_entry: bool = False
    """A trade job that opens a position; counted against the account's limit while in flight."""
    not_before: datetime = instant(default_now=True)
    expires_at: datetime | None = instant()
    attempts: int = 0
    lease_token: UUID | None = None
    lease_expires_at: datetime | None = instant()
    claimed_at: datetime | None = instant()
    finished_at: datetime | None = instant()
    result: dict[str, Any] | None = json()
    error: dict[str, Any] | None = json()
    created_at: datetime = instant(default_now=True)


class RiskEvent(SQLModel, table=True):
    """A limit that stopped an entry."""

    __tablename__ = "risk_events"

    id: UUID = key()
    user_id: UUID = owner()
    account_id: UUID | None = Field(default=None, index=True)
    strategy_id: UUID | None = None
    signal_id: UUID | None = None
    code: str = Field(max_length=48)
    message: str
    at: datetime = instant(default_now=True)
