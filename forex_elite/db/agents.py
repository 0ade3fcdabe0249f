"""Queries about agents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.terminals import (
    TAKE_OVER_AFTER,
    AgentInfo,
    AgentKind,
    is_online,
)

_AGENT = """
    g.id, g.user_id, g.name, g.kind, g.pairing_key_prefix, g.created_at, g.last_heartbeat_at, g.version,
    g.cpu_percent, g.memory_percent, g.terminals,
    (select count(*) from mt5_accounts a where a.agent_id = g.id) as account_count
"""


def _agent(row: Row, now: datetime) -> AgentInfo:
    return AgentInfo(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        kind=AgentKind(row["kind"]),
        key_prefix=row["pairing_key_prefix"],
        created_at=row["created_at"],
        last_heartbeat_at=row["last_heartbeat_at"],
        version=row["version"],
        is_online=is_online(row["last_heartbeat_at"], now),
        cpu_percent=row["cpu_percent"],
        memory_percent=row["memory_percent"],
        account_count=row["account_count"],
        terminals=tuple(row["terminals"]),
    )


async def add_agent(
    uow: UnitOfWork, *, user_id: UUID, name: str, kind: AgentKind, key_hash: bytes, key_prefix: str
) -> UUID:
    """Insert an agent and return its id."""
    agent_id = uuid7()
    await uow.run(
        "insert into mt5_agents (id, user_id, name, kind, pairing_key_hash, pairing_key_prefix, created_at, version, "
        "capacity, cpu_percent, memory_percent, terminals, deployments) "
        "values (%s, %s, %s, %s, %s, %s, now(), '', 50, 0, 0, '[]', '[]')",
        (agent_id, user_id, name, kind.value, key_hash, key_prefix),
    )
    return agent_id


async def list_agents(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[AgentInfo]:
    """A person's agents, oldest first."""
    rows = await uow.rows(
        f"select {_AGENT} from mt5_agents g where g.user_id = %s and g.deleted_at is null order by g.id", (user_id,)
    )
    return [_agent(row, now) for row in rows]


async def find_agent(uow: UnitOfWork, agent_id: UUID, *, now: datetime) -> AgentInfo | None:
    """An agent the actor may see."""
    row = await uow.row(f"select {_AGENT} from mt5_agents g where g.id = %s and g.deleted_at is null", (agent_id,))
    return _agent(row, now) if row else None


async def find_agent_by_key(uow: UnitOfWork, agent_id: UUID, key_hash: bytes) -> Row | None:
    """The agent whose key this is, and whether its owner `is_active` or suspended."""
    return await uow.row(
        "select g.id, g.user_id, g.kind, u.is_active from mt5_agents g join users u on u.id = g.user_id "
        "where g.id = %s and g.pairing_key_hash = %s and g.deleted_at is null",
        (agent_id, key_hash),
    )


async def set_agent_key(uow: UnitOfWork, agent_id: UUID, *, key_hash: bytes, key_prefix: str) -> bool:
    """Replace the pairing key."""
    return bool(
        await uow.run(
            "update mt5_agents set pairing_key_hash = %s, pairing_key_prefix = %s where id = %s and deleted_at is null",
            (key_hash, key_prefix, agent_id),
        )
    )


async def delete_agent(uow: UnitOfWork, agent_id: UUID, *, scrambled: bytes) -> bool:
    """Take an agent away: its key dies, its accounts stay without an agent."""
    found = await uow.run(
        "update mt5_agents set deleted_at = now(), pairing_key_hash = %s where id = %s and deleted_at is null",
        (scrambled, agent_id),
    )
    if found:
        await uow.run(
            "update mt5_accounts set agent_id = null, is_connected = false, data_source = 'VPS_STORED' "
            "where agent_id = %s",
            (agent_id,),
        )
    return bool(found)


async def note_heartbeat(
    uow: UnitOfWork,
    agent_id: UUID,
    *,
    at: datetime,
    version: str,
    cpu: float,
    memory: float,
    terminals: list[Any],
    deployments: list[Any] | None = None,
    instance: UUID | None = None,
    is_last: bool = False,
) -> Row | None:
    """Store a sign of life and who works with the key; returns the previous one.

    None, and nothing changed, while another installation works with it. `is_last` leaves the key to anyone.
    """
    return await uow.row(
        "update mt5_agents g set last_heartbeat_at = %(at)s, version = %(version)s, cpu_percent = %(cpu)s, "
        "memory_percent = %(memory)s, terminals = %(terminals)s, "
        "deployments = coalesce(%(deployments)s, g.deployments), "
        "instance = case when %(is_last)s then null else coalesce(%(instance)s::uuid, g.instance) end "
        "from (select id, last_heartbeat_at, terminals, deployments from mt5_agents where id = %(id)s for update) old "
        "where g.id = old.id and (%(instance)s::uuid is null or g.instance is null or g.instance = %(instance)s "
        "or g.last_heartbeat_at < %(silent_since)s) "
        "returning old.last_heartbeat_at as previous, old.terminals as previous_terminals, "
        "old.deployments as previous_deployments",
        {
            "at": at,
            "version": version,
            "cpu": cpu,
            "memory": memory,
            "terminals": Jsonb(terminals),
            "deployments": None if deployments is None else Jsonb(deployments),
            "instance": instance,
            "is_last": is_last,
            "id": agent_id,
            "silent_since": at - TAKE_OVER_AFTER,
        },
    )
