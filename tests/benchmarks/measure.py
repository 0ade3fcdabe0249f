"""Percentiles, and an HTTP sender that costs next to nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def milliseconds(seconds: Sequence[float]) -> str:
    """`p50 2.1 · p95 3.4 · p99 4.0 ms (n 600)`."""
    p50, p95, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:.1f} · p95 {p95:.1f} · p99 {p99:.1f} ms (n {len(seconds)})"


@dataclass
class Sender:
    """One kept-alive connection that posts JSON, like TradingView would if it reused its connections."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str

    @classmethod
    async def open(cls, url: str) -> Sender:
        parts = urlsplit(url)
        assert parts.hostname is not None
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        return cls(reader, writer, parts.netloc)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post and return the answer; anything but 200 is a failure of the benchmark."""
        content = json.dumps(body).encode()
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, _, fields = head.decode().partition("\r\n")
        length = next(int(line[15:]) for line in fields.lower().split("\r\n") if line.startswith("content-length:"))
        answer: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        assert " 200 " in status, (status, answer)
        return answer

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        await self.writer.wait_closed()
