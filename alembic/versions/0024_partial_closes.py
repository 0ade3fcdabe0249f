"""What partial closes have made is kept with the position; what was paid in and out is no part of a drawdown."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("trades", sa.Column("partial_closes", JSONB(), nullable=True))
    op.add_column("trades", sa.Column("booked", sa.Numeric(20, 4), nullable=False, server_default=sa.text("0")))
    op.add_column("mt5_accounts", sa.Column("paid_in", sa.Numeric(20, 4), nullable=True))
    op.create_index(
        "ix_trades_partial_closes", "trades", ["user_id"], postgresql_where=sa.text("partial_closes is not null")
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_trades_partial_closes", "trades")
    op.drop_column("mt5_accounts", "paid_in")
    op.drop_column("trades", "booked")
    op.drop_column("trades", "partial_closes")
