"""The audit log and the reports: appending, verifying, and a month of 100,000 trades."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from forex_elite.db import engine
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.compliance import Month
from forex_elite.domain.identity import Actor, Role
from forex_elite.services import audit
from forex_elite.services.compliance import execution, trading, transactions
from forex_elite.services.compliance.work import Wanted, Work
from tests.benchmarks.conftest import Bench, Table
from tests.benchmarks.measure import milliseconds
from tests.world import pair

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

PEOPLE, RECORDS, APPENDS, TRADES = 20, 200_000, 300, 100_000
NOW = datetime.now(UTC)
MONTH = Month(NOW.year, NOW.month)
AUDITED = """
insert into audit_log (id, at, user_id, seq, actor_id, actor_role, action, subject_kind, subject_id, address,
                       user_agent, before, after, previous_hash, hash)
select uuidv7(), clock_timestamp(), p.id, 0, p.id, 'user', 'strategies.change', 'strategy', n::text, '192.0.2.1',
       'Mozilla/5.0 (X11; Linux x86_64)', '{"name": "Momentum", "max_lots": "1.0"}',
       '{"name": "Momentum 2", "max_lots": "0.5"}', '', ''
from generate_series(%(first)s::int, %(first)s::int + %(count)s::int - 1) n
     cross join lateral (select md5('audited ' || n %% %(people)s::int)::uuid as id) p
"""
AT_ONCE = 1000
"""Records in one transaction: a chain's end is a row that each of them changes, and its versions pile up till then."""
TRADED = """
insert into trades (id, user_id, account_id, ticket, symbol, side, volume, open_price, open_time, sl, tp, current_price,
    close_price, close_time, profit, swap, commission, magic, comment, is_closed, reported_at)
select uuidv7(), a.user_id, a.id, n, (array['EURUSD','XAUUSD','GBPUSD','USDJPY','US30'])[1 + n %% 5],
    case n %% 2 when 0 then 'buy' else 'sell' end, 0.1, 1.1, %(since)s + n * %(step)s, 0, 0, 1.101, 1.102,
    %(since)s + n * %(step)s, sin(n) * 50 + 1, -0.2, -0.7, n %% 7, 'bench', true, now()
from generate_series(1, %(count)s) n cross join (select id, user_id from mt5_accounts limit 1) a
"""
ORDERED = """
insert into orders (id, user_id, account_id, client_order_id, action, symbol, side, order_type, volume_lots,
    requested_price, fill_price, filled_lots, broker_order_id, status, reason_code, reason, requested_at, gated_at,
    queued_at, sent_at, filled_at, reported_at, checks)
select uuidv7(), a.user_id, a.id, uuidv7(), 'open', 'EURUSD', case n %% 2 when 0 then 'buy' else 'sell' end, 'market',
    0.1, 1.1, 1.1 + sin(n) / 10000, 0.1, n::text, 'executed', '', '', t.at, t.at + interval '2 ms',
    t.at + interval '4 ms', t.at + interval '20 ms', t.at + interval '60 ms', t.at + interval '80 ms', '[]'
from generate_series(1, %(count)s) n cross join (select id, user_id from mt5_accounts limit 1) a
cross join lateral (select %(since)s + n * %(step)s as at) t
"""


@pytest.fixture
async def connected(bench: Bench) -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
    """The owner's connection; this process has the application's pool."""
    await engine.connect(engine.app_url(bench.owner_address, bench.environment["SECRET_KEY"]), pool_size=4)
    async with await psycopg.AsyncConnection.connect(bench.owner_address, autocommit=True) as owner:
        await owner.execute("select set_config('app.role', 'service', false)")
        yield owner
    await engine.disconnect()


async def test_the_audit_log_is_quick(
    bench: Bench, connected: psycopg.AsyncConnection[tuple[object, ...]], table: Table
) -> None:
    await connected.execute("set synchronous_commit = off")
    for first in range(0, RECORDS, AT_ONCE):
        await connected.execute(AUDITED, {"first": first, "count": AT_ONCE, "people": PEOPLE})
    await connected.execute("vacuum analyze audit_log")
    started = time.perf_counter()
    found = await audit.verify()
    took = time.perf_counter() - started
    assert found.broken == ()
    assert found.records >= RECORDS
    table.add(
        f"audit verification of {found.records:,} records", f"{found.records / took:,.0f} rows/s", "100,000 rows/s"
    )

    actor = Actor(user_id=UUID(bench.trader.id), role=Role.USER)
    times, with_commit = [], []
    for _ in range(APPENDS):
        began = time.perf_counter()
        async with unit_of_work(actor) as uow:
            await audit.record(uow, actor, "strategies.change", before={"name": "a"}, after={"name": "b"})
            times.append(time.perf_counter() - began)
        with_commit.append(time.perf_counter() - began)
    table.add("audit append, within its transaction", milliseconds(times), "p50 1 ms")
    table.add("the same with the transaction's begin and durable commit", milliseconds(with_commit), "")


async def test_a_month_of_many_trades_is_reported_quickly(
    bench: Bench, connected: psycopg.AsyncConnection[tuple[object, ...]], table: Table
) -> None:
    await pair(bench.trader)
    values = {"since": MONTH.since, "step": (MONTH.until - MONTH.since) / (TRADES + 1), "count": TRADES}
    for statement in (TRADED, ORDERED):
        await connected.execute(statement, values)
    await connected.execute("vacuum analyze trades, orders")
    asked: tuple[tuple[str, str, Callable[[Work], AsyncIterator[bytes]]], ...] = (
        ("monthly trading report", "pdf", trading.make),
        ("monthly trading report", "csv", trading.make),
        ("best execution report", "pdf", execution.make),
        ("best execution report", "csv", execution.make),
        ("RTS 22 transactions", "csv", transactions.make),
    )
    for what, file_format, make in asked:
        size = 0
        started = time.perf_counter()
        async for part in make(_work(bench, file_format)):
            size += len(part)
        took = time.perf_counter() - started
        assert size > 2000
        table.add(f"{what}, {TRADES:,} trades, {file_format} ({size / 2**20:.1f} MiB)", f"{took:.2f} s", "5 s")


def _work(bench: Bench, file_format: str) -> Work:
    async def progress(_: int) -> None:
        return

    return Work(Actor(user_id=UUID(bench.trader.id), role=Role.USER), file_format, Wanted(MONTH, None), progress)
