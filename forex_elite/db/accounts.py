"""Queries about MT5 accounts and their instruments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.terminals import (
    ENABLED_LIMIT,
    AccountInfo,
    DataSource,
    data_age,
    is_online,
)

ACCOUNT = """
    a.*, g.name as agent_name, g.last_heartbeat_at as agent_seen_at,
    (select count(*) from trades t where t.account_id = a.id and not t.is_closed) as open_positions
"""


def account_of(row: Row, now: datetime) -> AccountInfo:
    online = is_online(row["agent_seen_at"], now) and row["is_connected"]
    return AccountInfo(
        id=row["id"],
        user_id=row["user_id"],
        agent_id=row["agent_id"],
        agent_name=row["agent_name"] or "",
        login=row["login"],
        server=row["server"],
        broker=row["broker"],
        name=row["label"] or row["name"],
        currency=row["currency"],
        leverage=row["leverage"],
        margin_mode=row["margin_mode"],
        trade_mode=row["trade_mode"],
        balance=row["balance"],
        credit=row["credit"],
        equity=row["equity"],
        profit=row["profit"],
        margin=row["margin"],
        margin_free=row["margin_free"],
        margin_level=row["margin_level"],
        day_start_balance=row["day_start_balance"],
        is_trade_allowed=row["is_trade_allowed"],
        is_enabled=row["is_enabled_for_trading"],
        is_killed=row["killed_at"] is not None,
        is_online=online,
        data_source=DataSource.LIVE if online else DataSource.STORED,
        data_age=data_age(row["synced_at"], now),
        synced_at=row["synced_at"],
        open_positions=row["open_positions"],
        algo_status=row["algo_status"],
        balance_difference=row["balance_difference"],
        balance_differs_since=row["balance_differs_since"],
        sync_failures=row["sync_failures"],
        sync_error=row["sync_error"],
    )


async def list_accounts(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[AccountInfo]:
    """A person's accounts in the order they were first reported."""
    rows = await uow.rows(
        f"select {ACCOUNT} from mt5_accounts a left join mt5_agents g on g.id = a.agent_id "
        "where a.user_id = %s and a.removed_at is null order by a.id",
        (user_id,),
    )
    return [account_of(row, now) for row in rows]


async def find_account(uow: UnitOfWork, account_id: UUID, *, now: datetime) -> AccountInfo | None:
    """An account the actor may see."""
    row = await uow.row(
        f"select {ACCOUNT} from mt5_accounts a left join mt5_agents g on g.id = a.agent_id "
        "where a.id = %s and a.removed_at is null",
        (account_id,),
    )
    return account_of(row, now) if row else None


async def account_ids(uow: UnitOfWork, agent_id: UUID) -> dict[tuple[int, str], UUID]:
    """Ids of an agent's accounts by (login, server in lower case): brokers do not tell server names apart by case."""
    rows = await uow.rows("select id, login, server from mt5_accounts where agent_id = %s", (agent_id,))
    return {(row["login"], row["server"].lower()): row["id"] for row in rows}


# The peak of the equity goes along with what was paid in and out. A difference between balance and deals that is
# another one says that the broker took deals away: then nothing was paid. Until payments are told again, it stays.
_UPDATE_REPORTED = """
update mt5_accounts set broker = %(broker)s, name = %(name)s, currency = %(currency)s,
       leverage = %(leverage)s, margin_mode = %(margin_mode)s, trade_mode = %(trade_mode)s,
       balance = %(balance)s, credit = %(credit)s, equity = %(equity)s, profit = %(profit)s,
       margin = %(margin)s, margin_free = %(margin_free)s, margin_level = %(margin_level)s,
       day_start_balance = coalesce(%(day_start_balance)s, day_start_balance),
       is_trade_allowed = %(is_trade_allowed)s, is_connected = %(is_connected)s,
       peak_equity = case when %(paid)s::numeric is null and paid_in is not null then peak_equity else greatest(
           %(equity)s, peak_equity + case
               when abs(coalesce(balance_difference, 0) - (%(balance)s::numeric - %(deals_sum)s::numeric)) < 0.01
               then coalesce(%(paid)s::numeric - paid_in, 0) else 0 end) end,
       paid_in = coalesce(%(paid)s::numeric, paid_in),
       data_source = 'VPS_LIVE_MT5', synced_at = %(reported_at)s, agent_id = %(agent_id)s,
       deals_sum = coalesce(%(deals_sum)s, deals_sum), sync_failures = 0, sync_error = ''
where user_id = %(user_id)s and login = %(login)s and lower(server) = lower(%(server)s) and removed_at is null
  and (agent_id = %(agent_id)s or (%(may_create)s and agent_id is null))
returning id, false as is_new, old.sync_failures as failures, old.balance_difference as difference
"""


