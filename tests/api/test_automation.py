"""Commands to many accounts at once, and the kill switch, over HTTP with agents that answer, fail, and stay silent."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.automation import EaCommand
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.services import ea_commands, kill_switch
from tests.world import Member, Vps, account_ids, buy, make_strategy, pair, send_alert

SHAPE = {"success", "message", "totalAccounts", "successfulAccounts", "failedAccounts", "accounts"}


async def command(member: Member, what: str, **more: Any) -> dict[str, Any]:
    answer = await member.post("/api/user/ea/command", {"command": what, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert set(told) == SHAPE
    assert all(set(one) == {"accountNumber", "broker", "status", "message"} for one in told["accounts"])
    return told


async def obey(vps: Vps, count: int = 1, *, failing: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Take commands and confirm them, all but those of the logins in `failing`."""
    jobs = []
    for _ in range(count):
        job = await vps.claim(wait=10)
        assert job is not None
        jobs.append(job)
        told = job["payload"]["account"]
        result = {"algo_status": told["automation"], "is_killed": told["killed"], "revision": told["revision"]}
        if job["account"]["login"] in failing:
            await vps.finish(job, "failed", error={"code": "not-kept", "message": "The disk is full."})
        else:
            await vps.finish(job, result=result)
    return jobs


async def statuses(member: Member) -> dict[int, str]:
    rows = (await member.get("/api/user/mt5-accounts")).json()["accounts"]
    return {row["login"]: row["algo_status"] for row in rows}


async def test_partial_success_is_reported_as_such_and_just_the_failed_are_tried_again(alice: Member) -> None:
    vps = await pair(alice, accounts=5)
    failing = vps.logins[2]

    asked, _ = await asyncio.gather(command(alice, "pause_ea"), obey(vps, 5, failing=(failing,)))

    assert (asked["success"], asked["totalAccounts"]) == (False, 5)
    assert (asked["successfulAccounts"], asked["failedAccounts"]) == (4, 1)
    assert asked["message"] == "Paused on 4 of 5 accounts; 1 failed"
    by_login = {one["accountNumber"]: one for one in asked["accounts"]}
    assert by_login[failing]["status"] == "failed"
    assert "The disk is full." in by_login[failing]["message"]
    assert {one["status"] for login, one in by_login.items() if login != failing} == {"success"}
    assert list((await statuses(alice)).values()).count("paused") == 4

    ids = dict(zip(vps.logins, await account_ids(alice), strict=True))
    again, jobs = await asyncio.gather(command(alice, "pause_ea", account_ids=[ids[failing]]), obey(vps))
    assert (again["success"], again["totalAccounts"]) == (True, 1)
    assert jobs[0]["account"]["login"] == failing
    async with unit_of_work(Actor(user_id=UUID(alice.id), role=Role.USER)) as uow:
        lines = [
            row["message"] for row in await uow.rows("select message from system_logs where source = 'automation'")
        ]
    assert sum("pause_ea asked for" in line for line in lines) == 6
    assert sum("has confirmed the pause" in line for line in lines) == 5
    assert sum("The disk is full." in line for line in lines) == 1


async def test_an_account_that_stays_silent_times_out_alone(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ea_commands, "COMMAND_WITHIN_S", 3)
    vps, silent = await pair(alice, accounts=2), await pair(alice)
    began = time.monotonic()

    asked, _ = await asyncio.gather(command(alice, "stop_ea"), obey(vps, 2))

    assert 2.5 < time.monotonic() - began < 15
    found = {one["accountNumber"]: one["status"] for one in asked["accounts"]}
    assert found == {vps.logins[0]: "success", vps.logins[1]: "success", silent.logins[0]: "timeout"}
    assert "stopped at the server all the same" in asked["accounts"][-1]["message"]


