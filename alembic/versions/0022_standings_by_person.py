"""A person's standings lie together: a refresh writes all of a person's, and touches a third fewer pages so."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _key(*columns: str) -> None:
    op.drop_constraint("leaderboard_entries_pkey", "leaderboard_entries")
    op.create_primary_key("leaderboard_entries_pkey", "leaderboard_entries", list(columns))


def upgrade() -> None:
    """Apply."""
    _key("user_id", "period", "starts_on")
    op.drop_index("ix_leaderboard_entries_user", "leaderboard_entries")


def downgrade() -> None:
    """Take back."""
    op.create_index("ix_leaderboard_entries_user", "leaderboard_entries", ["user_id"])
    _key("period", "starts_on", "user_id")
