"""Figures over time at full size: 100 accounts, 30 days of snapshots every 30 s, a quote a second of one symbol."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import psycopg
import pytest

from forex_elite.db import engine
from forex_elite.domain.identity import Actor, Role
from forex_elite.services import series
from tests.benchmarks.conftest import Bench, Table
from tests.benchmarks.measure import percentile
from tests.world import account_ids

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ACCOUNTS, DAYS, TIMES = 100, 30, 60

FILL = (
    "select keep_partitions(now() - interval '31 days')",
    "set session_replication_role = replica",
    "insert into mt5_accounts select r.* from mt5_accounts t, generate_series(2, {accounts}) n, lateral "
    "jsonb_populate_record(t, jsonb_build_object('id', uuidv7(), 'login', 900000 + n)) r",
    "insert into account_snapshots (account_id, at, user_id, balance, credit, equity, margin, margin_free) "
    "select a.id, at, a.user_id, 10000, 0, 10000 + 500 * sin(extract(epoch from at) / 9000), 0, 10000 "
    "from mt5_accounts a, generate_series(date_bin('30 seconds', now() - interval '{days} days', '2000-01-01+00'), "
    "now() - interval '1 minute', interval '30 seconds') at on conflict do nothing",
    "insert into account_rollups (account_id, step, at, user_id, first_at, last_at, balance, equity_open, equity_high, "
    "equity_low, equity_close, samples) "
    "select a.id, s.step, at, a.user_id, at, at, 10000, 10000, 10100, 9900, 10050, 1 "
    "from mt5_accounts a, (values ('10min', '10 minutes'), ('hour', '1 hour'), ('day', '1 day')) s (step, width), "
    "generate_series(date_bin(s.width::interval, now() - interval '{days} days', '2000-01-01+00'), now(), "
    "s.width::interval) at on conflict do nothing",
    "insert into trade_days (account_id, day, user_id, trades, won, lost, profit, volume) "
    "select a.id, current_date - n, a.user_id, 10, 6, 4, 12.5, 1 from mt5_accounts a, generate_series(0, {days}) n",
    "insert into broker_quotes (agent_id, symbol, at, user_id, bid, ask) "
    "select g.id, 'EURUSD', at, g.user_id, 1.1 + sin(extract(epoch from at) / 3000) / 100, 1.2 from mt5_agents g, "
    "generate_series(date_trunc('second', now()) - interval '3 days', now(), interval '1 second') at "
    "on conflict do nothing",
    "insert into quote_bars (agent_id, symbol, step_s, at, user_id, open, high, low, close, samples) "
    "select g.id, 'EURUSD', s.step, at, g.user_id, 1.1, 1.2, 1.0, 1.15, s.step from mt5_agents g, "
    "(values (60), (3600)) s (step), generate_series(date_bin(make_interval(secs => s.step), "
    "now() - interval '3 days', '2000-01-01+00'), now(), make_interval(secs => s.step)) at on conflict do nothing",
    "set session_replication_role = origin",
    "vacuum analyze",
)


async def test_figures_over_time(bench: Bench, table: Table) -> None:
    await bench.agents(1)
    async with await psycopg.AsyncConnection.connect(bench.owner_address, autocommit=True) as connection:
        for statement in FILL:
            await connection.execute(statement.format(accounts=ACCOUNTS, days=DAYS))  # type: ignore[arg-type]
        await connection.execute("checkpoint")
    rows = await bench.value("select count(*) from account_snapshots")
    assert rows >= ACCOUNTS * DAYS * 2880 * 0.99
    account = UUID((await account_ids(bench.trader))[-1])
    actor = Actor(user_id=UUID(bench.trader.id), role=Role.USER)
    await engine.connect(engine.app_url(bench.owner_address, bench.environment["SECRET_KEY"]), pool_size=2)
    asks: dict[str, tuple[str, Any]] = {
        "24 h balance series": ("≤ 4 ms", lambda: series.balance(actor, account, 24)),
        "30 days of balance by the hour": ("", lambda: series.balance(actor, account, 24 * DAYS)),
        f"Weekly P&L over {ACCOUNTS} accounts": ("≤ 12 ms", lambda: series.day_results(actor, 7)),
        "OHLC of a day in 5-minute bars from quotes": ("≤ 8 ms", lambda: series.bars(actor, "EURUSD", minutes=5)),
    }
    assert len((await series.balance(actor, account, 24)).points) >= 143
    assert len(await series.day_results(actor, 7)) == 7
    assert len(await series.bars(actor, "EURUSD", minutes=5)) >= 280
    for what, (target, ask) in asks.items():
        times = []
        for _ in range(TIMES):
            began = time.perf_counter()
            await ask()
            times.append(time.perf_counter() - began)
        p50, best, p95 = (percentile(times, share) * 1000 for share in (0.5, 0.0, 0.95))
        table.add(
            f"{what} ({rows / 1e6:.1f} million snapshots)",
            f"p50 {p50:.1f} · best {best:.1f} · p95 {p95:.1f} ms (n {TIMES})",
            target,
        )
    await engine.disconnect()
