"""The bus inside one process: topics, subscribers, and the last value of each key."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

Data = dict[str, Any]
Messages = Sequence[tuple[str, Data]]


class Told(Data):
    """A message as its listeners get it: one and the same for all of them, with what it was already written as."""

    __slots__ = ("texts",)

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.texts: dict[str, str] = {}

    def written(self, form: str, write: Callable[[Data], str]) -> str:
        """The text of this message in one of the forms it leaves in: written once, however many listen."""
        text = self.texts.get(form)
        if text is None:
            text = self.texts[form] = write(self)
        return text


class Batch(dict[str, Told]):
    """Messages by topic that came together, one and the same for all who listen to just these topics.

    Nobody changes it once it is handed out.
    """

    __slots__ = ("text",)

    def __init__(self) -> None:
        super().__init__()
        self.text: str | None = None

    def written(self, write: Callable[[Batch], str]) -> str:
        """The text all of it leaves in: written once, however many listen."""
        if self.text is None:
            self.text = write(self)
        return self.text


class Subscription:
    """What one listener has not seen yet: per topic the newest value only, so a slow listener holds no queue."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._topics: set[str] = set()
        self._waiting = Batch()
        self._is_own = True
        """Nobody else holds what waits, so that it may be changed."""
        self._wake = asyncio.Event()

    @property
    def topics(self) -> frozenset[str]:
        """The topics listened to."""
        return frozenset(self._topics)

    async def add(self, topics: Iterable[str]) -> None:
        """Listen to more topics."""
        new = set(topics) - self._topics
        self._topics |= new
        await self._fanout.join(self, new)

    async def remove(self, topics: Iterable[str]) -> None:
        """Stop listening to some topics."""
        gone = set(topics) & self._topics
        self._topics -= gone
        if any(topic in self._waiting for topic in gone):
            waiting = self._to_change()
            for topic in gone:
                waiting.pop(topic, None)
        await self._fanout.leave(self, gone)

    def offer(self, topic: str, data: Data) -> None:
        """Hand over a message; an unseen older one on the same topic is replaced."""
        self._to_change()[topic] = data if isinstance(data, Told) else Told(data)
        self._wake.set()

    def offer_all(self, batch: Batch) -> None:
        """Hand over a batch; it is taken as it is where nothing else waits."""
        if self._waiting:
            self._to_change().update(batch)
        else:
            self._waiting, self._is_own = batch, False
        self._wake.set()

    def _to_change(self) -> Batch:
        if not self._is_own:
            mine = Batch()
            mine.update(self._waiting)
            self._waiting, self._is_own = mine, True
        self._waiting.text = None
        return self._waiting

    async def next(self, timeout_s: float | None = None) -> Batch:
        """All that came since the last call, by topic; waits for the first, and is empty after `timeout_s`."""
        if not self._waiting:
            if timeout_s is None:
                await self._wake.wait()
            else:
                try:
                    async with asyncio.timeout(timeout_s):
                        await self._wake.wait()
                except TimeoutError:
                    return Batch()
        self._wake.clear()
        taken, self._waiting, self._is_own = self._waiting, Batch(), True
        return taken

    async def close(self) -> None:
        """Stop listening."""
        await self.remove(tuple(self._topics))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Fanout:
    """Who in this process listens to what."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Subscription]] = defaultdict(set)

    async def join(self, subscription: Subscription, topics: set[str]) -> None:
        """Note a listener."""
        for topic in topics:
            self._listeners[topic].add(subscription)

    async def leave(self, subscription: Subscription, topics: set[str]) -> None:
        """Forget a listener."""
        for topic in topics:
            listeners = self._listeners.get(topic)
            if listeners is not None:
                listeners.discard(subscription)
                if not listeners:
                    del self._listeners[topic]

    def has_listeners(self, topic: str) -> bool:
        """Whether anybody here listens to the topic."""
        return topic in self._listeners

    def topics(self) -> tuple[str, ...]:
        """What somebody here listens to."""
        return tuple(self._listeners)

    def hand_out(self, messages: Messages) -> None:
        """Give messages to their listeners, in order; those with the same listeners reach each of them as one batch."""
        together: set[Subscription] = set()
        batch = Batch()
        for topic, data in messages:
            listeners = self._listeners.get(topic)
            if not listeners:
                continue
            if listeners != together:
                for subscription in together:
                    subscription.offer_all(batch)
                together, batch = listeners, Batch()
            batch[topic] = Told(data)
        for subscription in together:
            subscription.offer_all(batch)


class LocalBus:
    """The bus of a single process."""

    def __init__(self) -> None:
        self._fanout = Fanout()
        self._last: dict[str, Data] = {}

    async def publish(self, messages: Messages) -> None:
        """Tell the listeners, in order."""
        self._fanout.hand_out(messages)

    def subscribe(self) -> Subscription:
        """A listener without topics yet."""
        return Subscription(self._fanout)

    async def keep(self, values: dict[str, Data]) -> None:
        """Remember last values by key."""
        self._last.update(values)

    async def last(self, keys: Sequence[str]) -> dict[str, Data]:
        """Last values of those keys that have one."""
        return {key: self._last[key] for key in keys if key in self._last}

    async def is_alive(self) -> bool:
        """Whether messages travel."""
        return True

    async def close(self) -> None:
        """Nothing to release."""
