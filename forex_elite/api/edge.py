"""The outermost layer of HTTP: who may open a socket, what browsers may keep, and what pages may load.

Pure ASGI, because every request passes here.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forex_elite.api import fast_lane, problem
from forex_elite.services.origin import is_own_site

YEAR = "public, max-age=31536000, immutable"
DAY = "public, max-age=86400"
CHECK_FIRST = "no-cache"
NEVER = "no-store"
API_PREFIXES = ("/api/", "/webhooks/")
HASHED_PREFIX = "/assets/"  # the bundler puts a content hash into these names
STILL_SUFFIXES = (".woff2", ".png", ".svg", ".ico", ".webp")
POLICY_VIOLATION = 1008
BAD_REQUEST = 400

# Scripts: Reflex writes inline start-up scripts into its pages and evaluates those its events carry.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def freshness(path: str, status: int) -> str:
    """The Cache-Control of a response that brings none."""
    if path.startswith(API_PREFIXES):
        return NEVER
    if status in {200, 206, 304}:
        if path.startswith(HASHED_PREFIX):
            return YEAR
        if path.endswith(STILL_SUFFIXES):
            return DAY
    return CHECK_FIRST


class Edge:
    """ASGI middleware around the API and the pages; `pages` are the routes that exist as built files."""

    def __init__(self, app: ASGIApp, pages: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse foreign sockets; dress every HTTP response."""
        if scope["type"] == "http":
            path = scope["path"]
            if path in self._pages:
                # Pages are folders with an index. Asked for without the slash, the file server would redirect, and
                # behind a proxy with TLS it would name the wrong scheme.
                scope = {**scope, "path": f"{path.rstrip('/')}/", "raw_path": f"{path.rstrip('/')}/".encode()}
            dressing = _Dresser(path, send)
            onward = await fast_lane.serve(scope, receive, dressing)
            if onward is not None:
                await self._app(scope, onward, dressing)
        elif scope["type"] == "websocket" and not _is_from_us(Headers(scope=scope)):
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "foreign origin"})
        else:
            await self._app(scope, receive, send)


def _is_from_us(headers: Headers) -> bool:
    """Programs send no Origin; whether they may use a socket is for the socket to judge."""
    return is_own_site(headers.get("origin"), headers.get("host", ""), absent=True)


class _Dresser:
    def __init__(self, path: str, send: Send) -> None:
        self._path = path
        self._send = send
        self._problem: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", freshness(self._path, message["status"]))
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            kind = headers.get("content-type", "")
            if self._path.startswith(API_PREFIXES):
                if message["status"] >= BAD_REQUEST and kind.startswith("text/plain"):
                    self._speak_as_problem(message["status"], headers)
            elif kind.startswith("text/html"):
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        elif self._problem is not None:
            message = {**message, "body": self._problem}
            self._problem = b""
        await self._send(message)

    def _speak_as_problem(self, status: int, headers: MutableHeaders) -> None:
        """What the framework refuses before our code is asked comes as plain text; the API promises documents."""
        answer = problem.of_status(status)
        self._problem = bytes(answer.body)
        headers["content-type"] = problem.MEDIA_TYPE
        headers["content-length"] = str(len(self._problem))
