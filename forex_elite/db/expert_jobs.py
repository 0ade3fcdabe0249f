"""Queries about jobs of Expert Advisors."""

from __future__ import annotations

from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork

MOST_DEPLOYMENTS = 1000


async def last_changes(uow: UnitOfWork, agent_id: UUID) -> list[Row]:
    """The last completed `run`, `pause` or `stop` of every deployment on the agent's accounts."""
    return await uow.rows(
        "select distinct on (j.payload ->> 'deployment_id') j.id, j.type, j.payload, a.login, a.server "
        "from jobs j join mt5_accounts a on a.id = j.account_id "
        "where j.agent_id = %s and j.type in ('run', 'pause', 'stop') and j.payload ->> 'scope' = 'deployment' "
        "and j.status = 'completed' order by j.payload ->> 'deployment_id', j.id desc limit %s",
        (agent_id, MOST_DEPLOYMENTS),
    )
