"""Tests of deployed experts: what was asked of the Strategy Tester, and what its report says."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ea_backtests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("report_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('waiting', 'completed', 'failed') and (status = 'waiting') = (finished_at is null) "
            "and (status = 'completed') = (outcome is not null)",
            name="ck_ea_backtests_status",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "deployment_id"],
            ["ea_deployments.user_id", "ea_deployments.id"],
            name="fk_ea_backtests_deployment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"], ["ea_versions.user_id", "ea_versions.id"], name="fk_ea_backtests_version"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            name="fk_ea_backtests_job",
            ondelete="SET NULL (job_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "report_sha256"],
            ["ea_artifacts.user_id", "ea_artifacts.sha256"],
            name="fk_ea_backtests_report",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ea_backtests_deployment", "ea_backtests", ["deployment_id", "id"], unique=False)
    op.create_index("ix_ea_backtests_job", "ea_backtests", ["job_id"], unique=False)
    op.create_index("ix_ea_backtests_version", "ea_backtests", ["version_id"], unique=False)
    op.create_index(op.f("ix_ea_backtests_user_id"), "ea_backtests", ["user_id"], unique=False)
    # Like the programs themselves, tests of them are no introducing broker's business.
    mine = f"user_id = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"
    op.execute("alter table ea_backtests enable row level security")
    op.execute("alter table ea_backtests force row level security")
    op.execute("grant select, insert, update, delete on ea_backtests to app")
    op.execute(f"create policy owner on ea_backtests using ({mine}) with check ({mine})")


def downgrade() -> None:
    """Take back."""
    op.drop_table("ea_backtests")
