"""The live cockpit for ten minutes while agents drop and return: nothing doubled, nothing lost, everything fresh again.

`make soak`; `SOAK_S` says for how many seconds. The brokers' books on disk are the judge.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.faults.desk import Desk
from tests.faults.processes import ServerProcess, eventually

SOAK_S = float(os.environ.get("SOAK_S", "600"))
pytestmark = [pytest.mark.soak, pytest.mark.timeout(SOAK_S + 1200)]

SEED = 20261126
ACCOUNTS = (3, 2)
CLIENTS = 4
SYMBOLS = ("EURUSD", "XAUUSD", "GBPUSD")
ORDER_EVERY_S = (0.3, 1.2)
DROP_EVERY_S = (4.0, 12.0)
AWAY_S = (0.2, 6.0)
MOST_GROWTH_MB = 60
"""What the server may grow by once it is warm; a leak of a kilobyte a tick would be ten times as much."""
SETTLE_S = 120.0
UNDER_WAY = frozenset({"pending", "unknown"})


class Screen:
    """A browser that watches one trader's live data, and connects again as ours does."""

    def __init__(self, desk: Desk, accounts: list[str]) -> None:
        self.desk = desk
        self.accounts = accounts
        self.prices: dict[str, dict[str, Any]] = {}
        self.heard_at: dict[str, float] = {}
        self.connections = 0
        self.messages = 0

    async def watch(self) -> None:
        """Listen until cancelled."""
        wait_s = 0.1
        while True:
            with suppress(OSError, WebSocketException, EOFError):
                async for told in self._connection():
                    wait_s = 0.1
                    for one in told if isinstance(told, list) else [told]:
                        self._hear(one["topic"], one["data"])
            await asyncio.sleep(wait_s)
            wait_s = min(2.0, wait_s * 2)

    async def _connection(self) -> AsyncIterator[Any]:
        topics = ["trades", "accounts", "jobs", "agents", "alerts"]
        topics += [f"account:{one}" for one in self.accounts] + [f"prices:{symbol}" for symbol in SYMBOLS]
        address = self.desk.server.url.replace("http", "ws") + "/ws/live"
        async with connect(address, additional_headers=self.desk.member.headers) as socket:
            self.connections += 1
            self.prices.clear()
            await socket.send(json.dumps({"gather": True, "subscribe": topics}))
            async for text in socket:
                yield json.loads(text)

    def _hear(self, topic: str, data: dict[str, Any]) -> None:
        self.messages += 1
        kind, _, name = topic.partition(":")
        self.heard_at[kind] = time.monotonic()
        if kind == "prices":
            before = self.prices.get(name)
            assert before is None or before["ts"] <= data["ts"], f"an older price of {name} came after a newer one"
            self.prices[name] = data
        elif account := data.get("account_id") or (name if kind == "account" else ""):
            assert account in self.accounts, f"{topic} told of somebody else's account {account}"


