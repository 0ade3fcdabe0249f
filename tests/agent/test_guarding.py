"""The guard at work: commands obeyed at once, limits enforced without a server and across restarts, nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest

from agent.clocks import Clock
from agent.execute import Executor
from agent.guard_file import GuardFile, guard_place
from agent.guarding import Guarding
from agent.journal import Journal
from agent.protocol import (
    MANUAL_MAGIC,
    AccountConfig,
    AccountLimits,
    Automation,
    Limit,
    LimitAction,
    OpenTrade,
    OrderType,
    Side,
)
from agent.terminal.gateway import PendingOrder, SendClass, SendResult
from tests.agent.fake_server import FakeServer, ServerJob
from tests.agent.fake_terminal import Book, FakeTerminal
from tests.agent.running_agent import RunningAgent

ALL = LimitAction.CLOSE_ALL
OPEN = {"instruction": {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.5}, "magic": 7, "tag": "FE-1"}


def config(revision: int = 1, *, login: int = 5001, **changes: Any) -> AccountConfig:
    return AccountConfig(id=UUID(int=login), login=login, server="Fake-Demo", revision=revision, **changes)


async def command(server: FakeServer, kind: str, told: AccountConfig, *, expires_s: float = 30.0) -> ServerJob:
    payload = {"scope": "account", "account": told.model_dump(mode="json")}
    return await server.ended(await server.offer(payload, kind=kind, expires_s=expires_s))


async def opened(server: FakeServer, **changes: Any) -> ServerJob:
    payload = {**OPEN, "tag": f"FE-{len(server.jobs)}", **changes}
    return await server.ended(await server.offer(payload))


def book(agent: RunningAgent) -> Book:
    return agent.book()


async def until(condition: Callable[[], Any], timeout_s: float = 25.0) -> None:
    """Look again and again at what another process does."""
    for _ in range(int(timeout_s * 10)):
        if condition():
            return
        await asyncio.sleep(0.1)
    raise TimeoutError


async def test_a_pause_holds_automated_entries_and_a_start_lets_them_pass(
    server: FakeServer, agent: RunningAgent
) -> None:
    done = await command(server, "pause", config(automation=Automation.PAUSED))
    assert (done.status, done.result) == (
        "completed",
        {"algo_status": "paused", "is_killed": False, "revision": 1},
    )

    held = await opened(server)
    assert (held.status, (held.error or {})["code"]) == ("failed", "automation-paused")
    for magic in (0, MANUAL_MAGIC):
        assert (await opened(server, magic=magic)).status == "completed", "an order by hand is no automation"

    assert (await command(server, "run", config(2))).status == "completed"
    assert (await opened(server)).status == "completed"


async def test_the_kill_switch_holds_every_entry_and_no_exit(server: FakeServer, agent: RunningAgent) -> None:
    assert (await opened(server)).status == "completed"
    assert (await command(server, "stop", config(killed=True))).status == "completed"

    assert ((await opened(server, magic=0)).error or {})["code"] == "kill-switch"
    closed = await server.ended(await server.offer({"instruction": {"do": "close"}, "magic": 7, "tag": "FE-close"}))
    assert (closed.status, book(agent).positions) == ("completed", [])


async def test_an_older_word_never_replaces_a_newer_one(server: FakeServer, agent: RunningAgent) -> None:
    await command(server, "stop", config(5, killed=True))

    late = await command(server, "run", config(4))

    assert (late.status, (late.error or {})["code"]) == ("failed", "superseded")
    assert ((await opened(server)).error or {})["code"] == "kill-switch"


async def test_a_command_that_comes_too_late_is_not_obeyed(server: FakeServer, agent: RunningAgent) -> None:
    await server.until(lambda: bool(server.heartbeats))
    child = agent.child
    await until(lambda: child.is_ready)
    os.kill(child.pid, signal.SIGSTOP)
    stopping = psutil.Process(child.pid)  # one of its threads may go on until the one the signal came to gets its turn
    await until(lambda: stopping.status() == psutil.STATUS_STOPPED)
    payload = {"scope": "account", "account": config(automation=Automation.STOPPED).model_dump(mode="json")}
    job = await server.offer(payload, kind="stop", expires_s=4.0)
    await until(lambda: child.commands)
    (held,) = child.commands.values()
    await until(lambda: held.expires.is_past(Clock()))
    os.kill(child.pid, signal.SIGCONT)

    await server.ended(job)
    assert (job.status, (job.error or {}).get("code")) == ("failed", "expired"), (job.status, job.history)
    assert (await opened(server)).status == "completed"


async def test_a_limit_is_enforced_with_the_server_away_and_everything_is_closed_once(
    server: FakeServer, agent: RunningAgent
) -> None:
    for _ in range(3):
        assert (await opened(server)).status == "completed"
    limits = AccountLimits(max_open_positions=Limit(value=2, action=ALL))
    await server.leave()
    agent.child.enforce(config(2, limits=limits).model_dump(mode="json"))

    await until(lambda: not book(agent).positions)

    closings = [what for what in book(agent).sent if what["do"] == "close"]  # type: ignore[attr-defined]
    assert sorted(what["ticket"] for what in closings) == sorted({what["ticket"] for what in closings})
    assert len(closings) == 3
    server.is_away = False
    assert ((await opened(server)).error or {})["code"] == "max-open-positions", "closed, and stopped until resumed"
    await server.until(lambda: any((one.get("guard") or {}).get("holds") for one in _terminals(server)))


def _terminals(server: FakeServer) -> list[dict[str, Any]]:
    return server.heartbeats[-1]["terminals"] if server.heartbeats else []


async def test_what_holds_is_remembered_after_a_restart_without_the_server(server: FakeServer, tmp_path: Path) -> None:
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    await command(server, "stop", config(3, killed=True))
    await agent.stop()
    place = guard_place(agent.config.terminals[0].journal_file)
    assert GuardFile(place).kept.config == config(3, killed=True)

    again = RunningAgent(server, tmp_path)
    await again.start()
    try:
        assert ((await opened(server)).error or {})["code"] == "kill-switch"
    finally:
        await again.stop()


async def test_limits_that_can_no_longer_be_read_hold_everything_until_they_are_told_anew(
    server: FakeServer, tmp_path: Path
) -> None:
    agent = RunningAgent(server, tmp_path)
    guard_place(agent.config.terminals[0].journal_file).write_bytes(b'{"config": {"login"')
    await agent.start()
    try:
        assert ((await opened(server)).error or {})["code"] == "limits-unknown"
        await command(server, "run", config(1))
        assert (await opened(server)).status == "completed"
    finally:
        await agent.stop()


async def test_a_close_all_that_is_cut_off_in_the_middle_closes_nothing_twice(
    server: FakeServer, tmp_path: Path
) -> None:
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    for _ in range(2):
        await opened(server)
    agent.book_file(5001).with_suffix(".freeze").touch()  # the child stops in the middle of the next order
    limits = AccountLimits(max_open_positions=Limit(value=1, action=ALL))
    child = agent.child
    child.enforce(config(2, limits=limits).model_dump(mode="json"))
    await until(lambda: not agent.book_file(5001).with_suffix(".freeze").exists())
    os.kill(child.pid, signal.SIGKILL)
    try:
        await until(lambda: not book(agent).positions, 40.0)
        tickets = [what["ticket"] for what in book(agent).sent if what["do"] == "close"]  # type: ignore[attr-defined]
        assert sorted(tickets) == sorted(set(tickets))
    finally:
        await agent.stop()


def test_orders_that_wait_at_the_terminal_count_where_positions_are_limited(tmp_path: Path) -> None:
    terminal, file = FakeTerminal(), GuardFile(tmp_path / "g.json")
    file.tell(config(limits=AccountLimits(max_open_positions=Limit(value=1))))
    guard = Guarding(terminal, file, Clock(), lambda _: None, "5001@Fake-Demo")
    entry = OpenTrade(symbol="EURUSD", side=Side.BUY, volume_lots=0.1)
    assert guard.refusal_of(entry, 7) is None

    terminal.book.orders.append(
        PendingOrder(9, "EURUSD", Side.BUY, OrderType.LIMIT, 0.1, 1.0, 0, 0, 0, "", datetime.now(UTC))
    )

    held = guard.refusal_of(entry, 7)
    assert held is not None
    assert held.code == "max-open-positions"


def test_a_pending_order_that_cannot_be_cancelled_does_not_keep_positions_open(tmp_path: Path) -> None:
    terminal = FakeTerminal()
    terminal.book.open("EURUSD", Side.BUY, 0.5)
    pending = PendingOrder(9, "EURUSD", Side.BUY, OrderType.LIMIT, 0.1, 1.0, 0, 0, 0, "", datetime.now(UTC))
    terminal.book.orders.append(pending)
    terminal.answers = [SendResult(SendClass.REFUSED, 10029, "frozen")]
    journal, file = Journal(tmp_path / "j.sqlite3"), GuardFile(tmp_path / "g.json")
    file.tell(config(limits=AccountLimits(max_lots=Limit(value=0.1, action=ALL))))
    guard = Guarding(terminal, file, Clock(), lambda _: None, "5001@Fake-Demo")
    executor = Executor(terminal, journal, Clock())

    for _ in range(3):
        guard._look_at = guard._again_at = 0.0  # as if the pauses were over
        guard.step(executor)

    assert [what["do"] for what in terminal.sent] == ["cancel", "close", "cancel"]
    assert (terminal.book.positions, terminal.book.orders) == ([], [])
    guard._look_at = guard._again_at = 0.0
    assert guard.step(executor) is None, "everything is closed, and nothing more is sent"


@pytest.mark.parametrize("fault", ["", "{}", '{"memory": 1, "config": null}', '{"latches": {}}'])
def test_a_guard_file_is_whole_or_says_that_it_is_lost(tmp_path: Path, fault: str) -> None:
    place = tmp_path / "a.guard.json"
    place.write_text(fault)
    file = GuardFile(place)

    assert file.is_lost is (fault == "")
    assert file.tell(config(1))
    assert GuardFile(place).kept.config == config(1)
    assert not file.tell(config(0))
    assert file.tell(config(1, killed=True), is_command=True)
    assert GuardFile(place).kept.config == config(1, killed=True)
