"""A day of an account's balance is read from roll-ups of ten minutes, not by 144 looks into its snapshots."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BACK_FILL = """
insert into account_rollups (account_id, step, at, user_id, first_at, last_at, balance, equity_open, equity_high,
                             equity_low, equity_close, samples)
select s.account_id, '10min', date_bin('10 minutes', s.at, '2000-01-01+00'), s.user_id, min(s.at), max(s.at),
       (array_agg(s.balance order by s.at desc))[1], (array_agg(s.equity order by s.at))[1], max(s.equity),
       min(s.equity), (array_agg(s.equity order by s.at desc))[1], count(*)
from account_snapshots s join mt5_accounts a on a.id = s.account_id
where s.at > now() - interval '2 days'
group by 1, 3, 4
"""


def _steps(*names: str, length: int) -> None:
    op.drop_constraint("ck_account_rollups_step", "account_rollups")
    op.alter_column("account_rollups", "step", type_=sa.String(length=length))
    quoted = ",".join(f"'{name}'" for name in names)
    op.create_check_constraint("ck_account_rollups_step", "account_rollups", f"step in ({quoted})")


def upgrade() -> None:
    """Apply."""
    _steps("10min", "hour", "day", length=8)
    op.execute("select set_config('app.role', 'service', true)")
    op.execute(BACK_FILL)


def downgrade() -> None:
    """Take back."""
    op.execute("select set_config('app.role', 'service', true)")
    op.execute("delete from account_rollups where step = '10min'")
    _steps("hour", "day", length=4)
