"""Alice owns, Bob has his own, Charlie must see nothing: every route with somebody else's ids."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.world import Member, account_ids, buy, make_strategy, pair, send_alert, signal


async def test_lists_hold_only_ones_own(client: httpx.AsyncClient, alice: Member, bob: Member, charlie: Member) -> None:
    for member in (alice, bob):
        await pair(member)
        await send_alert(client, await make_strategy(member), buy())

    for path in ("/api/agents", "/api/tv/strategies", "/api/tv/signals"):
        assert len((await alice.get(path)).json()["items"]) == 1, path
        assert (await charlie.get(path)).json()["items"] == [], path
    assert len((await bob.get("/api/user/mt5-accounts")).json()["accounts"]) == 1
    assert (await charlie.get("/api/user/mt5-accounts")).json()["accounts"] == []
    mine, theirs = (await alice.get("/api/tv/signals")).json(), (await bob.get("/api/tv/signals")).json()
    assert mine["items"][0]["id"] != theirs["items"][0]["id"]


async def test_another_persons_ids_are_answered_as_if_they_did_not_exist(
    client: httpx.AsyncClient, alice: Member, charlie: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    receipt = (await send_alert(client, strategy, buy())).json()
    (account,) = await account_ids(alice)

    for method, path in (
        ("DELETE", f"/api/agents/{vps.id}"),
        ("POST", f"/api/agents/{vps.id}/pairing-key"),
        ("PATCH", f"/api/user/mt5-accounts/{account}/toggle"),
        ("GET", f"/api/tv/strategies/{strategy['id']}"),
        ("PATCH", f"/api/tv/strategies/{strategy['id']}"),
        ("DELETE", f"/api/tv/strategies/{strategy['id']}"),
        ("POST", f"/api/tv/strategies/{strategy['id']}/rotate-secret"),
        ("GET", f"/api/tv/signals/{receipt['signal_id']}"),
    ):
        answer = await client.request(method, path, headers=charlie.headers, json={} if method == "PATCH" else None)
        assert answer.status_code == 404, (method, path, answer.text)
        assert "evil" not in answer.text
    filtered = await charlie.get("/api/tv/signals", strategy_id=strategy["id"])
    assert filtered.json()["items"] == []
    assert (await alice.get(f"/api/tv/strategies/{strategy['id']}")).status_code == 200


@pytest.mark.parametrize("role", ["admin", "super_admin"])
async def test_staff_change_nothing_of_others_but_where_that_is_audited(
    client: httpx.AsyncClient, alice: Member, charlie: Member, role: str
) -> None:
    """They may read; with another's agent key or webhook they would trade in another's name."""
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    receipt = (await send_alert(client, strategy, buy())).json()
    (job,) = [one["job_id"] for one in (await signal(alice, receipt["signal_id"]))["executions"]]
    (account,) = await account_ids(alice)
    group = (await alice.post("/api/user/account-groups", {"name": "Calm"})).json()["id"]
    project = (await alice.post("/api/ea/projects", {"name": "Trend", "template": "empty"})).json()
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update users set role = %s where id = %s", (role, charlie.id))
    order = {"account_id": account, "symbol": "EURUSD", "side": "buy", "type": "market", "volume_lots": 0.1}

    for method, path, body in (
        ("DELETE", f"/api/agents/{vps.id}", None),
        ("POST", f"/api/agents/{vps.id}/pairing-key", None),
        ("PATCH", f"/api/user/mt5-accounts/{account}/toggle", None),
        ("PATCH", f"/api/user/mt5-accounts/{account}", {"name": "Mine"}),
        ("PUT", f"/api/user/mt5-accounts/{account}/limits", {}),
        ("POST", f"/api/user/mt5-accounts/{account}/resume", None),
        ("DELETE", f"/api/user/mt5-accounts/{account}", None),
        ("PATCH", f"/api/user/account-groups/{group}", {"name": "Mine"}),
        ("DELETE", f"/api/user/account-groups/{group}", None),
        ("POST", f"/api/accounts/{account}/sync", None),
        ("POST", f"/api/accounts/{account}/flatten", None),
        ("DELETE", f"/api/accounts/{account}/orders/1", None),
        ("POST", "/api/orders", {**order, "client_order_id": str(uuid4())}),
        ("POST", "/api/kill-switch", {"account_id": account}),
        ("PATCH", f"/api/tv/strategies/{strategy['id']}", {"name": "Mine"}),
        ("DELETE", f"/api/tv/strategies/{strategy['id']}", None),
        ("POST", f"/api/tv/strategies/{strategy['id']}/rotate-secret", None),
        ("POST", f"/api/jobs/{job}/cancel", None),
        ("PATCH", f"/api/ea/projects/{project['id']}", {"name": "Mine"}),
    ):
        answer = await client.request(method, path, headers=charlie.headers, json=body)
        assert answer.status_code == 404, (method, path, answer.status_code, answer.text)
    assert (await vps.beat()).status_code == 200
    assert (await alice.get(f"/api/tv/strategies/{strategy['id']}")).json()["webhook_url"] == strategy["webhook_url"]
    assert (await vps.claim() or {}).get("id") == job


async def test_a_strategy_cannot_trade_on_somebody_elses_account(alice: Member, charlie: Member) -> None:
    await pair(alice)

    answer = await charlie.post("/api/tv/strategies", {"name": "Theft", "account_ids": await account_ids(alice)})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "account_ids"


async def test_a_key_works_for_its_own_agent_only(client: httpx.AsyncClient, alice: Member, bob: Member) -> None:
    hers, his = await pair(alice), await pair(bob)
    await send_alert(client, await make_strategy(alice), buy())

    for path in ("jobs/next", "jobs/unsettled"):
        stolen = await client.get(f"/api/agents/{hers.id}/{path}", headers=his.headers)
        assert (stolen.status_code, stolen.json()["code"]) == (401, "agent-key-wrong")
    job = await hers.claim()
    assert job is not None
    other = await his.finish(job)
    assert other.status_code == 404
    assert (await hers.finish(job, result={"price": 1.1, "volume_lots": 0.1})).json() == {"status": "completed"}


@pytest.mark.parametrize("header", [None, "", "fe_wrong", "x" * 300])
async def test_without_its_key_an_agent_is_nobody(client: httpx.AsyncClient, alice: Member, header: str | None) -> None:
    vps = await pair(alice)

    answer = await client.post(
        f"/api/agents/{vps.id}/heartbeat", json={"version": "1"}, headers={"X-Agent-Key": header} if header else {}
    )

    assert answer.status_code in {401, 422}


async def test_a_rotated_key_stops_at_once_and_a_deleted_agent_too(alice: Member) -> None:
    vps = await pair(alice)

    fresh = (await alice.post(f"/api/agents/{vps.id}/pairing-key")).json()["pairing_key"]
    assert (await vps.post("heartbeat", {"version": "1"})).status_code == 401
    vps.key = fresh
    assert (await vps.post("heartbeat", {"version": "1"})).status_code == 200
    assert (await alice.delete(f"/api/agents/{vps.id}")).status_code == 204

    assert (await vps.post("heartbeat", {"version": "1"})).status_code == 401
    assert (await alice.get("/api/agents")).json()["items"] == []
    (account,) = (await alice.get("/api/user/mt5-accounts")).json()["accounts"]
    assert (account["data_source"], account["is_online"]) == ("VPS_STORED", False)


async def test_the_sixth_account_is_not_enabled_even_when_toggled_at_once(alice: Member) -> None:
    import asyncio

    await pair(alice, accounts=7)
    ids = await account_ids(alice)
    listed = (await alice.get("/api/user/mt5-accounts")).json()
    assert listed["enabled_count"] == listed["enabled_limit"] == 5
    off = next(row["id"] for row in listed["accounts"] if row["is_enabled_for_trading"])
    await alice.patch(f"/api/user/mt5-accounts/{off}/toggle")
    waiting = [one for one in ids if one in {r["id"] for r in listed["accounts"] if not r["is_enabled_for_trading"]}]

    answers = await asyncio.gather(*(alice.patch(f"/api/user/mt5-accounts/{one}/toggle") for one in [*waiting, off]))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"enabled-limit-reached"}
    assert (await alice.get("/api/user/mt5-accounts")).json()["enabled_count"] == 5
