"""Whatever comes in at the webhook is kept with its reason; nothing makes the server fail or talk too much."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from forex_elite.services import signals
from forex_elite.services.rates import RateLimit
from tests.world import Member, Vps, buy, calling, make_strategy, pair, register, send_alert, signal

HOSTILE = {
    "sql": "EURUSD'; drop table users; --",
    "html": "<script>alert(1)</script>",
    "nul": "EUR\x00USD",
    "emoji": "💥" * 20,
    "surrogate": "\ud800",
    "newline": "EURUSD\r\nX-Header: 1",
    "long": "A" * 20_000,
    "format": "%s%s%n{0}{{ticker}}",
}
FIELDS = (
    "action",
    "symbol",
    "comment",
    "id",
    "price",
    "sl",
    "tp",
    "volume",
    "risk",
    "time",
    "market_position",
    "noted",
)


@pytest.fixture(scope="module")
async def trader(server_url: str, first_user: Member) -> AsyncIterator[tuple[Member, Vps, dict[str, Any]]]:
    """Somebody with one strategy on one account, for the whole file."""
    async with calling(server_url) as caller:
        member = await register(caller, "webhooks")
        vps = await pair(member)
        yield member, vps, await make_strategy(member)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"   \n\t", "text/plain"),
        (b"{", "application/json"),
        (b'{"action":"buy","symbol":"EURUSD",}', "application/json"),
        (b'{"action":"buy","symbol":"EURUSD","price":NaN,"sl":Infinity}', "application/json"),
        (b'{"action":"buy","symbol":"EURUSD","volume":1e999}', "application/json"),
        (b'{"action":"buy","symbol":"EURUSD","volume":"' + b"9" * 400 + b'"}', "application/json"),
        (b'{"action":["buy"],"symbol":{"a":1}}', "application/json"),
        (b'{"action":true,"symbol":null}', "application/json"),
        (b"[1,2,3]", "application/json"),
        (b'"buy"', "application/json"),
        (b"null", "application/json"),
        (b"12345", "application/json"),
        (b"[" * 5000, "application/json"),
        (b'{"a":' * 5000, "application/json"),
        (b"\x00" * 100, "application/octet-stream"),
        (bytes(range(256)), "application/octet-stream"),
        (b"\xff\xfe\x00{", "image/png"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"action=buy&symbol=EURUSD", "application/x-www-form-urlencoded"),
        (b"ID,buy", "text/plain"),
        (b"ID,buy,EURUSD,sl=abc", "text/plain"),
        ("ID,buy,EURUSD,comment=" + "é" * 5000, "text/plain; charset=latin-1"),
        (b"<xml/>", "text/xml"),
        (b'{"action":"{{strategy.order.action}}","symbol":"{{ticker}}"}', "application/json"),
        (b'{"action":"buy","action":"sell","symbol":"EURUSD"}', "application/json"),
        (b"hello", "x" * 4000),
        (b"hello", "text/plain; charset=no-such-charset"),
    ],
)
async def test_what_cannot_be_acted_on_is_kept_with_its_reason(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]], body: Any, content_type: str
) -> None:
    member, _, strategy = trader

    answer = await send_alert(client, strategy, body, headers={"Content-Type": content_type})

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["status"] in {"rejected", "duplicate"}
    assert told["reason"]
    kept = await signal(member, told["signal_id"])
    assert (kept["status"], kept["reason"]) == (told["status"], told["reason"])
    raw = body if isinstance(body, bytes) else body.encode()
    assert kept["body"] == raw.decode("utf-8", "replace")
    assert kept["executions"] == []


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_text_in_every_field_is_kept_and_harmless(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]], kind: str
) -> None:
    member, vps, strategy = trader
    for field in (*FIELDS, HOSTILE[kind]):
        text = json.dumps({**buy(), field: HOSTILE[kind]})

        answer = await send_alert(client, strategy, text.encode())

        assert answer.status_code == 200, (field, answer.text)
        kept = await signal(member, answer.json()["signal_id"])
        assert kept["body"] == text
        if field in {"action", "symbol", "price", "sl", "volume", "risk", "time"}:
            assert kept["status"] == "rejected", field
            assert kept["reason"]
    while (job := await vps.claim()) is not None:
        await vps.finish(job, "failed", error="not this time")
        assert job["payload"]["instruction"]["symbol"] == "EURUSD"


@pytest.mark.parametrize("kind", ["sql", "html", "emoji", "format", "newline"])
async def test_hostile_text_in_every_part_of_a_line_is_kept_and_harmless(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]], kind: str
) -> None:
    member, vps, strategy = trader
    parts = ["ID", "buy", "EURUSD", "sl=20"]
    for place in range(len(parts)):
        line = ",".join([*parts[:place], HOSTILE[kind], *parts[place + 1 :], "risk=1"])

        answer = await send_alert(client, strategy, line.encode())

        assert answer.status_code == 200, answer.text
        assert (await signal(member, answer.json()["signal_id"]))["body"] == line
    while (job := await vps.claim()) is not None:
        await vps.finish(job, "failed", error="not this time")


async def test_an_alert_over_64_kib_is_refused_by_its_declared_and_by_its_real_length(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]]
) -> None:
    strategy = trader[2]
    fits, too_much = b"x" * 64 * 1024, b"x" * (64 * 1024 + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b"x" * 1024

    assert (await send_alert(client, strategy, fits)).status_code == 200
    for body in (too_much, chunks(), b"x" * 9 * 1024 * 1024):
        answer = await send_alert(client, strategy, body)
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("secret", ["nobody", "x" * 150, "%00", "..%2f..%2f", "%F0%9F%92%A5", "%FF", "' or '1'='1"])
async def test_an_unknown_secret_is_404_and_told_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setattr(signals, "_strangers_per_address", RateLimit(per_second=100, burst=100))

    answer = await client.post(f"/webhooks/tv/{secret}", json=buy())

    assert answer.status_code == 404
    assert answer.json()["code"] in {"unknown-webhook", "not-found"}
    assert secret not in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_the_webhook_takes_deliveries_alone(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]], method: str
) -> None:
    answer = await client.request(method, "/webhooks/tv/" + trader[2]["webhook_secret"])

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_flood_of_alerts_is_429_with_the_time_to_wait(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "_alerts_per_secret", RateLimit(per_second=0.01, burst=3))

    answers = await asyncio.gather(*(send_alert(client, trader[2], b"hello") for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429, 429]
    slow_down = next(answer for answer in answers if answer.status_code == 429)
    assert int(slow_down.headers["retry-after"]) >= 1
    assert slow_down.json()["code"] == "alerts-too-fast"


async def test_guessing_secrets_is_slowed_down(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_strangers_per_address", RateLimit(per_second=0.01, burst=2))

    told = [(await client.post(f"/webhooks/tv/guess-{n}", json=buy())).status_code for n in range(4)]

    assert told == [404, 404, 429, 429]


async def test_a_reported_position_that_is_no_number_stops_no_later_alert(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]]
) -> None:
    _, vps, strategy = trader
    for position in ("seventy-seven", 10**30, 1.5, [7], "7" * 19, -1, True):
        first = await send_alert(client, strategy, buy())
        assert first.json()["status"] == "accepted", first.text
        job = await vps.claim()
        assert job is not None
        ended = await vps.finish(job, result={"position": position})
        assert ended.status_code == 200, (position, ended.text)


async def test_the_secret_is_in_no_log_line_and_no_answer(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    member, _, strategy = trader
    secret = strategy["webhook_secret"]
    with caplog.at_level(logging.DEBUG):
        answers = [
            await send_alert(client, strategy, body) for body in (b"{", b"x" * 70_000, json.dumps(buy()).encode())
        ]
        answers.append(await member.get("/api/tv/strategies"))
        answers.append(await member.get("/api/tv/signals"))

    assert all(secret not in answer.text for answer in answers)
    told = [
        record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    ]  # the caller's own
    assert all(secret not in record.getMessage() for record in told)
