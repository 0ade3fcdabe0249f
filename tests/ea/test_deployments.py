"""Experts are sent to accounts only when all is clear, do what was asked last, and say what they really do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from forex_elite import clock
from forex_elite.domain.artifacts import digest
from forex_elite.services.ea import deployments
from tests.ea.programs import TREND, compiled, make_project, save_version, write
from tests.world import EURUSD, Member, Vps, account_ids, pair


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


READY = {"is_trade_allowed": True, "is_connected": True}


async def prepared(member: Member, accounts: int = 1, **changes: Any) -> tuple[Vps, dict[str, Any], dict[str, Any]]:
    """An agent with accounts, and a compiled version of a project."""
    vps = await pair(member, accounts=accounts, quoted=False, **{**READY, **changes})
    project = await make_project(member)
    version = await save_version(member, project)
    await compiled(member, vps, version)
    return vps, project, version


async def body_for(member: Member, version: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "version_id": version["id"],
        "account_ids": await account_ids(member),
        "symbol": "EURUSD",
        "timeframe": "H1",
        **changes,
    }


async def deploy(member: Member, version: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    answer = await member.post("/api/ea/deployments", await body_for(member, version, **changes))
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def refused(member: Member, version: dict[str, Any], **changes: Any) -> set[str]:
    """The codes of the checks that stood in the way."""
    answer = await member.post("/api/ea/deployments", await body_for(member, version, **changes))
    assert (answer.status_code, answer.json()["code"]) == (409, "preflight-failed"), answer.text
    checks = [check for account in answer.json()["accounts"] for check in account["checks"]]
    return {check["code"] for check in checks if check["is_blocking"] and not check["is_ok"]}


async def answer_job(vps: Vps, status: str = "running", **more: Any) -> dict[str, Any]:
    """The agent carries out its next job and reports the state it proved."""
    job = await vps.claim()
    assert job is not None
    report = {
        "deployment_id": job["payload"]["deployment_id"],
        "status": status,
        "may_trade": True,
        "proven_at": datetime.now(UTC).isoformat(),
        **more,
    }
    assert (await vps.finish(job, result=report)).status_code == 200
    return job


async def second_version(member: Member, vps: Vps, project: dict[str, Any], text: str) -> dict[str, Any]:
    """Another text of the program as a version that is compiled."""
    await write(member, project, text)
    version = await save_version(member, project)
    await compiled(member, vps, version, b"EX5 other")
    return version


async def state(member: Member, deployment: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await member.get(f"/api/ea/deployments/{deployment['id']}")).json()
    return found


async def command(member: Member, deployment: dict[str, Any], name: str) -> httpx.Response:
    return await member.post(f"/api/ea/deployments/{deployment['id']}/{name}")


async def test_a_version_runs_on_two_accounts_each_with_its_own_result(alice: Member) -> None:
    vps, _, version = await prepared(alice, accounts=2)

    made = await deploy(alice, version, inputs={"InpPeriod": 34, "InpLots": "0.2"}, limits={"max_loss": 100})

    assert {one["actual"] for one in made} == {"pending"}
    assert len({one["group_id"] for one in made}) == 1
    job = await answer_job(vps)
    assert job["type"] == "run"
    assert job["payload"] == {
        "scope": "deployment",
        "deployment_id": job["payload"]["deployment_id"],
        "expert": "Trend",
        "sha256": (await alice.get(f"/api/ea/versions/{version['id']}")).json()["ex5_sha256"],
        "symbol": "EURUSD",
        "timeframe": "H1",
        "inputs": {"InpPeriod": 34, "InpLots": 0.2},
        "magic": 4711,
    }
    second = await vps.claim()
    assert second is not None
    await vps.finish(second, "failed", error={"code": "chart-not-opened", "message": "The chart did not open."})
    states = {one["id"]: await state(alice, one) for one in made}
    one, other = states[job["payload"]["deployment_id"]], states[second["payload"]["deployment_id"]]
    assert (one["actual"], one["is_settled"], one["actual_number"], one["may_trade"]) == ("running", True, 1, True)
    assert 0 <= one["proof_age_s"] < 60
    assert (other["actual"], other["code"], other["detail"]) == (
        "failed",
        "chart-not-opened",
        "The chart did not open.",
    )
    assert other["is_settled"] is False


async def test_what_the_agent_proves_in_its_heartbeat_is_what_is_shown(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)
    clock.shift(timedelta(seconds=5))
    told = {
        "deployment_id": made["id"],
        "status": "failed",
        "code": "removed",
        "detail": "The expert was removed from its chart.",
        "proven_at": datetime.now(UTC).isoformat(),
    }

    await vps.post("heartbeat", {"version": "1.0", "deployments": [told]})

    shown = await state(alice, made)
    assert (shown["desired"], shown["actual"], shown["code"]) == ("running", "failed", "removed")
    assert shown["is_settled"] is False


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"is_trade_allowed": False}, {"trade-permitted"}),
        ({"is_connected": False}, {"account-online"}),
        ({"symbols": []}, {"symbol-exists"}),
        ({"symbols": [{**EURUSD, "trade_mode": 0}]}, {"symbol-exists"}),
    ],
)
async def test_nothing_is_sent_while_something_stands_in_the_way(
    alice: Member, changes: dict[str, Any], codes: set[str]
) -> None:
    vps, _, version = await prepared(alice, **changes)

    assert await refused(alice, version) == codes
    assert await vps.claim() is None
    assert (await alice.get("/api/ea/deployments")).json()["items"] == []


async def test_one_account_that_is_not_clear_keeps_all_from_being_sent(alice: Member) -> None:
    vps, _, version = await prepared(alice, accounts=2)
    await vps.report_account(vps.logins[1], is_trade_allowed=False, is_connected=True)

    assert await refused(alice, version) == {"trade-permitted"}
    assert await vps.claim() is None


async def test_an_offline_agent_an_uncompiled_version_and_a_strange_name_stand_in_the_way(alice: Member) -> None:
    vps = await pair(alice, quoted=False, **READY)
    version = await save_version(alice, await make_project(alice, Größe__mq5=TREND))
    clock.shift(timedelta(minutes=2))

    assert await refused(alice, version) == {"compiled", "expert-name", "account-online"}
    assert await vps.claim() is None


async def test_a_second_expert_with_the_same_magic_on_the_symbol_is_refused(alice: Member) -> None:
    _, _, version = await prepared(alice)
    (first,) = await deploy(alice, version)

    assert await refused(alice, version) == {"magic-free"}
    assert await deploy(alice, version, inputs={"InpMagic": 4712})
    assert await deploy(alice, version, symbol="XAUUSD")
    await command(alice, first, "stop")
    assert await deploy(alice, version)
    again = await command(alice, first, "start")
    assert (again.status_code, again.json()["code"]) == (409, "preflight-failed")


async def test_of_requests_at_once_with_the_same_magic_one_is_taken(alice: Member) -> None:
    _, _, version = await prepared(alice)
    body = await body_for(alice, version)

    answers = await asyncio.gather(*(alice.post("/api/ea/deployments", body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_the_broker_s_own_name_of_the_symbol_is_used(alice: Member) -> None:
    _, _, version = await prepared(alice, symbols=[{**EURUSD, "name": "EURUSD.r"}])

    (made,) = await deploy(alice, version)

    assert made["symbol"] == "EURUSD.r"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"inputs": {"InpPeriod": "many"}}, "inputs.InpPeriod"),
        ({"inputs": {"InpPeriod": 2**40}}, "inputs.InpPeriod"),
        ({"inputs": {"Nothing": 1}}, "inputs.Nothing"),
        ({"timeframe": "H7"}, "timeframe"),
        ({"limits": {"max_loss": -1}}, "limits.max_loss"),
    ],
)
async def test_bad_values_are_refused_by_name(alice: Member, wrong: dict[str, Any], field: str) -> None:
    _, _, version = await prepared(alice)

    answer = await alice.post("/api/ea/deployments", await body_for(alice, version, **wrong))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_an_expert_is_paused_stopped_and_started_again(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)

    for name, job_type, desired in (
        ("pause", "pause", "paused"),
        ("start", "run", "running"),
        ("stop", "stop", "stopped"),
    ):
        assert (await command(alice, made, name)).status_code == 202
        assert (await state(alice, made))["desired"] == desired
        assert (await answer_job(vps, desired))["type"] == job_type
        assert (await state(alice, made))["is_settled"] is True
    events = (await alice.get(f"/api/ea/deployments/{made['id']}/events")).json()["items"]
    asked = [(one["kind"], one["actor_name"]) for one in events if one["actor_name"]]
    assert asked == [("stopped", "Alice"), ("started", "Alice"), ("paused", "Alice"), ("deployed", "Alice")]
    assert [one["data"]["state"] for one in events if one["kind"] == "confirmed"] == [
        *("stopped", "running", "paused", "running")
    ]


async def test_a_stop_takes_back_a_start_that_nobody_has_taken_yet(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)

    await command(alice, made, "stop")

    job = await vps.claim()
    assert job is not None
    assert job["type"] == "stop"
    assert await vps.claim() is None


async def test_stopping_is_never_checked_and_waits_for_an_agent_that_is_away(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)
    await vps.report_account(vps.logins[0], is_trade_allowed=False, is_connected=False)
    clock.shift(timedelta(hours=5))

    assert (await command(alice, made, "stop")).status_code == 202
    assert (await command(alice, made, "start")).json()["code"] == "preflight-failed"
    clock.shift(timedelta(hours=9))
    assert (await answer_job(vps, "stopped"))["type"] == "stop"


async def test_an_upgrade_restarts_the_expert_and_a_roll_back_brings_the_old_one_back(alice: Member) -> None:
    vps, project, first = await prepared(alice)
    (made,) = await deploy(alice, first, inputs={"InpPeriod": 34})
    await answer_job(vps)
    second = await second_version(alice, vps, project, TREND.replace("InpPeriod", "InpBars"))
    address = f"/api/ea/deployments/{made['id']}"

    upgraded = await alice.patch(address, {"version_id": second["id"]})

    assert upgraded.status_code == 200, upgraded.text
    assert (upgraded.json()["version_number"], upgraded.json()["actual_number"]) == (2, 1)
    job = await answer_job(vps)
    assert (job["type"], job["payload"]["inputs"]) == ("run", {})
    assert (await state(alice, made))["actual_number"] == 2
    back = await alice.post(f"{address}/roll-back")
    assert (back.status_code, back.json()["version_number"]) == (202, 1)
    assert (await answer_job(vps))["payload"]["inputs"] == {"InpPeriod": 34}
    assert (await state(alice, made))["is_settled"] is True
    kinds = [one["kind"] for one in (await alice.get(f"{address}/events")).json()["items"]]
    assert kinds == ["confirmed", "rolled_back", "confirmed", "upgraded", "confirmed", "deployed"]


async def test_a_version_that_was_replaced_before_the_agent_answered_is_rolled_back_to(alice: Member) -> None:
    vps, project, first = await prepared(alice)
    (made,) = await deploy(alice, first, inputs={"InpPeriod": 34})
    job = await vps.claim()
    assert job is not None
    second = await second_version(alice, vps, project, TREND + "// second")
    address = f"/api/ea/deployments/{made['id']}"
    assert (await alice.patch(address, {"version_id": second["id"]})).status_code == 200
    report = {"deployment_id": made["id"], "status": "running", "proven_at": datetime.now(UTC).isoformat()}
    assert (await vps.finish(job, result=report)).status_code == 200

    back = await alice.post(f"{address}/roll-back")

    assert (back.status_code, back.json()["version_number"]) == (202, 1)
    assert back.json()["inputs"] == {"InpPeriod": 34}


async def test_a_deployment_stays_the_program_it_is(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)
    other = await save_version(alice, await make_project(alice, "Other", Other__mq5=TREND))
    await compiled(alice, vps, other, b"EX5 other")

    answer = await alice.patch(f"/api/ea/deployments/{made['id']}", {"version_id": other["id"]})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input"), answer.text
    assert "is not one of Trend" in answer.json()["detail"]
    assert await vps.claim() is None


@pytest.mark.parametrize("kind", ["script", "indicator", "library"])
async def test_only_expert_advisors_are_deployed(alice: Member, kind: str) -> None:
    _, project, version = await prepared(alice)
    assert (await alice.patch(f"/api/ea/projects/{project['id']}", {"kind": kind})).status_code == 200

    assert await refused(alice, version) == {"is-expert"}


async def test_open_positions_keep_their_expert_at_its_magic_number(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)
    now = datetime.now(UTC).isoformat()
    held = {"ticket": 1, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.1, "open_time": now}
    report = {"login": vps.logins[0], "server": vps.server, "open": [{**held, "magic": 4711}]}
    assert (await vps.post("trades", report)).json()["refused"] == []
    address = f"/api/ea/deployments/{made['id']}"

    answer = await alice.patch(address, {"inputs": {"InpMagic": 777}})

    assert (answer.status_code, answer.json()["code"]) == (409, "preflight-failed")
    assert "1 open position carries magic number 4711" in answer.json()["detail"]
    assert (await alice.patch(address, {"inputs": {"InpPeriod": 21}})).status_code == 200
    await vps.post("trades", {**report, "open": []})
    assert (await alice.patch(address, {"inputs": {"InpMagic": 777}})).status_code == 200


async def test_an_upgrade_that_fails_shows_the_version_that_still_runs(alice: Member) -> None:
    vps, project, first = await prepared(alice)
    (made,) = await deploy(alice, first)
    await answer_job(vps)
    second = await second_version(alice, vps, project, TREND + "// 2\n")
    await alice.patch(f"/api/ea/deployments/{made['id']}", {"version_id": second["id"]})
    job = await vps.claim()
    assert job is not None

    await vps.finish(job, "failed", error={"code": "not-proven", "message": "The expert did not start."})

    shown = await state(alice, made)
    assert (shown["version_number"], shown["actual_number"], shown["is_settled"]) == (2, 1, False)


async def unsettled(member: Member) -> list[str]:
    items = (await member.get("/api/ea/deployments", unsettled=True)).json()["items"]
    return [one["id"] for one in items]


async def test_what_is_off_runs_no_version_and_is_settled_with_another_one_to_come(alice: Member) -> None:
    vps, project, first = await prepared(alice)
    (made,) = await deploy(alice, first)
    await answer_job(vps)
    second = await second_version(alice, vps, project, TREND + "// 2\n")
    await command(alice, made, "pause")
    assert await unsettled(alice) == [made["id"]], "the agent has not answered yet"
    await answer_job(vps, "paused")

    await alice.patch(f"/api/ea/deployments/{made['id']}", {"version_id": second["id"]})

    shown = await state(alice, made)
    assert (shown["version_number"], shown["actual_number"], shown["is_settled"]) == (2, None, True)
    assert await unsettled(alice) == []
    await command(alice, made, "stop")
    await answer_job(vps, "stopped")
    shown = await state(alice, made)
    assert (shown["actual"], shown["actual_number"], shown["is_settled"]) == ("stopped", None, True)
    await command(alice, made, "start")
    assert (await answer_job(vps))["payload"]["sha256"] == digest(b"EX5 other")
    assert (await state(alice, made))["actual_number"] == 2
    back = await alice.post(f"/api/ea/deployments/{made['id']}/roll-back")
    assert back.json()["version_number"] == 1, "the history knows what ran before"


async def test_what_is_deployed_without_a_start_is_settled_once_it_is_proven_to_be_stopped(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version, start=False)

    assert (await answer_job(vps, "stopped", way="bridge", may_trade=None))["type"] == "deploy"

    shown = await state(alice, made)
    assert (shown["desired"], shown["actual"], shown["actual_number"]) == ("stopped", "stopped", None)
    assert shown["is_settled"] is True
    assert await unsettled(alice) == []


async def test_there_is_nothing_to_roll_back_to_before_an_upgrade(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)

    answer = await alice.post(f"/api/ea/deployments/{made['id']}/roll-back")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-roll-back-to")


async def test_changed_inputs_reach_a_running_expert_and_wait_for_a_paused_one(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)
    address = f"/api/ea/deployments/{made['id']}"

    assert (await alice.patch(address, {"inputs": {"InpPeriod": 50}})).status_code == 200
    assert (await answer_job(vps))["payload"]["inputs"] == {"InpPeriod": 50}
    await command(alice, made, "pause")
    await answer_job(vps, "paused")
    await alice.patch(address, {"inputs": {"InpPeriod": 60}})
    assert await vps.claim() is None
    await command(alice, made, "start")
    assert (await answer_job(vps))["payload"]["inputs"] == {"InpPeriod": 60}


async def test_positions_and_results_are_told_by_magic_number(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version, limits={"max_loss": 50})
    await answer_job(vps)
    row = {"symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.1, "magic": 4711}
    now = datetime.now(UTC)
    opened = {**row, "open_time": now.isoformat()}
    ended = {**opened, "close_time": (now + timedelta(seconds=1)).isoformat(), "close_price": 1.2}
    report = {
        "login": vps.logins[0],
        "server": vps.server,
        "open": [
            {**opened, "ticket": 1, "profit": 12.5, "swap": -0.5, "current_price": 1.1001},
            {**opened, "ticket": 2, "profit": 99, "magic": 1},
        ],
        "closed": [{**ended, "ticket": 3, "profit": 30}, {**ended, "ticket": 4, "profit": -20}],
    }

    stored = await vps.post("trades", report)
    assert stored.json()["refused"] == [], stored.text

    result = (await state(alice, made))["result"]
    assert result == {
        "currency": "USD",
        "open_positions": 1,
        "open_lots": 0.1,
        "floating": 12.0,
        "closed_trades": 2,
        "closed_result": 10.0,
        "won": 1,
        "win_rate": 0.5,
        "profit_factor": 1.5,
        "per_bid": 10_000.0,
        "per_ask": 0.0,
        "floating_base": pytest.approx(12 - 10_000 * 1.1001),
    }
    compared = await alice.get("/api/ea/deployments/compare", ids=[made["id"]])
    assert compared.json()["items"][0]["result"] == result


async def test_of_experts_with_one_magic_number_each_has_what_ended_while_it_was_the_last_one_started(
    alice: Member,
) -> None:
    vps, _, version = await prepared(alice)
    row = {"symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.1, "magic": 4711}
    opened = {**row, "open_time": datetime.now(UTC).isoformat(), "current_price": 1.1}

    async def ends(ticket: int, profit: float) -> None:
        ended = {"close_time": datetime.now(UTC).isoformat(), "close_price": 1.2}
        report = {
            "login": vps.logins[0],
            "server": vps.server,
            "open": [{**opened, "ticket": 1, "profit": 5}],
            "closed": [{**opened, **ended, "ticket": ticket, "profit": profit}],
        }
        assert (await vps.post("trades", report)).json()["refused"] == []

    async def stops(one: dict[str, Any]) -> None:
        await command(alice, one, "stop")
        await answer_job(vps, "stopped")

    async def results(*deployments: dict[str, Any]) -> list[tuple[float, ...]]:
        found = [(await state(alice, one))["result"] for one in deployments]
        return [(one["closed_trades"], one["closed_result"], one["open_positions"], one["floating"]) for one in found]

    (first,) = await deploy(alice, version)
    await answer_job(vps)
    await ends(2, 30)
    await stops(first)
    (second,) = await deploy(alice, version)
    await answer_job(vps)
    await ends(3, -20)
    assert await results(first, second) == [(1, 30, 0, 0), (1, -20, 1, 5)]

    await stops(second)
    await command(alice, first, "start")
    await answer_job(vps)
    await ends(4, 7)
    assert await results(first, second) == [(2, 37, 1, 5), (1, -20, 0, 0)]


async def test_an_expert_that_reaches_its_limit_is_paused_and_the_history_says_why(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version, limits={"max_loss": 50})
    await answer_job(vps)
    lost = {
        "ticket": 1,
        "symbol": "EURUSD",
        "side": "buy",
        "volume": 0.1,
        "open_price": 1.1,
        "magic": 4711,
        "open_time": datetime.now(UTC).isoformat(),
    }

    for loss, pauses in ((-49, 0), (-51, 1), (-60, 0)):
        await vps.post("trades", {"login": vps.logins[0], "server": vps.server, "open": [{**lost, "profit": loss}]})
        assert await deployments.watch_limits() == pauses

    assert (await answer_job(vps, "paused"))["type"] == "pause"
    shown = await state(alice, made)
    assert (shown["desired"], shown["actual"]) == ("paused", "paused")
    events = (await alice.get(f"/api/ea/deployments/{made['id']}/events")).json()["items"]
    assert next(one for one in events if one["kind"] == "limit_reached")["data"]["reason"] == (
        "It has lost 51.00 today; 50.00 are allowed."
    )


async def test_a_command_for_several_tells_each_result(alice: Member) -> None:
    _, _, version = await prepared(alice, accounts=2)
    made = await deploy(alice, version)
    strange = "00000000-0000-4000-8000-000000000000"

    answer = await alice.post(
        "/api/ea/deployments/commands", {"command": "pause", "ids": [*(one["id"] for one in made), strange]}
    )

    assert [one["code"] for one in answer.json()["items"]] == ["", "", "not-found"]
    assert {one["desired"] for one in (await alice.get("/api/ea/deployments")).json()["items"]} == {"paused"}


async def test_a_project_whose_expert_runs_is_not_archived(alice: Member) -> None:
    _, project, version = await prepared(alice)
    (made,) = await deploy(alice, version)

    assert (await alice.patch(f"/api/ea/projects/{project['id']}", {"archived": True})).status_code == 409
    await command(alice, made, "stop")
    assert (await alice.patch(f"/api/ea/projects/{project['id']}", {"archived": True})).status_code == 200


async def test_a_deployment_is_its_owners_alone(alice: Member, bob: Member, charlie: Member) -> None:
    _, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await pair(bob, quoted=False, **READY)
    address = f"/api/ea/deployments/{made['id']}"

    for member in (bob, charlie):
        assert (await member.get(address)).status_code == 404
        assert (await member.get(f"{address}/events")).status_code == 404
        assert (await member.patch(address, {"inputs": {}})).status_code == 404
        assert (await member.get("/api/ea/deployments/compare", ids=[made["id"]])).status_code == 404
        for name in ("start", "pause", "stop", "roll-back"):
            assert (await command(member, made, name)).status_code == 404
        assert (await member.get("/api/ea/deployments")).json()["items"] == []
    stolen = await bob.post("/api/ea/deployments", await body_for(bob, version))
    assert stolen.status_code == 404
    body = {**await body_for(alice, version), "account_ids": await account_ids(bob)}
    assert (await alice.post("/api/ea/deployments", body)).status_code == 422
