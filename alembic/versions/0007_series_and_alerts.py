"""Time series in partitions, their roll-ups, balance operations, runs of the synchronisation, and alerts.

Partitions lie in a schema of their own, which the application role cannot reach: it reads and writes through the parent
tables, whose row-level security then holds. `keep_partitions` makes them ahead and drops the old ones; the server calls
it by the clock, as the owner of the database.
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
MY_IB = "(select nullif(current_setting('app.ib_id', true), '')::uuid)"

MONEY = sa.Numeric(20, 4)
PRICE = sa.Numeric(20, 8)
LOTS = sa.Numeric(16, 4)
INSTANT = sa.DateTime(timezone=True)

OWNED = (
    "account_snapshots",
    "account_rollups",
    "sync_runs",
    "broker_quotes",
    "quote_bars",
    "trade_days",
    "balance_operations",
    "alerts",
)


def protect(table: str) -> None:
    """Force row-level security on a table whose rows belong to the person in `user_id` (as in 0003)."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update, delete on {table} to app")
    mine = f"user_id = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"
    op.execute(f"create policy owner on {table} using ({mine}) with check ({mine})")
    op.execute(
        f"create policy ib_reads on {table} for select using ({ROLE} = 'ib' and exists "
        f"(select 1 from users where users.id = {table}.user_id and users.ib_id = {MY_IB}))"
    )


def _of_account(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name=f"fk_{table}_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )


def _money(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, MONEY, nullable=False) for name in names]


def _series() -> None:
    op.create_table(
        "account_snapshots",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_money("balance", "credit", "equity", "margin", "margin_free"),
        sa.PrimaryKeyConstraint("account_id", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "sync_runs",
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("started_at", "id"),
        postgresql_partition_by="RANGE (started_at)",
    )
    op.create_index("ix_sync_runs_account", "sync_runs", ["account_id", "started_at"])
    op.create_index("ix_sync_runs_user", "sync_runs", ["user_id", "started_at"])
    op.create_table(
        "broker_quotes",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("bid", PRICE, nullable=False),
        sa.Column("ask", PRICE, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "symbol", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "quote_bars",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("step_s", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, PRICE, nullable=False) for name in ("open", "high", "low", "close")),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "symbol", "step_s", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "account_rollups",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=4), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        *_money("balance", "equity_open", "equity_high", "equity_low", "equity_close"),
        sa.Column("samples", sa.Integer(), nullable=False),
        *_of_account("account_rollups"),
        sa.CheckConstraint("step in ('hour','day')", name="ck_account_rollups_step"),
        sa.PrimaryKeyConstraint("account_id", "step", "at"),
    )


