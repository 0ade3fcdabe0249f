"""The server dies between commit and reply: what it did is done once, and whoever asks again hears the same."""

from __future__ import annotations

import sqlite3

import httpx
import pytest

from tests.faults.desk import Desk, buy
from tests.faults.processes import ServerProcess, eventually


async def test_an_alert_whose_answer_was_lost_is_a_duplicate_when_it_is_sent_again(
    server: ServerProcess, desk: Desk
) -> None:
    await desk.open()
    body = buy()
    cut = server.wire.cut("POST /webhooks/tv/", then=server.kill)

    with pytest.raises(httpx.TransportError):
        await desk.alert(body)
    assert cut.happened.is_set()
    await server.restart()
    again = await desk.alert(body)

    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    (job,) = desk.jobs()
    feed = (await desk.member.get("/api/tv/signals")).json()["items"]
    (first,) = [one for one in feed if one["status"] != "duplicate"]
    assert (await desk.told(first["id"]))["status"] == "executed"
    assert len(desk.entries()) == 1
    assert desk.jobs()[0]["id"] == job["id"]


@pytest.mark.parametrize("is_server_killed", [True, False])
async def test_a_job_the_agent_never_heard_of_is_carried_out_once_while_it_is_fresh(
    server: ServerProcess, desk: Desk, is_server_killed: bool
) -> None:
    await desk.open()
    cut = server.wire.cut("/jobs/next", then=server.kill if is_server_killed else lambda: None)

    signal_id = await desk.accepted()
    await cut.happened.wait()
    if is_server_killed:
        await server.restart()

    told = await desk.told(signal_id, within_s=40)
    (entry,) = desk.entries()
    assert (told["status"], told["broker_order_id"]) == ("executed", str(entry.order))
    assert desk.job(signal_id)["attempts"] == 2


async def test_a_job_the_agent_never_heard_of_is_not_carried_out_once_it_is_too_old(
    server: ServerProcess, desk: Desk
) -> None:
    await desk.open(strategy={"max_signal_age_s": 3})
    cut = server.wire.cut("/jobs/next", then=server.kill)

    signal_id = await desk.accepted()
    await cut.happened.wait()
    await eventually(lambda: _is_past(server, desk.job(signal_id)["expires_at"]), 10)
    await server.restart()

    assert (await desk.told(signal_id, within_s=40))["status"] == "expired"
    assert desk.entries() == []


@pytest.mark.parametrize("is_server_killed", [True, False])
async def test_a_result_whose_acknowledgement_was_lost_is_reported_again_and_answered_alike(
    server: ServerProcess, desk: Desk, is_server_killed: bool
) -> None:
    await desk.open()
    cut = server.wire.cut("/result", then=server.kill if is_server_killed else lambda: None)

    signal_id = await desk.accepted()
    await cut.happened.wait()
    before = desk.job(signal_id)
    assert before["status"] == "completed"
    if is_server_killed:
        await server.restart()

    async def is_acknowledged() -> bool:
        with sqlite3.connect(desk.agent.journal_file()) as journal:
            return journal.execute("select delivery from job").fetchall() == [("acknowledged",)]

    await eventually(is_acknowledged, 30)
    assert desk.job(signal_id) == before
    assert (await desk.told(signal_id))["status"] == "executed"
    assert len(desk.entries()) == 1


async def _is_past(server: ServerProcess, instant: object) -> bool:
    (row,) = server.rows("select now() > %s as past", instant)
    return bool(row["past"])
