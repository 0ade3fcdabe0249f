"""A forgotten password: the link that is mailed, and what it can and cannot do."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from forex_elite import clock
from forex_elite.services import mail, password_reset
from forex_elite.settings import settings
from tests.world import PASSWORD, Member

NEW = "an entirely new phrase"
Outbox = list[tuple[str, str]]


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    sent: Outbox = []

    async def send(to: str, _subject: str, text: str, *, html: str = "") -> None:
        sent.append((to, text))

    monkeypatch.setattr(mail, "send", send)
    return sent


async def ask(client: httpx.AsyncClient, email: str, **headers: str) -> httpx.Response:
    answer = await client.post("/api/auth/forgot", json={"email": email}, headers=headers)
    await password_reset.sent()
    return answer


def token_in(text: str) -> str:
    found = re.search(r"/reset#token=(\S+)", text)
    assert found is not None
    return found[1]


async def reset(client: httpx.AsyncClient, token: str, new: str = NEW) -> httpx.Response:
    return await client.post("/api/auth/reset", json={"token": token, "password": new})


async def log_in(client: httpx.AsyncClient, email: str, password: str) -> int:
    answer = await client.post("/api/auth/login", json={"email": email, "password": password})
    client.cookies.clear()
    return answer.status_code


async def test_the_link_sets_a_new_password_once_and_ends_all_sessions_and_tokens(
    client: httpx.AsyncClient, alice: Member, outbox: Outbox
) -> None:
    script = (await alice.post("/api/auth/tokens", {"name": "s", "scopes": ["terminals:agent:read"]})).json()["token"]
    await ask(client, alice.email.upper())
    ((to, text),) = outbox

    assert to == alice.email
    assert (await reset(client, token_in(text))).status_code == 204
    assert (await alice.get("/api/auth/me")).status_code == 401
    bearer = {"Authorization": f"Bearer {script}"}
    assert (await client.get("/api/agents", headers=bearer)).status_code == 401
    assert await log_in(client, alice.email, PASSWORD) == 401
    assert await log_in(client, alice.email, NEW) == 200
    again = await reset(client, token_in(text), "yet another phrase")
    assert (again.status_code, again.json()["code"]) == (422, "reset-link-over")


async def test_a_used_link_is_used_by_one_of_many_at_once(
    client: httpx.AsyncClient, alice: Member, outbox: Outbox
) -> None:
    await ask(client, alice.email)
    token = token_in(outbox[0][1])

    answers = await asyncio.gather(*(reset(client, token, f"a new phrase {n}") for n in range(4)))

    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422]


async def test_an_unknown_address_is_answered_alike(client: httpx.AsyncClient, alice: Member, outbox: Outbox) -> None:
    known, unknown = await ask(client, alice.email), await ask(client, "nobody-at-all@example.com")

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert len(outbox) == 1


async def test_the_link_names_the_servers_own_address_whatever_the_request_says(
    client: httpx.AsyncClient, alice: Member, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://forex.example.com/")
    settings.cache_clear()

    await ask(
        client,
        alice.email,
        **{"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )

    monkeypatch.undo()
    settings.cache_clear()
    assert "evil" not in outbox[0][1]
    assert "https://forex.example.com/reset#token=" in outbox[0][1]


async def test_a_link_runs_out_after_half_an_hour(
    client: httpx.AsyncClient, alice: Member, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(client, alice.email)
    later = clock.now() + timedelta(minutes=31)

    monkeypatch.setattr(clock, "now", lambda: later)

    assert (await reset(client, token_in(outbox[0][1]))).json()["code"] == "reset-link-over"


async def test_a_newer_link_ends_the_older(client: httpx.AsyncClient, alice: Member, outbox: Outbox) -> None:
    await ask(client, alice.email)
    await ask(client, alice.email)

    first, second = (token_in(text) for _, text in outbox)

    assert (await reset(client, first)).json()["code"] == "reset-link-over"
    assert (await reset(client, second)).status_code == 204


async def test_a_weak_password_leaves_the_link_good(client: httpx.AsyncClient, alice: Member, outbox: Outbox) -> None:
    await ask(client, alice.email)
    token = token_in(outbox[0][1])

    weak = await reset(client, token, "short")

    assert weak.json()["errors"][0]["field"] == "password"
    assert (await reset(client, token)).status_code == 204


async def test_one_address_is_not_flooded(client: httpx.AsyncClient, alice: Member, outbox: Outbox) -> None:
    answers = [await ask(client, alice.email) for _ in range(6)]

    assert {answer.status_code for answer in answers} == {202}
    assert len(outbox) == password_reset.MOST_MAILS


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 200])
async def test_a_made_up_link_is_over(client: httpx.AsyncClient, first_user: Member, token: str) -> None:
    assert (await reset(client, token)).json()["code"] == "reset-link-over"


async def test_the_second_factor_stays_in_force(client: httpx.AsyncClient, alice: Member, outbox: Outbox) -> None:
    import pyotp

    secret = (await alice.post("/api/auth/two-factor", {"password": PASSWORD})).json()["secret"]
    await alice.post("/api/auth/two-factor/confirm", {"code": pyotp.TOTP(secret).at(clock.now())})
    await ask(client, alice.email)
    await reset(client, token_in(outbox[0][1]))

    answer = await client.post("/api/auth/login", json={"email": alice.email, "password": NEW})

    assert answer.json()["code"] == "otp-required"
