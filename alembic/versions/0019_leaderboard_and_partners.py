"""The leaderboard with its prizes, and introducing brokers' tiers, revenue and payouts.

Standings and frozen places are the server's own to write; people read their own line, and boards through the server,
which tells pseudonyms. What partners earn is written by the server and the owner of the installation alone; an admin
sees none of it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"

MONEY = sa.Numeric(20, 4)
LOTS = sa.Numeric(16, 4)
RATE = sa.Numeric(16, 6)
INSTANT = sa.DateTime(timezone=True)

OWN = ("leaderboard_profiles", "leaderboard_changes")
"""Their owner's to write."""
READ = ("leaderboard_entries", "leaderboard_results")
"""Their owner's to read; the server's to write."""
SERVER = ("leaderboard_boards", "leaderboard_closings", "ib_revenue_runs")
PARTNERS = ("ib_revenue", "ib_payouts", "subscriptions")
"""Their owner's to read; the server's and the super_admin's to write; no admin's."""
APPEND_ONLY = ("leaderboard_results", "ib_revenue")

STAFF = f"{ROLE} in ('admin', 'super_admin', 'service')"
TOP = f"{ROLE} in ('super_admin', 'service')"
SERVICE = f"{ROLE} = 'service'"

_TIES = ("drawdown_pct", sa.text("trades desc"), "entered_at", "user_id")
_ACCOUNT_TRIGGER = """
create function note_standing_change() returns trigger language plpgsql as $$
begin
    insert into leaderboard_changes (id, user_id, account_id)
    select uuidv7(), p.user_id, p.account_id from leaderboard_profiles p
    where p.account_id = {account} and p.is_shown;
    return null;
end $$
"""


def _force(table: str, grants: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant {grants} on {table} to app")


def _policy(table: str, name: str, rule: str, command: str = "all") -> None:
    check = f" with check ({rule})" if command == "all" else ""
    op.execute(f"create policy {name} on {table} for {command} using ({rule}){check}")


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


def _texts(*fields: tuple[str, int]) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(length), nullable=False) for name, length in fields]


