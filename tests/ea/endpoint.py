"""A language model's endpoint on a real port of this machine, which answers by the script of the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.conftest import Server
from tests.world import listening

Script = Callable[[dict[str, Any]], Awaitable[Response]]
USAGE = {"prompt_tokens": 1000, "completion_tokens": 200}


class StandIn:
    """Answers each request with the next script; the last one is used for all that follow."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.released = asyncio.Event()
        self.stalled = asyncio.Event()
        self.app = Starlette(routes=[Route("/v4/chat/completions", self.answer, methods=["POST"])])

    async def answer(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("authorization", ""))
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        return await script(body)

    def says(self, *texts: str, reasoning: str = "", usage: dict[str, int] | None = USAGE) -> Script:
        """Streams these texts, after its reasoning."""

        async def script(_: dict[str, Any]) -> Response:
            async def events() -> AsyncIterator[str]:
                if reasoning:
                    yield event({"reasoning_content": reasoning})
                for text in texts:
                    for at in range(0, len(text), 400):
                        yield event({"content": text[at : at + 400]})
                yield event({}, finish="stop", usage=usage)
                yield "data: [DONE]\n\n"

            return StreamingResponse(events(), media_type="text/event-stream")

        return script

    def fails(self, status: int, code: Any = None, message: str = "no", **headers: str) -> Script:
        async def script(_: dict[str, Any]) -> Response:
            body = {"error": {"code": code, "message": message}} if code is not None else {"oops": message}
            return JSONResponse(body, status, headers=headers)

        return script

    def fails_in_the_stream(self, code: str) -> Script:
        async def script(_: dict[str, Any]) -> Response:
            async def events() -> AsyncIterator[str]:
                yield f"data: {json.dumps({'error': {'code': code, 'message': 'no'}})}\n\n"

            return StreamingResponse(events(), media_type="text/event-stream")

        return script

    def stalls(self, text: str = "Let me see") -> Script:
        """Says something, then nothing until the test lets it go on."""

        async def script(_: dict[str, Any]) -> Response:
            async def events() -> AsyncIterator[str]:
                yield event({"content": text})
                self.stalled.set()
                await self.released.wait()

            return StreamingResponse(events(), media_type="text/event-stream")

        return script

    def drips(self, text: str) -> Script:
        """Says something again and again until the test lets it come to its end."""

        async def script(_: dict[str, Any]) -> Response:
            async def events() -> AsyncIterator[str]:
                while not self.released.is_set():
                    yield event({"content": text})
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.released.wait(), 0.3)
                yield event({}, finish="stop", usage=USAGE)

            return StreamingResponse(events(), media_type="text/event-stream")

        return script

    def breaks_off(self, text: str) -> Script:
        async def script(_: dict[str, Any]) -> Response:
            async def events() -> AsyncIterator[str]:
                yield event({"content": text})

            return StreamingResponse(events(), media_type="text/event-stream")

        return script

    def babbles(self) -> Script:
        async def script(_: dict[str, Any]) -> Response:
            return StreamingResponse(iter(["data: {nonsense\n\n"]), media_type="text/event-stream")

        return script

    def says_at_once(self, text: str) -> Script:
        """Answers in one piece, as endpoints do that cannot stream."""

        async def script(_: dict[str, Any]) -> Response:
            choice = {"message": {"content": text, "reasoning_content": "hm"}, "finish_reason": "stop"}
            return JSONResponse({"choices": [choice], "usage": USAGE})

        return script


@asynccontextmanager
async def served(stand_in: StandIn) -> AsyncIterator[dict[str, str]]:
    """The stand-in on a port of its own; what a server's environment must say to ask it."""
    with listening() as listener:
        server = Server(uvicorn.Config(stand_in.app, log_level="warning", lifespan="off", access_log=False))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_open.wait()
        yield {
            "LLM_BASE_URL": f"http://127.0.0.1:{listener.getsockname()[1]}/v4/",
            "LLM_API_KEY": "hush",
            "LLM_MODEL": "writer-1",
            "LLM_READ_TIMEOUT_S": "5",
            "LLM_RETRY_PAUSES_S": "[0.01, 0.01]",
        }
        stand_in.released.set()
        server.should_exit = True
        await task


def event(delta: dict[str, str], *, finish: str | None = None, usage: dict[str, int] | None = None) -> str:
    body: dict[str, Any] = {"choices": [{"delta": delta, "finish_reason": finish}]}
    if usage is not None:
        body["usage"] = usage
    return f"data: {json.dumps(body)}\n\n"
