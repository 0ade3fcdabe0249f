"""The agent's machine lets it down: a full disk, a long sleep, a clock that jumps. Nothing is sent late or twice."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from agent.simulator.faults import Fault, FaultKind, plan
from tests.faults.desk import Desk
from tests.faults.processes import ServerProcess, eventually

SHIFTED = Path(__file__).parent / "shifted"


@contextmanager
def no_space_for(pid: int) -> Iterator[None]:
    """Every write of this process that would make a file longer fails, as on a full disk."""
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # the agent may have been killed meanwhile
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


async def test_with_no_space_for_the_journal_nothing_is_sent_and_the_signal_says_so(desk: Desk) -> None:
    await desk.open()
    (child,) = desk.agent.children()

    with no_space_for(child.pid):
        refused = await desk.told(await desk.accepted())
        assert (refused["status"], refused["reason_code"]) == ("failed", "journal-unavailable")
        assert "nothing was sent" in refused["reason"]
        assert desk.entries() == []
        answer = await desk.alert()
    after = await desk.told(answer.json()["signal_id"])

    executed = [one for one in (after, await desk.told(await desk.accepted())) if one["status"] == "executed"]
    assert executed
    assert len(desk.entries()) == len(executed)


async def test_with_no_space_for_the_answer_the_position_is_still_told_once(desk: Desk) -> None:
    """The disk fills up while the order is at the broker."""
    await desk.open()
    plan(desk.agent.books_file(), Fault(FaultKind.SLOW_AFTER, seconds=2.0))
    (child,) = desk.agent.children()

    signal_id = await desk.accepted()

    async def is_filled() -> bool:
        return len(desk.entries()) == 1

    await eventually(is_filled, 20)
    with no_space_for(child.pid):
        assert (await desk.told(signal_id))["status"] == "executed"
        desk.agent.signal(signal.SIGKILL)
        await desk.agent.died()
    assert [job["settled_wall"] for job in desk.agent.journalled()] == [None]
    await desk.agent.start()

    assert (await desk.told(await desk.accepted()))["status"] == "executed"
    assert len(desk.entries()) == 2
    assert desk.job(signal_id)["status"] == "completed"


async def test_an_agent_asleep_for_longer_than_the_signal_lives_refuses_the_order(
    server: ServerProcess, desk: Desk
) -> None:
    await desk.open(strategy={"max_signal_age_s": 2})

    desk.agent.signal(signal.SIGSTOP)
    signal_id = await desk.accepted()

    async def is_too_old() -> bool:
        (row,) = server.rows("select now() > %s as past", desk.job(signal_id)["expires_at"])
        return bool(row["past"])

    await eventually(is_too_old, 10)
    desk.agent.signal(signal.SIGCONT)

    assert (await desk.told(signal_id))["status"] == "expired"
    assert desk.entries() == []
    fresh = await desk.make_strategy()
    answer = await desk.alert(strategy=fresh)
    assert (await desk.told(answer.json()["signal_id"]))["status"] == "executed"
    assert len(desk.entries()) == 1


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_wall_clock_that_jumps_by_an_hour_sends_nothing_twice_and_the_signal_tells_the_truth(
    desk: Desk, tmp_path: Path, hours: int
) -> None:
    shift = tmp_path / "shift"
    shift.write_text("0")
    await desk.open()
    await desk.agent.stop()
    await desk.agent.start(PYTHONPATH=str(SHIFTED), FOREX_ELITE_TEST_SHIFT=str(shift))
    first = await desk.told(await desk.accepted())

    shift.write_text(str(hours * 3600))
    told = [first, *[await desk.told(await desk.accepted()) for _ in range(3)]]

    executed = [one for one in told if one["status"] == "executed"]
    assert {one["status"] for one in told} <= {"executed", "failed", "expired"}
    assert {one["broker_order_id"] for one in executed} == {str(entry.order) for entry in desk.entries()}
    assert len(desk.entries()) == len(executed)
    for one in executed:
        (execution,) = one["executions"]
        stages = list(execution["stages"].values())
        assert stages == sorted(stages), "times stay on the server's clock"

    async def is_trusted_again() -> bool:
        return (await desk.told(await desk.accepted()))["status"] == "executed"

    await eventually(is_trusted_again, 30)
    settled = [job["settled_wall"] or 0 for job in desk.agent.journalled()]
    assert any(abs(at - time.time() - hours * 3600) < 300 for at in settled), "the agent never saw its clock jump"
