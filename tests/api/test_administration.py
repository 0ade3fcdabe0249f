"""What staff do over HTTP: people, the queue, everybody's logs, features; and what each leaves in the audit log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from forex_elite.db import queue
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.domain.jobs import NOT_WHILE_SUSPENDED, JobType
from forex_elite.services import agents, alerts
from tests.world import PASSWORD, Member, Vps, account_ids, buy, make_strategy, pair, register, send_alert


async def set_role(member: Member, role: str) -> None:
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update users set role = %s where id = %s", (role, member.id))


@pytest.fixture
async def admin(client: httpx.AsyncClient, first_user: Member) -> Member:
    member = await register(client, "admin")
    await set_role(member, "admin")
    return member


@pytest.fixture
async def _features(client: httpx.AsyncClient) -> AsyncIterator[None]:
    yield
    async with unit_of_work(service("a test")) as uow:
        await uow.run("select set_config('app.role', 'super_admin', true)")
        await uow.run("delete from feature_settings")


async def accounts_of(member: Member) -> list[str]:
    """A person's accounts by id, whether or not they may ask for them themselves."""
    async with unit_of_work(service("a test")) as uow:
        return [
            str(row["id"]) for row in await uow.rows("select id from mt5_accounts where user_id = %s", (member.id,))
        ]


async def queue_for(member: Member, vps: Vps, *kinds: JobType) -> None:
    """Jobs of these kinds that wait for an agent; orders among them close."""
    (account, *_) = await accounts_of(member)
    async with unit_of_work(service("a test")) as uow:
        for kind in kinds:
            sql, values = queue.insert(
                job_id=uuid4(),
                user_id=UUID(member.id),
                agent_id=UUID(vps.id),
                account_id=UUID(account),
                job_type=kind,
                payload={"scope": "none"},
            )
            await uow.run(sql, values)


async def records(staff: Member, member: Member, action: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await staff.get("/api/audit", user_id=member.id, action=action)).json()["items"]
    return items


async def test_a_suspended_person_is_shut_out_and_enters_nothing_more(
    client: httpx.AsyncClient, admin: Member, alice: Member
) -> None:
    await pair(alice)
    strategy = await make_strategy(alice)
    token = (await alice.post("/api/auth/tokens", {"name": "s", "scopes": ["terminals:agent:read"]})).json()["token"]
    (account,) = await account_ids(alice)

    answer = await admin.post(f"/api/admin/users/{alice.id}/suspend")

    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert (await alice.get("/api/auth/me")).status_code == 401
    assert (await client.get("/api/agents", headers={"Authorization": f"Bearer {token}"})).status_code == 401
    told = (await send_alert(client, strategy, buy())).json()
    assert told["status"] in {"rejected", "discarded"}
    log_in = await client.post("/api/auth/login", json={"email": alice.email, "password": PASSWORD})
    assert log_in.status_code == 401
    (record,) = await records(admin, alice, "admin.user.suspend")
    assert record["before"] == {"is_active": True}
    assert record["after"]["accounts_stopped"] == [account]  # type: ignore[index]
    assert record["after"]["strategies_disabled"] == [strategy["id"]]  # type: ignore[index]


async def test_a_suspended_persons_agent_is_told_to_stop_and_may_report_and_gets_nothing_that_trades(
    client: httpx.AsyncClient, admin: Member, alice: Member
) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    order = await vps.claim()
    assert order is not None
    await queue_for(alice, vps, *JobType)

    await admin.post(f"/api/admin/users/{alice.id}/suspend")

    assert (await vps.finish(order, result={"price": 1.1, "volume_lots": 0.1})).json() == {"status": "completed"}
    given = []
    while (job := await vps.claim()) is not None:
        given.append((job["type"], job["payload"].get("reason", "")))
    assert given[0] == ("stop", "kill"), "before all others"
    assert {kind for kind, _ in given} == set(JobType) - NOT_WHILE_SUSPENDED
    told = (await vps.beat()).json()["config"]["accounts"]
    assert [account["killed"] for account in told] == [True]
    (account,) = await accounts_of(alice)
    for method, path in (
        ("POST", f"accounts/{account}/credentials"),
        ("GET", f"artifacts/{'0' * 64}"),
        ("PUT", f"artifacts/{'0' * 64}"),
    ):
        answer = await client.request(method, f"/api/agents/{vps.id}/{path}", headers=vps.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "owner-suspended"), path
    (record,) = await records(admin, alice, "admin.user.suspend")
    assert len(record["after"]["jobs_cancelled"]) == len(NOT_WHILE_SUSPENDED)  # type: ignore[index]

    await vps.report_account(7_900_001)  # a terminal that was started since
    told = (await vps.beat()).json()["config"]["accounts"]
    assert [account["killed"] for account in told] == [True, True]
    assert len(await records(admin, alice, "kill_switch.throw")) == 2


