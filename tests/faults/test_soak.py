"""Half a minute of everything at once: alerts for three accounts while agent, terminals and server are killed.

Afterwards the broker's books are the judge: as many positions as signals told executed, and nothing left open.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from contextlib import suppress
from typing import Any

import httpx
import psutil
import pytest

from tests.faults.desk import Desk, buy
from tests.faults.processes import ServerProcess, eventually

SEED = 20261121
SOAK_S = 25.0
ALERT_EVERY_S = 0.25
BLOW_EVERY_S = (0.8, 3.0)


async def deliver(desk: Desk, strategy: dict[str, Any], body: dict[str, Any]) -> None:
    """Send an alert until somebody says it was taken, as an alert's sender with patience would."""
    while True:
        with suppress(httpx.TransportError):
            answer = await desk.alert(body, strategy)
            if answer.status_code == 200:
                return
            assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.2)


async def strike(desk: Desk, server: ServerProcess, dice: random.Random, until: float) -> list[str]:
    """Kill what the dice say until the time is over; what was hit."""
    blows = ["terminal", "agent", "terminal", "answer", "agent", "terminal"]
    hits: list[str] = []
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(*BLOW_EVERY_S))
        blow = "server" if len(hits) == 4 else dice.choice(blows)
        hits.append(blow)
        match blow:
            case "server":
                server.kill()
                await server.restart()
            case "agent":
                desk.agent.signal(signal.SIGKILL)
                await desk.agent.died()
                await desk.agent.start()
            case "terminal":
                with suppress(psutil.NoSuchProcess):
                    for child in desk.agent.children()[: dice.randint(1, 3)]:
                        child.kill()
            case "answer":
                server.wire.cut(dice.choice(["/jobs/next", "/result", "/jobs/unsettled"]))
    return hits


@pytest.mark.timeout(300)
async def test_whatever_is_killed_the_books_hold_what_the_signals_say(server: ServerProcess, desk: Desk) -> None:
    await desk.open(accounts=3)
    accounts = [row["id"] for row in (await desk.member.get("/api/user/mt5-accounts")).json()["accounts"]]
    strategies = [
        desk.strategy,
        await desk.make_strategy(name="One account", account_ids=accounts[:1]),
        await desk.make_strategy(name="Two accounts", account_ids=accounts[1:]),
    ]
    dice = random.Random(SEED)
    until = time.monotonic() + SOAK_S
    striking = asyncio.create_task(strike(desk, server, dice, until))

    sending = []
    while time.monotonic() < until:
        side = dice.choice(["buy", "sell"])
        sending.append(asyncio.create_task(deliver(desk, dice.choice(strategies), buy(action=side))))
        await asyncio.sleep(ALERT_EVERY_S)
    hits = await striking
    await asyncio.gather(*sending)
    assert {"server", "agent", "terminal"} <= set(hits)

    async def all_told() -> bool:
        return not [one for one in desk.executions() if one["status"] in {"pending", "unknown"}]

    await eventually(all_told, 100, lambda: str([one for one in desk.executions() if one["status"] == "unknown"]))
    assert server.rows("select 1 from tv_signals where user_id = %s and status = 'unknown'", desk.member.id) == []
    assert {job["status"] for job in desk.jobs()} <= {"completed", "failed", "expired"}
    for login in desk.agent.logins:
        compare(desk, login)


def compare(desk: Desk, login: int) -> None:
    """The account's books, its journal and its executions tell one story."""
    entries = desk.entries(login)
    told = desk.server.rows(
        "select e.*, j.id as job from signal_executions e join mt5_accounts a on a.id = e.account_id "
        "left join jobs j on j.id = e.job_id where a.login = %s",
        login,
    )
    executed = [one for one in told if one["status"] == "executed"]
    assert executed, {one["status"] for one in told}
    assert sorted(one["broker_order_id"] for one in executed) == sorted(str(entry.order) for entry in entries)
    assert len({entry.comment for entry in entries}) == len(entries), "an order's tag came twice"
    journal = {entry["id"]: entry["status"] for entry in desk.agent.journalled(login)}
    assert {str(one["job"]) for one in executed} == {job for job, status in journal.items() if status == "completed"}
