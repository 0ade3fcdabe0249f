"""Every route with every role and a stranger, against the table in tests/roles.py; and every route with a token."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from forex_elite.api.app import create_app
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.roles import CALLERS, ROUTES, Access
from tests.world import PASSWORD, Member, register

EXPECTED = {tuple(line.split()): access for access, lines in ROUTES.items() for line in lines.strip().splitlines()}
BODIES: dict[tuple[str, str], Any] = {
    ("PUT", "/api/admin/users/{user_id}/role"): {"role": "admin"},
    ("POST", "/api/leaderboard/prizes"): {
        "kind": "live",
        "period": "week",
        "measure": "return",
        "rank": 100,
        "amount": 1,
        "currency": "USD",
    },
    ("POST", "/api/partners/{partner_id}/decision"): {"state": "approved"},
    ("POST", "/api/partners/payouts/{payout_id}/decision"): {"state": "approved"},
    ("POST", "/api/partners/tiers"): {"name": "Matrix", "min_lots": 1, "per_lot": 0},
    ("PUT", "/api/partners/tiers/{tier_id}"): {"name": "Matrix", "min_lots": 2, "per_lot": 0},
    ("PUT", "/api/partners/subscriptions"): {"email": "x@example.com", "monthly_fee": 0, "since": "2099-01-01"},
    ("PUT", "/api/admin/features"): {"is_registration_open": True, "llm_daily_tokens": 500_000},
}
"""Staff's routes check the body before the role; with one that is well formed the role is what decides."""
LAST = ("POST", "/api/auth/logout")
TOKEN_ALONE = {("GET", "/api/audit")}
"""What a token for the audit log alone opens; everything else must be closed to it."""
NOTHING_OF_ANYBODY = {
    ("GET", "/api/ea/templates"),
    ("GET", "/api/ea/wizard"),
    ("GET", "/api/mql5/names"),
    ("GET", "/api/mql5/support"),
}
"""The same for everybody: facts of this build, for whoever is signed in."""


def filled(path: str) -> str:
    return "/".join(str(uuid4()) if part.startswith("{") else part for part in path.split("/"))


def everyone() -> list[tuple[str, str]]:
    return sorted(EXPECTED, key=lambda route: (route == LAST, route))


async def call(client: httpx.AsyncClient, route: tuple[str, str], headers: dict[str, str]) -> tuple[int, str]:
    answer = await client.request(route[0], filled(route[1]), headers=headers, json=BODIES.get(route, {}))
    client.cookies.clear()
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code, answer.json()["code"] if is_problem else ""


def is_let_in(status: int, code: str) -> bool:
    return status != httpx.codes.UNAUTHORIZED and code not in {"not-allowed", "not-yours-to-manage"}


async def member_with(client: httpx.AsyncClient, role: str) -> dict[str, str]:
    """Somebody of this role, by a session of their own."""
    member = await register(client, role.replace("_", "-"))
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update users set role = %s where id = %s", (role, member.id))
    answer = await client.post("/api/auth/login", json={"email": member.email, "password": PASSWORD})
    client.cookies.clear()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_every_route_has_an_expectation() -> None:
    paths = create_app().openapi()["paths"]

    found = {(method.upper(), path) for path, item in paths.items() for method in item}

    assert found == set(EXPECTED), "a route without an expectation, or one that is gone: see tests/roles.py"


async def test_every_route_lets_in_whom_the_table_names(client: httpx.AsyncClient, first_user: Member) -> None:
    wrong = []
    for caller in CALLERS:
        headers = {} if caller == "stranger" else await member_with(client, caller)
        for route in everyone():
            status, code = await call(client, route, headers)
            if is_let_in(status, code) != (caller in EXPECTED[route].value):
                wrong.append(f"{caller}: {' '.join(route)} answered {status} {code}")
    async with unit_of_work(service("a test")) as uow:  # the first user is the only one again, as other tests expect
        await uow.run("update users set role = 'user' where role = 'super_admin' and id <> %s", (first_user.id,))

    assert wrong == []


async def test_a_token_for_one_thing_opens_nothing_else(client: httpx.AsyncClient, alice: Member) -> None:
    made = await alice.post("/api/auth/tokens", {"name": "audit", "scopes": ["oversight:audit:read"]})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    wrong = []
    for route in everyone():
        if EXPECTED[route] in {Access.ANYBODY, Access.AGENT} or route in NOTHING_OF_ANYBODY:
            continue
        status, code = await call(client, route, headers)
        is_open = status < httpx.codes.BAD_REQUEST
        if is_open != (route in TOKEN_ALONE) or (not is_open and code not in {"not-allowed", "invalid-input"}):
            wrong.append(f"{' '.join(route)} answered {status} {code}")

    assert wrong == []
