"""What every statement of the alert path paid for and nobody used.

Alerts keep one index that begins with their owner; three of the kind were written with each. What an introducing
broker may read is asked of a function: the look-up in `users`, itself under row-level security, stood in the plan of
every table and was made ready with every statement of everybody, nearly half the time of reading an alert's accounts.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLE = "(select current_setting('app.role', true))"
MY_IB = "(select nullif(current_setting('app.ib_id', true), '')::uuid)"

READ_BY_IB = (
    "user_settings",
    "consents",
    "mt5_agents",
    "mt5_accounts",
    "symbols",
    "trades",
    "trade_events",
    "system_logs",
    "jobs",
    "risk_events",
    "tv_strategies",
    "tv_strategy_accounts",
    "tv_signals",
    "signal_executions",
)


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_tv_signals_feed", "tv_signals")  # the same columns as the constraint's
    op.drop_index("ix_tv_signals_user_id", "tv_signals")
    # It runs as whoever asks, so that `users` is read under their own rights.
    op.execute(
        f"""
        create function is_my_client(person uuid) returns boolean language plpgsql stable as $$
        begin
            return exists (select 1 from public.users where users.id = person and users.ib_id = {MY_IB});
        end $$
        """
    )
    for table in READ_BY_IB:
        op.execute(f"alter policy ib_reads on {table} using ({ROLE} = 'ib' and is_my_client({table}.user_id))")


def downgrade() -> None:
    """Take back."""
    for table in READ_BY_IB:
        op.execute(
            f"alter policy ib_reads on {table} using ({ROLE} = 'ib' and exists "
            f"(select 1 from users where users.id = {table}.user_id and users.ib_id = {MY_IB}))"
        )
    op.execute("drop function is_my_client(uuid)")
    op.create_index("ix_tv_signals_user_id", "tv_signals", ["user_id"])
    op.create_index("ix_tv_signals_feed", "tv_signals", ["user_id", "id"])
