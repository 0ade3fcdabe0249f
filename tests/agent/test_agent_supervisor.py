"""The supervisor against a real HTTP server, with real child processes over fake terminals."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.backoff import Backoff
from agent.config import TerminalSetup
from agent.terminal.config import TerminalConfig
from agent.terminal_process import WELL_S, TerminalProcess
from tests.agent.fake_server import Failure, FakeServer
from tests.agent.running_agent import RunningAgent
from tests.agent.stepped_clock import SteppedClock


def buy(tag: str = "FE-1", **changes: Any) -> dict[str, Any]:
    instruction = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.1, **changes}
    return {"instruction": instruction, "magic": 7, "tag": tag}


async def test_a_job_becomes_one_position_and_its_result_is_reported(server: FakeServer, agent: RunningAgent) -> None:
    job = await server.ended(await server.offer(buy()))
    assert (job.status, job.history) == ("completed", ["completed"])
    assert job.result is not None
    (position,) = agent.book().positions
    assert job.result["position"] == position.ticket


async def test_heartbeats_tell_the_health_of_each_terminal(server: FakeServer, agent: RunningAgent) -> None:
    await server.until(lambda: bool(server.heartbeats) and server.heartbeats[-1]["terminals"][0]["state"] == "ready")
    assert server.heartbeats[-1]["terminals"][0]["login"] == 5001


async def test_prices_account_and_positions_are_uploaded(server: FakeServer, agent: RunningAgent) -> None:
    await server.ended(await server.offer(buy()))
    await server.until(
        lambda: (
            any(path == "/trades" and body.get("open") for path, body in server.reports)
            and {path for path, _ in server.reports} == {"/prices", "/accounts", "/trades"}
        )
    )
    assert server.latest("/prices")["ticks"][0]["symbol"] == "EURUSD"
    accounts = [row for path, body in server.reports if path == "/accounts" for row in body["accounts"]]
    assert any(row["symbols"] for row in accounts if row.get("symbols") is not None)


async def test_trades_wait_until_the_server_has_heard_of_their_account(server: FakeServer, tmp_path: Path) -> None:
    server.failures.extend(Failure("/accounts", 503) for _ in range(2))
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    await server.until(lambda: any(path == "/trades" for path, _ in server.reports))
    await agent.stop()
    assert next(path for path, _ in server.reports if path in {"/accounts", "/trades"}) == "/accounts"
    assert server.failures == []


async def test_a_closed_trade_is_uploaded_right_after_its_job(server: FakeServer, agent: RunningAgent) -> None:
    await server.ended(await server.offer(buy()))
    ticket = agent.book().positions[0].ticket
    await server.ended(await server.offer({"instruction": {"do": "close"}, "magic": 7, "tag": "FE-2"}))
    await server.until(
        lambda: any(
            row["ticket"] == ticket for path, body in server.reports if path == "/trades" for row in body["closed"]
        )
    )


async def test_jobs_of_one_account_are_done_in_order(server: FakeServer, agent: RunningAgent) -> None:
    jobs = [await server.offer(buy(f"FE-{number}")) for number in range(10)]
    for job in jobs:
        await server.ended(job)
    assert [position.comment for position in agent.book().positions] == [f"FE-{number}" for number in range(10)]


async def test_bad_answers_lose_nothing_and_double_nothing(server: FakeServer, tmp_path: Path) -> None:
    """The first of them meets the agent at its start."""
    failures = [
        Failure("/heartbeat", 503),
        Failure("/jobs/next", "reset"),
        Failure("/jobs/next", "garbage"),
        Failure("/jobs/next", 500),
        Failure("/result", "reset"),
        Failure("/result", "garbage"),
        Failure("/result", 429),
        Failure("/heartbeat", "garbage"),
        Failure("/accounts", "reset"),
    ]
    agent = RunningAgent(server, tmp_path)
    for number, failure in enumerate(failures, start=1):
        server.failures.append(failure)
        if number == 1:
            await agent.start()
        job = await server.ended(await server.offer(buy(f"FE-{number}")))
        assert job.status == "completed", failure
        assert len(agent.book().positions) == number, failure
        await server.until(lambda: not server.failures)
    await agent.stop()


async def test_a_claim_whose_answer_was_lost_is_given_back_and_done_once(
    server: FakeServer, agent: RunningAgent
) -> None:
    await server.until(lambda: "GET /jobs/next" in server.requests)
    server.failures.append(Failure("/jobs/next", "lost_reply"))
    await server.leave()
    server.is_away = False
    job = await server.offer(buy())
    await server.until(lambda: not server.failures)
    server.lose_lease(job)
    await server.ended(job)
    assert (job.status, job.history) == ("completed", ["not_sent", "completed"])
    assert len(agent.book().positions) == 1


async def test_a_result_whose_acknowledgement_was_lost_is_reported_again(
    server: FakeServer, agent: RunningAgent
) -> None:
    server.failures.append(Failure("/result", "lost_reply"))
    job = await server.ended(await server.offer(buy()))
    await server.until(lambda: server.requests.count(f"POST /jobs/{job.id}/result") == 2)
    assert job.history == ["completed"]
    assert len(agent.book().positions) == 1


async def test_a_server_that_is_away_is_waited_for_and_then_told(server: FakeServer, agent: RunningAgent) -> None:
    job = await server.offer(buy())
    await server.until(lambda: job.status == "running")
    await server.leave()
    await asyncio.wait_for(agent.child.idle.wait(), 10)
    assert job.status == "running"
    server.is_away = False
    await server.ended(job)
    assert (job.status, len(agent.book().positions)) == ("completed", 1)


async def test_a_lease_that_was_lost_while_working_still_ends_in_the_truth(
    server: FakeServer, agent: RunningAgent
) -> None:
    server.failures.append(Failure("/result", 500))
    job = await server.offer(buy())
    await server.until(lambda: not server.failures)
    server.lose_lease(job)
    await server.ended(job)
    assert (job.status, job.history) == ("completed", ["completed"])
    assert len(agent.book().positions) == 1


async def test_a_refused_key_stops_claiming_until_it_is_replaced(
    server: FakeServer, agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.heartbeat._KEY_RETRY_S", 0.05)
    await server.until(lambda: "GET /jobs/next" in server.requests)
    server.key = "another-key"
    await server.leave()
    server.is_away = False
    await server.until(lambda: not agent.supervisor._pulse.key_good.is_set())
    job = await server.offer(buy())
    assert job.status == "pending"
    agent.key_file.write_text("another-key")
    assert (await server.ended(job)).status == "completed"


async def test_a_job_for_an_account_without_a_terminal_fails_in_clear_words(
    server: FakeServer, agent: RunningAgent
) -> None:
    job = await server.ended(await server.offer(buy(), login=9999))
    assert job.error is not None
    assert (job.status, job.error["code"]) == ("failed", "no-terminal")


async def test_a_sync_is_done_when_its_reports_have_arrived(server: FakeServer, agent: RunningAgent) -> None:
    await server.until(lambda: any(path == "/accounts" for path, _ in server.reports))
    server.reports.clear()
    await server.ended(await server.offer({}, kind="sync", expires_s=None))
    assert {"/accounts", "/trades"} <= {path for path, _ in server.reports}


async def test_a_frozen_child_is_killed_and_its_job_settled_by_the_next_one(server: FakeServer, tmp_path: Path) -> None:
    agent = RunningAgent(server, tmp_path, accounts=2, stall_s=3.0)
    agent.book_file(5001).with_suffix(".freeze").touch()
    await agent.start()
    frozen = await server.offer(buy())
    other = await server.offer(buy(), login=5002)
    await server.ended(other)
    assert frozen.status == "running", "one frozen terminal delays no other"
    await server.ended(frozen, timeout_s=30)
    assert frozen.error is not None
    assert (frozen.history, frozen.error["code"]) == (["unknown", "failed"], "never-reached")
    assert agent.book(5001).positions == []
    assert agent.child.starts == 2
    await agent.stop()


async def test_a_killed_child_comes_back_and_goes_on(server: FakeServer, agent: RunningAgent) -> None:
    await server.ended(await server.offer(buy("FE-1")))
    os.kill(agent.child.pid, signal.SIGKILL)
    await server.ended(await server.offer(buy("FE-2")), timeout_s=30)
    assert [position.comment for position in agent.book().positions] == ["FE-1", "FE-2"]


async def test_warnings_of_agent_and_terminals_reach_the_server(server: FakeServer, agent: RunningAgent) -> None:
    agent.supervisor._logs.add(
        {"at": "2026-11-21T12:00:00Z", "level": "error", "source": "terminal", "message": "unwell"}
    )
    await server.until(lambda: "ready" in str(server.heartbeats[-1:]))
    os.kill(agent.child.pid, signal.SIGKILL)
    await server.until(
        lambda: any("its process ended" in str(body) for path, body in server.reports if path == "/logs")
    )
    assert any("unwell" in str(body) for path, body in server.reports if path == "/logs")


async def test_an_agent_that_slept_through_an_order_refuses_it(server: FakeServer, tmp_path: Path) -> None:
    """The child sleeps (as the whole machine would) from before the order's turn until after its time."""
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    await server.until(lambda: bool(server.heartbeats) and server.heartbeats[-1]["terminals"][0]["state"] == "ready")
    os.kill(agent.child.pid, signal.SIGSTOP)
    job = await server.offer(buy(), expires_s=1.0)
    await server.until(lambda: job.status == "running")
    await asyncio.sleep(1.2)
    os.kill(agent.child.pid, signal.SIGCONT)
    await server.ended(job)
    assert (job.status, job.history) == ("expired", ["not_sent"])
    assert agent.book().positions == []
    await agent.stop()


