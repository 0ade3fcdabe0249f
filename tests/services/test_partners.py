"""Introducing brokers: from an application to a payout, every day once, and each sees its own clients alone."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from forex_elite.domain.identity import Role
from forex_elite.services import revenue
from tests.world import Member, account_ids, pair, register

Database = psycopg.Connection[Any]
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def owner(database_url: str, running: None) -> Iterator[Database]:
    """The database as its owner, without earlier tests' partners, tiers and computations."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select set_config('app.role', 'service', false)")
        for table in ("ib_partners", "ib_tiers", "ib_revenue_runs", "subscriptions"):
            connection.execute(f"delete from {table}")  # type: ignore[arg-type]
        connection.execute("update users set role = 'user' where role = 'ib'")
        yield connection


async def partner(member: Member, first: Member, code: str = "") -> str:
    """Apply and be approved; returns the code."""
    code = code or f"desk-{secrets.token_hex(4)}"
    applied = await member.post("/api/partners/me", {"code": code, "about": "My room of forty traders."})
    assert applied.status_code == 201, applied.text
    decided = await first.post(f"/api/partners/{applied.json()['id']}/decision", {"state": "approved"})
    assert decided.status_code == 204, decided.text
    return code


async def client_of(caller: httpx.AsyncClient, code: str, name: str = "client") -> Member:
    email = f"{name}-{secrets.token_hex(6)}@example.com"
    body = {"email": email, "password": "correct horse battery", "display_name": name, "ib_code": code.upper()}
    answer = await caller.post("/api/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    caller.cookies.clear()
    return Member(answer.json()["user"]["id"], email, answer.json()["access_token"], caller)


async def tier(first: Member, **changes: Any) -> dict[str, Any]:
    body = {
        "name": "Start",
        "min_lots": 0,
        "per_lot": 3,
        "subscription_percent": 20,
        "symbol_rates": {"xauusd": 7.5},
        **changes,
    }
    answer = await first.post("/api/partners/tiers", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def live_account(member: Member, owner: Database, *, trade_mode: int = 2) -> str:
    """A client of long standing with an account at a broker, whose symbols carry a suffix."""
    await pair(member, quoted=False, trade_mode=trade_mode)
    owner.execute("update users set created_at = now() - interval '90 days' where id = %s", (member.id,))
    account = (await account_ids(member))[-1]
    owner.execute("update symbols set name = name || '.r' where account_id = %s", (account,))
    return account


def closed(owner: Database, member: Member, account: str, day: date, symbol: str, lots: str) -> None:
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    owner.execute(
        "insert into trades (id, user_id, account_id, ticket, symbol, side, volume, open_price, open_time, sl, tp, "
        "current_price, close_price, close_time, profit, swap, commission, magic, comment, is_closed, reported_at) "
        "values (gen_random_uuid(), %s, %s, %s, %s, 'buy', %s, 1, %s, 0, 0, 1, 1, %s, 0, 0, 0, 0, '', true, now())",
        (member.id, account, secrets.randbelow(10**12), symbol, Decimal(lots), at - timedelta(hours=1), at),
    )
    owner.execute(
        "insert into trade_days (account_id, day, user_id, trades, won, lost, profit, volume) "
        "values (%s, %s, %s, 1, 0, 0, 0, %s) on conflict (account_id, day) do update "
        "set trades = trade_days.trades + 1, volume = trade_days.volume + excluded.volume",
        (account, day, member.id, Decimal(lots)),
    )


async def dashboard(member: Member) -> dict[str, Any]:
    answer = await member.get("/api/partners/me/dashboard")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_day_of_clients_becomes_revenue_by_symbol_and_subscription_exactly_once(
    client: httpx.AsyncClient, alice: Member, first_user: Member, owner: Database
) -> None:
    code = await partner(alice, first_user)
    customer = await client_of(client, code)
    account = await live_account(customer, owner)
    await tier(first_user)
    owner.execute(
        "insert into subscriptions (id, user_id, monthly_fee, since, created_at) "
        "values (gen_random_uuid(), %s, 30, %s, now())",
        (customer.id, YESTERDAY - timedelta(days=3)),
    )
    closed(owner, customer, account, YESTERDAY, "EURUSD.r", "0.50")
    closed(owner, customer, account, YESTERDAY, "XAUUSD.r", "2.00")

    outcomes = await asyncio.gather(*(revenue.run_day(YESTERDAY) for _ in range(4)))

    assert sorted(outcomes) == [False, False, False, True]
    assert await revenue.run_due() == 0
    found = await dashboard(alice)
    days_in_month = ((YESTERDAY.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day
    share = round(Decimal(30) / days_in_month * 20 / 100, 4)
    assert found["days"] == [
        {
            "day": YESTERDAY.isoformat(),
            "lots": 2.5,
            "spread": 16.5,
            "subscription": pytest.approx(float(share)),
            "total": pytest.approx(16.5 + float(share)),
        }
    ]
    assert [(one["display_name"], one["lots_30d"]) for one in found["clients"]] == [("client", 2.5)]
    assert found["tier"]["name"] == "Start"
    sheet = await alice.get(f"/api/partners/me/statements/{YESTERDAY:%Y-%m}/csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[4:6] for line in sheet.text.splitlines()[1:]] == [
        ["", "subscription"],
        ["EURUSD", "spread"],
        ["XAUUSD", "spread"],
    ]


async def test_a_trade_reported_late_earns_in_the_next_computation_and_once(
    client: httpx.AsyncClient, alice: Member, first_user: Member, owner: Database
) -> None:
    customer = await client_of(client, await partner(alice, first_user))
    account = await live_account(customer, owner)
    await tier(first_user)
    before = YESTERDAY - timedelta(days=1)
    closed(owner, customer, account, before, "EURUSD.r", "1.00")
    await revenue.run_day(before)

    closed(owner, customer, account, before, "EURUSD.r", "0.25")
    await revenue.run_day(YESTERDAY)

    assert [(day["day"], day["lots"], day["total"]) for day in (await dashboard(alice))["days"]] == [
        (before.isoformat(), 1.0, 3.0),
        (YESTERDAY.isoformat(), 0.25, 0.75),
    ]


async def test_demo_accounts_other_peoples_clients_and_days_before_registration_earn_nothing(
    client: httpx.AsyncClient, alice: Member, bob: Member, charlie: Member, first_user: Member, owner: Database
) -> None:
    code = await partner(alice, first_user)
    await partner(bob, first_user)
    await tier(first_user)
    demo, young = await client_of(client, code, "demo"), await client_of(client, code, "young")
    for member, mode in ((demo, 0), (young, 2), (charlie, 2)):
        account = await live_account(member, owner, trade_mode=mode)
        closed(owner, member, account, YESTERDAY, "EURUSD.r", "1.00")
    owner.execute("update users set created_at = now() where id = %s", (young.id,))

    await revenue.run_day(YESTERDAY)

    assert owner.execute("select 1 from ib_revenue").fetchall() == []


async def test_more_volume_reaches_a_higher_tier(
    client: httpx.AsyncClient, alice: Member, first_user: Member, owner: Database
) -> None:
    customer = await client_of(client, await partner(alice, first_user))
    account = await live_account(customer, owner)
    await tier(first_user)
    await tier(first_user, name="Gold", min_lots=10, per_lot=5)
    closed(owner, customer, account, YESTERDAY - timedelta(days=1), "EURUSD.r", "9.00")
    await revenue.run_day(YESTERDAY - timedelta(days=1))
    closed(owner, customer, account, YESTERDAY, "EURUSD.r", "1.00")
    await revenue.run_day(YESTERDAY)

    assert [day["total"] for day in (await dashboard(alice))["days"]] == [27.0, 5.0]


async def test_two_partners_never_see_each_others_clients(
    client: httpx.AsyncClient, alice: Member, bob: Member, charlie: Member, first_user: Member, owner: Database
) -> None:
    north, south = await partner(alice, first_user), await partner(bob, first_user)
    of_north, of_south = await client_of(client, north, "Nora"), await client_of(client, south, "Sven")

    assert [one["id"] for one in (await dashboard(alice))["clients"]] == [of_north.id]
    assert [one["id"] for one in (await dashboard(bob))["clients"]] == [of_south.id]
    for stranger in (charlie, of_north):
        assert (await stranger.get("/api/partners/me/dashboard")).status_code == 403


MANAGED = (
    ("get", "/api/partners", None),
    ("get", "/api/partners/tiers", None),
    ("get", "/api/partners/payouts", None),
    ("post", "/api/partners/{id}/decision", {"state": "approved"}),
    ("post", "/api/partners/tiers", {"name": "Mine", "min_lots": 0, "per_lot": 900}),
    ("put", "/api/partners/tiers/{id}", {"name": "Mine", "min_lots": 0, "per_lot": 900}),
    ("delete", "/api/partners/tiers/{id}", None),
    ("put", "/api/partners/subscriptions", {"email": "a@example.com", "monthly_fee": 1, "since": "2099-01-01"}),
    ("post", "/api/partners/payouts/{id}/decision", {"state": "approved"}),
)


@pytest.mark.parametrize("role", [Role.USER, Role.IB, Role.ADMIN])
async def test_nobody_but_the_super_admin_manages_partners(
    client: httpx.AsyncClient, alice: Member, first_user: Member, owner: Database, role: Role
) -> None:
    if role is Role.IB:
        await partner(alice, first_user)
    else:
        owner.execute("update users set role = %s where id = %s", (role.value, alice.id))

    for method, path, body in MANAGED:
        answer = await client.request(method, path.format(id=UUID(int=7)), headers=alice.headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), (method, path, answer.text)


async def test_a_payout_is_asked_for_once_after_the_month_decided_and_paid(
    alice: Member, first_user: Member, owner: Database
) -> None:
    await partner(alice, first_user)
    this_month = TODAY.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    for day in (last_month, this_month):
        owner.execute(
            "insert into ib_revenue (partner_id, run_day, client_id, trade_day, symbol, user_id, tier, lots, rate, "
            "amount, created_at) select id, %(day)s, gen_random_uuid(), %(day)s, 'EURUSD', user_id, 'Start', 4, 3, 12, "
            "now() from ib_partners where user_id = %(user)s",
            {"day": day, "user": alice.id},
        )
    path = f"/api/partners/me/payouts/{last_month:%Y-%m}"

    assert (await alice.post(f"/api/partners/me/payouts/{this_month:%Y-%m}")).json()["code"] == "cannot-move"
    asked = await asyncio.gather(*(alice.post(path) for _ in range(3)))

    assert sorted(one.status_code for one in asked) == [204, 409, 409]
    found = (await first_user.get("/api/partners/payouts")).json()["items"]
    assert [(one["amount"], one["state"]) for one in found] == [(12.0, "requested")]
    decide = f"/api/partners/payouts/{found[0]['id']}/decision"
    assert (await first_user.post(decide, {"state": "paid"})).status_code == 409
    assert (await first_user.post(decide, {"state": "approved"})).status_code == 204
    assert (await first_user.post(decide, {"state": "paid", "note": "Wire 4711"})).status_code == 204
    statements = (await dashboard(alice))["statements"]
    assert [one["payout"] and one["payout"]["state"] for one in statements] == [None, "paid"]

    told = (await alice.get("/api/audit", action="partners.")).json()["items"]
    assert [(one["action"], one["before"], one["after"]) for one in told][:2] == [
        (
            "partners.payout.decide",
            {"state": "approved", "amount": "12.0000"},
            {"state": "paid", "amount": "12.0000", "note": "Wire 4711"},
        ),
        (
            "partners.payout.decide",
            {"state": "requested", "amount": "12.0000"},
            {"state": "approved", "amount": "12.0000", "note": ""},
        ),
    ]


async def test_a_suspended_partner_loses_the_desk_and_brings_nobody_in(
    client: httpx.AsyncClient, alice: Member, first_user: Member, owner: Database
) -> None:
    code = await partner(alice, first_user)
    mine = (await alice.get("/api/partners/me")).json()
    assert mine["referral_link"].endswith(f"/register?ib={code}")

    decision = {"state": "suspended", "reason": "Misleading promises"}
    assert (await first_user.post(f"/api/partners/{mine['id']}/decision", decision)).status_code == 204

    assert (await alice.get("/api/partners/me/dashboard")).status_code == 403
    assert (await alice.get("/api/auth/me")).json()["role"] == "user"
    assert (await alice.get("/api/partners/me")).json()["reason"] == "Misleading promises"
    body = {"email": f"x-{secrets.token_hex(4)}@example.com", "password": "correct horse battery", "display_name": "X"}
    refused = await client.post("/api/auth/register", json={**body, "ib_code": code})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "ib_code")


async def test_applications_are_checked_and_made_once(alice: Member, bob: Member, owner: Database) -> None:
    async def apply(member: Member, code: str, about: str = "Forty traders.") -> tuple[int, str]:
        answer = await member.post("/api/partners/me", {"code": code, "about": about})
        return answer.status_code, answer.json().get("code", "")

    assert await apply(alice, "no spaces") == (422, "invalid-input")
    assert await apply(alice, "north-desk", " ") == (422, "invalid-input")
    assert await apply(alice, "North-Desk") == (201, "north-desk")
    assert await apply(alice, "other-desk") == (409, "already-partner")
    assert await apply(bob, "NORTH-DESK") == (409, "code-taken")
    assert (await register(alice.client, "later")).id
