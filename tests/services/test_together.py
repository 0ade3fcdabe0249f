"""Group commit: nobody waits for company, nobody is lost, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from forex_elite.services import signals
from forex_elite.services.signal_record import Arrival
from forex_elite.services.signals import Receipt
from forex_elite.services.together import Together
from tests.world import Member, buy, make_strategy, pair, send_alert


class Desk:
    """Writes down the groups it was given and answers when it is told to."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.taken = asyncio.Semaphore(0)
        self.gate = asyncio.Event()

    async def work(self, calls: Sequence[str]) -> list[str | Exception]:
        self.groups.append(list(calls))
        self.taken.release()
        await self.gate.wait()
        if "fire" in calls:
            raise OSError("the desk burns")
        return [ValueError(call) if call.startswith("bad") else call.upper() for call in calls]


def together(desk: Desk, *, lanes: int = 1, most: int = 3) -> Together[str, str]:
    return Together(desk.work, key=lambda call: call, lanes=lanes, most=most)


async def submitted(door: Together[str, str], desk: Desk, *calls: str) -> list[asyncio.Future[str]]:
    """The first call, at work already, and the others, which wait."""
    first = door.submit(calls[0])
    await desk.taken.acquire()
    return [first, *map(door.submit, calls[1:])]


async def test_the_first_goes_alone_and_those_that_wait_go_together() -> None:
    desk = Desk()
    answers = await submitted(together(desk), desk, "a", "b", "c", "d", "e")
    desk.gate.set()

    assert await asyncio.gather(*answers) == ["A", "B", "C", "D", "E"]
    assert desk.groups == [["a"], ["b", "c", "d"], ["e"]]


async def test_a_second_lane_works_meanwhile() -> None:
    desk = Desk()
    answers = await submitted(together(desk, lanes=2), desk, "a", "b", "c")
    await desk.taken.acquire()
    desk.gate.set()

    assert await asyncio.gather(*answers) == ["A", "B", "C"]
    assert desk.groups == [["a"], ["b", "c"]]


async def test_equal_calls_never_share_a_group() -> None:
    desk = Desk()
    answers = await submitted(together(desk), desk, "a", "b", "b", "b", "c")
    desk.gate.set()

    assert await asyncio.gather(*answers) == ["A", "B", "B", "B", "C"]
    assert desk.groups == [["a"], ["b", "c"], ["b"], ["b"]]


async def test_each_gets_its_own_failure_and_nobody_anothers() -> None:
    desk = Desk()
    answers = await submitted(together(desk), desk, "a", "bad b", "c")
    desk.gate.set()

    found = await asyncio.gather(*answers, return_exceptions=True)

    assert [str(one) for one in found] == ["A", "bad b", "C"]
    assert isinstance(found[1], ValueError)


async def test_what_befalls_the_work_befalls_its_group_alone() -> None:
    desk = Desk()
    answers = await submitted(together(desk), desk, "a", "fire", "b", "c", "d")
    desk.gate.set()

    found = await asyncio.gather(*answers, return_exceptions=True)

    assert [type(one) for one in found] == [str, OSError, OSError, OSError, str]


async def test_whoever_leaves_takes_nothing_back() -> None:
    desk = Desk()
    answers = await submitted(together(desk), desk, "a", "b", "c")
    answers[1].cancel()
    desk.gate.set()

    assert await answers[2] == "C"
    assert desk.groups == [["a"], ["b", "c"]]
    with pytest.raises(asyncio.CancelledError):
        await answers[1]


async def test_alerts_that_cannot_be_stored_together_are_stored_one_by_one(
    client: httpx.AsyncClient, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    sizes: list[int] = []
    store = signals._store

    async def fail_after_storing_many(arrivals: Sequence[Arrival]) -> list[Receipt | Exception]:
        sizes.append(len(arrivals))
        receipts = await store(arrivals)
        if len(arrivals) > 1:
            raise OSError("the connection broke as the commit was answered")
        return receipts

    monkeypatch.setattr(signals, "_store", fail_after_storing_many)
    answers = await asyncio.gather(*(send_alert(client, strategy, buy()) for _ in range(8)))

    assert [answer.json()["status"] for answer in answers] == ["accepted"] * 8
    assert max(sizes) > 1
    assert all([await vps.claim() for _ in range(8)])
    assert await vps.claim() is None