def _leaderboard() -> None:
    op.create_table(
        "leaderboard_profiles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_texts(("pseudonym", 24)),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.BigInteger(), nullable=False),
        *_texts(("server", 128)),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        *_of_account("leaderboard_profiles"),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index(
        "uq_leaderboard_profiles_pseudonym", "leaderboard_profiles", [sa.text("lower(pseudonym)")], unique=True
    )
    op.create_index(
        "uq_leaderboard_profiles_login",
        "leaderboard_profiles",
        ["login", sa.text("lower(server)")],
        unique=True,
        postgresql_where=sa.text("is_shown"),
    )
    op.create_index("ix_leaderboard_profiles_account", "leaderboard_profiles", ["account_id"])
    op.create_table(
        "leaderboard_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_of_account("leaderboard_changes"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_leaderboard_changes_user_id", "leaderboard_changes", ["user_id"])
    _entries()
    op.create_table(
        "leaderboard_boards",
        *_texts(("kind", 8), ("period", 8)),
        sa.Column("starts_on", sa.Date(), nullable=False),
        *_texts(("currency", 8)),
        sa.Column("ranked", sa.Integer(), nullable=False),
        sa.Column("refreshed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "period", "starts_on", "currency"),
    )
    op.create_table(
        "leaderboard_closings",
        *_texts(("period", 8)),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("awards", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "starts_on"),
    )
    op.create_table(
        "leaderboard_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_texts(("period", 8)),
        sa.Column("starts_on", sa.Date(), nullable=False),
        *_texts(("kind", 8), ("measure", 16), ("currency", 8)),
        sa.Column("rank", sa.Integer(), nullable=False),
        *_texts(("pseudonym", 24)),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("prize_amount", MONEY, nullable=True),
        *_texts(("prize_currency", 8)),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_leaderboard_results_place",
        "leaderboard_results",
        ["period", "starts_on", "kind", "measure", "currency", "rank"],
        unique=True,
    )
    op.create_index("ix_leaderboard_results_user", "leaderboard_results", ["user_id", "starts_on"])
    op.create_table(
        "leaderboard_prizes",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts(("kind", 8), ("period", 8), ("measure", 16), ("board_currency", 8)),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        *_texts(("currency", 8)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "period", "measure", "board_currency", "rank", name="uq_leaderboard_prizes_place"),
    )


def _entries() -> None:
    op.create_table(
        "leaderboard_entries",
        *_texts(("period", 8)),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_texts(("kind", 8), ("currency", 8)),
        sa.Column("return_pct", RATE, nullable=False),
        sa.Column("profit", MONEY, nullable=False),
        sa.Column("risk_adjusted", RATE, nullable=False),
        sa.Column("drawdown_pct", RATE, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("trades", "won", "held")),
        sa.Column("curve", ARRAY(sa.Integer()), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        *_texts(("reason", 16)),
        sa.Column("refreshed_at", INSTANT, nullable=False),
        *_of_account("leaderboard_entries"),
        sa.PrimaryKeyConstraint("period", "starts_on", "user_id"),
    )
    for name, columns in (
        ("ix_leaderboard_return", [sa.text("return_pct desc")]),
        ("ix_leaderboard_risk", [sa.text("risk_adjusted desc")]),
        ("ix_leaderboard_profit", ["currency", sa.text("profit desc")]),
    ):
        op.create_index(
            name,
            "leaderboard_entries",
            ["kind", "period", "starts_on", *columns, *_TIES],
            postgresql_where=sa.text("reason = ''"),
        )
    op.create_index("ix_leaderboard_entries_user", "leaderboard_entries", ["user_id"])


def _changes() -> None:
    """Whatever moves an entered account's standing notes the account; the refresh reads no other."""
    op.execute(_ACCOUNT_TRIGGER.format(account="new.account_id"))
    op.execute(_ACCOUNT_TRIGGER.format(account="new.id").replace("note_standing_change", "note_standing_of_account"))
    op.execute(
        "create trigger note_standing after insert or update on trade_days "
        "for each row execute function note_standing_change()"
    )
    op.execute(
        "create trigger note_standing after insert on balance_operations "
        "for each row execute function note_standing_change()"
    )
    op.execute(
        "create trigger note_standing after update on mt5_accounts for each row when ("
        "(old.balance_difference is null, old.deals_sum is null, old.agent_id is null, old.removed_at is null, "
        "old.trade_mode, old.currency) is distinct from (new.balance_difference is null, new.deals_sum is null, "
        "new.agent_id is null, new.removed_at is null, new.trade_mode, new.currency)) "
        "execute function note_standing_of_account()"
    )


def _partners() -> None:
    op.add_column("ib_partners", sa.Column("state", sa.String(16), nullable=False, server_default="applied"))
    op.add_column("ib_partners", sa.Column("about", sa.String(1000), nullable=False, server_default=""))
    op.add_column("ib_partners", sa.Column("reason", sa.String(300), nullable=False, server_default=""))
    op.add_column("ib_partners", sa.Column("decided_at", INSTANT, nullable=True))
    op.add_column("ib_partners", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.execute("update ib_partners set state = 'approved' where is_approved")
    op.create_check_constraint(
        "ck_ib_partners_state", "ib_partners", "state in ('applied','approved','refused','suspended')"
    )
    op.create_check_constraint("ck_ib_partners_approved", "ib_partners", "is_approved = (state = 'approved')")
    op.create_table(
        "ib_tiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts(("name", 40)),
        sa.Column("min_lots", LOTS, nullable=False),
        sa.Column("per_lot", MONEY, nullable=False),
        sa.Column("subscription_percent", sa.Numeric(6, 3), nullable=False),
        sa.Column("symbol_rates", JSONB(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("min_lots"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("monthly_fee", MONEY, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_subscriptions_user_id", "subscriptions", ["user_id"])
    op.create_table(
        "ib_revenue",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("run_day", sa.Date(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("trade_day", sa.Date(), nullable=False),
        *_texts(("symbol", 32)),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_texts(("tier", 40)),
        sa.Column("lots", LOTS, nullable=False),
        sa.Column("rate", MONEY, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["ib_partners.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("partner_id", "run_day", "client_id", "trade_day", "symbol"),
    )
    op.create_index("ix_ib_revenue_paid", "ib_revenue", ["client_id", "trade_day"])
    op.create_index("ix_ib_revenue_owner", "ib_revenue", ["user_id", "run_day"])
    op.create_table(
        "ib_revenue_runs",
        sa.Column("run_day", sa.Date(), nullable=False),
        sa.Column("ran_at", INSTANT, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.PrimaryKeyConstraint("run_day"),
    )
    op.create_table(
        "ib_payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        *_texts(("state", 16), ("note", 300)),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state in ('requested','approved','refused','paid')", name="ck_ib_payouts_state"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["partner_id"], ["ib_partners.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partner_id", "month", name="uq_ib_payouts_month"),
    )
    op.create_index("ix_ib_payouts_user_id", "ib_payouts", ["user_id"])


def _close_up() -> None:
    for table in OWN:
        _force(table, "select, insert, update, delete")
        _policy(table, "owner", f"user_id = {ME} or {STAFF}")
    for table in READ:
        _force(table, "select, insert, update, delete")
        _policy(table, "server", SERVICE)
        _policy(table, "self", f"user_id = {ME} or {STAFF}", "select")
    for table in SERVER:
        _force(table, "select, insert, update, delete")
        _policy(table, "server", SERVICE)
    _force("leaderboard_prizes", "select, insert, update, delete")
    _policy("leaderboard_prizes", "staff", STAFF)
    for table in PARTNERS:
        _force(table, "select, insert, update, delete")
        _policy(table, "manage", TOP)
        _policy(table, "self", f"user_id = {ME}", "select")
    _force("ib_tiers", "select, insert, update, delete")
    _policy("ib_tiers", "manage", TOP)
    _policy("ib_tiers", "partners", f"{ROLE} = 'ib'", "select")
    for table in APPEND_ONLY:
        op.execute(f"create trigger append_only before update on {table} for each row execute function refuse_change()")
        op.execute(f"revoke update on {table} from app")


def upgrade() -> None:
    """Apply."""
    op.add_column("trade_days", sa.Column("held", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute("select set_config('app.role', 'service', true)")  # row-level security holds for the owner too
    op.execute(
        "update trade_days d set held = c.held from (select account_id, (close_time at time zone 'UTC')::date as day, "
        "count(*) as held from trades where is_closed and close_price is not null "
        "and close_time - open_time >= interval '60 seconds' group by 1, 2) c "
        "where c.account_id = d.account_id and c.day = d.day"
    )
    _leaderboard()
    _partners()
    _close_up()
    _changes()


def downgrade() -> None:
    """Take back."""
    for table in ("mt5_accounts", "balance_operations", "trade_days"):
        op.execute(f"drop trigger note_standing on {table}")
    op.execute("drop function note_standing_of_account()")
    op.execute("drop function note_standing_change()")
    for table in ("ib_payouts", "ib_revenue_runs", "ib_revenue", "subscriptions", "ib_tiers"):
        op.drop_table(table)
    op.drop_constraint("ck_ib_partners_approved", "ib_partners")
    op.drop_constraint("ck_ib_partners_state", "ib_partners")
    for column in ("decided_by", "decided_at", "reason", "about", "state"):
        op.drop_column("ib_partners", column)
    for table in (
        "leaderboard_prizes",
        "leaderboard_results",
        "leaderboard_closings",
        "leaderboard_boards",
        "leaderboard_entries",
        "leaderboard_changes",
        "leaderboard_profiles",
    ):
        op.drop_table(table)
    op.drop_column("trade_days", "held")
