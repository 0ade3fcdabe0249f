"""A person's open positions and pending orders are listed by index; closed trades are stored with less work.

The account of a trade says whose it is already: a second reference to the person costs a look-up for each row.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_pending_orders_placed", "pending_orders", ["user_id", "placed_at", "id"])
    op.execute("create index ix_trades_open_of_person on trades (user_id, open_time, id) where not is_closed")
    op.drop_index("ix_trades_user_id", "trades")
    op.drop_constraint("trades_user_id_fkey", "trades", type_="foreignkey")


def downgrade() -> None:
    """Take back."""
    op.create_foreign_key("trades_user_id_fkey", "trades", "users", ["user_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_trades_user_id", "trades", ["user_id"])
    op.drop_index("ix_trades_open_of_person", "trades")
    op.drop_index("ix_pending_orders_placed", "pending_orders")
