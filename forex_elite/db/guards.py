"""Queries about what agents are told to enforce: automation, the kill switch, limits; and what they confirm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from forex_elite.db.queue import ENDED
from forex_elite.db.unit_of_work import Row, UnitOfWork

_TOLD = """
    select a.id, a.agent_id, a.login, a.server, a.kind, a.terminal_path, a.is_assigned, a.automation, a.killed_at,
           a.ea_settings, a.resumed, a.guard_revision, a.max_lots, a.max_open_positions, a.max_loss_per_trade,
           a.daily_loss, a.daily_loss_percent, a.daily_target, a.daily_target_percent, a.trailing_drawdown,
           a.trailing_drawdown_percent, a.limit_actions, a.trading_hours, a.weekend,
           coalesce((select c.version from account_credentials c where c.account_id = a.id), 0) as password_version
    from mt5_accounts a
"""

_TARGET = """
    select a.id, a.login, a.server, a.broker, coalesce(nullif(a.label, ''), a.name) as name, a.agent_id,
           a.automation, a.ea_settings, a.killed_at, a.kill_confirmed_at, g.last_heartbeat_at, a.is_enabled_for_trading
    from mt5_accounts a left join mt5_agents g on g.id = a.agent_id
    where a.user_id = %(user)s and a.removed_at is null
      and (%(accounts)s::uuid[] is null or a.id = any(%(accounts)s))
      and (%(group)s::uuid is null or a.group_id = %(group)s)
