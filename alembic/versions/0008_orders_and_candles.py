"""Orders by hand, pending orders as reported, candles by year, and one-click trading as everybody's own choice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
MY_IB = "(select nullif(current_setting('app.ib_id', true), '')::uuid)"

OWNED = ("orders", "pending_orders", "candles", "candle_series")
FIRST_YEAR, LAST_YEAR = 2008, 2040

INSTANT = sa.DateTime(timezone=True)
MONEY, PRICE, LOTS = sa.Numeric(20, 4), sa.Numeric(20, 8), sa.Numeric(16, 4)


def protect(table: str) -> None:
    """Force row-level security on a table whose rows belong to the person in `user_id`."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update, delete on {table} to app")
    mine = f"user_id = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"
    op.execute(f"create policy owner on {table} using ({mine}) with check ({mine})")
    op.execute(
        f"create policy ib_reads on {table} for select using ({ROLE} = 'ib' and exists "
        f"(select 1 from users where users.id = {table}.user_id and users.ib_id = {MY_IB}))"
    )


def _of_account(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "account_id"], ["mt5_accounts.user_id", "mt5_accounts.id"], ondelete="CASCADE", name=name
    )


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("client_order_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("side", sa.String(4), nullable=False),
        sa.Column("order_type", sa.String(8), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("volume_lots", LOTS, nullable=True),
        sa.Column("risk_percent", sa.Numeric(6, 3), nullable=True),
        *(sa.Column(name, PRICE, nullable=True) for name in ("price", "sl", "tp")),
        sa.Column("loss_at_stop", MONEY, nullable=True),
        sa.Column("requested_price", PRICE, nullable=True),
        sa.Column("fill_price", PRICE, nullable=True),
        sa.Column("filled_lots", LOTS, nullable=True),
        sa.Column("broker_order_id", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason_code", sa.String(48), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        *(
            sa.Column(name, INSTANT, nullable=True)
            for name in ("gated_at", "queued_at", "sent_at", "filled_at", "reported_at")
        ),
        sa.Column("checks", JSONB(), nullable=False),
        sa.UniqueConstraint("user_id", "client_order_id", name="uq_orders_client"),
        _of_account("fk_orders_account"),
    )
    op.create_index("ix_orders_account", "orders", ["account_id", "id"])
    op.create_table(
        "pending_orders",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("side", sa.String(4), nullable=False),
        sa.Column("order_type", sa.String(8), nullable=False),
        sa.Column("volume", LOTS, nullable=False),
        *(sa.Column(name, PRICE, nullable=False) for name in ("price", "sl", "tp")),
        sa.Column("magic", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.String(64), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.UniqueConstraint("account_id", "ticket", name="uq_pending_orders_ticket"),
        _of_account("fk_pending_orders_account"),
    )
    op.create_table(
        "candles",
        *_series_key(),
        sa.Column("time", INSTANT, primary_key=True),
        *(sa.Column(name, PRICE, nullable=False) for name in ("open", "high", "low", "close")),
        sa.Column("volume", sa.BigInteger(), nullable=False),
        postgresql_partition_by="RANGE (time)",
    )
    op.create_table(
        "candle_series",
        *_series_key(),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("first_at", "known_until", "ended_at")),
        sa.Column("offset_s", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True, index=True),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("asked_at", "before_at")),
    )
    # The partitions live in a schema that role `app` may not even look into: candles are reached through their table,
    # whose policies hold, and in no other way.
    op.execute("create schema candle_years")
    for year in range(FIRST_YEAR, LAST_YEAR):
        op.execute(
            f"create table candle_years.y{year} partition of candles "
            f"for values from ('{year}-01-01T00:00Z') to ('{year + 1}-01-01T00:00Z')"
        )
    op.execute("create table candle_years.others partition of candles default")
    for table in OWNED:
        protect(table)
    op.add_column(
        "user_settings", sa.Column("is_one_click", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )


def _series_key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("server", sa.String(128), primary_key=True),
        sa.Column("symbol", sa.String(32), primary_key=True),
        sa.Column("timeframe", sa.String(3), primary_key=True),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("user_settings", "is_one_click")
    for table in ("candle_series", "candles", "pending_orders", "orders"):
        op.drop_table(table)
    op.execute("drop schema candle_years")
