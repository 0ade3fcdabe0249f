"""Alerts keep one index that begins with their owner: three of the kind were written with every alert."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_tv_signals_feed", "tv_signals")  # the same columns as the constraint's
    op.drop_index("ix_tv_signals_user_id", "tv_signals")


def downgrade() -> None:
    """Take back."""
    op.create_index("ix_tv_signals_user_id", "tv_signals", ["user_id"])
    op.create_index("ix_tv_signals_feed", "tv_signals", ["user_id", "id"])
