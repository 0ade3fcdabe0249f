"""One client for every endpoint that speaks like OpenAI's: `POST {base}/chat/completions`, streamed.

What may be tried again is decided here, by status and by the codes of the answer's body: too many requests at once
and a busy or broken server, as long as nothing of the answer has come. Never an empty account, a wrong key, a refusal.
"""

from __future__ import annotations

import asyncio
import functools
import json
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

import httpx

from forex_elite.errors import ForexEliteError
from forex_elite.settings import settings

CONNECT_S = 10.0
MAX_ANSWER_CHARS = 1_000_000
MAX_WAIT_S = 20.0
Message = Mapping[str, str]

_RETRYABLE = frozenset({"1302", "1303", "1305", "1312", "rate_limit_exceeded", "rate_limit_error", "server_overloaded"})
_QUOTA = frozenset({"1113", "1304", "1308", "1309", "1310", "1311", "1313", "insufficient_quota", "billing_not_active"})
_KEY = frozenset({"1000", "1001", "1002", "1003", "1004", "1220", "invalid_api_key", "account_deactivated"})
_MODEL = frozenset({"1211", "model_not_found"})
_TOO_LONG = frozenset({"1261", "context_length_exceeded", "string_above_max_length"})
_UNSAFE = frozenset({"1301", "content_filter", "content_policy_violation"})


