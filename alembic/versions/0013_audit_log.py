"""The audit log: append only, hash-chained per person, partitioned by year."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FIRST_YEAR, YEARS = 2026, 12
"""Partitions made ahead; what lies outside goes into the default one."""

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
MINE = f"user_id = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"

DIGEST = """
create function audit_digest(previous bytea, r audit_log) returns bytea language sql stable as $$
    select sha256(previous || convert_to(jsonb_build_array(
        r.seq, r.user_id, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.id, r.actor_id,
        r.actor_role, r.action, r.subject_kind, r.subject_id, r.address, r.user_agent, r.before, r.after)::text,
        'UTF8'))
$$
"""

CHAIN = """
create function chain_audit() returns trigger language plpgsql as $$
declare head audit_heads;
begin
    insert into audit_heads (user_id, seq, hash, pruned_seq, pruned_hash) values (new.user_id, 0, '', 0, '')
    on conflict (user_id) do nothing;
    select * into head from audit_heads where user_id = new.user_id for update;
    new.seq := head.seq + 1;
    new.previous_hash := head.hash;
    new.hash := audit_digest(head.hash, new);
    update audit_heads set seq = new.seq, hash = new.hash where user_id = new.user_id;
    return new;
end $$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(16), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(300), nullable=False),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_audit_log_chain", "audit_log", ["user_id", "seq"])
    op.create_index("ix_audit_log_actor", "audit_log", ["actor_id", "at"])
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        op.execute(
            f"create table audit_log_{year} partition of audit_log "
            f"for values from ('{year}-01-01 00:00+00') to ('{year + 1}-01-01 00:00+00')"
        )
    op.execute("create table audit_log_rest partition of audit_log default")
    op.create_table(
        "audit_heads",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("pruned_seq", sa.BigInteger(), nullable=False),
        sa.Column("pruned_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.execute(DIGEST)
    op.execute(CHAIN)
    op.execute("create trigger chain before insert on audit_log for each row execute function chain_audit()")
    op.execute(
        "create trigger append_only before update or delete on audit_log for each row execute function refuse_change()"
    )
    for table in ("audit_log", "audit_heads"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} using ({MINE}) with check ({MINE})")
    # Partitions can be named too: they are nobody's but the owner's, and row-level security closes them to all.
    for name in (*(f"audit_log_{year}" for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)), "audit_log_rest"):
        op.execute(f"alter table {name} enable row level security")
        op.execute(f"alter table {name} force row level security")
    op.execute("grant select, insert on audit_log to app")
    op.execute("grant select, insert, update on audit_heads to app")


def downgrade() -> None:
    """Take back."""
    op.execute("drop trigger append_only on audit_log")
    op.execute("drop trigger chain on audit_log")
    op.execute("drop function chain_audit()")
    op.execute("drop function audit_digest(bytea, audit_log)")
    op.drop_table("audit_heads")
    op.drop_table("audit_log")
