"""Tests of deployed experts in the Strategy Tester."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, json, key, owner
from forex_elite.db.tables.ea import HASH


class EaBacktest(SQLModel, table=True):
    """One pass of the tester for what was deployed then; `terms` and `outcome` are as the domain writes them."""

    __tablename__ = "ea_backtests"
    __table_args__ = (
        sa.Index("ix_ea_backtests_deployment", "deployment_id", "id"),
        sa.Index("ix_ea_backtests_job", "job_id"),
        sa.Index("ix_ea_backtests_version", "version_id"),
        sa.ForeignKeyConstraint(
            ["user_id", "deployment_id"],
            ["ea_deployments.user_id", "ea_deployments.id"],
            ondelete="CASCADE",
            name="fk_ea_backtests_deployment",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"],
            ["ea_versions.user_id", "ea_versions.id"],
            name="fk_ea_backtests_version",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            ondelete="SET NULL (job_id)",
            name="fk_ea_backtests_job",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "report_sha256"],
            ["ea_artifacts.user_id", "ea_artifacts.sha256"],
            name="fk_ea_backtests_report",
        ),
        sa.CheckConstraint(
            "status in ('waiting', 'completed', 'failed') and (status = 'waiting') = (finished_at is null) "
            "and (status = 'completed') = (outcome is not null)",
            name="ck_ea_backtests_status",
        ),
    )

    id: UUID = key()
    user_id: UUID = owner()
    deployment_id: UUID
    version_id: UUID
    job_id: UUID | None = None
    terms: dict[str, Any] = json(dict)
    status: str = Field(default="waiting", max_length=16)
    code: str = Field(default="", max_length=64)
    reason: str = ""
    outcome: dict[str, Any] | None = json()
    report_sha256: str | None = Field(default=None, max_length=HASH)
    created_at: datetime = instant(default_now=True)
    finished_at: datetime | None = instant()
