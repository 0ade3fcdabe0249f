"""An ended session, a suspended person, an introducing broker: every route, and what it lets through."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from forex_elite import clock
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.services import agents, sessions
from tests.api.document import DOCUMENT
from tests.world import (
    PASSWORD,
    Member,
    Vps,
    account_ids,
    buy,
    calling,
    make_strategy,
    pair,
    register,
    send_alert,
    signal,
)

OPEN = {"/api/auth/register", "/api/auth/login", "/api/auth/forgot", "/api/auth/reset"}
OPEN |= {"/api/health", "/api/health/ready", "/api/metrics"}
OPEN |= {"/api/agent/release", "/api/agent/forex-elite-agent.pyz", "/api/agent/install.ps1"}  # no secret is in them
OPERATIONS = [
    (method.upper(), path, operation["tags"] == ["agent protocol"])
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if path not in OPEN and not path.startswith("/webhooks/")
]
OF_PEOPLE = [(method, path) for method, path, is_agents in OPERATIONS if not is_agents]
OF_AGENTS = [(method, path) for method, path, is_agents in OPERATIONS if is_agents]

WITHHELD = ("/credentials", "/artifacts/{sha256}")


@pytest.fixture(scope="module")
async def member(server_url: str, first_user: Member) -> AsyncIterator[Member]:
    async with calling(server_url) as caller:
        yield await register(caller, "gone")


@pytest.fixture(scope="module")
async def vps(member: Member) -> Vps:
    return await pair(member)


@pytest.fixture
def later() -> Iterator[None]:
    clock.shift(sessions.LIFETIME + timedelta(seconds=1))
    yield
    clock.shift(timedelta(0))


def filled(path: str) -> str:
    """The path with an id in every place."""
    return "/".join(str(uuid4()) if part.startswith("{") else part for part in path.split("/"))


async def set_active(member: Member, *, is_active: bool) -> None:
    async with unit_of_work(service("a test")) as uow:
        await uow.run("update users set is_active = %s where id = %s", (is_active, member.id))


@pytest.fixture
async def suspended(member: Member, vps: Vps) -> AsyncIterator[None]:
    await set_active(member, is_active=False)
    agents._known.clear()
    yield
    await set_active(member, is_active=True)


def is_refused(answer: httpx.Response, code: str) -> bool:
    problem = answer.json()
    return (answer.status_code, problem["code"], answer.headers["content-type"]) == (
        401,
        code,
        "application/problem+json",
    )


@pytest.mark.parametrize(("method", "path"), OF_PEOPLE)
async def test_an_expired_session_opens_no_route(
    client: httpx.AsyncClient, member: Member, later: None, method: str, path: str
) -> None:
    for headers in (member.headers, {}):
        answer = await client.request(method, filled(path), headers=headers, json={})

        assert is_refused(answer, "not-signed-in"), answer.text


@pytest.mark.parametrize(("method", "path"), OF_PEOPLE)
async def test_a_suspended_person_opens_no_route(
    client: httpx.AsyncClient, member: Member, suspended: None, method: str, path: str
) -> None:
    answer = await client.request(method, filled(path), headers=member.headers, json={})

    assert is_refused(answer, "not-signed-in"), answer.text


@pytest.mark.parametrize(("method", "path"), OF_AGENTS)
async def test_a_suspended_persons_agent_may_report_and_is_given_no_secret_and_no_program(
    client: httpx.AsyncClient, vps: Vps, suspended: None, method: str, path: str
) -> None:
    place = filled(path.replace("{agent_id}", vps.id))

    answer = await client.request(method, place, headers=vps.headers, json={})

    is_problem = answer.headers.get("content-type") == "application/problem+json"
    assert answer.status_code != 401
    assert (is_problem and answer.json()["code"] == "owner-suspended") is path.endswith(WITHHELD), answer.text


async def test_a_suspended_person_cannot_log_in(client: httpx.AsyncClient, member: Member, suspended: None) -> None:
    answer = await client.post("/api/auth/login", json={"email": member.email, "password": PASSWORD})

    assert is_refused(answer, "wrong-credentials")


async def test_orders_that_wait_for_a_deleted_agent_are_cancelled_and_their_signals_say_so(
    client: httpx.AsyncClient, member: Member
) -> None:
    leaving = await pair(member)
    account = (await account_ids(member))[-1]
    strategy = await make_strategy(member, account_ids=[account])
    receipt = (await send_alert(client, strategy, buy())).json()
    assert receipt["status"] == "accepted", receipt

    assert (await member.delete(f"/api/agents/{leaving.id}")).status_code == 204

    told = await signal(member, receipt["signal_id"])
    assert [one["status"] for one in told["executions"]] == ["cancelled"]
    assert told["resolved_at"] is not None


@pytest.fixture(scope="module")
async def brokers(server_url: str, first_user: Member, member: Member) -> AsyncIterator[tuple[Member, Member]]:
    """An introducing broker whose client the member is, and another one whose client that broker is."""
    async with calling(server_url) as caller:
        made = await register(caller, "broker")
        other = await register(caller, "otherbroker")
        async with unit_of_work(service("a test")) as uow:
            for person in (made, other):
                await uow.run(
                    "insert into ib_partners (id, user_id, code, is_approved, state, created_at) "
                    "values (%s, %s, %s, true, 'approved', now())",
                    (uuid4(), person.id, person.id[-12:]),
                )
            become = "update users set ib_id = (select id from ib_partners where user_id = %s) where id = %s"
            await uow.run(become, (made.id, member.id))
            await uow.run(become, (other.id, made.id))
            await uow.run("update users set role = 'ib' where id = any(%s::uuid[])", ([made.id, other.id],))
        yield made, other


@pytest.fixture(scope="module")
def broker(brokers: tuple[Member, Member]) -> Member:
    return brokers[0]


async def test_a_broker_reads_a_clients_signal_but_not_the_secret_that_trades_on_its_accounts(
    client: httpx.AsyncClient, member: Member, vps: Vps, broker: Member
) -> None:
    strategy = await make_strategy(member)
    receipt = (await send_alert(client, strategy, buy())).json()

    seen = await broker.get(f"/api/tv/signals/{receipt['signal_id']}")
    secret = await broker.get(f"/api/tv/strategies/{strategy['id']}")

    assert seen.status_code == 200
    assert secret.status_code == 404
    assert strategy["webhook_secret"] not in secret.text + seen.text


async def test_a_broker_changes_nothing_of_a_clients(member: Member, vps: Vps, broker: Member) -> None:
    strategy = await make_strategy(member)
    account = (await account_ids(member))[0]

    answers = [
        await broker.patch(f"/api/tv/strategies/{strategy['id']}", {"is_enabled": False}),
        await broker.post(f"/api/tv/strategies/{strategy['id']}/rotate-secret"),
        await broker.delete(f"/api/tv/strategies/{strategy['id']}"),
        await broker.delete(f"/api/agents/{vps.id}"),
        await broker.post(f"/api/agents/{vps.id}/pairing-key"),
        await broker.patch(f"/api/user/mt5-accounts/{account}/toggle"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert (await member.get(f"/api/tv/strategies/{strategy['id']}")).json()["is_enabled"]


async def test_a_broker_who_is_somebodys_client_sees_its_own_clients_not_its_brokers(
    client: httpx.AsyncClient, member: Member, brokers: tuple[Member, Member], vps: Vps
) -> None:
    receipt = (await send_alert(client, await make_strategy(member), buy())).json()

    seen = [await one.get(f"/api/tv/signals/{receipt['signal_id']}") for one in brokers]

    assert [answer.status_code for answer in seen] == [200, 404]


async def test_secrets_are_in_no_log_line_and_no_refusal(
    client: httpx.AsyncClient, member: Member, vps: Vps, caplog: pytest.LogCaptureFixture
) -> None:
    password = "a password nobody else has"
    strategy = await make_strategy(member)
    with caplog.at_level(logging.DEBUG):
        answers = [
            await client.post("/api/auth/login", json={"email": member.email, "password": password}),
            await client.post("/api/auth/register", json={"email": "no address", "password": password}),
            await client.post("/api/auth/register", json={"email": member.email, "password": [password]}),
            await client.post("/api/auth/login", content=f'{{"password":"{password}"'.encode()),
            await member.post("/api/auth/password", {"current": password, "new": "x"}),
            await client.get("/api/auth/me", headers={"Authorization": f"Bearer {member.token}x"}),
            await client.get(f"/api/agents/{uuid4()}/jobs/next", headers=vps.headers),
            await vps.post("heartbeat", {"version": vps.key * 5}),
            await client.post(f"/webhooks/tv/{strategy['webhook_secret']}x", json={}),
            await client.get(f"/webhooks/tv/{strategy['webhook_secret']}"),
            await member.patch(f"/api/tv/strategies/{strategy['id']}", {"name": ""}),
        ]

    assert all(400 <= answer.status_code < 500 for answer in answers)
    secrets = (password, member.token, vps.key, strategy["webhook_secret"])
    told = "\n".join(answer.text for answer in answers)
    told += "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore")))
    assert [secret for secret in secrets if secret in told] == []
