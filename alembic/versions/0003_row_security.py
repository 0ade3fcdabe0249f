"""Role `app`, forced row-level security on every table, and rows that are never changed.

Who sees what (design: Data): a user their own rows; an IB also its clients' rows, read only; admins all but IB
management; the server's own work, as role `service`, all. The settings are read in scalar sub-selects, so that they
are evaluated once per query, and an empty setting means nobody.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
MY_IB = "(select nullif(current_setting('app.ib_id', true), '')::uuid)"

OWNED = (
    "sessions",
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
    "signal_fingerprints",
)
PRIVATE = ("sessions", "signal_fingerprints")
"""Owned, but of no concern to an introducing broker."""


def _force(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update, delete on {table} to app")


def protect(table: str, *, owner: str = "user_id", ib_reads: bool = True) -> None:
    """Force row-level security on a table whose rows belong to the person in column `owner`."""
    _force(table)
    mine = f"{owner} = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"
    op.execute(f"create policy owner on {table} using ({mine}) with check ({mine})")
    if ib_reads:
        op.execute(
            f"create policy ib_reads on {table} for select using ({ROLE} = 'ib' and exists "
            f"(select 1 from users where users.id = {table}.{owner} and users.ib_id = {MY_IB}))"
        )


def upgrade() -> None:
    """Apply."""
    op.execute("revoke create on schema public from public")
    op.execute("grant usage on schema public to app")
    for table in OWNED:
        protect(table, ib_reads=table not in PRIVATE)

    _force("users")
    staff = f"{ROLE} in ('admin', 'super_admin', 'service')"
    op.execute(f"create policy self on users using (id = {ME} or {staff}) with check (id = {ME} or {staff})")
    op.execute(f"create policy ib_reads on users for select using ({ROLE} = 'ib' and ib_id = {MY_IB})")

    _force("ib_partners")
    top = f"{ROLE} in ('super_admin', 'service')"
    op.execute(f"create policy manage on ib_partners using ({top}) with check ({top})")
    op.execute(f"create policy self on ib_partners for select using (user_id = {ME})")

    _force("login_attempts")
    op.execute(f"create policy service on login_attempts using ({ROLE} = 'service') with check ({ROLE} = 'service')")

    op.execute(
        "create function refuse_change() returns trigger language plpgsql as "
        "$$ begin raise exception '% is append only', tg_table_name using errcode = 'restrict_violation'; end $$"
    )
    op.execute("create trigger append_only before update on trade_events for each row execute function refuse_change()")
    op.execute("revoke update on trade_events from app")

    # A person cannot promote themselves: role, IB and activity are changed by staff and the server only.
    op.execute(
        f"""
        create function guard_user() returns trigger language plpgsql as $$
        begin
            if (new.role, new.ib_id, new.is_active) is distinct from (old.role, old.ib_id, old.is_active)
               and {ROLE} not in ('admin', 'super_admin', 'service') then
                raise exception 'only staff may change this' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end $$
        """
    )
    op.execute("create trigger guard before update on users for each row execute function guard_user()")


def downgrade() -> None:
    """Take back."""
    op.execute("drop trigger guard on users")
    op.execute("drop function guard_user()")
    op.execute("drop trigger append_only on trade_events")
    op.execute("drop function refuse_change()")
    for table in (*OWNED, "users", "ib_partners", "login_attempts"):
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
        op.execute(f"revoke all on {table} from app")
        for policy in ("owner", "ib_reads", "self", "manage", "service"):
            op.execute(f"drop policy if exists {policy} on {table}")
