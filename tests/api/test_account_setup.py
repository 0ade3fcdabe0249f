"""Adding, assigning, moving and removing accounts over HTTP; passwords go to one agent only; limits and groups."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from tests.world import Member, Vps, account_ids, buy, make_strategy, pair, send_alert

PASSWORD = "Br0ker-s3cret!"
BROKER = "Broker-Live02"


async def add(member: Member, login: int, **changes: Any) -> dict[str, Any]:
    body = {"login": login, "server": BROKER, "password": PASSWORD, "kind": "simulator", **changes}
    answer = await member.post("/api/user/mt5-accounts", body)
    assert answer.status_code == 201, answer.text
    assert PASSWORD not in answer.text
    made: dict[str, Any] = answer.json()
    return made


async def agent_of(member: Member) -> Vps:
    answer = await member.post("/api/agents", {"name": "pool", "kind": "pool"})
    return Vps(answer.json()["id"], answer.json()["pairing_key"], member.client, server=BROKER)


async def beat(vps: Vps, instance: UUID, **more: Any) -> dict[str, Any]:
    answer = await vps.client.post(
        f"/api/agents/{vps.id}/heartbeat",
        headers={**vps.headers, "X-Agent-Instance": str(instance)},
        json={"version": "1", **more},
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def fetch(vps: Vps, account_id: str, instance: UUID | None, *, agent: str = "") -> httpx.Response:
    headers = vps.headers if instance is None else {**vps.headers, "X-Agent-Instance": str(instance)}
    return await vps.client.post(f"/api/agents/{agent or vps.id}/accounts/{account_id}/credentials", headers=headers)


async def logs_of(member: Member) -> list[str]:
    async with unit_of_work(Actor(user_id=UUID(member.id), role=Role.USER)) as uow:
        return [row["message"] for row in await uow.rows("select message from system_logs order by id")]


async def test_only_the_agent_an_account_is_assigned_to_obtains_its_password(alice: Member, bob: Member) -> None:
    vps, other, stranger = await agent_of(alice), await agent_of(alice), await agent_of(bob)
    me, elsewhere = uuid4(), uuid4()
    made = await add(alice, 900_001, agent_id=vps.id)
    account_id = made["account"]["id"]
    told = await beat(vps, me)
    for one in (other, stranger):
        await beat(one, elsewhere)
    (config,) = told["config"]["accounts"]
    assert (config["login"], config["is_assigned"], config["password_version"]) == (900_001, True, 1)
    assert PASSWORD not in str(told)

    got = await fetch(vps, account_id, me)
    assert got.json() == {"login": 900_001, "server": BROKER, "password": PASSWORD, "version": 1}
    assert got.headers["cache-control"] == "no-store"
    refused = [
        await fetch(other, account_id, elsewhere),
        await fetch(stranger, account_id, elsewhere),
        await fetch(vps, account_id, elsewhere),
        await fetch(vps, account_id, None),
        await fetch(vps, str(uuid4()), me),
    ]
    assert [answer.status_code for answer in refused] == [404] * 5
    assert (await fetch(vps, account_id, me, agent=other.id)).status_code == 401
    assert not any(PASSWORD in answer.text for answer in refused)

    lines = [line for line in await logs_of(alice) if "handed to its agent" in line]
    assert len(lines) == 1
    assert not any(PASSWORD in line for line in await logs_of(alice))


async def test_what_is_stored_of_a_password_opens_nothing_in_another_row(alice: Member) -> None:
    vps, me = await agent_of(alice), uuid4()
    first, second = [await add(alice, 900_010 + n, agent_id=vps.id, password=f"{PASSWORD}{n}") for n in (0, 1)]
    await beat(vps, me)
    actor = Actor(user_id=UUID(alice.id), role=Role.USER)
    async with unit_of_work(actor) as uow:
        stored = await uow.rows("select account_id, password_encrypted from account_credentials order by account_id")
        assert not any(PASSWORD.encode() in row["password_encrypted"] for row in stored)
        await uow.run(
            "update account_credentials set password_encrypted = %s where account_id = %s",
            (stored[0]["password_encrypted"], second["account"]["id"]),
        )

    assert (await fetch(vps, first["account"]["id"], me)).json()["password"] == f"{PASSWORD}0"
    assert (await fetch(vps, second["account"]["id"], me)).json()["code"] == "no-credentials"


async def test_an_account_moves_with_its_password_and_leaves_with_its_trail(alice: Member) -> None:
    old, new = await agent_of(alice), await agent_of(alice)
    me, you = uuid4(), uuid4()
    made = await add(alice, 900_020, agent_id=old.id, name="Prime")
    path = f"/api/user/mt5-accounts/{made['account']['id']}"
    assert (await old.report_account(900_020, name="A. Broker's Client")).json()["stored"] == 1
    assert (await alice.get(path)).json()["account"]["name"] == "Prime"

    moved = await alice.patch(path, {"agent_id": new.id})
    assert moved.json()["account"]["agent_id"] == new.id
    await beat(old, me)
    await beat(new, you)
    assert (await fetch(old, made["account"]["id"], me)).status_code == 404
    assert (await fetch(new, made["account"]["id"], you)).json()["password"] == PASSWORD
    assert (await old.report_account(900_020)).json()["refused"][0]["code"] == "account-not-assigned"

    assert (await alice.patch(path, {"password": "another one"})).json()["has_password"] is True
    assert (await fetch(new, made["account"]["id"], you)).json()["version"] == 2

    assert (await alice.delete(path)).status_code == 204
    assert (await alice.get(path)).status_code == 404
    assert await account_ids(alice) == []
    assert (await fetch(new, made["account"]["id"], you)).status_code == 404
    assert (await new.report_account(900_020)).json()["stored"] == 0, "a removed account does not come back by itself"
    assert any("removed" in line for line in await logs_of(alice))

    again = await add(alice, 900_020)
    assert again["account"]["id"] == made["account"]["id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login": 0}, "login"),
        ({"server": "  "}, "server"),
        ({"server": "a\u0000b"}, "server"),
        ({"password": "x" * 129}, "password"),
        ({"agent_id": "00000000-0000-0000-0000-000000000000"}, "agent_id"),
        ({"group_id": "00000000-0000-0000-0000-000000000000"}, "group_id"),
        ({"kind": "mt5", "terminal_path": "/bin/sh"}, "terminal_path"),
        ({"kind": "mt4"}, "kind"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_at_its_field(
    alice: Member, change: dict[str, Any], field: str
) -> None:
    body = {"login": 900_030, "server": BROKER, "password": PASSWORD, "kind": "simulator", **change}
    answer = await alice.post("/api/user/mt5-accounts", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert PASSWORD not in answer.text


async def test_an_mt5_account_needs_a_terminal_of_its_own_before_an_agent_gets_it(alice: Member) -> None:
    vps = await agent_of(alice)
    made = await add(alice, 900_040, kind="mt5")
    path = f"/api/user/mt5-accounts/{made['account']['id']}"
    refused = await alice.patch(path, {"agent_id": vps.id})
    assert refused.json()["errors"][0]["field"] == "terminal_path"
    assert (await alice.post("/api/user/mt5-accounts", {"login": 900_040, "server": BROKER})).status_code == 409

    done = await alice.patch(path, {"agent_id": vps.id, "terminal_path": "C:\\MT5\\a\\terminal64.exe"})
    assert done.json()["is_assigned"] is True


async def test_what_is_one_persons_is_nobody_elses(alice: Member, bob: Member, charlie: Member) -> None:
    made = await add(alice, 900_050)
    group = (await alice.post("/api/user/account-groups", {"name": "Conservative"})).json()
    path = f"/api/user/mt5-accounts/{made['account']['id']}"
    for other in (bob, charlie):
        answers = [
            await other.get(path),
            await other.patch(path, {"name": "mine"}),
            await other.get(f"{path}/limits"),
            await other.post(f"{path}/resume"),
            await other.delete(path),
            await other.patch(f"/api/user/account-groups/{group['id']}", {"name": "mine"}),
            await other.delete(f"/api/user/account-groups/{group['id']}"),
            await other.post("/api/kill-switch", {"account_id": made["account"]["id"]}),
            await other.post("/api/kill-switch", {"group_id": group["id"]}),
            await other.post("/api/user/ea/command", {"command": "stop_ea", "group_id": group["id"]}),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        assert (await other.get("/api/user/account-groups")).json()["items"] == []
    answer = await bob.client.put(f"{path}/limits", headers=bob.headers, json={})
    assert answer.status_code == 404


async def test_groups_are_made_named_filled_and_deleted(alice: Member) -> None:
    made = (await alice.post("/api/user/account-groups", {"name": "  Conservative "})).json()
    assert made["name"] == "Conservative"
    for name in ("Conservative", "conservative"):
        taken = await alice.post("/api/user/account-groups", {"name": name})
        assert (taken.status_code, taken.json()["code"]) == (409, "group-name-taken")
    account = await add(alice, 900_060, group_id=made["id"])
    renamed = await alice.patch(f"/api/user/account-groups/{made['id']}", {"name": "Calm"})
    assert renamed.json() == {"id": made["id"], "name": "Calm", "account_count": 1}

    assert (await alice.delete(f"/api/user/account-groups/{made['id']}")).status_code == 204
    assert (await alice.get(f"/api/user/mt5-accounts/{account['account']['id']}")).json()["group_id"] is None


async def test_limits_are_kept_told_to_the_agent_and_enforced_by_the_gate(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    (account_id,) = await account_ids(alice)
    strategy = await make_strategy(alice)
    limits = {
        "max_lots": {"value": 0.05, "action": "close_only"},
        "trailing_drawdown_percent": {"value": 5, "action": "close_all"},
        "week": {str(day): [["00:00", "00:00"]] for day in range(7)},
        "weekend": {"action": "flatten", "since_day": 4, "since": "20:00", "until_day": 4, "until": "20:01"},
    }
    path = f"/api/user/mt5-accounts/{account_id}"
    stored = await client.put(f"{path}/limits", headers=alice.headers, json=limits)
    assert stored.status_code == 200, stored.text
    read = (await alice.get(f"{path}/limits")).json()
    assert {name: value for name, value in read.items() if value is not None} == limits
    (told,) = (await vps.beat()).json()["config"]["accounts"]
    assert told["limits"]["trailing_drawdown_percent"] == {"value": 5.0, "action": "close_all"}
    assert told["limits"]["daily_loss_percent"] is None, "the limits of the preferences were replaced"

    refused = (await send_alert(client, strategy, buy())).json()
    assert (refused["status"], "Max lots" in refused["reason"]) == ("rejected", True)
    await client.put(f"{path}/limits", headers=alice.headers, json={**limits, "max_lots": None})
    assert (await send_alert(client, strategy, buy())).json()["status"] == "accepted"
    await vps.report_account(vps.logins[0], equity=12_000)
    await vps.report_account(vps.logins[0], equity=11_400)
    fallen = (await send_alert(client, strategy, buy())).json()
    assert "Trailing drawdown reached: 600.00 of 600.00 USD" in fallen["reason"]
    assert (await alice.post(f"{path}/resume")).status_code == 200
    assert (await send_alert(client, strategy, buy())).json()["status"] == "accepted"

    wrong = await client.put(f"{path}/limits", headers=alice.headers, json={"daily_loss": {"value": -1}})
    assert wrong.json()["errors"][0]["field"] == "daily_loss"
    assert (await alice.get(f"{path}/limits")).json()["weekend"] == limits["weekend"], "a refusal loses nothing"


async def test_saving_preferences_leaves_an_accounts_own_limits_alone(client: httpx.AsyncClient, alice: Member) -> None:
    await pair(alice, accounts=2)
    own, other = await account_ids(alice)
    await client.put(f"/api/user/mt5-accounts/{own}/limits", headers=alice.headers, json={"max_lots": {"value": 0.5}})
    from forex_elite.services import onboarding

    actor = Actor(user_id=UUID(alice.id), role=Role.USER)
    await onboarding.save_preferences(actor, await onboarding.get_preferences(actor))

    kept = (await alice.get(f"/api/user/mt5-accounts/{own}/limits")).json()
    given = (await alice.get(f"/api/user/mt5-accounts/{other}/limits")).json()
    assert (kept["max_lots"]["value"], kept["daily_loss_percent"]) == (0.5, None)
    assert (given["max_lots"]["value"], given["daily_loss_percent"]["value"]) == (1.0, 4.0)


async def test_what_the_agents_guard_holds_is_shown_and_stops_the_gate(
    client: httpx.AsyncClient, alice: Member
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    (account_id,) = await account_ids(alice)
    hold = {
        "code": "daily-loss",
        "reason": "Daily loss reached",
        "action": "close_all",
        "since": "2026-03-20T10:00:00Z",
    }
    terminal = {
        "login": vps.logins[0],
        "server": vps.server,
        "state": "ready",
        "guard": {"revision": 0, "automation": "running", "is_killed": False, "holds": [hold]},
    }
    assert (await vps.post("heartbeat", {"version": "1", "terminals": [terminal]})).status_code == 200

    shown = (await alice.get(f"/api/user/mt5-accounts/{account_id}")).json()
    assert shown["holds"] == ["Daily loss reached"]
    assert (await send_alert(client, strategy, buy())).json()["reason"] == "Daily loss reached"


async def test_six_toggles_at_once_enable_five(alice: Member) -> None:
    made = [(await add(alice, 900_100 + number))["account"]["id"] for number in range(6)]

    answers = await asyncio.gather(*(alice.patch(f"/api/user/mt5-accounts/{one}/toggle") for one in made))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409]
    listed = (await alice.get("/api/user/mt5-accounts")).json()
    assert (listed["enabled_count"], listed["enabled_limit"]) == (5, 5)


async def test_the_servers_own_work_cannot_read_passwords(alice: Member) -> None:
    await add(alice, 900_200)
    async with unit_of_work(service("a test")) as uow:
        assert await uow.rows("select 1 from account_credentials") == []
