"""Of two workers exactly one runs the timers, and the other takes over when it dies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from forex_elite.db.embedded import EmbeddedPostgres
from tests.conftest import SECRET_KEY
from tests.faults.conftest import make_database
from tests.faults.processes import ServerProcess, eventually
from tests.world import calling, pair, register

TAKES_OVER_WITHIN_S = 30
LEADERS = (
    "select a.client_port from pg_locks l join pg_stat_activity a using (pid) "
    "where l.locktype = 'advisory' and l.granted and a.application_name = 'forex-elite timers' "
    "and a.datname = current_database()"
)
LATE = """
insert into jobs (id, user_id, agent_id, type, payload, status, priority, is_entry, not_before, expires_at, attempts,
                  created_at)
select gen_random_uuid(), user_id, id, 'sync', '{}', 'pending', 0, false, now(), now() - interval '1 second', 0, now()
from mt5_agents
"""


@pytest.fixture
async def workers(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[list[ServerProcess]]:
    address = make_database(postgres, f"forex_elite_workers_{tmp_path.name.lower().replace('-', '_')}")
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        worker = ServerProcess(address, SECRET_KEY, tmp_path / name)
        await worker.wire.open()
        await worker.start()
        made.append(worker)
    yield made
    for worker in made:
        await worker.stop()
        await worker.wire.close()


@pytest.mark.timeout(150)
async def test_the_timers_move_to_the_other_worker_when_theirs_dies(workers: list[ServerProcess]) -> None:
    one, two = workers

    async def leaders() -> list[object]:
        return [row["client_port"] for row in one.rows(LEADERS)]

    async def has_no_late_job() -> bool:
        return not one.rows("select 1 from jobs where status = 'pending'")

    await eventually(leaders, TAKES_OVER_WITHIN_S)
    assert len(await leaders()) == 1

    is_first = "this worker runs the timers" in one.log.read_text()
    leader, other = (one, two) if is_first else (two, one)
    assert "this worker runs the timers" not in other.log.read_text()

    leader.kill()
    await leader.died()
    async with calling(other.url, timeout=30) as caller:
        owner = await register(caller, "somebody")
        await pair(owner)
        other.rows(LATE)

        await eventually(has_no_late_job, TAKES_OVER_WITHIN_S, other.log.read_text)
        assert (await owner.get("/api/admin/health")).json()["stored"]["is_led"]
    assert "this worker runs the timers" in other.log.read_text()
    assert len(await leaders()) == 1