async def answered(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask until there is an answer: a kept connection may be closed by the server at the very moment it is used."""
    while True:
        with suppress(httpx.TransportError):
            return await ask()
        await asyncio.sleep(0.2)


async def trade(desk: Desk, accounts: list[str], dice: random.Random, until: float) -> int:
    """Open and close by hand, as fast as a nervous person would; how many orders were taken."""
    taken = 0
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(*ORDER_EVERY_S))
        if dice.random() < 0.4:
            listed = await answered(lambda: desk.member.get("/api/trades", open=True, limit=50))
            held = listed.json()["items"]
            if held:
                path = f"/api/trades/{dice.choice(held)['id']}/close"
                answer = await answered(lambda path=path: desk.member.post(path, {}))  # type: ignore[misc]
                assert answer.status_code in {202, 404, 409}, answer.text
                continue
        order = {
            "account_id": dice.choice(accounts),
            "symbol": dice.choice(SYMBOLS),
            "side": dice.choice(["buy", "sell"]),
            "type": "market",
            "volume_lots": 0.01,
            "client_order_id": str(uuid4()),
        }
        answers = [
            await answered(lambda order=order: desk.member.post("/api/orders", order))  # type: ignore[misc]
            for _ in range(dice.choice([1, 1, 2]))
        ]
        assert {answer.status_code for answer in answers} == {202}, answers[0].text
        assert len({answer.json()["id"] for answer in answers}) == 1, "an order sent again became another order"
        taken += answers[0].json()["status"] == "pending"
    return taken


async def drop(desk: Desk, dice: random.Random, until: float) -> list[str]:
    """Kill, freeze or cut off the trader's agent, and bring it back."""
    hits = []
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(*DROP_EVERY_S))
        hits.append(dice.choice(["agent", "agent", "frozen", "terminal", "answer"]))
        match hits[-1]:
            case "agent":
                desk.agent.signal(signal.SIGKILL)
                await desk.agent.died()
                await asyncio.sleep(dice.uniform(*AWAY_S))
                await desk.agent.start()
            case "frozen":
                desk.agent.signal(signal.SIGSTOP)
                await asyncio.sleep(dice.uniform(*AWAY_S))
                desk.agent.signal(signal.SIGCONT)
            case "terminal":
                with suppress(psutil.NoSuchProcess):
                    for child in desk.agent.children()[:1]:
                        child.kill()
            case "answer":
                desk.server.wire.cut(dice.choice(["/jobs/next", "/result", "/trades HTTP", "/accounts HTTP"]))
    return hits


