"""Two hands on one order: a lease that ends under a working agent, and two agents with one pairing key."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from agent.simulator.faults import Fault, FaultKind, plan
from tests.faults.desk import Desk
from tests.faults.processes import ServerProcess, eventually


async def order_under_way(desk: Desk) -> str:
    """Send an alert whose order the terminal takes seconds to send; the signal's id once the agent has begun."""
    await desk.open()
    plan(desk.agent.books_file(), Fault(FaultKind.SLOW, seconds=6.0))
    signal_id = await desk.accepted()

    async def has_begun() -> bool:
        return len(desk.agent.journalled()) == 1

    await eventually(has_begun, 20)
    assert desk.entries() == []
    return signal_id


async def test_a_lease_that_ends_while_the_order_is_under_way_leads_to_no_second_order(
    server: ServerProcess, desk: Desk
) -> None:
    signal_id = await order_under_way(desk)

    server.rows("update jobs set lease_expires_at = now() - interval '1 second' where user_id = %s", desk.member.id)
    await desk.job_is(signal_id, "unknown", "completed")

    told = await desk.told(signal_id)
    (entry,) = desk.entries()
    assert (told["status"], told["broker_order_id"]) == ("executed", str(entry.order))
    assert desk.job(signal_id)["attempts"] == 1


async def test_a_second_agent_with_the_same_key_beside_the_first_sends_no_second_order(
    desk: Desk, tmp_path: Path
) -> None:
    """Its own folder, so that no lock of the first holds it back, and the same terminal."""
    signal_id = await order_under_way(desk)

    second = desk.add_agent("second", desk.agent.logins, books=desk.agent.books_file().parent)
    await second.start()

    async def is_refused() -> bool:
        return "agent-elsewhere" in second.log.read_text()

    await eventually(is_refused, 30)
    told = await desk.told(signal_id)
    more = [await desk.told(await desk.accepted()) for _ in range(4)]

    assert told["status"] == "executed"
    executed = [one for one in (told, *more) if one["status"] == "executed"]
    assert len(desk.entries()) == len(executed)
    assert {one["broker_order_id"] for one in executed} == {str(entry.order) for entry in desk.entries()}


@pytest.mark.parametrize("is_killed", [False, True])
async def test_a_second_agent_takes_over_when_the_first_has_stopped_or_fallen_silent(
    server: ServerProcess, desk: Desk, is_killed: bool
) -> None:
    await desk.open()
    await desk.told(await desk.accepted())
    desk.agent.signal(signal.SIGKILL if is_killed else signal.SIGTERM)
    await desk.agent.died()
    if is_killed:
        server.rows(
            "update mt5_agents set last_heartbeat_at = last_heartbeat_at - interval '1 minute' where id = %s",
            desk.agent_id,
        )

    second = desk.add_agent("second", desk.agent.logins, books=desk.agent.books_file().parent)
    await second.start()

    async def is_heard() -> bool:
        return bool(
            server.rows(
                "select 1 from mt5_agents where id = %s and last_heartbeat_at > now() - interval '20 s' "
                "and instance = %s",
                desk.agent_id,
                second.instance,
            )
        )

    await eventually(is_heard, 30)
    assert (await desk.told(await desk.accepted()))["status"] == "executed"
    assert len(desk.entries()) == 2
