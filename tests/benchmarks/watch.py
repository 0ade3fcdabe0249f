"""Browsers that watch prices, for the benchmarks: many sockets in a process of its own, read at the least cost.

Takes `{"host", "port", "token", "sockets", "symbols", "seconds", "gather"}`, opens `/ws/live` so many times, subscribes
to all symbols on each, and after `seconds` writes how many messages came and how old they were. A message's age counts
from its bid, in which the sender wrote the steady clock (one clock for all processes of a machine) in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import cast

import uvloop

_MEDIUM = 126


class Watcher(asyncio.Protocol):
    """One socket. What comes is noted with its moment and read afterwards, so that reading delays no other socket."""

    def __init__(self, told: dict[str, object], ready: asyncio.Event) -> None:
        self.told = told
        self.ready = ready
        self.waiting = b""
        self.is_open = False
        self.heard: list[tuple[float, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET /ws/live HTTP/1.1\r\nHost: {self.told['host']}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {self.told['token']}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.heard.append((time.monotonic() * 1000, data))
        if self.ready.is_set():
            return
        self.waiting += data
        if not self.is_open:
            head, end, self.waiting = self.waiting.partition(b"\r\n\r\n")
            if not end:
                self.waiting = head
                return
            assert b" 101 " in head, head
            self.is_open = True
            symbols = self.told["symbols"]
            assert isinstance(symbols, list)
            self.say(
                json.dumps(
                    {"gather": bool(self.told["gather"]), "subscribe": [f"prices:{symbol}" for symbol in symbols]}
                )
            )
            self.say("?")  # its answer comes once the subscription is in force
        if b"malformed-message" in self.waiting:
            self.ready.set()
            self.heard.clear()

    def ages(self) -> Iterator[float]:
        """How old each price was when it came, in milliseconds. Frames of a server are not masked and small."""
        waiting = b""
        for now, data in self.heard:
            waiting += data
            at = 0
            while len(waiting) >= at + 4:
                size, begin = waiting[at + 1] & 0x7F, at + 2
                if size == _MEDIUM:
                    size, begin = struct.unpack_from(">H", waiting, at + 2)[0], at + 4
                if len(waiting) < begin + size:
                    break
                text = waiting[begin : begin + size]
                at = begin + size
                place = text.find(b'"bid":')
                while place >= 0:
                    yield now - float(text[place + 6 : text.index(b",", place)])
                    place = text.find(b'"bid":', place + 6)
            waiting = waiting[at:]

    def say(self, text: str) -> None:
        """Send a text frame, masked with zeros."""
        body = text.encode()
        size = bytes([0x80 | len(body)]) if len(body) < _MEDIUM else bytes([0x80 | 126]) + struct.pack(">H", len(body))
        self.transport.write(b"\x81" + size + b"\0\0\0\0" + body)


async def main(told: dict[str, object]) -> None:
    """Watch, then tell."""
    loop = asyncio.get_running_loop()
    watchers = [Watcher(told, asyncio.Event()) for _ in range(int(str(told["sockets"])))]
    for one in watchers:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", int(str(told["port"])))  # type: ignore[misc]
        await one.ready.wait()
    for one in watchers:
        one.heard.clear()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.sleep(float(str(told["seconds"])))
    ages = sorted(age for one in watchers for age in one.ages())
    shares = {share: ages[min(len(ages) - 1, int(len(ages) * share / 100))] for share in (50, 95, 99)} if ages else {}
    sys.stdout.write(json.dumps({"messages": len(ages), "ages": shares}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
