"""Notifications past the browser, prepared files, erased people, and seven years of the audit log by partition."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
INSTANT = sa.DateTime(timezone=True)

PRIVATE = (
    "notification_channels",
    "notification_settings",
    "notification_codes",
    "notification_deliveries",
    "prepared_files",
    "prepared_chunks",
)
"""Of concern to the person alone: neither staff nor an introducing broker reads them."""

KEEP_AUDIT = """
create function keep_audit(ahead integer default 2) returns integer language plpgsql as $$
declare
    year integer := extract(year from now() at time zone 'UTC');
    kept_from constant timestamptz := date_trunc('year', now() - interval '7 years', 'UTC');
    name text;
    changed integer := 0;
begin
    perform set_config('timezone', 'UTC', true);
    perform set_config('app.role', 'service', true);  -- row-level security binds the owner too
    for wanted in year .. year + ahead loop
        name := 'audit_log_' || wanted;
        if to_regclass('public.' || name) is null then
            execute format('create table %I partition of audit_log for values from (%L) to (%L)', name,
                           make_timestamptz(wanted, 1, 1, 0, 0, 0), make_timestamptz(wanted + 1, 1, 1, 0, 0, 0));
            execute format('alter table %I enable row level security', name);
            execute format('alter table %I force row level security', name);
            changed := changed + 1;
        end if;
    end loop;
    for name in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'audit_log'::regclass and c.relname ~ '^audit_log_[0-9]{4}$'
                  and make_timestamptz(right(c.relname, 4)::integer + 1, 1, 1, 0, 0, 0) <= kept_from
                order by 1 loop
        -- each chain goes on after its last dropped record, whose hash the next one names
        execute format($sql$
            update audit_heads h set pruned_seq = l.seq, pruned_hash = l.hash
            from (select distinct on (user_id) user_id, seq, hash from audit_log where at < %L
                  order by user_id, seq desc) l
            where l.user_id = h.user_id and l.seq > h.pruned_seq $sql$,
            make_timestamptz(right(name, 4)::integer + 1, 1, 1, 0, 0, 0));
        execute format('drop table %I', name);
        changed := changed + 1;
    end loop;
    return changed;
end $$
"""


def _owned(table: str, *columns: sa.Column[object] | sa.Constraint, key: str = "id") -> None:
    own = [] if key != "id" else [sa.Column("id", sa.Uuid(), nullable=False)]
    op.create_table(
        table,
        *own,
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key.split()),
    )


def _notifications() -> None:
    _owned(
        "notification_channels",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("address_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=True),
        sa.Column("hint", sa.String(length=64), nullable=False),
        sa.Column("events", ARRAY(sa.Text()), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_sent_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.UniqueConstraint("user_id", "id", name="uq_notification_channels_owner"),
        sa.UniqueConstraint("user_id", "kind", name="uq_notification_channels_kind"),
        sa.UniqueConstraint("address_key", name="uq_notification_channels_address"),
    )
    _owned(
        "notification_settings",
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("critical_always", sa.Boolean(), nullable=False),
        key="user_id",
    )
    _owned(
        "notification_codes",
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.UniqueConstraint("user_id", "purpose", name="uq_notification_codes_purpose"),
    )
    op.create_index("ix_notification_codes_hash", "notification_codes", ["code_hash"])
    _owned(
        "notification_deliveries",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status in ('pending','sending','sent','failed','unknown')", name="ck_notification_deliveries_status"
        ),
        sa.CheckConstraint(
            "(status in ('sent','failed','unknown')) = (finished_at is not null)",
            name="ck_notification_deliveries_finished",
        ),
        sa.CheckConstraint("status <> 'sending' or claimed_at is not null", name="ck_notification_deliveries_claimed"),
        sa.ForeignKeyConstraint(
            ["user_id", "channel_id"],
            ["notification_channels.user_id", "notification_channels.id"],
            name="fk_notification_deliveries_channel",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("channel_id", "alert_id", name="uq_notification_deliveries_once"),
    )
    op.create_index(
        "ix_notification_deliveries_due",
        "notification_deliveries",
        ["not_before"],
        postgresql_where=sa.text("status in ('pending','sending')"),
    )
    op.create_index("ix_alerts_feed", "alerts", ["user_id", "id"])


def _files() -> None:
    _owned(
        "prepared_files",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("parameters", JSONB(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.CheckConstraint("status in ('queued','running','ready','failed')", name="ck_prepared_files_status"),
        sa.UniqueConstraint("user_id", "id", name="uq_prepared_files_owner"),
    )
    op.create_index("ix_prepared_files_newest", "prepared_files", ["user_id", "created_at"])
    op.create_index(
        "ix_prepared_files_work",
        "prepared_files",
        ["created_at"],
        postgresql_where=sa.text("status in ('queued','running')"),
    )
    _owned(
        "prepared_chunks",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "file_id"],
            ["prepared_files.user_id", "prepared_files.id"],
            name="fk_prepared_chunks_file",
            ondelete="CASCADE",
        ),
        key="file_id place",
    )
    op.create_table(
        "erasures",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("identity_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.Column("keep_until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )


def upgrade() -> None:
    """Apply."""
    _notifications()
    _files()
    mine = f"user_id = {ME} or {ROLE} = 'service'"
    for table in (*PRIVATE, "erasures"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"grant select, insert, update, delete on {table} to app")
    for table in PRIVATE:
        op.execute(f"create policy owner on {table} using ({mine}) with check ({mine})")
    op.execute(f"create policy service on erasures using ({ROLE} = 'service') with check ({ROLE} = 'service')")
    op.execute(KEEP_AUDIT)
    op.execute("revoke execute on function keep_audit(integer) from public")
    op.execute("alter function audit_digest(bytea, audit_log) parallel safe")


def downgrade() -> None:
    """Take back."""
    op.execute("alter function audit_digest(bytea, audit_log) parallel unsafe")
    op.execute("drop function keep_audit(integer)")
    op.drop_index("ix_alerts_feed", "alerts")
    op.drop_table("erasures")
    for table in reversed(PRIVATE):
        op.drop_table(table)
