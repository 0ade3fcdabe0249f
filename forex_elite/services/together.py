"""Group commit: calls that wait at the same moment are worked off together, in one transaction.

The first of them starts at once and alone, so nobody ever waits for company; what comes while all lanes are busy goes
along with the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]


class Together(Generic[T, R]):
    """At most `lanes` groups of at most `most` at a time, no two calls of one key, if they have one, in the same group.

    `work` answers each call of a group by a result or by the exception it is to raise; what it raises itself, all get.
    """

    def __init__(self, work: Work[T, R], *, key: Callable[[T], Hashable] | None = None, lanes: int, most: int) -> None:
        self._work = work
        self._key = key
        self._lanes = lanes
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._at_work: set[asyncio.Task[None]] = set()

    def submit(self, call: T) -> asyncio.Future[R]:
        """Hand in a call; whoever stops waiting for the answer does not take the call back."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, answer))
        if len(self._at_work) < self._lanes:
            lane = asyncio.create_task(self._work_off())
            self._at_work.add(lane)
            lane.add_done_callback(self._at_work.discard)
        return answer

    async def _work_off(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                results = await self._work([call for call, _ in group])
            except Exception as failure:  # noqa: BLE001 - it belongs to those who wait
                results = [failure] * len(group)
            except BaseException:
                for _, answer in group:
                    answer.cancel()
                raise
            for (_, answer), result in zip(group, results, strict=True):
                if answer.done():
                    continue
                if isinstance(result, Exception):
                    answer.set_exception(result)
                else:
                    answer.set_result(result)

    def _next_group(self) -> list[tuple[T, asyncio.Future[R]]]:
        if self._key is None:
            first, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            return first
        group: dict[Hashable, tuple[T, asyncio.Future[R]]] = {}
        later = []
        for one in self._waiting:
            key = self._key(one[0])
            if key in group or len(group) >= self._most:
                later.append(one)
            else:
                group[key] = one
        self._waiting = later
        return list(group.values())