async def test_a_server_whose_clock_is_an_hour_ahead_is_believed_about_ages(server: FakeServer, tmp_path: Path) -> None:
    server.shift = timedelta(hours=1)
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    job = await server.ended(await server.offer(buy(), expires_s=30.0))
    assert job.status == "completed"
    assert job.result is not None
    assert job.result["sent_at"] > (server.now() - timedelta(minutes=5)).isoformat()
    await agent.stop()


async def test_stopping_hands_back_what_waits_and_leaves_no_process(server: FakeServer, tmp_path: Path) -> None:
    agent = RunningAgent(server, tmp_path)
    agent.book_file(5001).with_suffix(".freeze").touch()
    await agent.start()
    await server.offer(buy("FE-1"))
    waiting = await server.offer(buy("FE-2"))
    await server.until(lambda: waiting.status == "running")
    await server.until(lambda: agent.child.current is not None and len(agent.child.waiting) == 1)
    pid = agent.child.pid
    await agent.stop()
    assert waiting.history == ["not_sent"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_results_survive_a_restart_of_the_agent(server: FakeServer, tmp_path: Path) -> None:
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    server.failures.extend(Failure("/result", 503) for _ in range(50))
    job = await server.offer(buy())
    await server.until(lambda: len(server.failures) < 50)
    await agent.stop()
    assert job.status == "running"
    server.failures.clear()
    later = RunningAgent(server, tmp_path)
    await later.start()
    await server.ended(job)
    assert (job.status, len(later.book().positions)) == ("completed", 1)
    await later.stop()


async def test_reports_carry_the_brokers_server_name_as_it_is_written(server: FakeServer, agent: RunningAgent) -> None:
    await server.until(lambda: {"/accounts", "/trades"} <= {path for path, _ in server.reports})
    accounts = [row for path, body in server.reports if path == "/accounts" for row in body["accounts"]]
    trades = [body for path, body in server.reports if path == "/trades"]
    assert {row["server"] for row in (*accounts, *trades)} == {"Fake-Demo"}


class Pauses(Backoff):
    """Pauses that are noted and not made."""

    def __init__(self) -> None:
        super().__init__(first_s=1.0, most_s=60.0)
        self.made: list[float] = []
        self.four = asyncio.Event()

    def next_s(self) -> float:
        self.made.append(super().next_s())
        if len(self.made) == 4:
            self.four.set()
        return 0.0


@pytest.mark.parametrize(("well_s", "is_soon"), [(WELL_S - 1, False), (WELL_S, True)])
async def test_a_child_that_keeps_dying_starts_less_and_less_often_and_one_that_was_well_at_once(
    well_s: float, is_soon: bool
) -> None:
    clock, pauses = SteppedClock(), Pauses()
    health = json.dumps({"say": "health", "health": {"login": 5001, "server": "Fake-Demo", "state": "ready"}})
    terminal = TerminalProcess(
        TerminalSetup(TerminalConfig(login=5001, server="Fake-Demo"), ""),
        [sys.executable, "-c", f"import sys; sys.stdin.readline(); print({health!r})"],
        clock,
        hear=lambda _, __: clock.pass_s(well_s),
        lose=lambda _, __: None,
        ahead_s=lambda: 0.0,
    )
    terminal._backoff = pauses

    running = asyncio.create_task(terminal.run(asyncio.Semaphore(1)))
    await asyncio.wait_for(pauses.four.wait(), 20)
    running.cancel()
    await asyncio.wait([running])

    assert (pauses.made[-1] <= 1.0) is is_soon
