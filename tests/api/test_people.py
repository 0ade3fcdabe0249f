"""Registration, log-in, sessions: one revocable row behind cookie and bearer token."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from tests.world import PASSWORD, Member, register


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return await client.post("/api/auth/login", json={"email": email, "password": password}, headers=headers)


def own_origin(client: httpx.AsyncClient) -> dict[str, str]:
    return {"Origin": f"http://{urlsplit(str(client.base_url)).netloc}"}


async def test_the_first_person_is_super_admin_and_the_next_is_not(first_user: Member, alice: Member) -> None:
    assert (await first_user.get("/api/auth/me")).json()["role"] == "super_admin"
    assert (await alice.get("/api/auth/me")).json()["role"] == "user"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: httpx.AsyncClient, alice: Member) -> None:
    answer = await log_in(client, alice.email)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert (await client.get("/api/auth/me")).status_code == 200


async def test_an_e_mail_address_registers_once_whatever_its_case(client: httpx.AsyncClient, alice: Member) -> None:
    answer = await client.post(
        "/api/auth/register", json={"email": alice.email.upper(), "password": PASSWORD, "display_name": "Twin"}
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "email-taken"


async def test_two_registrations_at_once_make_one_account(client: httpx.AsyncClient, first_user: Member) -> None:
    body = {"email": "twice@example.com", "password": PASSWORD, "display_name": "Twice"}

    answers = await asyncio.gather(*(client.post("/api/auth/register", json=body) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "aaaaaaaaaaaa"}, "password"),
        ({"password": "nul\x00nul\x00nul"}, "password"),
        ({"display_name": "   "}, "display_name"),
        ({"display_name": "bell\x07"}, "display_name"),
        ({"email": None}, "email"),
        ({"password": 12345678901}, "password"),
    ],
)
async def test_bad_registrations_name_the_field(
    client: httpx.AsyncClient, first_user: Member, change: dict[str, object], field: str
) -> None:
    body = {"email": "someone@example.com", "password": PASSWORD, "display_name": "Someone", **change}

    answer = await client.post("/api/auth/register", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    client: httpx.AsyncClient, alice: Member
) -> None:
    wrong = await log_in(client, alice.email, "not the password")
    unknown = await log_in(client, "nobody-here@example.com", "not the password")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_guessing_is_stopped_even_in_parallel_and_a_right_guess_afterwards_too(
    client: httpx.AsyncClient, alice: Member
) -> None:
    answers = await asyncio.gather(*(log_in(client, alice.email, f"guess number {n}") for n in range(20)))

    told = [answer.status_code for answer in answers]
    assert told.count(401) == 8
    assert told.count(429) == 12
    late = await log_in(client, alice.email)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


async def test_logging_out_ends_cookie_and_bearer_token_together(client: httpx.AsyncClient, alice: Member) -> None:
    bearer = (await log_in(client, alice.email)).json()["access_token"]

    out = await client.post("/api/auth/logout", headers=own_origin(client))

    assert out.status_code == 204
    after = await client.get("/api/auth/me", headers={"Authorization": f"Bearer {bearer}"})
    assert after.status_code == 401
    assert (await alice.get("/api/auth/me")).status_code == 200


async def test_sessions_are_listed_and_one_can_be_revoked(client: httpx.AsyncClient, alice: Member) -> None:
    other = (await log_in(client, alice.email, **{"User-Agent": "Phone"})).json()["access_token"]
    client.cookies.clear()
    sessions = (await alice.get("/api/auth/sessions")).json()["items"]
    assert sorted(one["is_current"] for one in sessions) == [False, True]
    phone = next(one for one in sessions if not one["is_current"])
    assert phone["user_agent"] == "Phone"

    assert (await alice.delete(f"/api/auth/sessions/{phone['id']}")).status_code == 204

    assert (await client.get("/api/auth/me", headers={"Authorization": f"Bearer {other}"})).status_code == 401
    assert (await alice.delete(f"/api/auth/sessions/{phone['id']}")).status_code == 404


async def test_changing_the_password_ends_the_other_sessions(client: httpx.AsyncClient, alice: Member) -> None:
    await log_in(client, alice.email)
    client.cookies.clear()
    wrong = await alice.post("/api/auth/password", {"current": "not it at all", "new": "a new one entirely"})
    assert wrong.status_code == 401

    answer = await alice.post("/api/auth/password", {"current": PASSWORD, "new": "a new one entirely"})

    assert answer.json() == {"ended": 1}
    assert (await log_in(client, alice.email)).status_code == 401
    assert (await log_in(client, alice.email, "a new one entirely")).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://localhost.evil.example"])
async def test_a_foreign_site_cannot_write_with_somebodys_cookie(
    client: httpx.AsyncClient, alice: Member, origin: str
) -> None:
    await log_in(client, alice.email)

    refused = await client.post("/api/agents", json={"name": "mine"}, headers={"Origin": origin})
    without = await client.post("/api/agents", json={"name": "mine"})
    own = await client.post("/api/agents", json={"name": "mine"}, headers=own_origin(client))

    assert (refused.status_code, refused.json()["code"]) == (403, "cross-origin")
    assert without.status_code == 403
    assert own.status_code == 201


async def test_a_foreign_site_cannot_log_a_browser_in(client: httpx.AsyncClient, alice: Member) -> None:
    answer = await log_in(client, alice.email, Origin="http://evil.example")

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "Bearer", "\u00e9" * 20, "x" * 5000]
)
async def test_a_made_up_token_is_nobody(client: httpx.AsyncClient, token: str) -> None:
    header = f"Bearer {token}".encode()

    answer = await client.get("/api/auth/me", headers={b"Authorization": header})  # type: ignore[dict-item]

    assert answer.status_code == 401
    assert answer.json()["code"] == "not-signed-in"


async def test_cors_is_closed(client: httpx.AsyncClient, alice: Member) -> None:
    answer = await client.options(
        "/api/auth/me", headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"}
    )

    assert "access-control-allow-origin" not in answer.headers


async def test_registering_needs_no_session_and_gives_one(client: httpx.AsyncClient, first_user: Member) -> None:
    someone = await register(client, "someone")

    assert (await someone.get("/api/auth/me")).json()["email"] == someone.email
