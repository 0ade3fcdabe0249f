"""A wire between agent and server that can be cut at the worst moment: the request arrives, its answer does not."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self
from urllib.parse import urlsplit


class CuttingProxy:
    """Forwards bytes to `target`; `cut_answer_to` drops the connection when the next answer to a path begins."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        assert parts.hostname is not None
        self._target = parts.hostname, parts.port
        self._server: asyncio.Server | None = None
        self._armed: tuple[bytes, bytes] | None = None
        self._wires: set[asyncio.Task[None]] = set()
        self._answered = asyncio.Condition()
        self.cut = asyncio.Event()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the loop's next round

    def cut_answer_to(self, path: str, status: int = 200) -> None:
        """Arm: the next answer with this status to a request for the path is lost."""
        self._armed = path.encode(), f" {status} ".encode()
        self.cut.clear()

    async def next_answer(self) -> None:
        """Wait until the server has answered the agent once more."""
        async with self._answered:
            await self._answered.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._wires.add(task)
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        try:
            await self._carry(reader, writer, far_reader, far_writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, far_writer):
                end.transport.abort()
            self._wires.discard(task)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        asked = b""

        async def forward() -> None:
            nonlocal asked
            while chunk := await reader.read(65536):
                if chunk.startswith((b"GET ", b"POST ")):
                    asked = chunk.split(b"\r\n", 1)[0]
                far_writer.write(chunk)
                await far_writer.drain()

        forwarding = asyncio.create_task(forward())
        try:
            while chunk := await far_reader.read(65536):
                if self._is_to_be_cut(asked, chunk):
                    self.cut.set()
                    return
                writer.write(chunk)
                await writer.drain()
                async with self._answered:
                    self._answered.notify_all()
        finally:
            forwarding.cancel()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await forwarding

    def _is_to_be_cut(self, asked: bytes, answer: bytes) -> bool:
        if self._armed is None or self._armed[0] not in asked or self._armed[1] not in answer.split(b"\r\n", 1)[0]:
            return False
        self._armed = None
        return True
