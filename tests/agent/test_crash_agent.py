"""The real agent process is killed at the worst moments; the broker's books are counted afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent.simulator.faults import Fault, FaultKind, plan
from tests.agent.agent_process import BROKER, LOGIN, AgentProcess
from tests.agent.fake_server import Failure, FakeServer, ServerJob

HELD: dict[str, Any] = {"login": LOGIN, "broker": BROKER}


def buy(tag: str = "FE-1", **changes: Any) -> dict[str, Any]:
    instruction = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.1, **changes}
    return {"instruction": instruction, "magic": 7, "tag": tag}


@pytest.fixture
async def agent(server: FakeServer, tmp_path: Path) -> AsyncIterator[AgentProcess]:
    agent = AgentProcess(server.url, server.agent_id, server.key, tmp_path)
    yield agent
    if agent.process is not None and agent.process.returncode is None:
        agent.kill()
        await agent.died()


async def ready(server: FakeServer) -> None:
    """The agent's terminal is well."""
    server.heartbeats.clear()
    await server.until(lambda: bool(server.heartbeats) and server.heartbeats[-1]["terminals"][0]["state"] == "ready")


async def crash_and_restart(server: FakeServer, agent: AgentProcess, point: str, payload: dict[str, Any]) -> ServerJob:
    await agent.start(crash=point)
    await ready(server)
    job = await server.offer(payload, **HELD)
    assert await agent.died() == -signal.SIGKILL
    assert job.status == "running"
    await agent.start(crash=point)
    return await server.ended(job)


def was_looked_up(job: ServerJob, *, is_done: bool) -> None:
    """The order's answer was lost, and the terminal told what became of it. "unknown" is only said meanwhile."""
    assert job.history[:-1] in ([], ["unknown"])
    if is_done:
        assert job.result is not None
        assert (job.status, job.result["was_reconciled"]) == ("completed", True)
    else:
        assert job.error is not None
        assert (job.status, job.error["code"]) == ("failed", "never-reached")


async def test_the_simulated_terminal_executes_a_job_end_to_end(server: FakeServer, agent: AgentProcess) -> None:
    await agent.start()
    job = await server.ended(await server.offer(buy(), **HELD))
    (position,) = agent.positions()
    assert job.result is not None
    assert (job.status, job.result["position"]) == ("completed", position.ticket)
    assert not job.result["was_reconciled"]


async def test_killed_before_the_order_there_is_no_position_and_the_job_says_so(
    server: FakeServer, agent: AgentProcess
) -> None:
    job = await crash_and_restart(server, agent, "before_send", buy())
    assert job.error is not None
    assert (job.status, job.error["code"]) == ("failed", "never-reached")
    assert agent.deals() == []


@pytest.mark.parametrize("point", ["after_send", "after_journal"])
async def test_killed_after_the_order_there_is_one_position_and_the_job_says_so(
    server: FakeServer, agent: AgentProcess, point: str
) -> None:
    job = await crash_and_restart(server, agent, point, buy())
    (position,) = agent.positions()
    assert len(agent.deals()) == 1
    assert job.result is not None
    assert (job.status, job.result["position"]) == ("completed", position.ticket)
    assert job.result["was_reconciled"] == (point == "after_send")


@pytest.mark.parametrize(("kind", "executed"), [(FaultKind.CRASH_BEFORE, 0), (FaultKind.CRASH_AFTER, 1)])
async def test_a_child_that_dies_inside_order_send_is_replaced_and_the_truth_found(
    server: FakeServer, agent: AgentProcess, kind: FaultKind, executed: int
) -> None:
    await agent.start()
    await ready(server)
    plan(agent.books, Fault(kind))
    job = await server.ended(await server.offer(buy(), **HELD))
    was_looked_up(job, is_done=bool(executed))
    assert len(agent.deals()) == executed


async def test_an_answer_that_is_lost_wrong_or_a_refusal_ends_in_the_truth(
    server: FakeServer, agent: AgentProcess
) -> None:
    await agent.start()
    await ready(server)
    executed = 0
    for number, (fault, is_done) in enumerate(
        [
            (Fault(FaultKind.FAIL_AFTER), True),
            (Fault(FaultKind.MISREPORT, code=10012), True),
            (Fault(FaultKind.RAISE), False),
        ]
    ):
        plan(agent.books, fault)
        was_looked_up(await server.ended(await server.offer(buy(f"FE-{number}"), **HELD)), is_done=is_done)
        executed += is_done
        assert len(agent.deals()) == executed, fault
    for fault, status in ((Fault(FaultKind.REFUSE, code=10019), "failed"), (Fault(FaultKind.REQUOTE), "completed")):
        plan(agent.books, fault)
        job = await server.ended(await server.offer(buy(f"FE-{fault.kind}"), **HELD))
        assert job.history == [status], fault
        executed += status == "completed"
        assert len(agent.deals()) == executed, fault


