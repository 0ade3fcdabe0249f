"""Accounts the server assigns to an agent that is at work: their terminals, experts, jobs and log-ins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.agent.experts_world import deployment_payload
from tests.agent.fake_server import Failure, FakeServer
from tests.agent.running_agent import RunningAgent

LOGIN, BROKER = 5001, "Fake-Demo"
BUY = {"instruction": {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.1}, "magic": 7, "tag": "FE-1"}
CLOSE = {"instruction": {"do": "close"}, "magic": 7, "tag": "FE-2"}


def account(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "login": LOGIN, "server": BROKER, "is_assigned": True, "kind": "simulator",
        "password_version": 1, **changes,
    }  # fmt: skip


def books(folder: Path) -> Path:
    """Where the fake broker keeps the account's book."""
    place = folder / "simulator"
    place.mkdir(exist_ok=True)
    return place / f"{LOGIN}@{BROKER}"


@pytest.fixture
async def agent(server: FakeServer, tmp_path: Path) -> AsyncIterator[RunningAgent]:
    books(tmp_path)
    server.accounts = []
    made = RunningAgent(server, tmp_path, accounts=0)
    await made.start()
    await server.until(lambda: bool(server.heartbeats))
    yield made
    await made.stop()


async def are_well(server: FakeServer, count: int = 1) -> None:
    """So many terminals are connected, and no other is told of."""
    await server.until(
        lambda: [terminal["state"] for terminal in server.heartbeats[-1]["terminals"]] == ["ready"] * count
    )


async def test_an_account_that_comes_is_traded_and_its_experts_are_looked_after(
    server: FakeServer, agent: RunningAgent
) -> None:
    server.accounts = [account()]
    await are_well(server)

    assert (await server.ended(await server.offer(BUY))).status == "completed"
    stop = await server.ended(await server.offer(deployment_payload("a" * 64), kind="stop", expires_s=None))
    assert stop.result is not None
    assert (stop.status, stop.result["status"]) == ("completed", "stopped")
    assert "GET /deployments" in server.requests

    server.accounts = []
    await are_well(server, 0)
    gone = await server.ended(await server.offer(deployment_payload("a" * 64), kind="stop", expires_s=None))
    assert gone.error is not None
    assert gone.error["code"] == "no-terminal-folder"


async def test_what_waits_for_a_terminal_that_is_taken_away_is_given_back(
    server: FakeServer, agent: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.assigned.HOLD_S", 0.1)
    books(agent.folder).with_suffix(".freeze").touch()
    server.accounts = [account()]
    await are_well(server)
    frozen, waiting = await server.offer(BUY), await server.offer({**BUY, "tag": "FE-2"})
    await server.until(lambda: waiting.status == "running")
    waiting.attempts = 3

    server.accounts = []

    await server.ended(waiting)
    assert (waiting.status, waiting.history) == ("failed", ["not_sent"])
    assert frozen.status == "running", "nobody claims to know what became of it"


async def test_reports_of_an_account_that_has_left_still_arrive_and_disturb_nobody(
    server: FakeServer, agent: RunningAgent
) -> None:
    server.accounts = [account()]
    await are_well(server)
    await server.ended(await server.offer(BUY))
    server.failures.extend(Failure("/trades", 503) for _ in range(1000))
    assert (await server.ended(await server.offer(CLOSE))).status == "completed"
    await server.until(lambda: len(server.failures) < 1000)

    server.accounts = []
    await are_well(server, 0)
    server.failures.clear()

    await server.until(lambda: any(body.get("closed") for path, body in server.reports if path == "/trades"))
    beats = len(server.heartbeats)
    await server.until(lambda: len(server.heartbeats) > beats + 2)
    assert agent.task is not None
    assert not agent.task.done()


async def test_after_a_restart_a_terminal_without_a_saved_log_in_gets_it_once_it_asks(
    server: FakeServer, agent: RunningAgent
) -> None:
    books(agent.folder).with_suffix(".locked").write_text(server.password)
    server.accounts = [account()]
    await are_well(server)
    await agent.stop()
    asked = f"POST /accounts/{server.accounts[0]['id']}/credentials"
    assert server.requests.count(asked) == 1

    again = RunningAgent(server, agent.folder, accounts=0)
    server.heartbeats.clear()
    await again.start()
    try:
        await server.until(lambda: bool(server.heartbeats))
        await are_well(server)

        assert server.requests.count(asked) == 2
        assert (await server.ended(await server.offer(BUY))).status == "completed"
        assert not [file for file in agent.folder.rglob("*.json") if server.password in file.read_text()]
    finally:
        await again.stop()
