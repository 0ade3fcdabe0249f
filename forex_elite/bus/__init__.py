"""Messages between the parts of the server: in process by default, through Redis when there are many workers."""

from __future__ import annotations

from forex_elite.bus.local import Batch, Data, LocalBus, Messages, Subscription, Told
from forex_elite.bus.redis import RedisBus

Bus = LocalBus | RedisBus

_bus: Bus = LocalBus()


async def connect(redis_url: str = "") -> Bus:
    """Open the bus of this process; without an address it stays inside the process."""
    global _bus  # noqa: PLW0603
    await _bus.close()
    if redis_url:
        remote = RedisBus(redis_url)
        await remote.start()
        _bus = remote
    else:
        _bus = LocalBus()
    return _bus


async def disconnect() -> None:
    """Close the bus; a fresh in-process one takes its place."""
    await connect()


def current() -> Bus:
    """The bus of this process."""
    return _bus


__all__ = [
    "Batch",
    "Bus",
    "Data",
    "LocalBus",
    "Messages",
    "RedisBus",
    "Subscription",
    "Told",
    "connect",
    "current",
    "disconnect",
]
