"""A limit on every body. Plain ASGI, because the hot path goes here."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forex_elite.api import problem

MAX_BODY = 8 * 1024 * 1024


class _BodyTooLarge(Exception):
    pass


class BodyLimit:
    """Refuses bodies over 8 MiB, by their declared length or as soon as more has arrived."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > MAX_BODY:
            await self._refuse(scope, receive, send)
            return
        arrived = 0
        has_started = False

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > MAX_BODY:
                raise _BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _BodyTooLarge:
            if not has_started:
                await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem.response(413, "body-too-large", f"A body has at most {MAX_BODY} bytes.")
        await answer(scope, receive, send)
