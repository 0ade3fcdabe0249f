"""The bus across processes and machines, on Redis publish/subscribe; last values in one hash."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

import orjson
import redis.asyncio as redis
from redis.exceptions import RedisError

from forex_elite.bus.local import Data, Fanout, Messages, Subscription

log = logging.getLogger(__name__)

PREFIX = "fe:"
LAST = "fe:last"
_RETRY_S = (0.1, 0.5, 1.0, 2.0, 5.0)


class _RemoteFanout(Fanout):
    """Also tells Redis which topics this process wants to hear."""

    def __init__(self, pubsub: Any) -> None:
        super().__init__()
        self.pubsub = pubsub

    async def join(self, subscription: Subscription, topics: set[str]) -> None:
        fresh = [PREFIX + topic for topic in topics if not self.has_listeners(topic)]
        await super().join(subscription, topics)
        if fresh:
            await self.pubsub.subscribe(*fresh)

    async def leave(self, subscription: Subscription, topics: set[str]) -> None:
        await super().leave(subscription, topics)
        gone = [PREFIX + topic for topic in topics if not self.has_listeners(topic)]
        if gone:
            await self.pubsub.unsubscribe(*gone)


class RedisBus:
    """Publishes through Redis, and hands out what comes back to the listeners of this process."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.Redis.from_url(url)
        self._pubsub: Any = self._redis.pubsub(ignore_subscribe_messages=True)
        self._fanout = _RemoteFanout(self._pubsub)
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; the private topic keeps the subscription connection open."""
        await self._pubsub.subscribe(PREFIX + "keep-alive")
        self._reader = asyncio.create_task(self._read(), name="bus-reader")

    async def _read(self) -> None:
        failures = 0
        while True:
            try:
                message = await self._pubsub.get_message(timeout=None)
                failures = 0
            except (RedisError, OSError):
                if not failures:
                    log.warning("Redis is away; listening again as soon as it returns")
                await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
                failures += 1
                continue
            if message is not None:
                topic = message["channel"].decode().removeprefix(PREFIX)
                self._fanout.hand_out(topic, orjson.loads(message["data"]))

    async def publish(self, messages: Messages) -> None:
        """Tell the listeners of every process, in order, in one round trip."""
        pipe = self._redis.pipeline(transaction=False)
        for topic, data in messages:
            pipe.publish(PREFIX + topic, orjson.dumps(data))
        await pipe.execute()

    def subscribe(self) -> Subscription:
        """A listener without topics yet."""
        return Subscription(self._fanout)

    async def keep(self, values: dict[str, Data]) -> None:
        """Remember last values by key."""
        if values:
            await self._redis.hset(LAST, mapping={key: orjson.dumps(value) for key, value in values.items()})

    async def last(self, keys: Sequence[str]) -> dict[str, Data]:
        """Last values of those keys that have one."""
        if not keys:
            return {}
        found = await self._redis.hmget(LAST, list(keys))
        return {key: orjson.loads(value) for key, value in zip(keys, found, strict=True) if value is not None}

    async def is_alive(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    async def close(self) -> None:
        """Stop listening and close the connections."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        await self._pubsub.aclose()
        await self._redis.aclose()
