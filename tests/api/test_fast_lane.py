"""The requests answered before the frameworks are answered as their documented routes answer them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from forex_elite.api.app import create_app
from forex_elite.services import signals
from forex_elite.services.rates import RateLimit
from tests.world import Member, Vps, buy, calling, make_strategy, pair, register

HEADERS = ("content-type", "cache-control", "x-content-type-options", "referrer-policy", "retry-after")


@pytest.fixture
async def plain(running: None) -> AsyncIterator[httpx.AsyncClient]:
    """The documented routes alone, without what stands before them."""
    transport = httpx.ASGITransport(create_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://plain") as made:
        yield made


@pytest.fixture(scope="module")
async def trader(server_url: str, first_user: Member) -> AsyncIterator[tuple[Member, Vps, dict[str, Any]]]:
    async with calling(server_url) as caller:
        member = await register(caller, "fastlane")
        yield member, await pair(member), await make_strategy(member)


def told(answer: httpx.Response) -> tuple[int, str | None, Any]:
    """What must be the same on both ways; ids and times differ by nature."""
    body = answer.json() if "json" in answer.headers.get("content-type", "") else None
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in {"signal_id", "lease_token"}}
    return answer.status_code, answer.headers.get("content-type"), body


REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes | None]] = {
    "an unknown address": ("POST", "/webhooks/tv/nobody", {}, b"{}"),
    "an empty alert": ("POST", "/webhooks/tv/{secret}", {}, b""),
    "an alert of 64 KiB and one": ("POST", "/webhooks/tv/{secret}", {}, b"x" * 65537),
    "an address too long": ("POST", "/webhooks/tv/" + "x" * 201, {}, b"{}"),
    "an address that is none": ("POST", "/webhooks/tv/a/b", {}, b"{}"),
    "a webhook that is read": ("GET", "/webhooks/tv/{secret}", {}, None),
    "no job": ("GET", "/api/agents/{agent}/jobs/next?wait=0", {"x-agent-key": "{key}"}, None),
    "no wait": ("GET", "/api/agents/{agent}/jobs/next", {"x-agent-key": "{key}"}, None),
    "a wait too long": ("GET", "/api/agents/{agent}/jobs/next?wait=31", {"x-agent-key": "{key}"}, None),
    "a wait that is none": ("GET", "/api/agents/{agent}/jobs/next?wait=x", {"x-agent-key": "{key}"}, None),
    "a wrong key": ("GET", "/api/agents/{agent}/jobs/next?wait=0", {"x-agent-key": "wrong"}, None),
    "no key": ("GET", "/api/agents/{agent}/jobs/next?wait=0", {}, None),
    "a key too long": ("GET", "/api/agents/{agent}/jobs/next?wait=0", {"x-agent-key": "k" * 201}, None),
    "an instance that is none": (
        "GET",
        "/api/agents/{agent}/jobs/next?wait=0",
        {"x-agent-key": "{key}", "x-agent-instance": "x"},
        None,
    ),
    "an agent that is none": ("GET", "/api/agents/x/jobs/next?wait=0", {"x-agent-key": "{key}"}, None),
    "a result of no job": (
        "POST",
        "/api/agents/{agent}/jobs/{job}/result",
        {"x-agent-key": "{key}", "content-type": "application/json"},
        json.dumps({"lease_token": str(uuid4()), "status": "completed"}).encode(),
    ),
    "a result without a token": (
        "POST",
        "/api/agents/{agent}/jobs/{job}/result",
        {"x-agent-key": "{key}", "content-type": "application/json"},
        b'{"status": "completed"}',
    ),
    "a result that is no JSON": (
        "POST",
        "/api/agents/{agent}/jobs/{job}/result",
        {"x-agent-key": "{key}", "content-type": "application/json"},
        b'{"status": ',
    ),
    "a result of another type": (
        "POST",
        "/api/agents/{agent}/jobs/{job}/result",
        {"x-agent-key": "{key}", "content-type": "text/plain"},
        b'{"status": "completed"}',
    ),
    "a result with a wrong key": (
        "POST",
        "/api/agents/{agent}/jobs/{job}/result",
        {"x-agent-key": "wrong", "content-type": "application/json"},
        b'{"status": ',
    ),
}


@pytest.mark.parametrize("kind", REQUESTS)
async def test_both_ways_answer_alike(
    client: httpx.AsyncClient,
    plain: httpx.AsyncClient,
    trader: tuple[Member, Vps, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr(signals, "_strangers_per_address", RateLimit(per_second=1000, burst=1000))
    _, vps, strategy = trader
    method, path, headers, body = REQUESTS[kind]
    path = path.format(secret=strategy["webhook_secret"], agent=vps.id, job=uuid4())
    headers = {name: value.format(key=vps.key) for name, value in headers.items()}
    answers = []
    for way in (client, plain):
        content = None if body is None else body + b" " * len(answers) if kind == "an empty alert" else body
        answers.append(await way.request(method, path, headers=headers, content=content))

    fast, documented = map(told, answers)
    if documented[1] == "text/plain; charset=utf-8":  # the framework's own words, which the edge makes a document
        assert fast[0] == documented[0]
        assert fast[1] == "application/problem+json"
    else:
        assert fast == documented


async def test_an_order_goes_and_comes_back_on_both_ways(
    client: httpx.AsyncClient, plain: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]]
) -> None:
    _, vps, strategy = trader
    for way in (client, plain):
        sent = await way.post(f"/webhooks/tv/{strategy['webhook_secret']}", json=buy())
        job = (await way.get(f"/api/agents/{vps.id}/jobs/next?wait=5", headers=vps.headers)).json()
        report = {"lease_token": job["lease_token"], "status": "failed", "error": "not this time"}
        ended = await way.post(f"/api/agents/{vps.id}/jobs/{job['id']}/result", headers=vps.headers, json=report)

        assert sent.json()["status"] == "accepted", sent.text
        assert ended.json() == {"status": "failed"}


async def test_what_is_answered_early_carries_the_headers_of_the_api(
    client: httpx.AsyncClient, trader: tuple[Member, Vps, dict[str, Any]]
) -> None:
    strategy = trader[2]
    early = await client.post(f"/webhooks/tv/{strategy['webhook_secret']}", content=b"hello")
    late = await client.get("/api/health")

    assert [early.headers[name] for name in HEADERS[1:4]] == [late.headers[name] for name in HEADERS[1:4]]
