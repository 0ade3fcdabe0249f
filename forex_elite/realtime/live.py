"""`/ws/live`: one socket per browser. `{"subscribe":[…]}` in, `{"topic":…,"data":…}` out, newest value per topic.

Who says `"gather":true` gets what waits for it in one frame, as a list of such messages: our own pages do, because
every frame costs as much as ten messages in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from functools import partial
from uuid import UUID

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from forex_elite import bus
from forex_elite.bus import Batch, Data, Subscription, topics
from forex_elite.domain.identity import Actor
from forex_elite.domain.people import SignedIn
from forex_elite.domain.permissions import Permission, is_permitted
from forex_elite.errors import DatabaseUnavailable
from forex_elite.realtime.connection import NOT_SIGNED_IN, TRY_LATER, admit, is_still_signed_in
from forex_elite.services import prices

MAX_TOPICS = 200
MAX_MESSAGE = 16_384
_PLAIN = {
    "signals": Permission.SIGNAL_READ,
    "jobs": Permission.JOB_READ,
    "deployments": Permission.DEPLOYMENT_READ,
    "proofs": Permission.DEPLOYMENT_READ,
    "logs": Permission.LOG_READ,
    "agents": Permission.AGENT_READ,
    "trades": Permission.POSITION_READ,
    "accounts": Permission.ACCOUNT_READ,
    "alerts": Permission.ALERT_READ,
    "files": Permission.FILE_READ,
    "projects": Permission.PROJECT_READ,
}
_OF_STAFF = {topics.SYSTEM_LOGS: Permission.LOG_WATCH}
"""Of the whole installation, under the same name on the bus."""
_PRICE = re.compile(r"prices:([A-Za-z0-9._#+&\-/ !]{1,32})")


def topic_on_bus(actor: Actor, asked: str) -> str | None:
    """The bus topic behind what a browser asks for: one of this very person, or of staff for staff.

    None when there is no such, or the role or the API token does not permit it.
    """
    user_id = actor.person_id
    if (permission := _OF_STAFF.get(asked)) is not None:
        return asked if is_permitted(actor, permission) else None
    if (permission := _PLAIN.get(asked)) is not None:
        return topics.of_person(user_id, asked) if is_permitted(actor, permission) else None
    if (price := _PRICE.fullmatch(asked)) is not None:
        return topics.price(user_id, price[1]) if is_permitted(actor, Permission.PRICE_READ) else None
    kind, _, identifier = asked.partition(":")
    if kind == "account" and is_permitted(actor, Permission.ACCOUNT_READ):
        with contextlib.suppress(ValueError):
            return topics.of_person(user_id, f"account:{UUID(identifier)}")
    return None


async def serve(socket: WebSocket) -> None:
    """Run one browser's socket until either end closes it."""
    try:
        person = await admit(socket)
    except DatabaseUnavailable:
        await socket.close(TRY_LATER, "database-unavailable")
        return
    if person is None:
        return
    ended = topics.session_ended(person.session_id)
    async with bus.current().subscribe() as subscription:
        await subscription.add([ended])
        if not await is_still_signed_in(socket, person):
            return
        gathers = asyncio.Event()
        reader = asyncio.create_task(_read(socket, subscription, person, gathers))
        writer = asyncio.create_task(_write(socket, subscription, person, ended, gathers))
        done, rest = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        for task in done | rest:
            with contextlib.suppress(WebSocketDisconnect, asyncio.CancelledError, RuntimeError):
                await task


async def _read(socket: WebSocket, subscription: Subscription, person: SignedIn, gathers: asyncio.Event) -> None:
    user_id = person.person.id
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text") or ""
        try:
            asked = orjson.loads(text) if len(text) <= MAX_MESSAGE else None
        except orjson.JSONDecodeError:
            asked = None
        if not isinstance(asked, dict):
            await socket.send_text('{"error":"malformed-message"}')
            continue
        if asked.get("gather") is True:
            gathers.set()
        wanted = _topics(person.actor, asked.get("subscribe"))
        unwanted = _topics(person.actor, asked.get("unsubscribe"))
        if len((subscription.topics - set(unwanted)) | set(wanted)) > MAX_TOPICS:
            await socket.send_text('{"error":"too-many-topics"}')
            continue
        await subscription.remove(unwanted)
        await subscription.add(wanted)
        price_prefix = topics.price(user_id, "")
        symbols = [topic.removeprefix(price_prefix) for topic in wanted if topic.startswith(price_prefix)]
        for symbol, data in (await prices.last_of_person(user_id, symbols)).items():
            subscription.offer(topics.price(user_id, symbol), data)


def _topics(actor: Actor, asked: object) -> list[str]:
    if not isinstance(asked, list):
        return []
    found = (topic_on_bus(actor, one) for one in asked if isinstance(one, str))
    return [topic for topic in found if topic is not None]


async def _write(
    socket: WebSocket, subscription: Subscription, person: SignedIn, ended: str, gathers: asyncio.Event
) -> None:
    prefix = topics.of_person(person.person.id, "")

    def gathered(told: Batch) -> str:
        return f"[{','.join(_texts(told, prefix))}]"  # the same for all sockets of a person who hear the same

    while True:
        told = await subscription.next()
        if ended in told:
            await socket.close(NOT_SIGNED_IN, "session-ended")
            return
        if gathers.is_set():
            await socket.send_text(told.written(gathered))
            continue
        for text in _texts(told, prefix):
            await socket.send_text(text)


def _texts(told: Batch, prefix: str) -> list[str]:
    return [
        data.texts.get("live") or data.written("live", partial(_envelope, topic.removeprefix(prefix)))
        for topic, data in told.items()
    ]


def _envelope(topic: str, data: Data) -> str:
    return orjson.dumps({"topic": topic, "data": data}).decode()