async def test_killed_in_a_reversal_the_old_position_is_closed_once_and_nothing_more(
    server: FakeServer, agent: AgentProcess
) -> None:
    await agent.start()
    await server.ended(await server.offer(buy("FE-1"), **HELD))
    await agent.stop()
    job = await crash_and_restart(server, agent, "after_send", buy("FE-2", side="sell", close_opposite=True))
    assert job.error is not None
    assert (job.status, job.error["code"]) == ("failed", "interrupted")
    assert agent.positions() == []
    assert len(agent.deals()) == 2


async def test_a_power_cut_while_the_server_is_away_loses_no_result(server: FakeServer, agent: AgentProcess) -> None:
    await agent.start()
    await ready(server)
    server.failures.extend(Failure("/result", "reset") for _ in range(1000))
    job = await server.offer(buy(), **HELD)
    await server.until(lambda: len(server.failures) < 1000)
    agent.kill()
    await agent.died()
    server.failures.clear()
    await agent.start()
    await server.ended(job)
    assert (job.status, len(agent.deals())) == ("completed", 1)


async def test_a_server_that_lost_the_lease_meanwhile_still_gets_the_one_result(
    server: FakeServer, agent: AgentProcess
) -> None:
    await agent.start(crash="after_send")
    await ready(server)
    job = await server.offer(buy(), **HELD)
    await agent.died()
    server.lose_lease(job)
    await agent.start()
    await server.ended(job)
    assert (job.status, len(agent.positions())) == ("completed", 1)


async def test_a_sleep_longer_than_the_signal_lives_ends_in_a_refusal(server: FakeServer, agent: AgentProcess) -> None:
    """Supervisor and child stand still, as under a sleeping machine, while the claimed job waits in the socket."""
    await agent.start()
    await ready(server)
    assert agent.process is not None
    os.killpg(agent.process.pid, signal.SIGSTOP)
    job = await server.offer(buy(), **HELD, expires_s=1.0)
    await server.until(lambda: job.status == "running")
    await asyncio.sleep(1.2)
    os.killpg(agent.process.pid, signal.SIGCONT)
    await server.ended(job)
    assert (job.status, agent.deals()) == ("expired", [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_polite_stop_ends_with_status_zero_and_a_last_heartbeat(
    server: FakeServer, agent: AgentProcess, number: int
) -> None:
    await agent.start()
    await ready(server)
    await server.ended(await server.offer(buy(), **HELD))
    assert await agent.stop(number) == 0
    assert len(agent.positions()) == 1
    assert server.heartbeats[-1]["terminals"][0]["state"] == "unreachable"


async def test_a_journal_that_cannot_be_written_stops_orders_and_is_shown_until_it_can(
    server: FakeServer, agent: AgentProcess
) -> None:
    await agent.start()
    await server.ended(await server.offer(buy("FE-1"), **HELD))
    blocker = sqlite3.connect(agent.folder / "state" / "journal" / f"{LOGIN}@{BROKER}.sqlite3", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    refused = await server.ended(await server.offer(buy("FE-2"), **HELD))
    assert refused.error is not None
    assert (refused.status, refused.error["code"]) == ("failed", "journal-unavailable")
    await server.until(lambda: "journal not writable" in server.heartbeats[-1]["terminals"][0]["detail"])
    blocker.execute("ROLLBACK")
    blocker.close()
    await ready(server)
    await server.ended(await server.offer(buy("FE-3"), **HELD))
    assert [position.comment for position in agent.positions()] == ["FE-1", "FE-3"]


async def test_the_agent_ends_with_its_parent(server: FakeServer, agent: AgentProcess) -> None:
    await agent.start()
    await ready(server)
    assert agent.process is not None
    assert agent.process.stdin is not None
    agent.process.stdin.close()
    assert await agent.died() == 0


async def test_a_second_agent_on_the_same_folder_refuses_to_start(
    server: FakeServer, agent: AgentProcess, tmp_path: Path
) -> None:
    await agent.start()
    await ready(server)
    second = AgentProcess(server.url, server.agent_id, server.key, tmp_path)
    await second.start()
    assert await second.died() == 2
    assert "held by another agent" in second.log.read_text()


async def test_the_key_appears_in_no_log(server: FakeServer, agent: AgentProcess) -> None:
    server.failures.extend([Failure("/heartbeat", 500), Failure("/jobs/next", "reset")])
    await agent.start(FOREX_ELITE_AGENT_LOG="debug")
    await server.ended(await server.offer(buy(), **HELD))
    await agent.stop()
    assert server.key not in agent.log.read_text()
