"""Groups of accounts, limits with what happens at them, automation, and passwords only an agent may have."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
MY_IB = "(select nullif(current_setting('app.ib_id', true), '')::uuid)"

MONEY, PERCENT = sa.Numeric(20, 4), sa.Numeric(6, 3)
FIGURES = {
    "max_loss_per_trade": MONEY,
    "daily_target": MONEY,
    "daily_target_percent": PERCENT,
    "trailing_drawdown": MONEY,
    "trailing_drawdown_percent": PERCENT,
    "peak_equity": MONEY,
}


def _force(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update, delete on {table} to app")


def protect(table: str, *, staff: bool = True, ib_reads: bool = True) -> None:
    """Force row-level security on a table whose rows belong to the person in `user_id`; `staff` may see all of them."""
    _force(table)
    mine = f"user_id = {ME}" + (f" or {ROLE} in ('admin', 'super_admin', 'service')" if staff else "")
    op.execute(f"create policy owner on {table} using ({mine}) with check ({mine})")
    if ib_reads:
        op.execute(
            f"create policy ib_reads on {table} for select using ({ROLE} = 'ib' and exists "
            f"(select 1 from users where users.id = {table}.user_id and users.ib_id = {MY_IB}))"
        )


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("kind", sa.String(length=16), nullable=False, server_default="mt5"),
        sa.Column("terminal_path", sa.String(length=260), nullable=False, server_default=""),
        sa.Column("is_assigned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("automation", sa.String(length=16), nullable=False, server_default="running"),
        sa.Column("ea_settings", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("limit_actions", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("weekend", postgresql.JSONB(), nullable=True),
        sa.Column("has_own_limits", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("resumed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("guard_revision", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("guard_applied", sa.Integer(), nullable=False, server_default="-1"),
        sa.Column("guard_holds", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("kill_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, kind, nullable=True) for name, kind in FIGURES.items()),
    ]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="uq_account_groups_owner"),
        sa.UniqueConstraint("user_id", "name", name="uq_account_groups_name"),
    )
    op.create_index(op.f("ix_account_groups_user_id"), "account_groups", ["user_id"], unique=False)
    protect("account_groups")

    op.create_table(
        "account_credentials",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_account_credentials_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index(op.f("ix_account_credentials_user_id"), "account_credentials", ["user_id"], unique=False)
    # Not even staff and introducing brokers see what is stored of a password; the server's own work has no use for it.
    protect("account_credentials", staff=False, ib_reads=False)

    for column in _columns():
        op.add_column("mt5_accounts", column)
    op.create_foreign_key(
        "fk_mt5_accounts_group",
        "mt5_accounts",
        "account_groups",
        ["user_id", "group_id"],
        ["user_id", "id"],
        ondelete="SET NULL (group_id)",
    )
    op.create_index(op.f("ix_mt5_accounts_group_id"), "mt5_accounts", ["group_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_mt5_accounts_group_id"), table_name="mt5_accounts")
    op.drop_constraint("fk_mt5_accounts_group", "mt5_accounts", type_="foreignkey")
    for column in reversed(_columns()):
        op.drop_column("mt5_accounts", column.name)
    op.drop_table("account_credentials")
    op.drop_table("account_groups")
