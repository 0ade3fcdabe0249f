"""`/ws/prices/{instrument}`: the last known price at once, then every change."""

from __future__ import annotations

import asyncio
import contextlib

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from forex_elite import bus
from forex_elite.bus import Data, Subscription, topics
from forex_elite.domain.permissions import Permission, is_permitted
from forex_elite.errors import DatabaseUnavailable
from forex_elite.realtime.connection import (
    BAD_REQUEST,
    NOT_PERMITTED,
    NOT_SIGNED_IN,
    TRY_LATER,
    admit,
    is_still_signed_in,
)
from forex_elite.services import prices

MAX_NAME = 32


async def serve(socket: WebSocket) -> None:
    """Run one price socket until either end closes it."""
    try:
        person = await admit(socket)
    except DatabaseUnavailable:
        await socket.close(TRY_LATER, "database-unavailable")
        return
    if person is None:
        return
    if not is_permitted(person.actor, Permission.PRICE_READ):
        await socket.close(NOT_PERMITTED, "not-allowed")
        return
    instrument = str(socket.path_params["instrument"])
    if len(instrument) > MAX_NAME:
        await socket.close(BAD_REQUEST, "no such instrument")
        return
    topic = topics.price(person.person.id, instrument)
    ended = topics.session_ended(person.session_id)
    async with bus.current().subscribe() as subscription:
        await subscription.add([topic, ended])
        if not await is_still_signed_in(socket, person):
            return
        last = await prices.last_of_person(person.person.id, [instrument])
        if instrument in last:
            subscription.offer(topic, last[instrument])
        writer = asyncio.create_task(_write(socket, subscription, ended))
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        writer.cancel()
        with contextlib.suppress(WebSocketDisconnect, asyncio.CancelledError, RuntimeError):
            await writer


async def _write(socket: WebSocket, subscription: Subscription, ended: str) -> None:
    while True:
        for topic, data in (await subscription.next()).items():
            if topic == ended:
                await socket.close(NOT_SIGNED_IN, "session-ended")
                return
            await socket.send_text(data.written("bare", _bare))


def _bare(data: Data) -> str:
    return orjson.dumps(data).decode()
