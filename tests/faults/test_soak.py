"""Twenty seconds of everything at once, on three accounts; `test_chaos.py` is the long form."""

from __future__ import annotations

import random

import pytest

from tests.faults.desk import Desk
from tests.faults.processes import ServerProcess
from tests.faults.storm import Storm
from tests.world import account_ids

SEED = 20261121
SOAK_S = 20.0
BLOWS = {"terminal": 5, "answer": 2, "agent": 1, "supervisor": 1, "server": 1}


@pytest.mark.timeout(300)
async def test_whatever_is_killed_the_books_hold_what_the_signals_say(server: ServerProcess, desk: Desk) -> None:
    await desk.open(accounts=3)
    accounts = await account_ids(desk.member)
    strategies = [
        desk.strategy,
        await desk.make_strategy(name="One account", account_ids=accounts[:1]),
        await desk.make_strategy(name="Two accounts", account_ids=accounts[1:]),
    ]
    storm = Storm(desk, server, random.Random(SEED), BLOWS, alert_every_s=0.25, blow_every_s=(0.8, 2.5))

    await storm.rage(SOAK_S, strategies, ["buy", "sell", "buy", "close"])
    await storm.settle(100)

    assert storm.judge()["completed"] > 0
