"""An execution can only name a job of its own owner: the reference carries the owner, like all others."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_unique_constraint("uq_jobs_owner", "jobs", ["user_id", "id"])
    op.drop_index("ix_jobs_user_id", "jobs")  # the constraint's index begins with the owner too
    op.drop_constraint("signal_executions_job_id_fkey", "signal_executions")
    op.create_foreign_key(
        "fk_signal_executions_job",
        "signal_executions",
        "jobs",
        ["user_id", "job_id"],
        ["user_id", "id"],
        ondelete="SET NULL (job_id)",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_constraint("fk_signal_executions_job", "signal_executions")
    op.create_foreign_key(
        "signal_executions_job_id_fkey", "signal_executions", "jobs", ["job_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_jobs_user_id", "jobs", ["user_id"])
    op.drop_constraint("uq_jobs_owner", "jobs")
