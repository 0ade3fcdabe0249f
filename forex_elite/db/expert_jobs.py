"""Queries about jobs of Expert Advisors."""

from __future__ import annotations

from uuid import UUID

from forex_elite.db.unit_of_work import Row, UnitOfWork

MOST_DEPLOYMENTS = 1000


async def last_changes(uow: UnitOfWork, agent_id: UUID) -> list[Row]:
    """The last `run`, `pause` or `stop` of every deployment on the agent's accounts, whichever agent they were at then.

    A start counts once it was carried out, a pause or stop from when it was asked for, whatever became of it: an expert
    that somebody wanted off does not come back with an agent that starts anew.
    """
    return await uow.rows(
        "select distinct on (j.payload ->> 'deployment_id') j.id, j.type, j.payload, a.login, a.server "
        "from jobs j join mt5_accounts a on a.id = j.account_id "
        "where a.agent_id = %s and j.type in ('run', 'pause', 'stop') and j.payload ->> 'scope' = 'deployment' "
        "and (j.status = 'completed' or j.type <> 'run') order by j.payload ->> 'deployment_id', j.id desc limit %s",
        (agent_id, MOST_DEPLOYMENTS),
    )
