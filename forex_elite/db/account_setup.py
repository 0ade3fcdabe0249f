"""Queries of the accounts page: adding, assigning, removing, groups, limits, and sealed passwords."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.accounts import ACCOUNT, account_of
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.account_setup import AccountGroup, AccountSetup, TerminalKind
from forex_elite.domain.automation import Automation, read_settings
from forex_elite.domain.limits import NAMES, Limit, LimitAction, Limits, read_week, read_weekend, write_week
from forex_elite.domain.limits import write_weekend as weekend_written
from forex_elite.domain.terminals import is_online

_SETUP = f"""
    select {ACCOUNT}, ag.name as group_name,
           exists (select 1 from account_credentials c where c.account_id = a.id) as has_password
    from mt5_accounts a
    left join mt5_agents g on g.id = a.agent_id
    left join account_groups ag on ag.id = a.group_id
    where a.user_id = %(user)s and a.removed_at is null
"""


def limits_of(row: Row) -> Limits:
    """The limits in an account's row."""
    actions = row["limit_actions"]
    figures = {
        name: Limit(float(row[name]), LimitAction(actions.get(name, LimitAction.STOP_ENTRIES)))
        for name in NAMES
        if row[name] is not None
    }
    return Limits(figures=figures, week=read_week(row["trading_hours"]), weekend=read_weekend(row["weekend"]))


def _setup(row: Row, now: datetime) -> AccountSetup:
    return AccountSetup(
        info=account_of(row, now),
        kind=TerminalKind(row["kind"]),
        label=row["label"],
        terminal_path=row["terminal_path"],
        is_assigned=row["is_assigned"],
        has_password=row["has_password"],
        group_id=row["group_id"],
        group_name=row["group_name"] or "",
        automation=Automation(row["automation"]),
        algo=read_settings(row["ea_settings"]),
        limits=limits_of(row),
        has_own_limits=row["has_own_limits"],
        symbol_map=row["symbol_map"],
        holds=tuple(str(hold.get("reason", "")) for hold in row["guard_holds"]),
        revision=row["guard_revision"],
        applied=row["guard_applied"],
        killed_at=row["killed_at"],
        kill_confirmed_at=row["kill_confirmed_at"],
        is_agent_online=is_online(row["agent_seen_at"], now),
    )


async def list_setups(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[AccountSetup]:
    """A person's accounts with what they set about them, oldest first."""
    return [_setup(row, now) for row in await uow.rows(f"{_SETUP} order by a.id", {"user": user_id})]


async def find_setup(uow: UnitOfWork, account_id: UUID, user_id: UUID, *, now: datetime) -> AccountSetup | None:
    """One account of the person."""
    row = await uow.row(f"{_SETUP} and a.id = %(id)s", {"user": user_id, "id": account_id})
    return _setup(row, now) if row else None


async def add_account(uow: UnitOfWork, user_id: UUID, values: dict[str, Any], limits: Row | None) -> tuple[UUID, bool]:
    """Add an account, or take up again a removed one with its history; (id, whether it was there all along)."""
    known = await uow.row(
        "select id, removed_at from mt5_accounts where user_id = %(user)s and login = %(login)s "
        "and lower(server) = lower(%(server)s) for update",
        {**values, "user": user_id},
    )
    if known is not None and known["removed_at"] is None:
        return known["id"], True
    given = limits or {}
    row = {
        **values,
        "user": user_id,
        "id": known["id"] if known else uuid7(),
        **{name: given.get(name) for name in ("max_lots", "max_open_positions", "daily_loss_percent")},
    }
    if known is not None:
        await uow.run(
            "update mt5_accounts set removed_at = null, label = %(label)s, kind = %(kind)s, agent_id = %(agent_id)s, "
            "terminal_path = %(terminal_path)s, group_id = %(group_id)s, is_assigned = %(is_assigned)s, "
            "guard_revision = guard_revision + 1 where id = %(id)s",
            row,
        )
        return known["id"], False
    await uow.run(
        """
        insert into mt5_accounts (id, user_id, agent_id, login, server, broker, name, currency, leverage, margin_mode,
            trade_mode, balance, credit, equity, profit, margin, margin_free, margin_level, is_trade_allowed,
            is_connected, is_enabled_for_trading, algo_status, data_source, symbol_map, created_at, kind, label,
            terminal_path, group_id, is_assigned, max_lots, max_open_positions, daily_loss_percent)
        values (%(id)s, %(user)s, %(agent_id)s, %(login)s, %(server)s, '', '', 'USD', 100, 2, 0, 0, 0, 0, 0, 0,
            0, 0, false, false, false, 'idle', 'VPS_STORED', '{}', now(), %(kind)s, %(label)s,
            %(terminal_path)s, %(group_id)s,
            %(is_assigned)s, %(max_lots)s, %(max_open_positions)s, %(daily_loss_percent)s)
        """,
        row,
    )
    return row["id"], False


async def update_account(uow: UnitOfWork, account_id: UUID, changes: dict[str, Any]) -> None:
    """Change an account; keys are columns of the accounts page, named by the service alone."""
    sets = ", ".join(f"{name} = %({name})s" for name in changes)
    values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in changes.items()}
    await uow.run(
        f"update mt5_accounts set {sets}, guard_revision = guard_revision + 1 where id = %(account)s",
        {**values, "account": account_id},
    )


