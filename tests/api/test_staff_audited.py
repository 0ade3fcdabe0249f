"""Whatever staff change leaves one record that says who did it to whom, with what was before and after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.roles import ROUTES, Access
from tests.world import Member, Vps, account_ids, buy, make_strategy, pair, register, send_alert

Prepared = dict[str, Any]
TIER = {"name": "Start", "min_lots": 1, "per_lot": 2, "subscription_percent": 10, "symbol_rates": {"XAUUSD": 7}}
PRIZE = {"kind": "live", "period": "week", "measure": "return", "rank": 77, "amount": 5, "currency": "USD"}


async def _suspended(staff: Member, member: Member) -> Prepared:
    await staff.post(f"/api/admin/users/{member.id}/suspend")
    return {"user_id": member.id}


async def _person(_: Member, member: Member) -> Prepared:
    return {"user_id": member.id}


async def _waiting(_: Member, member: Member) -> Prepared:
    vps = await pair(member)
    await send_alert(member.client, await make_strategy(member), buy())
    return {"job_id": await _job(member), "vps": vps}


async def _running(staff: Member, member: Member) -> Prepared:
    vps: Vps = await pair(member)
    (account,) = await account_ids(member)
    await member.post(f"/api/accounts/{account}/sync")
    job = await vps.claim()
    assert job is not None
    return {"job_id": job["id"]}


async def _job(member: Member) -> str:
    async with unit_of_work(service("a test")) as uow:
        return str(await uow.value("select id from jobs where user_id = %s and status = 'pending'", (member.id,)))


async def _prize(staff: Member, _: Member) -> Prepared:
    return {"prize_id": (await staff.post("/api/leaderboard/prizes", PRIZE)).json()["id"]}


async def _nothing(_: Member, __: Member) -> Prepared:
    return {}


async def _tier(staff: Member, _: Member) -> Prepared:
    return {"tier_id": (await staff.post("/api/partners/tiers", TIER)).json()["id"]}


async def _applied(_: Member, member: Member) -> Prepared:
    code = f"desk-{member.id[-8:]}"
    made = await member.post("/api/partners/me", {"code": code, "about": "Forty traders."})
    assert made.status_code < 300, made.text
    async with unit_of_work(service("a test")) as uow:
        return {"partner_id": str(await uow.value("select id from ib_partners where code = %s", (code,)))}


async def _asked(staff: Member, member: Member) -> Prepared:
    prepared = await _applied(staff, member)
    async with unit_of_work(service("a test")) as uow:
        payout = await uow.value(
            "insert into ib_payouts (id, user_id, partner_id, month, amount, state, note, requested_at) "
            "values (uuidv7(), %s, %s, '2026-01-01', 12, 'requested', '', now()) returning id",
            (member.id, prepared["partner_id"]),
        )
    return {"payout_id": str(payout)}


async def _email(_: Member, member: Member) -> Prepared:
    return {"email": member.email}


Case = tuple[
    str, Callable[[Member, Member], Awaitable[Prepared]], Any, str, dict[str, Any] | None, dict[str, Any] | None
]
TODAY = clock.now().date() + timedelta(days=1)
CASES: tuple[Case, ...] = (
    ("PUT /api/admin/users/{user_id}/role", _person, {"role": "admin"}, "admin.role.set", {"role": "user"},
     {"role": "admin", "sessions_ended": 1}),
    ("POST /api/admin/users/{user_id}/suspend", _person, None, "admin.user.suspend", {"is_active": True},
     {"is_active": False}),
    ("POST /api/admin/users/{user_id}/reinstate", _suspended, None, "admin.user.reinstate", {"is_active": False},
     {"is_active": True}),
    ("POST /api/admin/users/{user_id}/log-out", _person, None, "admin.user.log-out", {}, {"sessions": [], "ended": 1}),
    ("POST /api/admin/queue/{job_id}/cancel", _waiting, None, "admin.job.cancel",
     {"type": "trade", "status": "pending", "attempts": 0}, {"status": "cancelled"}),
    ("POST /api/admin/queue/{job_id}/requeue", _running, None, "admin.job.requeue",
     {"type": "sync", "status": "running", "attempts": 1}, {"status": "pending", "attempts": 0}),
    ("PUT /api/admin/features", _nothing, {"is_registration_open": True, "llm_daily_tokens": 4242},
     "admin.features.change", {}, {"llm_daily_tokens": 4242}),
    ("GET /api/admin/logs/download", _nothing, None, "admin.logs.export", None, {}),
    ("POST /api/leaderboard/prizes", _nothing, PRIZE, "leaderboard.prize.add", None, {"rank": 77, "amount": "5.00"}),
    ("DELETE /api/leaderboard/prizes/{prize_id}", _prize, None, "leaderboard.prize.remove", {"rank": 77}, None),
    ("POST /api/partners/tiers", _nothing, TIER, "partners.tier.add", None, {"name": "Start"}),
    ("PUT /api/partners/tiers/{tier_id}", _tier, {**TIER, "name": "Next"}, "partners.tier.change", {"name": "Start"},
     {"name": "Next"}),
    ("DELETE /api/partners/tiers/{tier_id}", _tier, None, "partners.tier.remove", {"name": "Start"}, None),
    ("POST /api/partners/{partner_id}/decision", _applied, {"state": "refused", "reason": "No."}, "partners.decide",
     {"state": "applied"}, {"state": "refused", "reason": "No."}),
    ("POST /api/partners/payouts/{payout_id}/decision", _asked, {"state": "approved"}, "partners.payout.decide",
     {"state": "requested"}, {"state": "approved"}),
    ("PUT /api/partners/subscriptions", _email, {"monthly_fee": 9, "since": TODAY.isoformat()},
     "partners.subscription.set", {"monthly_fee": "0"}, {"monthly_fee": "9.0000"}),
)  # fmt: skip


def test_every_change_of_staffs_is_a_case() -> None:
    listed = {line.strip() for one in (Access.STAFF, Access.OWNER) for line in ROUTES[one].strip().splitlines()}

    changing = {route for route in listed if not route.startswith("GET ")}
    assert changing == {case[0] for case in CASES} - {"GET /api/admin/logs/download"}, "audit it, and add a case"


async def _swept() -> None:
    async with unit_of_work(service("a test")) as uow:
        await uow.run("select set_config('app.role', 'super_admin', true)")
        for table in ("feature_settings", "leaderboard_prizes", "ib_tiers"):
            await uow.run(f"delete from {table}")


@pytest.fixture
async def _clean() -> AsyncIterator[None]:
    """Nothing of what other tests left, and nothing left for them: a tier of the same name would be refused."""
    await _swept()
    yield
    await _swept()


@pytest.mark.usefixtures("_clean")
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
async def test_what_staff_change_is_told_with_before_and_after(
    client: httpx.AsyncClient, first_user: Member, case: Case
) -> None:
    route, prepare, body, action, before, after = case
    member = await register(client, "subject")
    prepared = await prepare(first_user, member)
    method, path = route.split()
    sent = {**body, "email": prepared["email"]} if "email" in prepared else body

    answer = await client.request(method, path.format(**prepared), headers=first_user.headers, json=sent)

    assert answer.status_code < 300, answer.text
    (record, *_) = (await first_user.get("/api/audit", action=action, limit=1)).json()["items"]
    assert (record["actor_id"], record["actor_role"]) == (first_user.id, "super_admin")
    if "user_id" in prepared or "email" in prepared or "job_id" in prepared:
        assert record["user_id"] == member.id, "in the chain of whose things they are"
    for told, expected in ((record["before"], before), (record["after"], after)):
        assert (told is None) == (expected is None)
        assert expected is None or {**told, **expected} == told
