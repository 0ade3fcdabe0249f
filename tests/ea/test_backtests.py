"""A deployed expert is tested with what it is deployed with, and the tester's report is kept beside it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.ea.programs import upload
from tests.ea.test_deployments import answer_job, deploy, prepared
from tests.world import Member, Vps

TERMS = {"from_date": "2026-05-04", "to_date": "2026-06-01", "deposit": 5000, "leverage": 30, "model": 4}
OUTCOME = {
    "figures": {"Total Net Profit": 41.5, "Total Trades": 2, "Profit Factor": 1.8},
    "labels": {"Symbol": "EURUSD"},
    "curve": [{"at": "2026.05.04 00:00:00", "balance": 5000}, {"at": "2026.05.05 10:00:00", "balance": 5041.5}],
    "deals": 4,
    "took_s": 2.5,
}
STRANGE = "00000000-0000-4000-8000-000000000000"


async def deployed(member: Member, **changes: Any) -> tuple[Vps, dict[str, Any]]:
    vps, _, version = await prepared(member)
    (made,) = await deploy(member, version, **changes)
    await answer_job(vps)
    return vps, made


async def begin(member: Member, deployment: dict[str, Any], **changes: Any) -> httpx.Response:
    return await member.post(f"/api/ea/deployments/{deployment['id']}/backtests", {**TERMS, **changes})


async def listed_of(member: Member, deployment: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await member.get(f"/api/ea/deployments/{deployment['id']}/backtests")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_what_is_deployed_is_tested_and_the_report_is_kept(alice: Member) -> None:
    vps, made = await deployed(alice, inputs={"InpPeriod": 34})

    begun = await begin(alice, made)

    assert begun.status_code == 202, begun.text
    assert (begun.json()["status"], begun.json()["version_number"]) == ("pending", 1)
    job = await vps.claim()
    assert job is not None
    assert (job["type"], job["account"]["login"]) == ("backtest", vps.logins[0])
    assert job["payload"] == {
        **TERMS,
        "deposit": 5000.0,
        "currency": "USD",
        **{name: made[name] for name in ("expert", "symbol", "timeframe")},
        "sha256": job["payload"]["sha256"],
        "inputs": {"InpPeriod": 34},
    }
    assert (await listed_of(alice, made))[0]["status"] == "running"
    content = "\ufeffreport".encode("utf-16-le")
    result = {**OUTCOME, "report": await upload(vps, content)}
    assert (await vps.finish(job, result=result)).status_code == 200
    (listed,) = await listed_of(alice, made)
    assert (listed["status"], listed["report"]["figures"]) == ("completed", OUTCOME["figures"])
    assert listed["report"]["curve"] == [], "curves travel when a test is opened"
    opened = (await alice.get(f"/api/ea/backtests/{listed['id']}")).json()
    assert opened["report"]["curve"] == OUTCOME["curve"]
    assert (opened["terms"]["model"], opened["inputs"]) == (4, {"InpPeriod": 34})
    file = await alice.get(f"/api/ea/backtests/{listed['id']}/report")
    assert file.content == content
    assert "sandbox" in file.headers["content-security-policy"]


async def test_a_test_that_failed_says_why_and_has_no_figures(alice: Member) -> None:
    vps, made = await deployed(alice)
    await begin(alice, made)
    job = await vps.claim()
    assert job is not None

    await vps.finish(job, "failed", error={"code": "tester-failed", "message": "no history for EURUSD"})

    (listed,) = await listed_of(alice, made)
    assert (listed["status"], listed["code"], listed["reason"]) == ("failed", "tester-failed", "no history for EURUSD")
    assert listed["report"] is None
    assert (await alice.get(f"/api/ea/backtests/{listed['id']}/report")).status_code == 404


@pytest.mark.parametrize("result", [{}, {"figures": {}}, {"figures": {"Total Trades": "many"}}])
async def test_a_report_without_figures_is_no_completed_test(alice: Member, result: dict[str, Any]) -> None:
    vps, made = await deployed(alice)
    await begin(alice, made)
    job = await vps.claim()
    assert job is not None

    await vps.finish(job, result=result)

    (listed,) = await listed_of(alice, made)
    assert (listed["status"], listed["reason"]) == ("failed", "The agent reported no figures.")


async def test_a_test_that_is_cancelled_ends(alice: Member) -> None:
    _, made = await deployed(alice)
    job_id = (await begin(alice, made)).json()["job_id"]

    assert (await alice.post(f"/api/jobs/{job_id}/cancel")).status_code == 204

    assert (await listed_of(alice, made))[0]["reason"] == "It was cancelled before an agent took it."


async def test_only_so_many_tests_wait_at_once(alice: Member) -> None:
    _, made = await deployed(alice)
    for _ in range(10):
        assert (await begin(alice, made)).status_code == 202

    refused = await begin(alice, made)

    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-tests")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to_date": "2026-05-04"}, "to_date"),
        ({"from_date": "2010-01-01"}, "from_date"),
        ({"deposit": 0}, "deposit"),
        ({"leverage": 0}, "leverage"),
        ({"model": 3}, "model"),
    ],
)
async def test_bad_terms_are_refused_by_name(alice: Member, wrong: dict[str, Any], field: str) -> None:
    answer = await begin(alice, {"id": STRANGE}, **wrong)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_nobody_else_starts_or_reads_a_test(alice: Member, bob: Member, charlie: Member) -> None:
    _, made = await deployed(alice)
    test_id = (await begin(alice, made)).json()["id"]

    for stranger in (bob, charlie):
        assert (await begin(stranger, made)).status_code == 404
        assert (await stranger.get(f"/api/ea/backtests/{test_id}")).status_code == 404
        assert (await stranger.get(f"/api/ea/backtests/{test_id}/report")).status_code == 404
        assert await listed_of(stranger, made) == []