class EndpointError(ForexEliteError):
    """The language model gave no answer; `is_retryable` tells whether the same request may be sent again."""

    code = "llm-unavailable"
    status = 503
    severity = "expected"
    is_refusal: ClassVar[bool] = False

    def __init__(self, message: str, *, is_retryable: bool = False, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.is_retryable = is_retryable
        self.wait_s = wait_s


class EndpointUnavailable(EndpointError):
    """The endpoint cannot be reached, is overloaded or broke off; try again in a minute."""


class EndpointSilent(EndpointError):
    """The endpoint sent nothing for too long; try again, or ask for less at once."""

    code = "llm-timeout"


class EndpointQuota(EndpointError):
    """The operator's account at the endpoint is empty or its plan used up; nothing here can change that."""

    code = "llm-quota"


class EndpointKey(EndpointError):
    """The endpoint does not take the operator's key or model; set LLM_API_KEY, LLM_BASE_URL and LLM_MODEL right."""

    code = "llm-misconfigured"


class PromptTooLong(EndpointError):
    """The program and the request are more than the model reads at once; ask about a smaller program."""

    code = "llm-prompt-too-long"
    is_refusal = True


class EndpointRefused(EndpointError):
    """The endpoint refused to answer this request; put it in other words."""

    code = "llm-refused"
    is_refusal = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the answer as it comes; `usage` is (prompt tokens, completion tokens), at the end."""

    answer: str = ""
    reasoning: str = ""
    usage: tuple[int, int] | None = None
    finish: str = ""
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, and how long to wait: `read_s` between two pieces of an answer."""

    base_url: str
    key: str
    model: str
    read_s: float = 300.0
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    pauses_s: Sequence[float] = (1.0, 4.0)

    async def stream(self, messages: Sequence[Message]) -> AsyncIterator[Piece]:
        """The answer, piece by piece; a retry is told as a piece too. Raises EndpointError."""
        for attempt in range(len(self.pauses_s) + 1):
            has_begun = False
            try:
                async for piece in self._once(messages):
                    has_begun = has_begun or bool(piece.answer or piece.reasoning)
                    yield piece
            except EndpointError as failure:
                if has_begun or not failure.is_retryable or attempt == len(self.pauses_s):
                    raise
                wait_s = min(failure.wait_s or self.pauses_s[attempt], MAX_WAIT_S)
                yield Piece(retry_in_s=wait_s)
                await asyncio.sleep(wait_s)
            else:
                return

    async def _once(self, messages: Sequence[Message]) -> AsyncIterator[Piece]:
        body = {"model": self.model, "messages": list(messages), "stream": True, **self.extra_body}
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        async with (
            _reported(),
            httpx.AsyncClient(timeout=httpx.Timeout(self.read_s, connect=CONNECT_S), verify=_authorities()) as client,
            client.stream("POST", url, json=body, headers=self._headers()) as response,
        ):
            if not response.is_success:
                raise _refusal(response, await _start_of(response))
            if "text/event-stream" not in response.headers.get("content-type", ""):
                yield _whole(await response.aread())
                return
            async for piece in _pieces(response):
                yield piece

    def _headers(self) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return {"Accept": "text/event-stream", **bearer, **self.extra_headers}


@functools.cache
def _authorities() -> ssl.SSLContext:
    """Whom to trust, read once: it takes 40 ms, in which the server answers nobody."""
    return httpx.create_ssl_context()


def configured() -> Endpoint | None:
    """The operator's endpoint; None while its address, key or model is not set."""
    now = settings()
    key = now.llm_api_key.get_secret_value()
    if not (now.llm_base_url and key and now.llm_model):
        return None
    return Endpoint(
        now.llm_base_url,
        key,
        now.llm_model,
        read_s=now.llm_read_timeout_s,
        extra_body=now.llm_extra_body,
        extra_headers=now.llm_extra_headers,
        pauses_s=tuple(now.llm_retry_pauses_s),
    )


@asynccontextmanager
async def _reported() -> AsyncIterator[None]:
    """The transport's troubles as ours."""
    try:
        yield
    except httpx.ConnectTimeout as slow:
        raise EndpointUnavailable("The language model's endpoint does not answer.", is_retryable=True) from slow
    except httpx.TimeoutException as silent:
        raise EndpointSilent("The language model stopped sending for too long; the request was given up.") from silent
    except httpx.ConnectError as away:
        raise EndpointUnavailable("The language model's endpoint cannot be reached.", is_retryable=True) from away
    except (httpx.HTTPError, httpx.InvalidURL) as broken:
        raise EndpointUnavailable("The connection to the language model broke off.", is_retryable=True) from broken


async def _start_of(response: httpx.Response, most: int = 65_536) -> bytes:
    """The body of a failure, no more of it than a message needs."""
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= most:
            break
    return body[:most]


def _refusal(response: httpx.Response, body: bytes) -> EndpointError:
    try:
        error = json.loads(body).get("error") or {}
    except (ValueError, AttributeError):
        error = {}
    wait = response.headers.get("retry-after", "")
    return _error_of(error, response.status_code, float(wait) if wait.isdigit() else None)


def _error_of(error: Any, status: int, wait_s: float | None = None) -> EndpointError:
    """What an error of the endpoint means: by the code of its body first, by the status where that says nothing."""
    told = error if isinstance(error, dict) else {"message": str(error)}
    codes = {str(told.get(name, "")) for name in ("code", "type")}
    if codes & _UNSAFE:
        return EndpointRefused("The language model refused this request. Put it in other words.")
    if codes & _TOO_LONG:
        return PromptTooLong("The program and the request are longer than the model reads at once.")
    if codes & _QUOTA:
        return EndpointQuota("The account at the language model's endpoint has no balance or quota left.")
    if codes & _KEY or status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return EndpointKey("The language model's endpoint does not take the key. Tell whoever runs this server.")
    if codes & _MODEL or status == HTTPStatus.NOT_FOUND:
        return EndpointKey("The language model's endpoint does not know the model. Tell whoever runs this server.")
    if codes & _RETRYABLE:
        return EndpointUnavailable("The language model is busy.", is_retryable=True, wait_s=wait_s)
    if status == HTTPStatus.TOO_MANY_REQUESTS:  # without a known code: a limit, or an empty account
        return EndpointUnavailable("The language model takes no more requests now.", wait_s=wait_s)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return EndpointUnavailable("The language model's server failed.", is_retryable=True, wait_s=wait_s)
    return EndpointRefused(f"The language model did not take the request (HTTP {status}).")


async def _pieces(response: httpx.Response) -> AsyncIterator[Piece]:
    """The events of a stream. One that ends without an end mark and without a reason was broken off."""
    length, finish = 0, ""
    async for line in response.aiter_lines():
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            return
        piece = _piece(data)
        finish = piece.finish or finish
        length += len(piece.answer) + len(piece.reasoning)
        if length > MAX_ANSWER_CHARS:
            raise EndpointUnavailable("The language model does not stop; the request was given up.")
        yield piece
    if not finish:
        raise EndpointUnavailable("The language model's answer broke off.", is_retryable=True)


def _piece(data: str) -> Piece:
    try:
        event = json.loads(data)
    except ValueError as unreadable:
        raise EndpointUnavailable("The language model's answer cannot be read.") from unreadable
    if not isinstance(event, dict):
        raise EndpointUnavailable("The language model's answer cannot be read.")
    if event.get("error"):
        raise _error_of(event["error"], HTTPStatus.OK)
    return _read(event, "delta")


def _whole(body: bytes) -> Piece:
    """An answer that came in one piece although a stream was asked for."""
    try:
        event = json.loads(body)
    except ValueError as unreadable:
        raise EndpointUnavailable("The language model's answer cannot be read.") from unreadable
    if not isinstance(event, dict) or not event.get("choices"):
        error = event.get("error", {}) if isinstance(event, dict) else {}
        raise _error_of(error, HTTPStatus.OK) if error else EndpointUnavailable("The language model sent no answer.")
    return _read(event, "message")


def _read(event: dict[str, Any], name: str) -> Piece:
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    told = choice.get(name)
    told = told if isinstance(told, dict) else {}
    usage = event.get("usage")
    finish = str(choice.get("finish_reason") or "")
    if finish in {"sensitive", "content_filter"}:
        raise EndpointRefused("The language model refused to go on with this request. Put it in other words.")
    return Piece(
        answer=str(told.get("content") or ""),
        reasoning=str(told.get("reasoning_content") or told.get("reasoning") or ""),
        usage=_tokens(usage) if isinstance(usage, dict) else None,
        finish=finish,
    )


def _tokens(usage: dict[str, Any]) -> tuple[int, int] | None:
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    prompt, completion = (count if isinstance(count, int) and 0 <= count < 2**31 else None for count in counts)
    return None if prompt is None or completion is None else (prompt, completion)
