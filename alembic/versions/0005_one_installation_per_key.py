"""An agent's key is worked with by one installation at a time, so that two never judge each other's orders."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("mt5_agents", sa.Column("instance", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("mt5_agents", "instance")
