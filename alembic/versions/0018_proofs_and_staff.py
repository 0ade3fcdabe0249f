"""Proofs of identity in tables of their own, API tokens, features staff may switch, and what staff may do to people.

Password hash, second factor, recovery codes and reset links are read by the server's own work alone: no person's role,
not even an owner's, sees them. An administrator changes ordinary people only; roles are a super_admin's to give, and
the last super_admin stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
STAFF = f"{ROLE} in ('admin', 'super_admin')"
SECRET = ("user_credentials", "recovery_codes", "password_resets")

GUARD = """
create or replace function guard_user() returns trigger language plpgsql as $$
declare
    acting text := coalesce(current_setting('app.role', true), '');
    me uuid := nullif(current_setting('app.user_id', true), '')::uuid;
begin
    if tg_op = 'INSERT' then
        if acting = 'admin' and new.role <> 'user' then
            raise exception 'only a super_admin gives roles' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if acting = 'admin' and old.id is distinct from me and old.role <> 'user' then
        raise exception 'an admin changes ordinary users only' using errcode = 'insufficient_privilege';
    end if;
    if old.role = 'super_admin' and old.is_active
       and (tg_op = 'DELETE' or new.role <> 'super_admin' or not new.is_active)
       and not exists (select 1 from users where role = 'super_admin' and is_active and id <> old.id) then
        raise exception 'the last super_admin stays' using errcode = 'restrict_violation';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    if (new.role, new.ib_id, new.is_active) is distinct from (old.role, old.ib_id, old.is_active)
       and current_user = 'app' and acting not in ('admin', 'super_admin', 'service') then
        raise exception 'only staff may change this' using errcode = 'insufficient_privilege';
    end if;
    if (new.role, new.ib_id) is distinct from (old.role, old.ib_id) and acting = 'admin' then
        raise exception 'only a super_admin gives roles' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""

GUARD_BEFORE = """
create or replace function guard_user() returns trigger language plpgsql as $$
begin
    if (new.role, new.ib_id, new.is_active) is distinct from (old.role, old.ib_id, old.is_active)
       and (select current_setting('app.role', true)) not in ('admin', 'super_admin', 'service') then
        raise exception 'only staff may change this' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""


def _force(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update, delete on {table} to app")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "user_credentials",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("otp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("otp_enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("otp_last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id"),
        sa.CheckConstraint("otp_enabled_at is null or otp_sealed is not null", name="ck_user_credentials_otp"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    op.create_table(
        "password_resets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_password_resets_user_id"), "password_resets", ["user_id"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"])
    op.create_table(
        "feature_settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    for table in SECRET:
        _force(table)
        op.execute(f"create policy service on {table} using ({ROLE} = 'service') with check ({ROLE} = 'service')")
    _force("api_tokens")
    mine = f"user_id = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"
    op.execute(f"create policy owner on api_tokens using ({mine}) with check ({mine})")
    _force("feature_settings")
    op.execute(f"create policy read on feature_settings for select using ({ROLE} <> '')")
    op.execute(f"create policy staff on feature_settings using ({STAFF}) with check ({STAFF})")

    op.execute(
        "select set_config('app.role', 'service', true)"
    )  # an owner who is no superuser is bound by policies too
    op.execute(
        "insert into user_credentials (user_id, password_hash, otp_last_step) select id, password_hash, 0 from users"
    )
    op.drop_column("users", "password_hash")
    op.create_check_constraint("ck_users_role", "users", "role in ('user', 'ib', 'admin', 'super_admin')")
    op.execute(GUARD)
    op.execute("drop trigger guard on users")
    op.execute(
        "create trigger guard before insert or update or delete on users for each row execute function guard_user()"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("drop trigger guard on users")
    op.execute(GUARD_BEFORE)
    op.execute("create trigger guard before update on users for each row execute function guard_user()")
    op.drop_constraint("ck_users_role", "users")
    op.add_column("users", sa.Column("password_hash", sa.String(), nullable=False, server_default=""))
    op.execute("select set_config('app.role', 'service', true)")
    op.execute("update users u set password_hash = c.password_hash from user_credentials c where c.user_id = u.id")
    op.alter_column("users", "password_hash", server_default=None)
    for table in ("feature_settings", "api_tokens", *reversed(SECRET)):
        op.drop_table(table)