def _books() -> None:
    op.create_table(
        "trade_days",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("trades", "won", "lost")),
        *_money("profit"),
        sa.Column("volume", LOTS, nullable=False),
        *_of_account("trade_days"),
        sa.PrimaryKeyConstraint("account_id", "day"),
    )
    op.create_table(
        "balance_operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        *_money("amount"),
        sa.Column("comment", sa.String(length=64), nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        *_of_account("balance_operations"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "ticket", name="uq_balance_operations_ticket"),
    )
    op.create_index("ix_balance_operations_time", "balance_operations", ["account_id", "done_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        *_of_account("alerts"),
        sa.ForeignKeyConstraint(
            ["user_id", "agent_id"], ["mt5_agents.user_id", "mt5_agents.id"], name="fk_alerts_agent", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["user_id", "code", "account_id", "agent_id"],
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_alerts_newest", "alerts", ["user_id", "raised_at"])
    op.create_index("ix_alerts_unread", "alerts", ["user_id"], postgresql_where=sa.text("acknowledged_at is null"))


KEEP_PARTITIONS = """
create function keep_partitions(since timestamptz default now()) returns integer language plpgsql as $$
declare
    -- table, how much one partition holds, how many are made ahead, how long rows are kept
    series constant text[][] := array[
        ['account_snapshots', 'month', '2', '2 years'],
        ['broker_quotes', 'day', '7', '90 days'],
        ['quote_bars', 'month', '2', '90 days'],
        ['sync_runs', 'day', '7', '7 days']];
    kind text[];
    step interval;
    first timestamptz;
    name text;
    changed integer := 0;
begin
    perform set_config('timezone', 'UTC', true);
    foreach kind slice 1 in array series loop
        step := ('1 ' || kind[2])::interval;
        first := date_trunc(kind[2], least(since, now())) - step;
        while first <= date_trunc(kind[2], now()) + kind[3]::integer * step loop
            name := kind[1] || '_' || to_char(first, 'YYYYMMDD');
            if to_regclass('series.' || name) is null and first + step > now() - kind[4]::interval then
                execute format('create table series.%I partition of public.%I for values from (%L) to (%L)',
                               name, kind[1], first, first + step);
                changed := changed + 1;
            end if;
            first := first + step;
        end loop;
        for name in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                    where i.inhparent = ('public.' || kind[1])::regclass
                      and to_timestamp(right(c.relname, 8), 'YYYYMMDD') + step <= now() - kind[4]::interval loop
            execute format('drop table series.%I', name);
            changed := changed + 1;
        end loop;
    end loop;
    return changed;
end $$
"""

FORGET = """
create function forget_series() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'mt5_accounts' then
        delete from account_snapshots where account_id = old.id;
        delete from sync_runs where account_id = old.id;
    else
        delete from broker_quotes where agent_id = old.id;
        delete from quote_bars where agent_id = old.id;
    end if;
    return null;
end $$
"""


def upgrade() -> None:
    """Apply."""
    op.execute("create schema series")
    _series()
    _books()
    for table in OWNED:
        protect(table)
    op.execute(
        "create trigger append_only before update on balance_operations for each row execute function refuse_change()"
    )
    op.execute("revoke update on balance_operations from app")
    op.execute(KEEP_PARTITIONS)
    op.execute("revoke execute on function keep_partitions(timestamptz) from public")
    op.execute("select keep_partitions()")
    # Partitioned tables carry no foreign keys, whose checks and locks would cost at every row and partition.
    op.execute(FORGET)
    for table in ("mt5_accounts", "mt5_agents"):
        op.execute(
            f"create trigger forget_series after delete on {table} for each row execute function forget_series()"
        )

    op.add_column("mt5_accounts", sa.Column("deals_sum", MONEY, nullable=True))
    op.add_column("mt5_accounts", sa.Column("balance_difference", MONEY, nullable=True))
    op.add_column("mt5_accounts", sa.Column("balance_differs_since", INSTANT, nullable=True))
    op.add_column("mt5_accounts", sa.Column("sync_failures", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("mt5_accounts", sa.Column("sync_failed_at", INSTANT, nullable=True))
    op.add_column("mt5_accounts", sa.Column("sync_error", sa.String(), nullable=False, server_default=""))
    op.add_column("mt5_agents", sa.Column("last_tick_at", INSTANT, nullable=True))
    op.create_index("ix_trade_events_position", "trade_events", ["account_id", "ticket"])
    op.drop_index("ix_trade_events_account_id", "trade_events")


def downgrade() -> None:
    """Take back."""
    op.create_index("ix_trade_events_account_id", "trade_events", ["account_id"])
    op.drop_index("ix_trade_events_position", "trade_events")
    op.drop_column("mt5_agents", "last_tick_at")
    for column in (
        "sync_error",
        "sync_failed_at",
        "sync_failures",
        "balance_differs_since",
        "balance_difference",
        "deals_sum",
    ):
        op.drop_column("mt5_accounts", column)
    for table in ("mt5_accounts", "mt5_agents"):
        op.execute(f"drop trigger forget_series on {table}")
    op.execute("drop function forget_series()")
    op.execute("drop function keep_partitions(timestamptz)")
    for table in reversed(OWNED):
        op.drop_table(table)
    op.execute("drop schema series")
