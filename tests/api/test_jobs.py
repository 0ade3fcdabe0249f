"""Leases, reports and reconciliation, as an agent meets them over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from agent.protocol import Job
from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.errors import DatabaseUnavailable
from forex_elite.services import agents, jobs
from tests.world import Member, buy, make_strategy, pair, send_alert, signal

FILL = {"order": 9, "position": 9, "price": 1.1, "volume_lots": 0.1}


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


async def test_a_report_needs_the_lease_token(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    job = await vps.claim()
    assert job is not None
    forged = {**job, "lease_token": "00000000-0000-4000-8000-000000000000"}

    refused = await vps.finish(forged, result=FILL)

    assert (refused.status_code, refused.json()["code"]) == (409, "lease-lost")
    assert (await vps.finish(job, result=FILL)).status_code == 200


async def test_the_same_report_twice_is_answered_alike(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    receipt = (await send_alert(client, await make_strategy(alice), buy())).json()
    job = await vps.claim()
    assert job is not None

    first = await vps.finish(job, result=FILL)
    second = await vps.finish(job, "failed", error="a different story")

    assert first.json() == second.json() == {"status": "completed"}
    assert (await signal(alice, receipt["signal_id"]))["status"] == "executed"


async def test_an_order_nobody_sent_is_offered_again_while_it_is_fresh(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    receipt = (await send_alert(client, await make_strategy(alice), buy())).json()
    job = await vps.claim()
    assert job is not None
    await vps.finish(job, "not_sent", error={"code": "journal-unavailable", "message": "disk full"})

    again = await vps.claim()

    assert again is not None
    assert again["id"] == job["id"]
    assert again["lease_token"] != job["lease_token"]
    assert (await vps.finish(job, result=FILL)).status_code == 409
    await vps.finish(again, result=FILL)
    assert (await signal(alice, receipt["signal_id"]))["status"] == "executed"


async def test_a_late_order_is_not_given_out_and_its_signal_says_so(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    receipt = (await send_alert(client, await make_strategy(alice, max_signal_age_s=5), buy())).json()
    clock.shift(timedelta(seconds=6))

    assert await vps.claim() is None
    await jobs.expire_late()

    told = await signal(alice, receipt["signal_id"])
    assert told["status"] == "expired"
    assert "nothing was sent" in told["reason"]


async def test_an_order_whose_agent_fell_silent_is_unknown_and_never_given_out_again(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    receipt = (await send_alert(client, await make_strategy(alice), buy())).json()
    job = await vps.claim()
    assert job is not None
    clock.shift(timedelta(seconds=31))

    await jobs.reap()

    assert await vps.claim() is None
    assert (await signal(alice, receipt["signal_id"]))["status"] == "unknown"
    assert (await vps.beat()).json()["unknown_jobs"] == 1


async def test_a_late_report_under_the_same_lease_settles_what_was_unknown(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    receipt = (await send_alert(client, await make_strategy(alice), buy())).json()
    job = await vps.claim()
    assert job is not None
    clock.shift(timedelta(seconds=31))
    await jobs.reap()

    settled = await vps.finish(job, result={**FILL, "was_reconciled": True})

    assert settled.json() == {"status": "completed"}
    told = await signal(alice, receipt["signal_id"])
    assert (told["status"], told["fill_price"]) == ("executed", 1.1)


async def test_an_agent_that_restarted_is_told_what_it_held(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    lost = await vps.claim()
    assert lost is not None
    assert (await vps.get("jobs/unsettled")).json()["items"] == []

    (found,) = (await vps.get("jobs/unsettled", running=True)).json()["items"]

    assert found["id"] == lost["id"]
    assert found["payload"]["tag"] == lost["payload"]["tag"]
    assert (await vps.finish(lost, result=FILL)).status_code == 409
    assert (await vps.finish(found, result=FILL)).status_code == 200


async def test_a_lease_can_be_extended_by_its_holder_only(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    job = await vps.claim()
    assert job is not None

    longer = await vps.post(f"jobs/{job['id']}/extend", {"lease_token": job["lease_token"]})
    other = await vps.post(f"jobs/{job['id']}/extend", {"lease_token": "00000000-0000-4000-8000-000000000000"})

    assert longer.json()["lease_expires_at"] > job["lease_expires_at"]
    assert other.status_code == 409


async def test_closing_goes_before_opening(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    await send_alert(client, strategy, buy())
    await send_alert(client, strategy, {"action": "closeall", "id": "x1"})

    first = await vps.claim()

    assert first is not None
    assert first["payload"]["instruction"]["do"] == "close"


async def is_gone() -> bool:
    return False


async def test_agents_that_ask_at_one_moment_are_given_their_jobs_in_one_transaction_per_person(
    client: httpx.AsyncClient, alice: Member, charlie: Member
) -> None:
    fleet = [await pair(alice) for _ in range(3)]
    other = await pair(charlie)
    for member in (alice, charlie):
        await send_alert(client, await make_strategy(member), buy())
    callers = [await agents.prove(UUID(vps.id), vps.key) for vps in [*fleet, other]]

    given = await asyncio.gather(*(jobs.claim_next(caller, 0, is_gone) for caller in callers))

    logins = [job.account.login for job in given if job and job.account]
    assert logins == [vps.logins[0] for vps in [*fleet, other]]
    async with unit_of_work(service("test")) as uow:
        rows = await uow.rows(
            "select user_id, count(distinct xmin::text) as transactions, count(*) as jobs from jobs "
            "where id = any(%s) group by user_id",
            ([job.id for job in given if job],),
        )
    assert {str(row["user_id"]): (row["transactions"], row["jobs"]) for row in rows} == {
        alice.id: (1, 3),
        charlie.id: (1, 1),
    }


async def test_what_befalls_one_persons_claims_takes_no_job_of_anothers(
    client: httpx.AsyncClient, alice: Member, charlie: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = []
    for member in (alice, charlie):
        vps = await pair(member)
        await send_alert(client, await make_strategy(member), buy())
        callers.append(await agents.prove(UUID(vps.id), vps.key))
    claim = jobs._claim

    async def break_alices(asking: Sequence[agents.AgentCaller]) -> list[Job | None]:
        if str(asking[0].user_id) == alice.id:
            raise DatabaseUnavailable("the connection broke")
        return await claim(asking)

    monkeypatch.setattr(jobs, "_claim", break_alices)

    broken, given = await asyncio.gather(
        *(jobs.claim_next(caller, 0, is_gone) for caller in callers), return_exceptions=True
    )

    assert isinstance(broken, DatabaseUnavailable)
    assert isinstance(given, Job)


async def test_a_pending_job_can_be_cancelled_by_its_owner_alone(
    client: httpx.AsyncClient, alice: Member, charlie: Member
) -> None:
    vps = await pair(alice)
    receipt = (await send_alert(client, await make_strategy(alice), buy())).json()
    (execution,) = (await signal(alice, receipt["signal_id"]))["executions"]

    stranger = await charlie.post(f"/api/jobs/{execution['job_id']}/cancel")
    owner = await alice.post(f"/api/jobs/{execution['job_id']}/cancel")

    assert stranger.status_code == 404
    assert owner.status_code == 204
    assert await vps.claim() is None
    assert (await signal(alice, receipt["signal_id"]))["executions"][0]["status"] == "cancelled"
