"""What people do with accounts, limits, automation and the kill switch is told in the audit log, without secrets."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from forex_elite.domain.automation import AlgoSettings, EaCommand
from forex_elite.domain.identity import Actor, Role
from forex_elite.services import audit, ea_commands
from tests.world import Member, Vps, account_ids, pair

PASSWORD = "Br0ker-s3cret!"


async def records(member: Member, action: str) -> list[dict[str, Any]]:
    """The member's records of one kind of action, oldest first."""
    answer = await member.get("/api/audit", action=action, limit=100)
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["items"]))


def told(record: dict[str, Any]) -> tuple[str, Any, Any]:
    return record["action"], record["before"], record["after"]


async def test_accounts_and_their_passwords_are_told_with_what_was_before(alice: Member, bob: Member) -> None:
    made = await alice.post("/api/agents", {"name": "pool", "kind": "pool"})
    vps = Vps(made.json()["id"], made.json()["pairing_key"], alice.client)
    body = {"login": 900_501, "server": "Broker-Live", "password": PASSWORD, "kind": "simulator", "agent_id": vps.id}
    account_id = (await alice.post("/api/user/mt5-accounts", body)).json()["account"]["id"]
    path = f"/api/user/mt5-accounts/{account_id}"
    await alice.patch(path, {"name": "Prime", "password": PASSWORD + "2"})
    await alice.patch(path, {"name": "Prime"})
    await alice.patch(f"{path}/toggle")
    instance = str(uuid4())
    headers = {**vps.headers, "X-Agent-Instance": instance}
    await alice.client.post(f"/api/agents/{vps.id}/heartbeat", headers=headers, json={"version": "1"})
    await alice.client.post(f"/api/agents/{vps.id}/accounts/{account_id}/credentials", headers=headers)
    await alice.delete(path)

    found = await records(alice, "accounts.")

    assert [record["action"] for record in found] == [
        "accounts.add",
        "accounts.change",
        "accounts.password.set",
        "accounts.toggle",
        "accounts.credentials.hand_over",
        "accounts.remove",
    ], "a change that changed nothing is none"
    added, changed, password, toggled, handed, removed = found
    assert (added["after"]["login"], added["after"]["password"], added["before"]) == (900_501, True, None)
    assert told(changed)[1:] == ({"name": ""}, {"name": "Prime"})
    assert told(password)[1:] == ({"password": True}, {"password": True})
    assert told(toggled)[1:] == ({"is_enabled": False}, {"is_enabled": True})
    assert (handed["actor_role"], handed["after"]["agent"], handed["after"]["installation"]) == (
        "service",
        vps.id,
        instance,
    )
    assert removed["before"]["name"] == "Prime"
    assert {record["subject_id"] for record in found} == {account_id}
    assert PASSWORD not in json.dumps(found)
    assert await records(bob, "accounts.") == []


async def test_limits_and_groups_are_told_with_what_was_before(alice: Member) -> None:
    await pair(alice)
    (account_id,) = await account_ids(alice)
    for value in (500, 300):
        limits = {"daily_loss": {"value": value, "action": "close_all"}, "weekend": None}
        answer = await alice.client.put(
            f"/api/user/mt5-accounts/{account_id}/limits", headers=alice.headers, json=limits
        )
        assert answer.status_code == 200, answer.text
    await alice.post(f"/api/user/mt5-accounts/{account_id}/resume")
    group = (await alice.post("/api/user/account-groups", {"name": "Calm"})).json()["id"]
    await alice.patch(f"/api/user/account-groups/{group}", {"name": "Calmer"})
    await alice.delete(f"/api/user/account-groups/{group}")

    _, second = await records(alice, "accounts.limits.")
    assert told(second)[1:] == (
        {"daily_loss": {"value": 500.0, "action": "close_all"}},
        {"daily_loss": {"value": 300.0, "action": "close_all"}},
    )
    assert [record["action"] for record in await records(alice, "accounts.resume")] == ["accounts.resume"]
    assert [told(record) for record in await records(alice, "accounts.groups.")] == [
        ("accounts.groups.add", None, {"name": "Calm"}),
        ("accounts.groups.rename", {"name": "Calm"}, {"name": "Calmer"}),
        ("accounts.groups.delete", {"name": "Calmer", "accounts": 0}, None),
    ]


async def test_the_switch_and_commands_are_told_for_each_account(alice: Member) -> None:
    await pair(alice, accounts=2)
    both = set(await account_ids(alice))
    await alice.post("/api/kill-switch", {"all": True, "flatten": True})
    await alice.post("/api/kill-switch/lift", {"all": True})
    acting = Actor(user_id=UUID(alice.id), role=Role.USER)
    await ea_commands.begin(acting, EaCommand.STOP, settings=AlgoSettings(max_lots=0.5))

    for record in (stopped := await records(alice, "automation.")):
        assert (record["action"], record["before"]["automation"]) == ("automation.stop", "running")
        assert (record["after"]["automation"], record["after"]["settings"]["max_lots"]) == ("stopped", 0.5)
    assert {record["subject_id"] for record in stopped} == both
    thrown, lifted = [await records(alice, f"kill_switch.{what}") for what in ("throw", "lift")]
    assert {record["subject_id"] for record in thrown} == {record["subject_id"] for record in lifted} == both
    for on, off in zip(thrown, sorted(lifted, key=lambda one: one["seq"]), strict=True):
        assert on["before"] == {"killed_at": None}
        assert on["after"]["killed_at"] is not None
        assert on["after"]["flatten_job"] is not None
        assert off["before"] == {"killed_at": on["after"]["killed_at"]}
        assert off["after"] == {"killed_at": None}


async def test_what_could_not_be_told_was_not_done(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    await pair(alice)

    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the audit log cannot be written")

    monkeypatch.setattr(audit, "record", fail)
    for path in ("/api/kill-switch", "/api/kill-switch/lift"):
        assert (await alice.post(path, {"all": True})).status_code == 500
    (account_id,) = await account_ids(alice)
    assert (await alice.patch(f"/api/user/mt5-accounts/{account_id}/toggle")).status_code == 500

    (shown,) = (await alice.get("/api/kill-switch")).json()["accounts"]
    assert shown["killed_at"] is None
