"""The protection an agent works a position with, and indexes for the history of closed trades."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_trades_account_closed": ["account_id", "close_time", "id"],
    "ix_trades_symbol_closed": ["user_id", "symbol", "close_time", "id"],
    "ix_trades_magic_closed": ["user_id", "magic", "close_time", "id"],
}


def upgrade() -> None:
    """Apply."""
    op.add_column("trades", sa.Column("protection", JSONB(), nullable=True))
    for name, columns in INDEXES.items():
        op.create_index(name, "trades", columns, postgresql_where=sa.text("is_closed"))
    # An account has one owner: without knowing that, the planner expects a handful of rows and sorts them all.
    op.execute("create statistics st_trades_owner (dependencies) on user_id, account_id from trades")


def downgrade() -> None:
    """Take back."""
    op.execute("drop statistics st_trades_owner")
    for name in INDEXES:
        op.drop_index(name, "trades")
    op.drop_column("trades", "protection")
