"""Everything about a person: handed out without secrets, erased but for what the law keeps; consents asked again."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlmodel import SQLModel

from forex_elite.db import personal
from forex_elite.domain import consents as texts
from forex_elite.domain.consents import DOCUMENTS
from forex_elite.errors import NotSignedIn
from forex_elite.services import audit, consents, onboarding, sessions, vault
from forex_elite.services.compliance import erasure
from forex_elite.services.notifications import channels
from tests.oversight.conftest import acting
from tests.oversight.test_reports import add_trade, make
from tests.world import PASSWORD, Member, account_ids, buy, make_strategy, pair, send_alert


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select set_config('app.role', 'service', false)")
        yield connection


async def live(member: Member, owner: psycopg.Connection[Any]) -> dict[str, Any]:
    """Do what people do: pair, trade, be told."""
    vps = await pair(member)
    strategy = await make_strategy(member)
    await send_alert(member.client, strategy, buy())
    await channels.add_email(acting(member))
    await consents.accept(acting(member), {one.kind: one.version for one in DOCUMENTS}, address="192.0.2.7")
    (account,) = await account_ids(member)
    add_trade(owner, member, account, 9)
    return {"vps": vps, "strategy": strategy, "account": account}


async def test_the_archive_holds_every_table_twice_and_no_secret(
    alice: Member, bob: Member, owner: psycopg.Connection[Any]
) -> None:
    done = await live(alice, owner)
    await live(bob, owner)

    info, content = await make(alice, "personal-data", "zip")
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    names = set(archive.namelist())
    for table in personal.tables():
        rows = json.loads(archive.read(f"{table.name}.json"))
        cells = list(csv.DictReader(io.StringIO(archive.read(f"{table.name}.csv").decode())))
        assert len(rows) == len(cells), table.name
        owners = {row["id" if table.name == "users" else "user_id"] for row in rows}
        assert owners <= {alice.id}, table.name
    everything = "".join(archive.read(name).decode() for name in names)
    assert alice.email in everything
    assert str(done["vps"].logins[0]) in everything
    assert bob.email not in everything
    for secret in (done["vps"].key, done["strategy"]["webhook_secret"], "$argon2"):
        assert secret not in everything
    assert "password_hash" in archive.read("README.txt").decode()
    assert json.loads(archive.read("trades.json"))[0]["ticket"] == 9
    assert info["expires_at"] is not None


def test_no_table_with_an_owner_is_forgotten_and_no_key_is_handed_out() -> None:
    found = {table.name: table for table in personal.tables()}
    owned = {table.name for table in SQLModel.metadata.tables.values() if "user_id" in table.columns}
    assert owned - set(personal.NOT_PERSONAL) | {"users"} == set(found)
    assert set(personal.erased_tables()) | set(personal.KEPT) == owned | {"users"}
    handed = {f"{name}.{column}" for name, table in found.items() for column, _ in table.columns}
    for secret in (
        "users.password_hash",
        "sessions.token_hash",
        "mt5_agents.pairing_key_hash",
        "account_credentials.password_encrypted",
        "tv_strategies.secret_encrypted",
        "notification_channels.address_encrypted",
        "notification_codes.code_hash",
    ):
        assert secret not in handed


async def test_erasure_asks_for_the_password_and_leaves_others_alone(
    alice: Member, bob: Member, owner: psycopg.Connection[Any]
) -> None:
    done = await live(alice, owner)
    await live(bob, owner)
    with pytest.raises(NotSignedIn):
        await erasure.erase(acting(alice), "not my password")
    assert (await alice.get("/api/auth/me")).status_code == 200
    before = {row[0]: row[1] for row in owner.execute("select user_id, count(*) from trades group by 1")}

    await erasure.erase(acting(alice), PASSWORD, address="192.0.2.8")

    assert (await alice.get("/api/auth/me")).status_code == 401
    assert (await done["vps"].post("heartbeat", {"version": "1.0"})).status_code in {401, 403}
    login = await alice.client.post("/api/auth/login", json={"email": alice.email, "password": PASSWORD})
    assert login.status_code == 401
    assert (
        await alice.client.post(f"/webhooks/tv/{done['strategy']['webhook_secret']}", json=buy())
    ).status_code == 404
    assert (await bob.get("/api/auth/me")).status_code == 200
    after = {row[0]: row[1] for row in owner.execute("select user_id, count(*) from trades group by 1")}
    assert after == before

    for name in personal.erased_tables():
        rows = owner.execute(f"select count(*) from {name} where user_id = %s", (alice.id,)).fetchone()
        assert rows == (0,), name
    dump = ""
    for name in set(personal.KEPT) - {"audit_log", "audit_heads"}:
        column = "id" if name == "users" else "user_id"
        found = owner.execute(f"select row_to_json(t)::text from {name} t where {column} = %s", (alice.id,)).fetchall()
        dump += "".join(row[0] for row in found)
    for trace in (alice.email, "Alice", str(done["vps"].logins[0]), "192.0.2.7"):
        assert trace not in dump
    (sealed,) = owner.execute(
        "select identity_encrypted from erasures where person_id = %s", (alice.id,)
    ).fetchone() or (b"",)
    assert alice.email.encode() not in sealed
    assert json.loads(vault.unseal(bytes(sealed)))["email"] == alice.email


async def test_the_audit_trail_survives_an_erasure_whole(alice: Member, owner: psycopg.Connection[Any]) -> None:
    await live(alice, owner)
    await erasure.erase(acting(alice), PASSWORD, address="192.0.2.9")

    broken = [link for link in (await audit.verify()).broken if link.user_id == UUID(alice.id)]
    last = owner.execute(
        "select action, address from audit_log where user_id = %s order by seq desc limit 1", (alice.id,)
    ).fetchone()
    assert broken == []
    assert last == ("people.erase", "192.0.2.9")


async def test_the_only_owner_cannot_go(first_user: Member, owner: psycopg.Connection[Any]) -> None:
    owner.execute("update users set role = 'user' where role = 'super_admin' and id <> %s", (first_user.id,))
    with pytest.raises(erasure.LastOwner):
        await erasure.erase(acting(first_user), PASSWORD)
    assert (await first_user.get("/api/auth/me")).status_code == 200


async def test_a_text_with_a_new_version_is_asked_for_again_and_an_old_answer_does_not_count(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = acting(alice)
    await onboarding.complete(actor, DOCUMENTS[0].version, await onboarding.get_preferences(actor))
    assert await consents.to_accept(actor) == ()
    found = await sessions.find_bearer(alice.token)
    assert found is not None
    assert not found.must_agree

    newer = texts.Document("privacy", "2027-01", "Privacy notice", ("New.",))
    monkeypatch.setattr(texts, "DOCUMENTS", (DOCUMENTS[0], newer))
    monkeypatch.setattr(consents, "DOCUMENTS", (DOCUMENTS[0], newer))
    assert [one.version for one in await consents.to_accept(actor)] == ["2027-01"]
    found = await sessions.find_bearer(alice.token)
    assert found is not None
    assert found.must_agree
    with pytest.raises(consents.DocumentOutdated):
        await consents.accept(actor, {"privacy": DOCUMENTS[1].version})

    await consents.accept(actor, {"privacy": "2027-01"}, address="192.0.2.1")
    found = await sessions.find_bearer(alice.token)
    assert found is not None
    assert not found.must_agree
    assert next((one.kind, one.version) for one in await consents.history(actor)) == ("privacy", "2027-01")
