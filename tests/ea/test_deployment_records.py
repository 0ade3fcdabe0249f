"""What people do to deployments is in the audit log with before and after; lists find them; proofs are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from forex_elite import bus
from forex_elite.bus import topics
from tests.ea.programs import TREND, compiled, save_version, write
from tests.ea.test_deployments import answer_job, command, deploy, prepared
from tests.world import Member


async def records(member: Member, deployment: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What the audit log tells of a deployment, oldest first."""
    found = (await member.get("/api/audit", action="deployments.")).json()["items"]
    return [
        (one["action"].removeprefix("deployments."), one["before"], one["after"])
        for one in reversed(found)
        if (one["subject_kind"], one["subject_id"]) == ("deployment", deployment["id"])
    ]


async def test_every_act_is_audited_with_what_was_and_what_is(alice: Member, bob: Member) -> None:
    vps, project, first = await prepared(alice)
    (made,) = await deploy(alice, first, inputs={"InpPeriod": 34})
    await answer_job(vps)
    await write(alice, project, TREND + "// 2\n")
    second = await save_version(alice, project)
    await compiled(alice, vps, second, b"EX5 other")
    address = f"/api/ea/deployments/{made['id']}"
    await alice.patch(address, {"inputs": {"InpPeriod": 50}})
    await alice.patch(address, {"limits": {"max_loss": 80}})
    await alice.patch(address, {"version_id": second["id"]})
    await answer_job(vps)
    await alice.post(f"{address}/roll-back")
    await command(alice, made, "pause")
    await command(alice, made, "stop")

    told = await records(alice, made)

    assert [action for action, _, _ in told] == [
        *("deploy", "inputs.change", "limits.change", "upgrade", "roll_back", "pause", "stop")
    ]
    deployed, inputs, limits, upgraded, rolled_back, paused, stopped = [(was, now) for _, was, now in told]
    assert deployed[0] is None
    assert deployed[1] == {
        "expert": "Trend",
        "login": vps.logins[0],
        "symbol": "EURUSD",
        "timeframe": "H1",
        "version": 1,
        "desired": "running",
        "inputs": {"InpPeriod": 34},
        "magic": 4711,
        "limits": {},
    }
    assert inputs == ({"inputs": {"InpPeriod": 34}}, {"inputs": {"InpPeriod": 50}})
    assert limits == ({"limits": {}}, {"limits": {"max_loss": 80}})
    assert upgraded == ({"version": 1}, {"version": 2})
    assert rolled_back[0]["version"] == 2
    assert rolled_back[1]["version"] == 1
    assert paused == ({"desired": "running"}, {"desired": "paused"})
    assert stopped == ({"desired": "paused"}, {"desired": "stopped"})
    assert await records(bob, made) == []


async def test_a_list_finds_deployments_by_what_is_wanted_and_what_is_not_so(alice: Member) -> None:
    vps, _, version = await prepared(alice, accounts=2)
    runs, waits = await deploy(alice, version)
    await answer_job(vps)
    job = await vps.claim()
    assert job is not None
    settled = runs if job["payload"]["deployment_id"] == waits["id"] else waits
    await vps.finish(job, "failed", error={"code": "not-proven", "message": "It did not start."})

    async def ids(**query: Any) -> set[str]:
        return {one["id"] for one in (await alice.get("/api/ea/deployments", **query)).json()["items"]}

    assert await ids(desired="running") == {runs["id"], waits["id"]}
    assert await ids(unsettled=True) == {runs["id"], waits["id"]} - {settled["id"]}
    await command(alice, settled, "pause")
    assert await ids(desired="paused") == {settled["id"]}
    assert await ids(unsettled=True) == {runs["id"], waits["id"]}, "a wish nobody has answered yet is not settled"
    assert await ids(desired="stopped") == set()


async def test_every_sign_of_life_tells_what_it_proves(alice: Member) -> None:
    vps, _, version = await prepared(alice)
    (made,) = await deploy(alice, version)
    await answer_job(vps)
    report = {"deployment_id": made["id"], "status": "running", "proven_at": datetime.now(UTC).isoformat()}
    await vps.post("heartbeat", {"version": "1.0", "deployments": [report]})

    async with bus.current().subscribe() as subscription:
        await subscription.add([topics.of_person(UUID(alice.id), "proofs")])
        later = datetime.now(UTC)
        await vps.post("heartbeat", {"version": "1.0", "deployments": [{**report, "proven_at": later.isoformat()}]})
        (told,) = (await subscription.next(10)).values()

    assert datetime.fromisoformat(told["proven"][made["id"]]) == later
