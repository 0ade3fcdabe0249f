"""The bus across processes and machines, on Redis publish/subscribe; last values in one hash.

While Redis is away nothing fails for it: what is published is lost, as it is for anybody who was not listening, last
values are unknown, and listeners hear again as soon as it returns. Whoever must not miss anything looks in the
database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

import orjson
import redis.asyncio as redis
from redis.exceptions import RedisError

from forex_elite.bus.local import Data, Fanout, Messages, Subscription

log = logging.getLogger(__name__)
T = TypeVar("T")

PREFIX = "fe:"
LAST = "fe:last"
KEEP_ALIVE = PREFIX + "keep-alive"
PATIENCE_S = 2.0
"""How long a publisher waits for Redis to answer before it goes on without."""

_LOOK_UP_S = 5.0
_RETRY_S = (0.1, 0.5, 1.0, 2.0, 5.0)
_AWAY = (RedisError, OSError)


class _RemoteFanout(Fanout):
    """Also tells Redis which topics this process wants to hear."""

    def __init__(self, pubsub: Any) -> None:
        super().__init__()
        self.pubsub = pubsub
        self.is_behind = False
        """Redis has not heard of every topic; the reader tells it again."""

    async def join(self, subscription: Subscription, topics: set[str]) -> None:
        fresh = [PREFIX + topic for topic in topics if not self.has_listeners(topic)]
        await super().join(subscription, topics)
        if fresh:
            try:
                await self.pubsub.subscribe(*fresh)
            except _AWAY:
                self.is_behind = True

    async def leave(self, subscription: Subscription, topics: set[str]) -> None:
        await super().leave(subscription, topics)
        gone = [PREFIX + topic for topic in topics if not self.has_listeners(topic)]
        if gone:
            with contextlib.suppress(*_AWAY):  # a lost connection listens to nothing anyway
                await self.pubsub.unsubscribe(*gone)

    async def catch_up(self) -> None:
        """Tell Redis every topic somebody here listens to."""
        self.is_behind = False
        try:
            await self.pubsub.subscribe(KEEP_ALIVE, *(PREFIX + topic for topic in self.topics()))
        except _AWAY:
            self.is_behind = True
            raise


class RedisBus:
    """Publishes through Redis, and hands out what comes back to the listeners of this process."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S)
        self._ear: Any = redis.Redis.from_url(url, socket_connect_timeout=PATIENCE_S)  # waits as long as it takes
        self._pubsub: Any = self._ear.pubsub(ignore_subscribe_messages=True)
        self._fanout = _RemoteFanout(self._pubsub)
        self._reader: asyncio.Task[None] | None = None
        self._is_away = False

    async def start(self) -> None:
        """Begin to listen; the private topic keeps the subscription connection open."""
        await self._pubsub.subscribe(KEEP_ALIVE)
        self._reader = asyncio.create_task(self._read(), name="bus-reader")

    async def _read(self) -> None:
        failures = 0
        while True:
            try:
                if failures or self._fanout.is_behind:
                    await self._fanout.catch_up()
                message = await self._pubsub.get_message(timeout=_LOOK_UP_S)
                failures = 0
            except _AWAY:
                if not failures:
                    log.warning("Redis is away; listening again as soon as it returns")
                await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
                failures += 1
                continue
            if message is not None:
                self._hand_out(message)

    def _hand_out(self, message: dict[str, Any]) -> None:
        try:
            data = orjson.loads(message["data"])
        except orjson.JSONDecodeError:
            return
        if isinstance(data, dict):  # what other programs write there is none of ours
            self._fanout.hand_out([(message["channel"].decode().removeprefix(PREFIX), data)])

    async def _unless_away(self, work: Awaitable[T], otherwise: T) -> T:
        try:
            done = await work
        except _AWAY as lost:
            if not self._is_away:
                log.warning("Redis does not answer (%s); going on without it", lost)
            self._is_away = True
            return otherwise
        if self._is_away:
            log.info("Redis answers again")
        self._is_away = False
        return done

    async def publish(self, messages: Messages) -> None:
        """Tell the listeners of every process, in order, in one round trip."""
        if not messages:
            return
        pipe = self._redis.pipeline(transaction=False)
        for topic, data in messages:
            pipe.publish(PREFIX + topic, orjson.dumps(data))
        await self._unless_away(pipe.execute(), [])

    def subscribe(self) -> Subscription:
        """A listener without topics yet."""
        return Subscription(self._fanout)

    async def keep(self, values: dict[str, Data]) -> None:
        """Remember last values by key."""
        if values:
            mapping = {key: orjson.dumps(value) for key, value in values.items()}
            await self._unless_away(self._redis.hset(LAST, mapping=mapping), 0)

    async def last(self, keys: Sequence[str]) -> dict[str, Data]:
        """Last values of those keys that have one."""
        if not keys:
            return {}
        nothing: list[bytes | None] = [None] * len(keys)
        found = await self._unless_away(self._redis.hmget(LAST, list(keys)), nothing)
        return {key: orjson.loads(value) for key, value in zip(keys, found, strict=True) if value is not None}

    async def is_alive(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(await self._redis.ping())
        except _AWAY:
            return False

    async def close(self) -> None:
        """Stop listening and close the connections."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        await self._pubsub.aclose()
        await self._ear.aclose()
        await self._redis.aclose()