async def test_agents_drop_and_return_and_the_cockpit_tells_the_truth(
    server: ServerProcess, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    desks = [Desk(server, caller, tmp_path / f"trader-{n}") for n in range(len(ACCOUNTS))]
    screens: list[Screen] = []
    watching: list[asyncio.Task[None]] = []
    try:
        accounts = []
        for desk, count in zip(desks, ACCOUNTS, strict=True):
            await desk.open(accounts=count)
            accounts.append([row["id"] for row in (await accounts_of(desk))])
            screens += [Screen(desk, accounts[-1]) for _ in range(CLIENTS)]
        watching = [asyncio.create_task(screen.watch()) for screen in screens]
        dice, until = random.Random(SEED), time.monotonic() + SOAK_S
        memory = asyncio.create_task(weigh(server, until))
        taken, hits = await asyncio.gather(
            asyncio.gather(*(trade(*one, dice, until) for one in zip(desks, accounts, strict=True))),
            asyncio.gather(*(drop(desk, dice, until) for desk in desks)),
        )
        server.wire.mend()
        assert min(taken) > SOAK_S / 6, taken
        assert all({"agent"} <= set(one) for one in hits), hits
        for desk in desks:
            await settled(desk)
            for login in desk.agent.logins:
                compare(desk, login)
        for task in watching:
            assert not task.done(), task.exception()
        await fresh(desks, screens)
        warm, most = await memory
        assert most - warm < MOST_GROWTH_MB, f"the server grew from {warm:.0f} to {most:.0f} MB"
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        for desk in desks:
            await desk.close()


async def accounts_of(desk: Desk) -> list[dict[str, Any]]:
    answer = await answered(lambda: desk.member.get("/api/user/mt5-accounts"))
    rows: list[dict[str, Any]] = answer.json()["accounts"]
    return rows


async def weigh(server: ServerProcess, until: float) -> tuple[float, float]:
    """The server's memory in MB, with shared pages, once it is warm (a quarter of the time) and at most after that."""
    warm_at = time.monotonic() + (until - time.monotonic()) / 4
    seen = []
    while time.monotonic() < until:
        await asyncio.sleep(1)
        if time.monotonic() >= warm_at:
            seen.append(server.memory_mb())
    return seen[0], max(seen)


async def settled(desk: Desk) -> None:
    """Every job has ended, and what the terminals hold is what the server shows."""

    async def is_settled() -> bool:
        if any(job["status"] in {"pending", "running", "unknown"} for job in desk.jobs() if job["type"] == "trade"):
            return False
        shown = desk.server.rows(
            "select a.login, t.ticket from trades t join mt5_accounts a on a.id = t.account_id "
            "where t.user_id = %s and not t.is_closed",
            desk.member.id,
        )
        held = {
            (login, position.ticket) for login in desk.agent.logins for position in desk.agent.books(login).positions
        }
        return {(row["login"], row["ticket"]) for row in shown} == held and not unreported(desk)

    await eventually(is_settled, SETTLE_S, lambda: f"{unreported(desk)}\n{desk.agent.log.read_text()[-3000:]}")


def unreported(desk: Desk) -> list[tuple[int, int]]:
    """Positions the brokers' books show as closed whose exit the server has not been told."""
    told = desk.server.rows(
        "select a.login, t.ticket from trades t join mt5_accounts a on a.id = t.account_id "
        "where t.user_id = %s and t.close_price is not null",
        desk.member.id,
    )
    known = {(row["login"], row["ticket"]) for row in told}
    return [
        (login, ticket) for login in desk.agent.logins for ticket in exits(desk, login) if (login, ticket) not in known
    ]


def exits(desk: Desk, login: int) -> set[int]:
    """Positions that were opened and are gone, in the broker's books."""
    books = desk.agent.books(login)
    return {deal.position_id for deal in books.deals if deal.symbol} - {held.ticket for held in books.positions}


def compare(desk: Desk, login: int) -> None:
    """The account's books and everything the server keeps of it tell one story, each thing once."""
    books, rows = desk.agent.books(login), desk.server.rows
    (account,) = rows("select id, balance from mt5_accounts where login = %s", login)
    entries = [deal for deal in books.deals if deal.symbol and deal.entry == 0]
    orders = rows("select * from orders where account_id = %s and action = 'open'", account["id"])
    executed = sorted(one["broker_order_id"] for one in orders if one["status"] == "executed")
    assert not [one for one in orders if one["status"] in UNDER_WAY]
    assert executed == sorted(str(entry.order) for entry in entries), "orders told executed are those at the broker"
    assert len({entry.comment for entry in entries}) == len(entries), "an order's tag came twice"

    trades = rows("select ticket, is_closed, profit from trades where account_id = %s", account["id"])
    assert sorted(one["ticket"] for one in trades) == sorted({entry.position_id for entry in entries})
    closed = exits(desk, login)
    assert {one["ticket"] for one in trades if one["is_closed"]} == closed
    result = sum(deal.profit for deal in books.deals if deal.symbol and deal.position_id in closed)
    assert float(sum(one["profit"] for one in trades if one["is_closed"])) == pytest.approx(result, abs=0.01)
    events = rows("select ticket, kind from trade_events where account_id = %s", account["id"])
    for kind in ("opened", "closed"):
        told = [one["ticket"] for one in events if one["kind"] == kind]
        assert len(told) == len(set(told)), f"a position was told {kind} twice"
    (days,) = rows("select coalesce(sum(trades), 0) as n from trade_days where account_id = %s", account["id"])
    assert days["n"] == len(closed), "a closed trade counts once"


async def fresh(desks: list[Desk], screens: list[Screen]) -> None:
    """Every account is reachable, of the present, with the broker's own balance, and every screen hears prices."""
    began = time.monotonic()
    wrong: list[Any] = []

    async def all_is_well() -> bool:
        wrong.clear()
        for desk in desks:
            told = await answered(lambda desk=desk: desk.member.get("/api/health/accounts"))  # type: ignore[misc]
            balances = {row["login"]: row["balance"] for row in await accounts_of(desk)}
            for one in told.json()["accounts"]:
                held, shown = desk.agent.books(one["login"]).balance, balances[one["login"]]
                is_live = one["is_reachable"] and one["data_age"] == "fresh" and not one["failures_in_a_row"]
                if abs(shown - held) >= 0.01 or not is_live or one["balance_difference"] is not None:
                    wrong.append({"balance held": held, "shown": shown, **one})
        silent = [screen for screen in screens if screen.heard_at.get("prices", 0) <= began]
        wrong.extend(f"a screen of {screen.desk.member.email} hears no prices" for screen in silent)
        return not wrong

    await eventually(all_is_well, SETTLE_S, lambda: str(wrong))
