"""The second factor over HTTP: set up, asked for, used once; recovery codes; switched off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from tests.world import PASSWORD, Member

PATH = "/api/auth/two-factor"


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands in the middle of a step, so that no test straddles two."""
    seconds = int(clock.now().timestamp()) // 30 * 30 - 15  # in the past: a token from the future is refused
    moment = datetime.fromtimestamp(seconds, UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)


def code(secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


async def log_in(client: httpx.AsyncClient, member: Member, otp: str | None = None) -> httpx.Response:
    answer = await client.post(
        "/api/auth/login", json={"email": member.email, "password": PASSWORD} | ({"otp": otp} if otp else {})
    )
    client.cookies.clear()
    return answer


async def switch_on(member: Member) -> tuple[str, list[str]]:
    begun = await member.post(PATH, {"password": PASSWORD})
    assert begun.status_code == 200, begun.text
    secret = begun.json()["secret"]
    confirmed = await member.post(f"{PATH}/confirm", {"code": code(secret, steps=-1)})
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]


async def test_a_secret_is_shown_once_with_its_picture_and_counts_when_confirmed(
    client: httpx.AsyncClient, alice: Member
) -> None:
    begun = (await alice.post(PATH, {"password": PASSWORD})).json()

    assert begun["picture"].startswith("data:image/svg+xml")
    assert begun["secret"] in begun["address"]
    assert (await log_in(client, alice)).status_code == 200
    wrong = await alice.post(f"{PATH}/confirm", {"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "otp-invalid")
    codes = (await alice.post(f"{PATH}/confirm", {"code": code(begun["secret"])})).json()["recovery_codes"]
    assert len(set(codes)) == 10
    told = (await alice.get(PATH)).json()
    assert (told["is_enabled"], told["recovery_codes_left"]) == (True, 10)
    assert begun["secret"] not in str(told)


async def test_log_in_asks_for_a_code_and_takes_each_once(client: httpx.AsyncClient, alice: Member) -> None:
    secret, _ = await switch_on(alice)

    without = await log_in(client, alice)
    assert (without.status_code, without.json()["code"]) == (401, "otp-required")
    assert "set-cookie" not in without.headers
    present = code(secret)
    assert (await log_in(client, alice, present)).status_code == 200
    again = await log_in(client, alice, present)
    assert (again.status_code, again.json()["code"]) == (401, "otp-invalid")
    earlier = await log_in(client, alice, code(secret, steps=-1))
    assert earlier.json()["code"] == "otp-invalid"


async def test_a_wrong_password_does_not_tell_that_there_is_a_second_factor(
    client: httpx.AsyncClient, alice: Member
) -> None:
    await switch_on(alice)

    answer = await client.post("/api/auth/login", json={"email": alice.email, "password": "not the password"})

    assert answer.json()["code"] == "wrong-credentials"


async def test_guessing_codes_is_stopped(client: httpx.AsyncClient, alice: Member) -> None:
    await switch_on(alice)

    told = [(await log_in(client, alice, "123456")).status_code for _ in range(10)]

    assert told.count(401) == 8
    assert told[-1] == 429


async def test_a_recovery_code_works_once_however_it_is_typed(client: httpx.AsyncClient, alice: Member) -> None:
    _, codes = await switch_on(alice)

    assert (await log_in(client, alice, codes[0].upper().replace("-", " "))).status_code == 200
    assert (await log_in(client, alice, codes[0])).json()["code"] == "otp-invalid"
    assert (await alice.get(PATH)).json()["recovery_codes_left"] == 9


async def test_new_recovery_codes_end_the_old_and_need_both_proofs(client: httpx.AsyncClient, alice: Member) -> None:
    secret, old = await switch_on(alice)

    refused = await alice.post(f"{PATH}/recovery-codes", {"password": "not the password", "code": code(secret)})
    assert refused.status_code == 401
    answer = await alice.post(f"{PATH}/recovery-codes", {"password": PASSWORD, "code": code(secret)})
    new = answer.json()["recovery_codes"]
    assert not set(new) & set(old)
    assert (await log_in(client, alice, old[0])).json()["code"] == "otp-invalid"
    assert (await log_in(client, alice, new[0])).status_code == 200


async def test_switching_off_needs_password_and_code(client: httpx.AsyncClient, alice: Member) -> None:
    secret, _ = await switch_on(alice)

    refused = await alice.post(f"{PATH}/disable", {"password": PASSWORD, "code": "000000"})
    assert refused.json()["code"] == "otp-invalid"
    assert (await alice.post(PATH, {"password": PASSWORD})).json()["code"] == "two-factor-on"
    off = await alice.post(f"{PATH}/disable", {"password": PASSWORD, "code": code(secret)})
    assert off.status_code == 204
    assert (await log_in(client, alice)).status_code == 200


async def test_knowing_the_password_does_not_make_guessing_free(alice: Member) -> None:
    await switch_on(alice)

    told = [
        (await alice.post(f"{PATH}/disable", {"password": PASSWORD, "code": "000000"})).status_code for _ in range(10)
    ]

    assert told[-1] == 429


async def test_the_secret_lies_encrypted_and_the_codes_hashed(alice: Member) -> None:
    secret, codes = await switch_on(alice)

    async with unit_of_work(service("a test")) as uow:
        sealed = await uow.value("select otp_sealed from user_credentials where user_id = %s", (alice.id,))
        hashes = await uow.rows("select code_hash from recovery_codes where user_id = %s", (alice.id,))

    assert secret.encode() not in bytes(sealed)
    assert not any(one.replace("-", "").encode() in bytes(row["code_hash"]) for one in codes for row in hashes)


@pytest.mark.parametrize("junk", ["", " ", "abc", "1234567", "\uff11\uff12\uff13\uff14\uff15\uff16", "a" * 64])
async def test_what_is_no_code_is_refused_as_one(client: httpx.AsyncClient, alice: Member, junk: str) -> None:
    await switch_on(alice)

    answer = await log_in(client, alice, junk)

    assert answer.json()["code"] in {"otp-invalid", "otp-required"}
