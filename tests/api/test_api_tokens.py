"""API tokens: made for some permissions, shown once, good until revoked or over."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.world import Member

PATH = "/api/auth/tokens"


async def make(member: Member, *scopes: str, **changes: object) -> Member:
    answer = await member.post(PATH, {"name": "script", "scopes": list(scopes), **changes})
    assert answer.status_code == 201, answer.text
    return Member(answer.json()["id"], member.email, answer.json()["token"], member.client)


async def test_a_token_may_what_its_scopes_name_and_nothing_else(alice: Member) -> None:
    script = await make(alice, "terminals:agent:read")

    assert (await script.get("/api/agents")).status_code == 200
    for answer in (
        await script.post("/api/agents", {"name": "vps", "kind": "dedicated"}),
        await script.get("/api/tv/strategies"),
        await script.get("/api/auth/me"),
        await script.get(PATH),
        await script.get("/api/auth/sessions"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


async def test_who_may_change_a_thing_may_read_it(alice: Member) -> None:
    script = await make(alice, "terminals:agent:manage")

    assert (await script.post("/api/agents", {"name": "vps", "kind": "dedicated"})).status_code == 201
    assert len((await script.get("/api/agents")).json()["items"]) == 1


async def test_it_is_shown_once_and_stored_as_a_hash(alice: Member) -> None:
    script = await make(alice, "market:price:read")

    (listed,) = (await alice.get(PATH)).json()["items"]

    assert script.token.startswith("fe_pat_")
    assert listed["prefix"] == script.token[:12]
    assert script.token not in str(listed)
    assert listed["last_used_at"] is None
    async with unit_of_work(service("a test")) as uow:
        row = await uow.row("select * from api_tokens where user_id = %s", (alice.id,))
    assert script.token not in str(row)


async def test_its_use_is_noted(alice: Member) -> None:
    script = await make(alice, "terminals:agent:read")

    await script.get("/api/agents")

    assert (await alice.get(PATH)).json()["items"][0]["last_used_at"] is not None


async def test_a_revoked_token_is_nobody_at_once(alice: Member, bob: Member) -> None:
    script = await make(alice, "terminals:agent:read")

    assert (await bob.delete(f"{PATH}/{script.id}")).status_code == 404
    assert (await alice.delete(f"{PATH}/{script.id}")).status_code == 204

    assert (await script.get("/api/agents")).status_code == 401
    assert (await alice.get(PATH)).json()["items"] == []
    assert (await alice.delete(f"{PATH}/{script.id}")).status_code == 404


async def test_a_token_runs_out(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    script = await make(alice, "terminals:agent:read", days=30)
    later = clock.now() + timedelta(days=31)

    monkeypatch.setattr(clock, "now", lambda: later)

    assert (await script.get("/api/agents")).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["people:security:manage"]}, "scopes"),
        ({"scopes": ["admin:user:read"]}, "scopes"),
        ({"scopes": ["nothing"]}, "scopes"),
        ({"name": "  "}, "name"),
        ({"days": 0}, "days"),
    ],
)
async def test_what_cannot_be_a_token_names_the_field(alice: Member, change: dict[str, object], field: str) -> None:
    answer = await alice.post(PATH, {"name": "script", "scopes": ["market:price:read"], **change})

    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_a_token_of_one_person_sees_nothing_of_another(
    client: httpx.AsyncClient, alice: Member, bob: Member
) -> None:
    await alice.post("/api/agents", {"name": "hers", "kind": "dedicated"})
    script = await make(bob, "terminals:agent:read")

    assert (await script.get("/api/agents")).json()["items"] == []