async def test_staff_find_agents_and_see_whether_a_suspended_persons_have_stopped(
    client: httpx.AsyncClient, admin: Member, alice: Member, bob: Member
) -> None:
    vps = await pair(alice, accounts=2)
    await pair(bob)
    await queue_for(alice, vps, JobType.SYNC, JobType.STOP)
    await vps.claim()

    async def found(**wanted: object) -> list[dict[str, Any]]:
        answer = await admin.get("/api/admin/agents", **wanted)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    (seen,) = await found(search=alice.email.upper())
    assert (seen["id"], seen["name"], seen["version"], seen["is_online"]) == (vps.id, "vps", "1.0", True)
    assert (seen["accounts"], seen["stopped"], seen["jobs_waiting"], seen["jobs_in_hand"]) == (2, 0, 1, 1)
    page = (await admin.get("/api/admin/agents", limit=1)).json()
    assert (len(page["items"]), page["total"] >= 2, page["online"] >= 2) == (1, True, True)
    assert page["items"][0]["id"] != (await found(cursor=page["next_cursor"], limit=1))[0]["id"]
    assert await found(search=alice.email, standing="offline") == []
    assert await found(search=alice.email, standing="suspended") == []

    await admin.post(f"/api/admin/users/{alice.id}/suspend")

    (seen,) = await found(search=alice.email, standing="suspended")
    assert (seen["is_owner_active"], seen["stopped"], seen["confirmed"], seen["is_at_rest"]) == (False, 2, 0, False)
    told = (await vps.beat()).json()["config"]["accounts"]
    guards = [
        {"login": one["login"], "server": one["server"], "state": "ready",
         "guard": {"revision": one["revision"], "automation": one["automation"], "is_killed": True}}
        for one in told
    ]  # fmt: skip
    await vps.post("heartbeat", {"version": "1.0", "terminals": guards})
    (seen,) = await found(search=alice.email)
    assert (seen["confirmed"], seen["is_at_rest"]) == (2, True)


async def test_staff_see_how_the_installation_stands_and_what_others_were_warned_of(
    admin: Member, alice: Member
) -> None:
    await pair(alice)
    async with unit_of_work(service("a test")) as uow:
        for severity in ("warning", "critical", "info"):
            await alerts.raise_alert(
                uow, user_id=UUID(alice.id), code=f"test-{severity}", message=severity, severity=severity
            )
        await alerts.close_alert(uow, user_id=UUID(alice.id), code="test-warning")

    async def told(**wanted: object) -> list[str]:
        items = (await admin.get("/api/admin/alerts", person=alice.email, **wanted)).json()["items"]
        assert {item["email"] for item in items} <= {alice.email}
        return [item["message"] for item in items]

    assert await told() == ["critical"]
    assert await told(is_open=False) == ["critical", "warning"]
    assert await told(is_open=False, severity="warning") == ["warning"]
    found = (await admin.get("/api/admin/health")).json()
    assert found["is_bus_ready"]
    stored = found["stored"]
    assert stored["version"].startswith("18")
    assert stored["agents_online"] >= 1
    assert stored["accounts"] >= 1
    assert stored["alerts_open"] >= 1
    assert isinstance(stored["is_led"], bool)


async def test_a_reinstated_person_decides_themselves_what_goes_on(
    client: httpx.AsyncClient, admin: Member, alice: Member
) -> None:
    vps = await pair(alice)
    await admin.post(f"/api/admin/users/{alice.id}/suspend")
    await admin.post(f"/api/admin/users/{alice.id}/reinstate")
    agents._known.clear()

    answer = await client.post("/api/auth/login", json={"email": alice.email, "password": PASSWORD})

    alice.token = answer.json()["access_token"]
    client.cookies.clear()
    assert (await vps.post("heartbeat", {"version": "1"})).status_code == 200
    (state,) = (await alice.get("/api/kill-switch")).json()["accounts"]
    assert state["killed_at"] is not None
    assert len(await records(admin, alice, "admin.user.reinstate")) == 1


@pytest.mark.parametrize("role", ["ib", "admin", "super_admin"])
async def test_an_admin_manages_neither_brokers_nor_staff(admin: Member, bob: Member, role: str) -> None:
    await set_role(bob, role)

    answers = [await admin.post(f"/api/admin/users/{bob.id}/{act}") for act in ("suspend", "reinstate", "log-out")]
    given = await admin.client.put(f"/api/admin/users/{bob.id}/role", headers=admin.headers, json={"role": "user"})

    assert {answer.json()["code"] for answer in answers} == {"not-yours-to-manage"}
    assert (given.status_code, given.json()["code"]) == (403, "not-allowed")
    assert (await bob.get("/api/auth/me")).status_code == 200
    await set_role(bob, "user")


