"""Pending orders of all accounts of a person are listed in pages."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_pending_orders_placed", "pending_orders", ["user_id", "placed_at", "id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_pending_orders_placed", "pending_orders")
