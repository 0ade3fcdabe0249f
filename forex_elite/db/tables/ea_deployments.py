"""Experts on accounts: what is wanted of each, what it really does, and who asked for what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, json, key, owner
from forex_elite.db.tables.ea import HASH


class EaDeployment(SQLModel, table=True):
    """One expert on one chart of one account, pinned to one version. Those asked for together share `group_id`."""

    __tablename__ = "ea_deployments"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_ea_deployments_owner"),
        sa.Index("ix_ea_deployments_account", "account_id"),
        sa.Index("ix_ea_deployments_version", "version_id"),
        sa.Index("ix_ea_deployments_job", "job_id", postgresql_where=sa.text("job_id is not null")),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["ea_projects.user_id", "ea_projects.id"],
            name="fk_ea_deployments_project",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"],
            ["ea_versions.user_id", "ea_versions.id"],
            name="fk_ea_deployments_version",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            ondelete="CASCADE",
            name="fk_ea_deployments_account",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            ondelete="SET NULL (job_id)",
            name="fk_ea_deployments_job",
        ),
        sa.CheckConstraint("desired in ('running', 'paused', 'stopped')", name="ck_ea_deployments_desired"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    group_id: UUID
    project_id: UUID
    version_id: UUID
    account_id: UUID
    expert: str = Field(max_length=60)
    sha256: str = Field(max_length=HASH)
    symbol: str = Field(max_length=32)
    timeframe: str = Field(max_length=4)
    magic: int | None = Field(default=None, sa_type=sa.BigInteger)
    inputs: dict[str, Any] = json(dict)
    limits: dict[str, Any] = json(dict)
    desired: str = Field(default="running", max_length=16)
    actual: str = Field(default="pending", max_length=16)
    actual_version_id: UUID | None = None
    """The version the terminal last proved to run."""
    code: str = Field(default="", max_length=64)
    detail: str = ""
    may_trade: bool | None = None
    proven_at: datetime | None = instant()
    job_id: UUID | None = None
    """The job that carries the newest wish to the agent."""
    created_at: datetime = instant(default_now=True)
    changed_at: datetime = instant(default_now=True)


class EaDeploymentEvent(SQLModel, table=True):
    """Something a person asked of a deployment, or that became of it; rows are never changed."""

    __tablename__ = "ea_deployment_events"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "deployment_id"],
            ["ea_deployments.user_id", "ea_deployments.id"],
            ondelete="CASCADE",
            name="fk_ea_deployment_events_deployment",
        ),
        sa.Index("ix_ea_deployment_events_deployment", "deployment_id", "id"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    deployment_id: UUID
    kind: str = Field(max_length=24)
    actor_id: UUID | None = None
    actor_name: str = Field(default="", max_length=80)
    data: dict[str, Any] = json(dict)
    at: datetime = instant(default_now=True)
