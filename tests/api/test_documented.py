"""The API does what its own document says, whatever is sent: no 5xx, documented statuses, problems as problems."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CheckFunction
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from forex_elite.services import ea_commands, signals
from forex_elite.services.rates import RateLimit
from tests.api.document import DOCUMENT
from tests.ea.programs import compiled, make_project, save_version
from tests.world import Member, Vps, account_ids, calling, make_strategy, pair, register

EXAMPLES = 8
SEED = 20_260_131
CHECKS: list[CheckFunction] = [status_code_conformance, content_type_conformance, response_schema_conformance]
LONG_POLL = "/api/agents/{agent_id}/jobs/next"
ENDS_THE_SESSION = {"/api/auth/logout", "/api/auth/password", "/api/auth/sessions/revoke-others"}
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item]


class Caller:
    """A person with an agent, an account and a strategy, whose own ids fill the paths half of the time."""

    def __init__(self, member: Member, vps: Vps, ids: dict[str, str]) -> None:
        self.member, self.vps, self.ids = member, vps, ids


@pytest.fixture(scope="module")
async def caller(server_url: str, first_user: Member) -> AsyncIterator[Caller]:
    async with calling(server_url) as client:
        member = await register(client, "documented")
        vps = await pair(member)
        strategy = await make_strategy(member)
        project = await make_project(member)
        version = await save_version(member, project)
        await compiled(member, vps, version)
        preset = {"name": "Careful", "values": {"InpPeriod": "34"}}
        ids = {
            "project_id": project["id"],
            "version_id": version["id"],
            "preset_id": (await member.post(f"/api/ea/projects/{project['id']}/presets", preset)).json()["id"],
            "agent_id": vps.id,
            "strategy_id": strategy["id"],
            "account_id": (await account_ids(member))[0],
            "webhook_secret": strategy["webhook_secret"],
        }
        yield Caller(member, vps, ids)


def is_of_agents(path: str) -> bool:
    return DOCUMENT["paths"][path][next(iter(DOCUMENT["paths"][path]))]["tags"] == ["agent protocol"]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_an_operation_keeps_to_its_document(
    caller: Caller, server_url: str, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setattr(signals, "_strangers_per_address", RateLimit(per_second=1000, burst=1000))
    monkeypatch.setattr(ea_commands, "COMMAND_WITHIN_S", 0.2)  # no agent answers here, and nobody needs to wait for it
    operation = SCHEMA[path][method]
    headers = caller.vps.headers if is_of_agents(path) else caller.member.headers
    if path in ENDS_THE_SESSION:
        headers = {}  # the caller must stay signed in for the other operations; the refusal is checked all the same
    destroys = method == "DELETE" or path.endswith(("/pairing-key", "/rotate-secret"))

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )
    )
    def call(case: Any) -> None:
        if not destroys:
            for name in caller.ids.keys() & (case.path_parameters or {}).keys():
                case.path_parameters[name] = caller.ids[name]
        if path == LONG_POLL and isinstance(case.query, dict):
            case.query.pop("wait", None)  # nobody needs to wait for this
        case.headers = {k: v for k, v in (case.headers or {}).items() if k.lower() not in {"x-agent-key", "cookie"}}
        response = case.call(base_url=server_url, headers=headers, timeout=30)
        assert response.status_code < 500, response.text
        if response.status_code >= 400:
            assert response.headers["content-type"][0].startswith("application/problem+json"), response.text
            problem = response.json()
            assert {"title", "status", "detail", "code"} <= problem.keys()
            assert problem["status"] == response.status_code
        case.validate_response(response, checks=CHECKS, headers=headers)

    await asyncio.to_thread(call)


def test_every_failure_a_route_may_answer_is_in_the_document() -> None:
    for method, path in OPERATIONS:
        answers = DOCUMENT["paths"][path][method.lower()]["responses"]
        assert {"400", "401", "404", "422", "503"} <= answers.keys(), (method, path)


async def test_what_is_not_there_is_a_problem_document(client: httpx.AsyncClient) -> None:
    for method, path, status in (
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/agents", 405),
        ("GET", "/api/agents/not-an-id/jobs/next", 422),
    ):
        answer = await client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
