"""The three requests an order waits for, answered before the frameworks: the alert, the next job, its result.

The layers between socket and route took a quarter of an alert's processor time. Only requests in their plainest form
are answered here, by the functions behind their documented routes; whatever is unusual in any way goes on to those,
which say what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from agent.protocol import JobResult
from forex_elite.api import agent_work, problem, webhooks
from forex_elite.api.callers import LONGEST_KEY, agent_caller
from forex_elite.domain.alerts import MAX_BYTES
from forex_elite.errors import ForexEliteError
from forex_elite.services.agents import AgentCaller

_UUID = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_WAIT = re.compile(rb"wait=([0-9]{1,2})")
_JSON = "application/json"
_LENGTH = re.compile("[0-9]{1,6}")

Answer = Callable[[Request, re.Match[str]], Awaitable[Response | None]]


async def serve(scope: Scope, receive: Receive, send: Send) -> Receive | None:
    """Answer the request if it is one of the three; else return where to receive it from."""
    for method, path, answer in _LANES:
        if scope["method"] != method or not (found := path.fullmatch(scope["path"])):
            continue
        request = Request(scope, receive)
        onward = receive
        if method == "POST":
            if not _is_short(request):
                return receive
            try:
                onward = _again(await request.body(), receive)
            except ClientDisconnect:
                return None
        response = await _answered(request, found, answer)
        if response is None:
            return onward
        await response(scope, receive, send)
        return None
    return receive


async def _answered(request: Request, found: re.Match[str], answer: Answer) -> Response | None:
    try:
        return await answer(request, found)
    except ForexEliteError as error:
        return problem.of_error(error)
    except Exception as error:  # noqa: BLE001 - as everywhere in the API
        return problem.of_fault(request, error)


def _is_short(request: Request) -> bool:
    """Whether the body has a length, and one that every route takes."""
    length = request.headers.get("content-length", "")
    return bool(_LENGTH.fullmatch(length)) and int(length) <= MAX_BYTES


def _again(body: bytes, receive: Receive) -> Receive:
    """The messages of a request whose body was read, once more."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again


async def _alert(request: Request, found: re.Match[str]) -> Response | None:
    return await webhooks.take(request, found[1])


async def _next(request: Request, found: re.Match[str]) -> Response | None:
    wait = _WAIT.fullmatch(request.scope["query_string"])
    if wait is None or int(wait[1]) > agent_work.LONGEST_WAIT_S:
        return None
    agent = await _agent(request, found)
    return None if agent is None else await agent_work.give_next(agent, request, int(wait[1]))


async def _result(request: Request, found: re.Match[str]) -> Response | None:
    if request.headers.get("content-type") != _JSON:
        return None
    try:
        told = JobResult.model_validate_json(await request.body())
    except ValidationError:
        return None
    agent = await _agent(request, found)
    if agent is None:
        return None
    return Response((await agent_work.end(agent, UUID(found[2]), told)).model_dump_json(), media_type=_JSON)


async def _agent(request: Request, found: re.Match[str]) -> AgentCaller | None:
    """The agent, proven by its key; None when a header is not as an agent of ours sends it."""
    key, instance = request.headers.get("x-agent-key", ""), request.headers.get("x-agent-instance")
    if len(key) > LONGEST_KEY or not (instance is None or re.fullmatch(_UUID, instance)):
        return None
    return await agent_caller(UUID(found[1]), key, None if instance is None else UUID(instance))


_LANES: tuple[tuple[str, re.Pattern[str], Answer], ...] = (
    ("POST", re.compile(f"/webhooks/tv/([^/]{{1,{webhooks.LONGEST_SECRET}}})"), _alert),
    ("GET", re.compile(f"/api/agents/{_UUID}/jobs/next"), _next),
    ("POST", re.compile(f"/api/agents/{_UUID}/jobs/{_UUID}/result"), _result),
)