async def remove_account(uow: UnitOfWork, account_id: UUID, *, now: datetime) -> None:
    """Take an account out of use; its history stays, its password does not."""
    await uow.run("delete from account_credentials where account_id = %s", (account_id,))
    await uow.run("delete from tv_strategy_accounts where account_id = %s", (account_id,))
    await uow.run(
        "update mt5_accounts set removed_at = %s, agent_id = null, group_id = null, is_assigned = false, "
        "is_enabled_for_trading = false, is_connected = false, data_source = 'VPS_STORED', automation = 'stopped', "
        "guard_revision = guard_revision + 1 where id = %s",
        (now, account_id),
    )


async def store_password(uow: UnitOfWork, account_id: UUID, user_id: UUID, sealed: bytes, *, now: datetime) -> None:
    """Keep a sealed password; the version counts its changes."""
    await uow.run(
        "insert into account_credentials (account_id, user_id, password_encrypted, version, updated_at) "
        "values (%s, %s, %s, 1, %s) on conflict (account_id) do update set "
        "password_encrypted = excluded.password_encrypted, version = account_credentials.version + 1, "
        "updated_at = excluded.updated_at",
        (account_id, user_id, sealed, now),
    )


async def sealed_password(uow: UnitOfWork, account_id: UUID, agent_id: UUID, instance: UUID | None) -> Row | None:
    """A sealed password with what it opens, for the agent the account is assigned to and the installation at work."""
    return await uow.row(
        """
        select a.id, a.login, a.server, a.kind, c.password_encrypted, c.version
        from mt5_accounts a
        join mt5_agents g on g.id = a.agent_id
        left join account_credentials c on c.account_id = a.id
        where a.id = %s and a.agent_id = %s and a.is_assigned and a.removed_at is null and g.deleted_at is null
          and g.instance is not distinct from %s::uuid
        """,
        (account_id, agent_id, instance),
    )


async def set_limits(uow: UnitOfWork, account_id: UUID, limits: Limits) -> None:
    """Replace an account's limits; a trailing drawdown that is new begins at the equity of the next report."""
    values: dict[str, Any] = dict.fromkeys(NAMES)
    values.update({name: limit.value for name, limit in limits.figures.items()})
    await uow.run(
        """
        update mt5_accounts set
            peak_equity = case when trailing_drawdown is null and trailing_drawdown_percent is null
                               then equity else peak_equity end,
            max_lots = %(max_lots)s, max_open_positions = %(max_open_positions)s,
            max_loss_per_trade = %(max_loss_per_trade)s, daily_loss = %(daily_loss)s,
            daily_loss_percent = %(daily_loss_percent)s, daily_target = %(daily_target)s,
            daily_target_percent = %(daily_target_percent)s, trailing_drawdown = %(trailing_drawdown)s,
            trailing_drawdown_percent = %(trailing_drawdown_percent)s, limit_actions = %(actions)s,
            trading_hours = %(week)s, weekend = %(weekend)s, has_own_limits = true,
            guard_revision = guard_revision + 1
        where id = %(id)s
        """,
        {
            **values,
            "id": account_id,
            "actions": Jsonb({name: limit.action.value for name, limit in limits.figures.items()}),
            "week": None if limits.week is None else Jsonb(write_week(limits.week)),
            "weekend": None if limits.weekend is None else Jsonb(weekend_written(limits.weekend)),
        },
    )


async def resume(uow: UnitOfWork, account_id: UUID) -> None:
    """Lift what the limits hold; the trailing drawdown begins anew at the present equity."""
    await uow.run(
        "update mt5_accounts set resumed = resumed + 1, peak_equity = equity, guard_holds = '[]', "
        "guard_revision = guard_revision + 1 where id = %s",
        (account_id,),
    )


async def list_groups(uow: UnitOfWork, user_id: UUID) -> list[AccountGroup]:
    """A person's groups by name, with how many accounts each has."""
    rows = await uow.rows(
        "select g.id, g.name, count(a.id) as n from account_groups g left join mt5_accounts a on a.group_id = g.id "
        "and a.removed_at is null where g.user_id = %s group by g.id order by lower(g.name)",
        (user_id,),
    )
    return [AccountGroup(row["id"], row["name"], row["n"]) for row in rows]


async def add_group(uow: UnitOfWork, user_id: UUID, name: str) -> UUID | None:
    """Add a group; None when the name is taken, in whatever case."""
    made: UUID | None = await uow.value(
        "insert into account_groups (id, user_id, name, created_at) select %(id)s, %(user)s, %(name)s::text, now() "
        "where not exists (select 1 from account_groups where user_id = %(user)s "
        "and lower(name) = lower(%(name)s::text)) "
        "on conflict (user_id, name) do nothing returning id",
        {"id": uuid7(), "user": user_id, "name": name},
    )
    return made


async def rename_group(uow: UnitOfWork, group_id: UUID, user_id: UUID, name: str) -> bool | None:
    """Rename a group; False when there is none, None when another has the name."""
    taken = await uow.value(
        "select 1 from account_groups where user_id = %s and lower(name) = lower(%s) and id <> %s",
        (user_id, name, group_id),
    )
    if taken:
        return None
    statement = "update account_groups set name = %s where id = %s and user_id = %s"
    return bool(await uow.run(statement, (name, group_id, user_id)))


async def delete_group(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> bool:
    """Delete a group; its accounts stay, without one."""
    return bool(await uow.run("delete from account_groups where id = %s and user_id = %s", (group_id, user_id)))


async def exists_agent(uow: UnitOfWork, agent_id: UUID, user_id: UUID) -> bool:
    """Whether the person has this agent."""
    return bool(
        await uow.value(
            "select 1 from mt5_agents where id = %s and user_id = %s and deleted_at is null", (agent_id, user_id)
        )
    )