async def test_an_offline_agent_is_told_apart_at_once_and_a_stop_holds_without_it(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update mt5_agents set last_heartbeat_at = now() - interval '1 hour' where id = %s", (vps.id,))

    asked = await command(alice, "stop_ea")
    assert asked["accounts"][0]["status"] == "offline"

    (told,) = (await vps.beat()).json()["config"]["accounts"]
    assert told["automation"] == "stopped", "it hears of it when it returns"
    assert (await send_alert(client, strategy, buy())).json()["reason"].startswith("Automation is stopped")


async def test_a_start_holds_only_once_the_agent_has_confirmed_it(
    client: httpx.AsyncClient, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    await asyncio.gather(command(alice, "pause_ea"), obey(vps))
    monkeypatch.setattr(ea_commands, "COMMAND_WITHIN_S", 1)
    assert (await command(alice, "start_ea"))["accounts"][0]["status"] == "timeout"
    assert (await send_alert(client, strategy, buy())).json()["status"] == "discarded"
    assert await vps.claim() is None, "a start that ran out of time is not given out any more"

    monkeypatch.setattr(ea_commands, "COMMAND_WITHIN_S", 30)
    started, _ = await asyncio.gather(command(alice, "start_ea"), obey(vps))
    assert started["success"] is True
    assert (await send_alert(client, strategy, buy())).json()["status"] == "accepted"


async def test_a_start_says_what_still_keeps_entries_back(alice: Member) -> None:
    vps = await pair(alice, accounts=2)
    killed = (await account_ids(alice))[0]
    await alice.post("/api/kill-switch", {"account_id": killed})
    await obey(vps)

    told, _ = await asyncio.gather(command(alice, "start_ea"), obey(vps, 2))

    words = {one["accountNumber"]: (one["status"], one["message"]) for one in told["accounts"]}
    assert sorted(words.values()) == [
        ("success", "Running"),
        ("success", "Running, but the kill switch is on: no entry passes until it is lifted"),
    ]


async def test_settings_go_with_the_command_and_hold_at_the_gate(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    orange = {"max_lots": 0.5, "max_loss": 100, "safety_mode": "orange"}
    _, jobs = await asyncio.gather(command(alice, "start_ea", settings=orange), obey(vps))
    assert jobs[0]["payload"]["settings"] == {"max_lots": 0.5, "max_loss": 100.0, "safety_mode": "orange"}
    assert jobs[0]["payload"]["scope"] == "account"

    assert (await send_alert(client, strategy, buy(sl=1.09))).json()["status"] == "accepted"
    job = await vps.claim()
    assert job is not None
    assert job["payload"]["instruction"]["volume_lots"] == 0.05, "half of what the strategy asks for"
    assert "no stop" in (await send_alert(client, strategy, buy())).json()["reason"]
    red = {"safety_mode": "red"}
    await asyncio.gather(command(alice, "start_ea", settings=red), obey(vps))
    assert "red" in (await send_alert(client, strategy, buy(sl=1.09))).json()["reason"]

    for wrong in ({"max_lots": 0}, {"max_loss": -5}, {"safety_mode": "blue"}):
        refused = await alice.post("/api/user/ea/command", {"command": "start_ea", "settings": wrong})
        assert refused.status_code == 422, wrong


async def test_two_commands_at_once_end_with_server_and_agent_of_one_mind(alice: Member) -> None:
    vps = await pair(alice, accounts=3)

    first, second, jobs = await asyncio.gather(command(alice, "pause_ea"), command(alice, "stop_ea"), obey(vps, 6))

    assert (first["totalAccounts"], second["totalAccounts"]) == (3, 3)
    last = {job["account"]["login"]: max(0, job["payload"]["account"]["revision"]) for job in jobs}
    told = (await vps.beat()).json()["config"]["accounts"]
    newest = {
        job["account"]["login"]: job["payload"]["account"]["automation"]
        for job in sorted(jobs, key=lambda job: job["payload"]["account"]["revision"])
    }
    assert {one["login"]: one["automation"] for one in told} == newest
    assert set(last) == set(vps.logins)


async def test_without_an_enabled_account_there_is_nothing_to_command(alice: Member) -> None:
    answer = await alice.post("/api/user/ea/command", {"command": "start_ea"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no-enabled-account")


async def test_the_kill_switch_cancels_what_waits_and_no_claim_gets_an_entry(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    waiting = (await send_alert(client, strategy, buy())).json()["signal_id"]

    thrown = (await alice.post("/api/kill-switch", {"all": True})).json()["accounts"]

    assert thrown[0]["cancelled_entries"] == 1
    assert thrown[0]["killed_at"] is not None
    assert thrown[0]["confirmed_at"] is None
    told = (await alice.get(f"/api/tv/signals/{waiting}")).json()
    assert told["executions"][0]["status"] == "cancelled"
    assert (await send_alert(client, strategy, buy())).json()["status"] == "discarded"
    (job,) = await obey(vps)
    assert (job["type"], job["payload"]["account"]["killed"]) == ("stop", True)
    shown = (await alice.get("/api/kill-switch")).json()["accounts"]
    assert shown[0]["confirmed_at"] >= shown[0]["killed_at"]
    assert await vps.claim() is None

    lifted = (await alice.post("/api/kill-switch/lift", {"all": True})).json()["accounts"]
    assert lifted[0]["killed_at"] is None
    (job,) = await obey(vps)
    assert (job["type"], job["payload"]["account"]["killed"]) == ("run", False)
    assert (await send_alert(client, strategy, buy())).json()["status"] == "accepted"


async def test_an_entry_that_slips_in_behind_the_switch_is_given_to_nobody_and_cancelled(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    (account_id,) = await account_ids(alice)
    slipped = (await send_alert(client, strategy, buy())).json()["signal_id"]
    async with unit_of_work(service("a test")) as uow:  # as if judged before the switch, and stored after it
        await uow.run("update mt5_accounts set killed_at = now() where id = %s", (account_id,))

    assert await vps.claim() is None
    assert await kill_switch.clear_slipped() == 1
    told = (await alice.get(f"/api/tv/signals/{slipped}")).json()
    assert told["executions"][0]["status"] == "cancelled"


async def test_alerts_against_the_switch_never_leave_an_entry_behind(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    alerts = [send_alert(client, strategy, buy()) for _ in range(12)]
    switch = alice.post("/api/kill-switch", {"all": True})

    await asyncio.gather(*alerts[:6], switch, *alerts[6:])

    (job,) = await obey(vps)
    assert job["type"] == "stop"
    assert await vps.claim() is None


async def test_flatten_waits_for_an_agent_that_is_away_and_goes_with_the_switch(alice: Member) -> None:
    vps = await pair(alice)
    (account_id,) = await account_ids(alice)
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update mt5_agents set last_heartbeat_at = now() - interval '1 hour' where id = %s", (vps.id,))
    thrown = (await alice.post("/api/kill-switch", {"account_id": account_id, "flatten": True})).json()["accounts"]
    assert (thrown[0]["is_agent_online"], thrown[0]["flatten_job_id"] is not None) == (False, True)

    clock.shift(timedelta(minutes=30))
    try:
        await vps.beat()
        found = [await vps.claim() for _ in range(3)]
    finally:
        clock.shift(timedelta(0))
    kinds = [(job["type"], (job["payload"].get("instruction") or {}).get("do")) for job in found if job]
    assert kinds == [("trade", "flatten")], "the heartbeat has told the agent of the switch"
    assert found[0] is not None
    assert found[0]["id"] == thrown[0]["flatten_job_id"]


async def test_the_switch_thrown_twice_flattens_once_and_before_every_other_order(alice: Member) -> None:
    vps = await pair(alice)
    (account_id,) = await account_ids(alice)
    by_hand = (await alice.post(f"/api/accounts/{account_id}/flatten")).json()["id"]
    first, second = [
        (await alice.post("/api/kill-switch", {"all": True, "flatten": True})).json()["accounts"][0] for _ in range(2)
    ]

    assert first["flatten_job_id"] == second["flatten_job_id"] != by_hand
    jobs = [await vps.claim() for _ in range(4)]
    assert [job["type"] for job in jobs if job] == ["stop", "stop", "trade", "trade"]
    assert [job["id"] for job in jobs if job][2:] == [first["flatten_job_id"], by_hand]
    assert await vps.claim() is None


async def test_lifting_takes_back_no_exit_that_was_asked_for_by_hand(alice: Member) -> None:
    vps = await pair(alice)
    (account_id,) = await account_ids(alice)
    await alice.post("/api/kill-switch", {"all": True, "flatten": True})
    by_hand = (await alice.post(f"/api/accounts/{account_id}/flatten")).json()
    assert by_hand["code"] == "", "the switch's own flatten is no answer: it may be taken back"

    await alice.post("/api/kill-switch/lift", {"all": True})

    await obey(vps)
    job = await vps.claim()
    assert job is not None
    assert (job["id"], job["payload"]["instruction"]["do"]) == (by_hand["id"], "flatten")


async def test_lifting_takes_back_a_flatten_nobody_has_begun(alice: Member) -> None:
    vps = await pair(alice)
    await alice.post("/api/kill-switch", {"all": True, "flatten": True})
    await alice.post("/api/kill-switch/lift", {"all": True})

    (job,) = await obey(vps)
    assert job["type"] == "run"
    assert await vps.claim() is None


async def test_the_switch_means_one_account_a_group_or_all_and_nothing_else(alice: Member) -> None:
    await pair(alice, accounts=3)
    ids = await account_ids(alice)
    group = (await alice.post("/api/user/account-groups", {"name": "Calm"})).json()
    await alice.patch(f"/api/user/mt5-accounts/{ids[1]}", {"group_id": group["id"]})
    for body in ({}, {"all": True, "account_id": ids[0]}, {"all": False}):
        assert (await alice.post("/api/kill-switch", body)).status_code == 422

    await alice.post("/api/kill-switch", {"account_id": ids[0]})
    await alice.post("/api/kill-switch", {"group_id": group["id"]})
    shown = (await alice.get("/api/kill-switch")).json()["accounts"]
    assert {row["account_id"] for row in shown if row["killed_at"]} == {ids[0], ids[1]}


async def test_a_heartbeat_confirms_the_switch_where_no_job_did(alice: Member) -> None:
    vps = await pair(alice)
    await alice.post("/api/kill-switch", {"all": True})
    (told,) = (await vps.beat()).json()["config"]["accounts"]
    for revision, is_confirmed in ((told["revision"] - 1, False), (told["revision"], True)):
        guard = {"revision": revision, "automation": "running", "is_killed": True, "holds": []}
        terminal = {"login": vps.logins[0], "server": vps.server.upper(), "state": "ready", "guard": guard}
        await vps.post("heartbeat", {"version": "1", "terminals": [terminal]})
        (shown,) = (await alice.get("/api/kill-switch")).json()["accounts"]
        assert (shown["confirmed_at"] is not None) is is_confirmed


async def test_answers_are_read_by_their_owner_alone(alice: Member, bob: Member) -> None:
    await pair(alice)
    actor = Actor(user_id=UUID(alice.id), role=Role.USER)
    run = await ea_commands.begin(actor, EaCommand.PAUSE)

    stranger = await ea_commands.look(Actor(user_id=UUID(bob.id), role=Role.USER), run)

    assert stranger.answers[0].answer.value == "failed"
    assert not (await ea_commands.look(actor, run)).is_final