async def store_account(
    uow: UnitOfWork, *, user_id: UUID, agent_id: UUID, may_create: bool, report: dict[str, Any], preferences: Row | None
) -> Row | None:
    """Store what a terminal reports of an account; returns its id, what it was before, and whether it is new.

    A new one is enabled for trading while fewer than five are, and starts with the person's own limits. Without
    `may_create` (pool agents) an account that was not assigned to this agent is left alone: None.
    """
    values = {**report, "user_id": user_id, "agent_id": agent_id, "id": uuid7()}
    row = await uow.row(_UPDATE_REPORTED, {**values, "may_create": may_create})
    if row is not None:
        return row
    await uow.run("select pg_advisory_xact_lock(hashtext(%s))", (f"enabled accounts of {user_id}",))
    row = await uow.row(_UPDATE_REPORTED, {**values, "may_create": may_create})
    if row is not None:  # another report of the same new account came first
        return row
    known = await uow.row(
        "select id from mt5_accounts where user_id = %(user_id)s and login = %(login)s "
        "and lower(server) = lower(%(server)s)",
        values,
    )
    if known is not None or not may_create:  # another agent's account, or one that must be assigned first
        return None
    limits = preferences or {}
    return await uow.row(
        f"""
        insert into mt5_accounts (id, user_id, agent_id, login, server, broker, name, currency, leverage, margin_mode,
            trade_mode, balance, credit, equity, profit, margin, margin_free, margin_level, day_start_balance,
            is_trade_allowed, is_connected, is_enabled_for_trading, algo_status, data_source, synced_at, symbol_map,
            deals_sum, created_at, max_lots, max_open_positions, daily_loss_percent, peak_equity, paid_in)
        values (%(id)s, %(user_id)s, %(agent_id)s, %(login)s, %(server)s, %(broker)s, %(name)s, %(currency)s,
            %(leverage)s, %(margin_mode)s, %(trade_mode)s, %(balance)s, %(credit)s, %(equity)s, %(profit)s,
            %(margin)s, %(margin_free)s, %(margin_level)s, %(day_start_balance)s, %(is_trade_allowed)s,
            %(is_connected)s,
            (select count(*) from mt5_accounts where user_id = %(user_id)s and is_enabled_for_trading)
                < {ENABLED_LIMIT},
            'idle', 'VPS_LIVE_MT5', %(reported_at)s, '{{}}', %(deals_sum)s, now(),
            %(max_lots)s, %(max_open)s, %(daily_loss)s, %(equity)s, %(paid)s)
        returning id, true as is_new, 0 as failures, null::numeric as difference
        """,
        {
            **values,
            "max_lots": limits.get("max_lots"),
            "max_open": limits.get("max_open_positions"),
            "daily_loss": limits.get("daily_loss_percent"),
        },
    )


async def store_symbols(
    uow: UnitOfWork, *, user_id: UUID, account_id: UUID, specs: list[tuple[str, str, dict[str, Any]]], at: datetime
) -> None:
    """Store (name, canonical name, specification) of an account's instruments in one statement."""
    await uow.run(
        """
        insert into symbols (id, user_id, account_id, name, canonical, spec, reported_at)
        select i.id, %(user)s, %(account)s, i.name, i.canonical, i.spec, %(at)s
        from unnest(%(ids)s::uuid[], %(names)s::text[], %(canonical)s::text[], %(specs)s::jsonb[])
             as i (id, name, canonical, spec)
        on conflict (account_id, name) do update
        set canonical = excluded.canonical, spec = excluded.spec, reported_at = excluded.reported_at
        """,
        {
            "user": user_id,
            "account": account_id,
            "at": at,
            "ids": [uuid7() for _ in specs],
            "names": [name for name, _, _ in specs],
            "canonical": [canonical for _, canonical, _ in specs],
            "specs": [Jsonb(spec) for _, _, spec in specs],
        },
    )


async def names_to_watch(uow: UnitOfWork, user_id: UUID, wanted: list[str]) -> list[str]:
    """Brokers' names of what a person has open, then of the wanted pairs in their order, one name a pair."""
    rows = await uow.rows(
        """
        select name from (
            select symbol as name, 0 as place from trades where user_id = %(user)s and not is_closed
            union all
            (select distinct on (canonical) name, array_position(%(wanted)s::text[], canonical::text)
             from symbols where user_id = %(user)s and canonical = any(%(wanted)s)
             order by canonical, reported_at desc)
        ) known group by name order by min(place), name
        """,
        {"user": user_id, "wanted": wanted},
    )
    return [row["name"] for row in rows]


async def toggle_enabled(uow: UnitOfWork, account_id: UUID, user_id: UUID) -> tuple[bool, bool] | None:
    """Flip whether an account may trade: (is enabled now, limit was reached); None when it is not the person's.

    Toggles of one person queue up behind a lock, so that two at once cannot both become the fifth.
    """
    await uow.run("select pg_advisory_xact_lock(hashtext(%s))", (f"enabled accounts of {user_id}",))
    row = await uow.row(
        "select a.is_enabled_for_trading as enabled, (select count(*) from mt5_accounts o where o.user_id = a.user_id "
        "and o.is_enabled_for_trading) as n from mt5_accounts a where a.id = %s and a.user_id = %s "
        "and a.removed_at is null",
        (account_id, user_id),
    )
    if row is None:
        return None
    if not row["enabled"] and row["n"] >= ENABLED_LIMIT:
        return False, True
    await uow.run(
        "update mt5_accounts set is_enabled_for_trading = not is_enabled_for_trading where id = %s", (account_id,)
    )
    return not row["enabled"], False


async def set_limits_of_all(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> None:
    """Hold a person's accounts to these limits, except those with their own; keys as in the preferences."""
    await uow.run(
        "update mt5_accounts set max_lots = %(max_lots)s, max_open_positions = %(max_open_positions)s, "
        "daily_loss_percent = %(daily_loss_percent)s, guard_revision = guard_revision + 1 "
        "where user_id = %(user_id)s and not has_own_limits",
        {**values, "user_id": user_id},
    )
