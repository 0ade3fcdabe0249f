"""Minutes of everything at once on many accounts: `make chaos`.

`CHAOS_S` (300 seconds), `CHAOS_ACCOUNTS` (20) and `CHAOS_SEED` may be set in the environment.
"""

from __future__ import annotations

import os
import random
import sys

import pytest

from tests.faults.desk import Desk
from tests.faults.processes import ServerProcess
from tests.faults.storm import Storm
from tests.world import account_ids

CHAOS_S = float(os.environ.get("CHAOS_S", "300"))
SEED = int(os.environ.get("CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
ACCOUNTS = int(os.environ.get("CHAOS_ACCOUNTS", "20"))
EACH = 5
BLOWS = {"terminal": 70, "answer": 18, "agent": 4, "supervisor": 4, "server": 4}


@pytest.mark.chaos
@pytest.mark.timeout(CHAOS_S + 900)
async def test_minutes_of_chaos_double_no_order_and_lose_no_report(server: ServerProcess, desk: Desk) -> None:
    await desk.open(accounts=ACCOUNTS)
    server.rows("update mt5_accounts set is_enabled_for_trading = true where user_id = %s", desk.member.id)
    accounts = await account_ids(desk.member)
    strategies = [
        await desk.make_strategy(name=f"Group {first // EACH}", account_ids=accounts[first : first + EACH])
        for first in range(0, ACCOUNTS, EACH)
    ]
    storm = Storm(desk, server, random.Random(SEED), BLOWS, alert_every_s=0.5, blow_every_s=(0.8, 3.0))

    await storm.rage(CHAOS_S, strategies, ["buy", "sell", "buy", "close"])
    await storm.settle(300)

    ended = storm.judge()
    deals = sum(len(desk.agent.books(login).deals) - 1 for login in desk.agent.logins)
    sys.stdout.write(
        f"\nchaos of {CHAOS_S:.0f} s, seed {SEED}: {storm.alerts} alerts, jobs {dict(ended)}, {deals} deals at the "
        f"broker, blows {dict(storm.hits)}\n"
    )
    assert ended["completed"] > 0
