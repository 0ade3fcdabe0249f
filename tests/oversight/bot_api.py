"""A server that behaves like Telegram's Bot API and Discord's webhooks, as far as we use them, and keeps what comes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

TOKEN = "123456789:abcdefghijklmnopqrstuvwxyz-ABCDEF_0"


@dataclass
class BotApi:
    """What was sent to it, what it will tell, and how it fails."""

    url: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What the next messages are answered with; 200 when there is nothing."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _next_update: int = 1

    def write(self, text: str, *, chat_id: int = 4242, kind: str = "private") -> dict[str, Any]:
        """Somebody writes to the bot."""
        update = {
            "update_id": self._next_update,
            "message": {"chat": {"id": chat_id, "type": kind, "first_name": "Ann"}, "text": text},
        }
        self._next_update += 1
        self.updates.append(update)
        self.changed.set()
        return update

    @property
    def last(self) -> str:
        """What the bot said last."""
        return str(self.said[-1]["text"])

    async def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """As the Bot API answers."""
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if path.startswith("/webhooks/"):
            self.posted.append((path, given))
            return (self.statuses.pop(0) if self.statuses else 204), {}
        _, bot, method = path.split("/", 2)
        if bot != f"bot{TOKEN}":
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        if method == "getUpdates":
            self.offsets.append(given["offset"])
            self.updates = [one for one in self.updates if one["update_id"] >= given["offset"]]
            if not self.updates:
                self.changed.clear()
                await asyncio.wait_for(self.changed.wait(), 20)
            return 200, {"ok": True, "result": list(self.updates)}
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return status, {"ok": False, "error_code": status, "description": "Bad Request: chat not found"}
        self.said.append(given)
        self.changed.set()
        return 200, {"ok": True, "result": {"message_id": len(self.said)}}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One HTTP request after another."""
        try:
            while line := await reader.readline():
                path, length = line.split()[1].decode(), 0
                while (header := await reader.readline()) not in {b"\r\n", b""}:
                    name, _, value = header.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                status, answer = await self.answer(path.partition("?")[0], await reader.readexactly(length))
                content = b"" if status == 204 else json.dumps(answer).encode()
                head = (
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
                )
                writer.write(head.encode() + content)
                await writer.drain()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