"""


async def told_to_agent(uow: UnitOfWork, agent_id: UUID) -> list[Row]:
    """What an agent is to enforce on each of its accounts."""
    return await uow.rows(f"{_TOLD} where a.agent_id = %s and a.removed_at is null order by a.id", (agent_id,))


async def told_of_account(uow: UnitOfWork, account_id: UUID) -> Row | None:
    """What is to be enforced on one account."""
    return await uow.row(f"{_TOLD} where a.id = %s", (account_id,))


async def targets(
    uow: UnitOfWork, user_id: UUID, *, accounts: Sequence[UUID] | None, group_id: UUID | None, lock: bool = False
) -> list[Row]:
    """A person's accounts that a command means, in a fixed order.

    With `lock` the rows are held against every transaction that queues a job for one of them: such a transaction either
    came first, and its job is seen from here on, or comes after ours.
    """
    values = {"user": user_id, "accounts": None if accounts is None else list(accounts), "group": group_id}
    if lock:
        await uow.rows(f"select 1 from ({_TARGET} order by a.id for update of a) held", values)
    return await uow.rows(f"{_TARGET} order by a.id", values)


async def set_automation(uow: UnitOfWork, account_id: UUID, wanted: str, settings: dict[str, Any] | None) -> None:
    """Set what the automation of an account is to be, and the settings where some were given."""
    await uow.run(
        "update mt5_accounts set automation = %s, ea_settings = coalesce(%s, ea_settings), "
        "guard_revision = guard_revision + 1 where id = %s",
        (wanted, None if settings is None else Jsonb(settings), account_id),
    )


async def note_answer(uow: UnitOfWork, account_id: UUID, status: str, revision: int) -> None:
    """Note what the agent says the automation is, and which revision of the configuration it enforces."""
    await uow.run(
        "update mt5_accounts set algo_status = %s, guard_applied = greatest(guard_applied, %s) where id = %s",
        (status, revision, account_id),
    )


async def kill(uow: UnitOfWork, accounts: Sequence[UUID], *, now: datetime) -> None:
    """Throw the kill switch; where it is on already it stays as old as it is."""
    await uow.run(
        "update mt5_accounts set killed_at = coalesce(killed_at, %(now)s), "
        "kill_confirmed_at = case when killed_at is null then null else kill_confirmed_at end, "
        "guard_revision = guard_revision + 1 where id = any(%(accounts)s)",
        {"now": now, "accounts": list(accounts)},
    )


async def kill_missed(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[UUID]:
    """Throw the kill switch on all accounts of a person where it is not on; which those were."""
    rows = await uow.rows(
        "update mt5_accounts set killed_at = %s, kill_confirmed_at = null, guard_revision = guard_revision + 1 "
        "where user_id = %s and killed_at is null and removed_at is null returning id",
        (now, user_id),
    )
    return [row["id"] for row in rows]


async def lift(uow: UnitOfWork, accounts: Sequence[UUID]) -> None:
    """Lift the kill switch."""
    await uow.run(
        "update mt5_accounts set killed_at = null, kill_confirmed_at = null, guard_revision = guard_revision + 1 "
        "where id = any(%s)",
        (list(accounts),),
    )


async def confirm_kill(uow: UnitOfWork, account_id: UUID, *, now: datetime) -> None:
    """Note that the agent holds back entries of an account whose kill switch is on."""
    await uow.run(
        "update mt5_accounts set kill_confirmed_at = %s where id = %s and killed_at is not null "
        "and kill_confirmed_at is null",
        (now, account_id),
    )


async def note_guards(uow: UnitOfWork, agent_id: UUID, reports: list[dict[str, Any]], *, now: datetime) -> list[UUID]:
    """Store what the agent's guards say; returns the accounts for which that is news.

    A kill switch is confirmed by a guard that has it on and has applied everything that is set.
    """
    rows = await uow.rows(
        """
        with told as (
            select * from jsonb_to_recordset(%(reports)s) as r (login bigint, server text, revision int,
                automation text, is_killed boolean, holds jsonb)
        ), fresh as (
            select a.id, t.*, a.killed_at is not null and a.kill_confirmed_at is null and t.is_killed
                   and t.revision >= a.guard_revision as confirms
            from mt5_accounts a join told t on t.login = a.login and lower(t.server) = lower(a.server)
            where a.agent_id = %(agent)s and a.removed_at is null
        )
        update mt5_accounts a set guard_applied = f.revision, guard_holds = f.holds,
            algo_status = case when a.algo_status = 'idle' and f.automation = 'running' then 'idle'
                               else f.automation end,
            kill_confirmed_at = case when f.confirms then %(now)s else a.kill_confirmed_at end
        from fresh f where a.id = f.id and (a.guard_applied <> f.revision or a.guard_holds <> f.holds or f.confirms
            or (a.algo_status <> f.automation and not (a.algo_status = 'idle' and f.automation = 'running')))
        returning a.id
        """,
        {"reports": Jsonb(reports), "agent": agent_id, "now": now},
    )
    return [row["id"] for row in rows]


async def cancel_entries(uow: UnitOfWork, accounts: Sequence[UUID]) -> list[Row]:
    """Cancel entries nobody has claimed."""
    return await uow.rows(
        "update jobs set status = 'cancelled', finished_at = clock_timestamp() "
        f"where account_id = any(%s) and is_entry and status = 'pending' returning {ENDED}",
        (list(accounts),),
    )


async def cancel_entries_of_killed(uow: UnitOfWork) -> list[Row]:
    """Cancel entries that slipped into the queue while the kill switch was being thrown; no agent is given them."""
    return await uow.rows(
        "update jobs j set status = 'cancelled', finished_at = clock_timestamp() "
        "where j.status = 'pending' and j.is_entry and exists (select 1 from mt5_accounts a "
        f"where a.id = j.account_id and a.killed_at is not null) returning {ENDED}"
    )


async def cancel_jobs(uow: UnitOfWork, accounts: Sequence[UUID], kind: str) -> list[Row]:
    """Cancel waiting jobs that carry `kind` as their reason."""
    return await uow.rows(
        "update jobs set status = 'cancelled', finished_at = clock_timestamp() where account_id = any(%s) "
        f"and status = 'pending' and payload ->> 'reason' = %s returning {ENDED}",
        (list(accounts), kind),
    )


async def outcomes(uow: UnitOfWork, jobs: Sequence[UUID]) -> dict[UUID, Row]:
    """Status, result and error of jobs by id, and what holds entries back on their accounts now."""
    rows = await uow.rows(
        "select j.id, j.status, j.result, j.error, j.expires_at, a.killed_at is not null as is_killed, a.guard_holds "
        "from jobs j left join mt5_accounts a on a.id = j.account_id where j.id = any(%s)",
        (list(jobs),),
    )
    return {row["id"]: row for row in rows}


async def reason_of(uow: UnitOfWork, job_id: UUID) -> str:
    """Why a configuration was sent to an agent: `ea`, `kill` or `lift`; empty for other jobs."""
    return str(await uow.value("select payload ->> 'reason' from jobs where id = %s", (job_id,)) or "")


async def exists_group(uow: UnitOfWork, group_id: UUID, user_id: UUID) -> bool:
    """Whether the person has this group."""
    return bool(await uow.value("select 1 from account_groups where id = %s and user_id = %s", (group_id, user_id)))
