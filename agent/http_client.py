"""A small HTTP/1.1 client for one server: kept-alive connections, one request each at a time, nothing repeated.

General clients cost about a millisecond of processor time a request, twice on the way of every order. This one does
what the agent needs: it never follows redirects, never repeats a request (a repeated claim could lose a job) and never
uses a proxy (an unencrypted key is nobody else's business).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httptools

MAX_ANSWER: Final = 16 * 1024 * 1024
_CONNECT_S: Final = 5.0
_IDLE_S: Final = 55.0
"""Connections idle for longer are not used again; servers and NAT routers drop them without a word."""
_MOST_CONNECTIONS: Final = 32
_CONTINUE_BELOW: Final = 200


class HttpFailure(Exception):
    """No complete answer; the request may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer."""

    status: int
    content: bytes

    @property
    def text(self) -> str:
        """The body for people."""
        return self.content.decode("utf-8", "replace")


class _Connection(asyncio.Protocol):
    """One connection; parses one answer at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.idle_since = 0.0
        self._answer: asyncio.Future[Answer] | None = None
        self._is_reusable = False
        self._parser: httptools.HttpResponseParser | None = None
        self._chunks: list[bytes] = []
        self._size = 0

    @property
    def is_usable(self) -> bool:
        """Open, and the last answer ended cleanly."""
        return self._is_reusable and self.transport is not None and not self.transport.is_closing()

    async def exchange(self, request: bytes) -> Answer:
        """Send a request and read its answer."""
        assert self.transport is not None
        loop = asyncio.get_running_loop()
        self._answer, self._is_reusable = loop.create_future(), False
        self._parser, self._chunks, self._size = httptools.HttpResponseParser(self), [], 0
        self.transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.abort()

    # --- asyncio.Protocol -----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self._parser is None or self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self._size += len(data)
        try:
            if self._size > MAX_ANSWER:
                self._fail(f"an answer of more than {MAX_ANSWER} bytes")
            else:
                self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"this is no HTTP: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_reusable = False
        self._fail("the connection was closed" if exc is None else f"the connection broke: {exc}")

    def _fail(self, reason: str) -> None:
        self._is_reusable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(HttpFailure(reason))
        self.close()

    # --- httptools ------------------------------------------------------------------------------------------------

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body."""
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """Hand the answer over; an interim one (1xx) is only a greeting."""
        assert self._parser is not None
        status = self._parser.get_status_code()
        if status < _CONTINUE_BELOW or self._answer is None or self._answer.done():
            return
        self._is_reusable = self._parser.should_keep_alive()
        self._answer.set_result(Answer(status, b"".join(self._chunks)))


class HttpClient:
    """Requests to one server. `headers` may be changed at any time; they must not contain line breaks."""

    def __init__(self, server: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(server.rstrip("/"))
        self.headers = dict(headers)
        self._is_tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_tls else 80)
        self._netloc = parts.netloc
        self._prefix = parts.path
        self._tls = ssl.create_default_context() if self._is_tls else None
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self._slots = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def request(
        self, method: str, path: str, body: bytes | None = None, *, timeout_s: float, kind: str = "application/json"
    ) -> Answer:
        """One request, one answer; raises HttpFailure."""
        message = self._message(method, path, body, kind)
        try:
            async with asyncio.timeout(timeout_s), self._slots:
                connection = await self._connected()
                self._busy.add(connection)
                try:
                    answer = await connection.exchange(message)
                except BaseException:
                    connection.close()
                    raise
                finally:
                    self._busy.discard(connection)
        except TimeoutError as error:
            raise HttpFailure(f"no answer within {timeout_s:g} s") from error
        except OSError as error:
            raise HttpFailure(f"{type(error).__name__}: {error}") from error
        if connection.is_usable:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def close(self) -> None:
        """Hang up everywhere."""
        for connection in (*self._idle, *self._busy):
            connection.close()
        self._idle.clear()
        await asyncio.sleep(0)  # transports close in the loop's next round

    def _message(self, method: str, path: str, body: bytes | None, kind: str) -> bytes:
        lines = [f"{method} {self._prefix}{path} HTTP/1.1", f"Host: {self._netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body is not None:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        return "\r\n".join((*lines, "", "")).encode() + (body or b"")

    async def _connected(self) -> _Connection:
        oldest = asyncio.get_running_loop().time() - _IDLE_S
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable and connection.idle_since >= oldest:
                return connection
            connection.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CONNECT_S):
                _, connection = await asyncio.get_running_loop().create_connection(
                    _Connection, self._host, self._port, ssl=self._tls
                )
                return connection
        raise HttpFailure(f"no connection to {self._netloc} within {_CONNECT_S:g} s")
