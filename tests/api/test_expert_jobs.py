"""Jobs about experts: queued for one's own accounts, read by who asked, and remembered as what is wanted."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from agent.protocol import CompileRequest, Deployment, SourceFile
from forex_elite import bus
from forex_elite.bus import topics
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.jobs import JobType
from forex_elite.errors import NotFound
from forex_elite.services import expert_jobs
from tests.world import Member, Vps, account_ids, pair


def actor(member: Member) -> Actor:
    return Actor(user_id=UUID(member.id), role=Role.USER)


def deployment(**changes: Any) -> Deployment:
    return Deployment(
        **{
            "deployment_id": uuid4(),
            "expert": "Trend",
            "sha256": "a" * 64,
            "symbol": "EURUSD",
            "timeframe": "H1",
            **changes,
        }
    )


async def ask(member: Member, job_type: JobType, wanted: Deployment) -> str:
    (account,) = await account_ids(member)
    return str(await expert_jobs.change_deployment(actor(member), UUID(account), job_type, wanted))


async def done(vps: Vps, job_id: str, status: str = "completed", **more: Any) -> None:
    job = await vps.claim()
    assert job is not None
    assert job["id"] == job_id
    answer = await vps.finish(job, status, **more)
    assert answer.status_code == 200, answer.text


async def wanted(vps: Vps) -> dict[str, str]:
    items = (await vps.get("deployments")).json()["items"]
    assert all((item["login"], item["server"]) == (vps.logins[0], vps.server) for item in items)
    return {item["deployment"]["deployment_id"]: item["state"] for item in items}


async def test_a_start_is_wanted_once_it_was_carried_out_and_a_stop_from_when_it_was_asked(alice: Member) -> None:
    vps = await pair(alice)
    one, other, failed = deployment(), deployment(), deployment()
    await done(vps, await ask(alice, JobType.DEPLOY, one))
    await done(vps, await ask(alice, JobType.RUN, one))
    await done(vps, await ask(alice, JobType.RUN, other))
    await done(vps, await ask(alice, JobType.PAUSE, other))
    await done(
        vps, await ask(alice, JobType.RUN, failed), "failed", error={"code": "algo-trading-off", "message": "off"}
    )
    assert await wanted(vps) == {str(one.deployment_id): "running", str(other.deployment_id): "paused"}

    await ask(alice, JobType.STOP, one)

    assert await wanted(vps) == {str(one.deployment_id): "stopped", str(other.deployment_id): "paused"}


async def test_what_is_wanted_moves_with_the_account_and_a_stop_that_never_arrived_still_counts(alice: Member) -> None:
    vps = await pair(alice)
    kept, off = deployment(), deployment()
    await done(vps, await ask(alice, JobType.RUN, kept))
    await done(vps, await ask(alice, JobType.RUN, off))
    await ask(alice, JobType.STOP, off)
    other = await pair(alice, accounts=0, quoted=False)
    (account,) = await account_ids(alice)
    change = {"agent_id": other.id, "password": "s3cret word", "terminal_path": "C:\\MT5\\terminal64.exe"}

    moved = await alice.patch(f"/api/user/mt5-accounts/{account}", change)

    assert moved.status_code == 200, moved.text
    other.logins.append(vps.logins[0])
    assert await wanted(vps) == {}
    assert await wanted(other) == {str(kept.deployment_id): "running", str(off.deployment_id): "stopped"}


async def test_a_job_is_read_by_who_asked_for_it(alice: Member, bob: Member) -> None:
    vps = await pair(alice)
    job_id = await ask(alice, JobType.RUN, deployment())
    error = {"code": "algo-trading-off", "message": "press the button"}
    await done(vps, job_id, "failed", error=error, result={"status": "failed"})

    told = (await alice.get(f"/api/jobs/{job_id}")).json()

    assert (told["type"], told["status"], told["error"], told["result"]) == (
        "run",
        "failed",
        error,
        {"status": "failed"},
    )
    assert (await bob.get(f"/api/jobs/{job_id}")).status_code == 404


async def test_stopping_goes_before_what_waits_and_only_a_start_expires(alice: Member) -> None:
    vps = await pair(alice)
    one = deployment()
    run = await ask(alice, JobType.RUN, one)
    stop = await ask(alice, JobType.STOP, one)

    first, second = await vps.claim(), await vps.claim()

    assert first is not None
    assert second is not None
    assert [first["id"], second["id"]] == [stop, run]
    assert first["expires_at"] is None
    assert second["expires_at"] is not None


async def test_nobody_sends_experts_to_anothers_terminal(alice: Member, bob: Member) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    request = CompileRequest(files=[SourceFile(path="x.mq5", text="")], main="x.mq5")

    with pytest.raises(NotFound):
        await expert_jobs.change_deployment(actor(bob), UUID(account), JobType.RUN, deployment())
    with pytest.raises(NotFound):
        await expert_jobs.compile_sources(actor(bob), UUID(vps.id), request)
    assert await expert_jobs.compile_sources(actor(alice), UUID(vps.id), request)


async def test_the_owner_hears_when_a_deployment_changes_and_not_of_every_proof(alice: Member) -> None:
    vps = await pair(alice)
    report = {"deployment_id": str(uuid4()), "status": "running", "proven_at": "2026-01-31T09:56:00Z"}

    async def beat(**changes: Any) -> None:
        answer = await vps.post("heartbeat", {"version": "1", "deployments": [{**report, **changes}]})
        assert answer.status_code == 200, answer.text

    await beat()
    async with bus.current().subscribe() as subscription:
        topic = topics.of_person(UUID(alice.id), "deployments")
        await subscription.add([topic])
        await beat(proven_at="2026-01-31T09:56:05Z")
        await beat(status="failed", code="terminal-closed", proven_at=None)

        heard = await subscription.next(10)

        assert heard == {topic: {"agent_id": vps.id}}
        assert await subscription.next(0.05) == {}
