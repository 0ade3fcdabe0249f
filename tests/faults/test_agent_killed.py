"""Power cuts at the agent, from a real alert to the broker's books: one position or none, and the signal says which."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.faults.desk import Desk, buy


async def crash_and_restart(desk: Desk, point: str) -> str:
    """Kill supervisor and child at a point of the next order, and start them again; the signal's id."""
    await desk.open(crash=point)
    signal_id = await desk.accepted()
    assert await desk.agent.died() == -signal.SIGKILL
    assert desk.job(signal_id)["status"] == "running"
    await desk.agent.start(crash=point)
    return signal_id


async def test_killed_before_the_order_is_sent_there_is_no_position_and_the_signal_says_so(desk: Desk) -> None:
    told = await desk.told(await crash_and_restart(desk, "before_send"))

    assert desk.entries() == []
    assert (told["status"], told["reason_code"]) == ("failed", "never-reached")
    assert told["fill_price"] is None


@pytest.mark.parametrize("point", ["after_send", "after_journal"])
async def test_killed_after_the_order_was_sent_there_is_one_position_and_the_signal_says_so(
    desk: Desk, point: str
) -> None:
    told = await desk.told(await crash_and_restart(desk, point))

    (entry,) = desk.entries()
    assert told["status"] == "executed"
    assert told["fill_price"] == pytest.approx(entry.price)
    assert told["broker_order_id"] == str(entry.order)


async def test_the_same_alert_fifty_times_at_once_opens_one_position(desk: Desk) -> None:
    await desk.open()
    body = buy()

    answers = await asyncio.gather(*(desk.alert(body) for _ in range(50)))

    assert sorted(answer.json()["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 49
    (signal_id,) = {answer.json()["signal_id"] for answer in answers if answer.json()["status"] == "accepted"}
    assert (await desk.told(signal_id))["status"] == "executed"
    assert len(desk.entries()) == len(desk.jobs()) == 1
