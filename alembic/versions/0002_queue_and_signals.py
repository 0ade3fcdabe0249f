"""The job queue, strategies, alerts and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "risk_events",
    "trade_events",
    "tv_strategies",
    "signal_fingerprints",
    "tv_signals",
    "jobs",
    "tv_strategy_accounts",
    "signal_executions",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "risk_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("strategy_id", sa.Uuid(), nullable=True),
        sa.Column("signal_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_risk_events_account_id"), "risk_events", ["account_id"], unique=False)
    op.create_index(op.f("ix_risk_events_user_id"), "risk_events", ["user_id"], unique=False)
    op.create_table(
        "trade_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_trade_events_account_id"), "trade_events", ["account_id"], unique=False)
    op.create_index(op.f("ix_trade_events_user_id"), "trade_events", ["user_id"], unique=False)
    op.create_table(
        "tv_strategies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("secret_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("secret_prefix", sa.String(length=8), nullable=False),
        sa.Column("sizing_mode", sa.String(length=24), nullable=False),
        sa.Column("sizing_value", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("risk_override_pct", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("use_alert_volume", sa.Boolean(), nullable=False),
        sa.Column("max_lots", sa.Numeric(precision=16, scale=4), nullable=True),
        sa.Column("close_opposite", sa.Boolean(), nullable=False),
        sa.Column("default_sl", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("default_tp", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("allowed_pairs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("allowed_sources", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("max_signal_age_s", sa.Integer(), nullable=False),
        sa.Column("magic", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
        sa.UniqueConstraint("user_id", "id", name="uq_tv_strategies_owner"),
    )
    op.create_index(op.f("ix_tv_strategies_user_id"), "tv_strategies", ["user_id"], unique=False)
    op.create_table(
        "signal_fingerprints",
        sa.Column("strategy_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "strategy_id"],
            ["tv_strategies.user_id", "tv_strategies.id"],
            name="fk_signal_fingerprints_strategy",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("strategy_id", "fingerprint"),
    )
    op.create_index(op.f("ix_signal_fingerprints_expires_at"), "signal_fingerprints", ["expires_at"], unique=False)
    op.create_index(op.f("ix_signal_fingerprints_user_id"), "signal_fingerprints", ["user_id"], unique=False)
    op.create_table(
        "tv_signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("strategy_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(length=128), nullable=False),
        sa.Column("source_address", sa.String(length=64), nullable=False),
        sa.Column("read_as", sa.String(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=8), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason_code", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fill_price", sa.Numeric(precision=20, scale=8), nullable=True),
        sa.Column("broker_order_id", sa.String(length=64), nullable=False),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "strategy_id"],
            ["tv_strategies.user_id", "tv_strategies.id"],
            name="fk_tv_signals_strategy",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="uq_tv_signals_owner"),
    )
    op.create_index("ix_tv_signals_feed", "tv_signals", ["user_id", "id"], unique=False)
    op.create_index("ix_tv_signals_strategy", "tv_signals", ["strategy_id", "id"], unique=False)
    op.create_index(op.f("ix_tv_signals_user_id"), "tv_signals", ["user_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("is_entry", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status in ('completed','failed','expired','cancelled')) = (finished_at is not null)",
            name="ck_jobs_finished",
        ),
        sa.CheckConstraint("status <> 'pending' or lease_token is null", name="ck_jobs_unleased"),
        sa.CheckConstraint("status <> 'running' or lease_expires_at is not null", name="ck_jobs_lease_end"),
        sa.CheckConstraint(
            "status in ('pending','running','completed','failed','expired','cancelled','unknown')",
            name="ck_jobs_status",
        ),
        sa.CheckConstraint(
            "status not in ('running','unknown') or (lease_token is not null and claimed_at is not null)",
            name="ck_jobs_leased",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_jobs_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "agent_id"], ["mt5_agents.user_id", "mt5_agents.id"], name="fk_jobs_agent", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_jobs_claim",
        "jobs",
        ["agent_id", sa.literal_column("priority desc"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_jobs_expiry", "jobs", ["expires_at"], unique=False, postgresql_where=sa.text("status = 'pending'")
    )
    op.create_index(
        "ix_jobs_in_flight",
        "jobs",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("status in ('pending','running','unknown')"),
    )
    op.create_index(
        "ix_jobs_entries",
        "jobs",
        ["account_id", "finished_at"],
        unique=False,
        postgresql_where=sa.text("is_entry and status = 'completed'"),
    )
    op.create_index(
        "ix_jobs_unknown", "jobs", ["agent_id"], unique=False, postgresql_where=sa.text("status = 'unknown'")
    )
    op.create_index(
        "ix_jobs_lease", "jobs", ["lease_expires_at"], unique=False, postgresql_where=sa.text("status = 'running'")
    )
    op.create_index(op.f("ix_jobs_user_id"), "jobs", ["user_id"], unique=False)
    op.create_table(
        "tv_strategy_accounts",
        sa.Column("strategy_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_tv_strategy_accounts_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "strategy_id"],
            ["tv_strategies.user_id", "tv_strategies.id"],
            name="fk_tv_strategy_accounts_strategy",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("strategy_id", "account_id"),
    )
    op.create_index(op.f("ix_tv_strategy_accounts_account_id"), "tv_strategy_accounts", ["account_id"], unique=False)
    op.create_index(op.f("ix_tv_strategy_accounts_user_id"), "tv_strategy_accounts", ["user_id"], unique=False)
    op.create_table(
        "signal_executions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason_code", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("volume_lots", sa.Numeric(precision=16, scale=4), nullable=True),
        sa.Column("requested_price", sa.Numeric(precision=20, scale=8), nullable=True),
        sa.Column("fill_price", sa.Numeric(precision=20, scale=8), nullable=True),
        sa.Column("filled_lots", sa.Numeric(precision=16, scale=4), nullable=True),
        sa.Column("slippage_points", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("broker_order_id", sa.String(length=64), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_signal_executions_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "signal_id"],
            ["tv_signals.user_id", "tv_signals.id"],
            name="fk_signal_executions_signal",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("signal_id", "account_id", name="uq_signal_executions_account"),
    )
    op.create_index("ix_signal_executions_account", "signal_executions", ["account_id"], unique=False)
    op.create_index("ix_signal_executions_job", "signal_executions", ["job_id"], unique=False)
    op.create_index(op.f("ix_signal_executions_user_id"), "signal_executions", ["user_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_table(table)
