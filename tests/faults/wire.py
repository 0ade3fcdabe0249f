"""The wire to the server: an address that outlives its restarts, and answers that can be cut off on their way back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

_METHODS = (b"GET ", b"POST ", b"PATCH ", b"DELETE ", b"PUT ")


@dataclass(slots=True)
class Cut:
    """Withhold the answer to a request: the server has done its work, its caller never hears of it."""

    request: str
    """Part of the request line, such as `POST /webhooks/tv/`."""
    status: int = 200
    then: Callable[[], None] = lambda: None
    """What happens at that moment (the server is killed)."""
    times: int = 1
    happened: asyncio.Event = field(default_factory=asyncio.Event)

    def is_due(self, request: bytes, answer: bytes) -> bool:
        return self.times > 0 and self.request.encode() in request and answer.startswith(b"HTTP/1.1 %d" % self.status)


class Wire:
    """A TCP proxy that knows as much HTTP as it takes to tell whose answer is passing."""

    def __init__(self) -> None:
        self.target: int | None = None
        """The server's port; None while there is no server, which refuses every connection."""
        self._cuts: list[Cut] = []
        self._links: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    async def open(self) -> None:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def close(self) -> None:
        assert self._listener is not None
        self._listener.close()
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    def cut(self, request: str, *, status: int = 200, then: Callable[[], None] = lambda: None, times: int = 1) -> Cut:
        """Cut off the next answers of this status to such a request."""
        cut = Cut(request, status, then, times)
        self._cuts.append(cut)
        return cut

    def mend(self) -> None:
        """Let every answer through again."""
        self._cuts.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            await self._link(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            self._links.discard(task)
            writer.transport.abort()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert self.target is not None
            back, forth = await asyncio.open_connection("127.0.0.1", self.target)
        except (AssertionError, OSError):
            return
        line = _Line(self._cuts)
        pumps = [
            asyncio.create_task(line.requests(reader, forth)),
            asyncio.create_task(line.answers(back, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            forth.transport.abort()


class _Line:
    """One connection: which request is being answered."""

    def __init__(self, cuts: list[Cut]) -> None:
        self._cuts = cuts
        self._request = b""

    async def requests(self, reader: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            if chunk.startswith(_METHODS):
                self._request = chunk.split(b"\r\n", 1)[0]
            forth.write(chunk)
            await forth.drain()

    async def answers(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await back.read(65536):
            for cut in self._cuts:
                if cut.is_due(self._request, chunk):
                    cut.times -= 1
                    cut.then()
                    cut.happened.set()
                    return
            writer.write(chunk)
            await writer.drain()