async def test_a_super_admin_gives_roles_and_the_sessions_end(first_user: Member, bob: Member) -> None:
    path = f"/api/admin/users/{bob.id}/role"

    answer = await first_user.client.put(path, headers=first_user.headers, json={"role": "admin"})

    assert answer.json()["role"] == "admin"
    assert (await bob.get("/api/auth/me")).status_code == 401
    (record,) = await records(first_user, bob, "admin.role.set")
    assert record["before"] == {"role": "user"}
    assert record["after"] == {"role": "admin", "sessions_ended": 1}


async def test_nobody_manages_themselves(first_user: Member) -> None:
    answer = await first_user.client.put(
        f"/api/admin/users/{first_user.id}/role", headers=first_user.headers, json={"role": "user"}
    )

    assert answer.json()["code"] == "not-yours-to-manage"


async def test_people_are_found_by_part_role_and_state(admin: Member, alice: Member) -> None:
    async def found(**wanted: object) -> list[str]:
        answer = await admin.get("/api/admin/users", **wanted)
        return [item["email"] for item in answer.json()["items"]]

    assert await found(search=alice.email[:14].upper()) == [alice.email]
    assert await found(search=alice.email, role="admin") == []
    assert await found(search=alice.email, is_active=False) == []
    page = (await admin.get("/api/admin/users", limit=1)).json()
    assert len(page["items"]) == 1
    assert page["next_cursor"]


async def test_an_order_is_never_given_out_again_and_other_work_is(
    client: httpx.AsyncClient, admin: Member, alice: Member
) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    order = await vps.claim()
    assert order is not None
    refused = await admin.post(f"/api/admin/queue/{order['id']}/requeue")
    assert (refused.status_code, refused.json()["code"]) == (409, "order-never-requeued")
    (account,) = await account_ids(alice)
    assert (await alice.post(f"/api/accounts/{account}/sync")).status_code < 300
    work = await vps.claim()
    assert work is not None

    answer = await admin.post(f"/api/admin/queue/{work['id']}/requeue")

    assert answer.status_code == 204, answer.text
    late = await vps.finish(work)
    assert (late.status_code, late.json()["code"]) == (409, "lease-lost")
    again = await vps.claim()
    assert again is not None
    assert again["id"] == work["id"]
    (record,) = await records(admin, alice, "admin.job.requeue")
    assert record["before"]["status"] == "running"  # type: ignore[index]


async def test_a_waiting_job_is_cancelled_and_a_claimed_one_is_not(
    client: httpx.AsyncClient, admin: Member, alice: Member
) -> None:
    vps = await pair(alice)
    await send_alert(client, await make_strategy(alice), buy())
    queue = (await admin.get("/api/admin/queue", status="pending")).json()
    job = next(item["id"] for item in queue["items"] if item["email"] == alice.email)
    assert any(depth["type"] == "trade" and depth["pending"] for depth in queue["depths"])

    assert (await admin.post(f"/api/admin/queue/{job}/cancel")).status_code == 204

    assert (await admin.post(f"/api/admin/queue/{job}/cancel")).status_code == 409
    assert await vps.claim() is None
    assert len(await records(admin, alice, "admin.job.cancel")) == 1


async def test_everybodys_lines_are_read_and_exported_by_staff(admin: Member, alice: Member) -> None:
    vps = await pair(alice)
    line = {"at": "2026-01-01T00:00:00Z", "level": "warning", "source": "agent", "message": "needle in the hay"}
    assert (await vps.post("logs", {"lines": [line]})).status_code < 300

    (found,) = (await admin.get("/api/admin/logs", search="NEEDLE", person=alice.email)).json()["items"]
    text = (await admin.get("/api/admin/logs/download", search="needle", person=alice.email)).text

    assert (found["email"], found["message"]) == (alice.email, "needle in the hay")
    assert text.startswith(alice.email)
    assert (await admin.get("/api/admin/logs", level="error", person=alice.email)).json()["items"] == []
    assert len(await records(admin, admin, "admin.logs.export")) == 1


@pytest.mark.usefixtures("_features")
async def test_registration_can_be_closed(client: httpx.AsyncClient, admin: Member) -> None:
    wanted = {"is_registration_open": False, "llm_daily_tokens": 7}
    answer = await client.put("/api/admin/features", headers=admin.headers, json=wanted)
    assert answer.json() == wanted

    refused = await client.post(
        "/api/auth/register", json={"email": "late@example.com", "password": PASSWORD, "display_name": "Late"}
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "registration-closed")
    assert (await admin.get("/api/ea/generations/usage")).json()["daily_tokens"] == 7
    (record,) = await records(admin, admin, "admin.features.change")
    assert record["before"] == {"is_registration_open": True, "llm_daily_tokens": 500_000}
    assert record["after"] == wanted
