"""What the compiler says of versions: the only change a version ever sees."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from forex_elite.db.ea.versions import COLUMNS, version_info
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.projects import VersionInfo
from forex_elite.domain.terminals import AgentInfo


async def lock(uow: UnitOfWork, user_id: UUID, version_id: UUID) -> VersionInfo | None:
    """A person's own version, held until the transaction ends."""
    row = await uow.row(
        f"select {COLUMNS} from ea_versions where id = %s and user_id = %s for update", (version_id, user_id)
    )
    return version_info(row) if row else None


async def find_by_job(uow: UnitOfWork, job_id: UUID) -> VersionInfo | None:
    """The version that waits for this compile job, held until the transaction ends."""
    row = await uow.row(
        f"select {COLUMNS} from ea_versions where compile_job_id = %s and state = 'compiling' for update", (job_id,)
    )
    return version_info(row) if row else None


async def find_compiled_alike(uow: UnitOfWork, user_id: UUID, sha256: str) -> VersionInfo | None:
    """A version of the same person with the same content that is compiled already."""
    row = await uow.row(
        f"select {COLUMNS}, findings from ea_versions where user_id = %s and sha256 = %s and state = 'compiled' "
        "order by compiled_at desc limit 1",
        (user_id, sha256),
    )
    return version_info(row) if row else None


async def start(uow: UnitOfWork, version_id: UUID, job_id: UUID | None) -> None:
    """Note that a version is being compiled."""
    await uow.run(
        "update ea_versions set state = 'compiling', compile_job_id = %s, compile_error = '' where id = %s",
        (job_id, version_id),
    )


async def finish(uow: UnitOfWork, version_id: UUID, values: dict[str, Any]) -> None:
    """Note how the compiler ended; `values` holds state, error, findings, counts and artifacts."""
    await uow.run(
        """
        update ea_versions set state = %(state)s, compile_error = %(error)s, findings = %(findings)s,
            error_count = %(error_count)s, warning_count = %(warning_count)s, ex5_sha256 = %(ex5_sha256)s,
            ex5_size = %(ex5_size)s, log_sha256 = %(log_sha256)s, compiled_at = now()
        where id = %(id)s
        """,
        {**values, "findings": Jsonb(values["findings"]), "id": version_id},
    )


async def give_up(uow: UnitOfWork, version_id: UUID, error: str) -> None:
    """Make a version a draft again: nobody compiled it."""
    await uow.run("update ea_versions set state = 'draft', compile_error = %s where id = %s", (error, version_id))


async def find_job(uow: UnitOfWork, job_id: UUID) -> Row | None:
    """Where a compile job stands, with its agent's name and last sign of life."""
    return await uow.row(
        "select j.id, j.status, j.agent_id, j.created_at, j.claimed_at, g.name as agent_name, g.last_heartbeat_at "
        "from jobs j join mt5_agents g on g.id = j.agent_id where j.id = %s",
        (job_id,),
    )


def by_readiness(agents: list[AgentInfo]) -> list[AgentInfo]:
    """Agents in the order to ask: those online first, then by their last sign of life."""

    def seen(agent: AgentInfo) -> datetime:
        return agent.last_heartbeat_at or agent.created_at

    return sorted(agents, key=lambda agent: (agent.is_online, seen(agent)), reverse=True)
