"""A trader with 50 accounts, 500 open positions and 100,000 closed trades: pages, sums and the file."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import httpx
import psycopg
import pytest

from tests.benchmarks.conftest import Bench, Table
from tests.benchmarks.measure import milliseconds
from tests.world import pair

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ACCOUNTS, OPEN, CLOSED = 50, 500, 100_000
SEED = """
insert into trades (id, user_id, account_id, ticket, symbol, side, volume, open_price, open_time, sl, tp, current_price,
    close_price, close_time, profit, swap, commission, magic, comment, is_closed, reported_at)
select uuidv7(), a.user_id, a.id, n, (array['EURUSD','XAUUSD','GBPUSD','USDJPY','US30'])[1 + n % 5],
    case n % 2 when 0 then 'buy' else 'sell' end, 0.1, 1.1, now() - n * interval '13 minutes' - interval '1 hour', 0, 0,
    1.101, case when n > {open} then 1.102 end, case when n > {open} then now() - n * interval '13 minutes' end,
    sin(n) * 50 + 1, -0.2, -0.7, n % 7, 'bench', n > {open}, now()
from generate_series(1, {open} + {closed}) n
join (select id, user_id, row_number() over (order by id) - 1 as place from mt5_accounts) a on a.place = n % {accounts}
"""


async def timed(ask: Callable[[], Awaitable[httpx.Response]], times: int) -> list[float]:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        answer = await ask()
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.text[:300]
    return took


async def test_a_long_history_is_quick(bench: Bench, table: Table) -> None:
    await pair(bench.trader, accounts=ACCOUNTS)
    async with await psycopg.AsyncConnection.connect(bench.owner_address, autocommit=True) as connection:
        await connection.execute(SEED.format(open=OPEN, closed=CLOSED, accounts=ACCOUNTS).encode())
        await connection.execute("vacuum analyze trades")
    trader = bench.trader

    first = await timed(lambda: trader.get("/api/trades", open=False, limit=50), 60)
    table.add(f"history, a page of {CLOSED:,} trades", milliseconds(first), "p50 20 ms")
    filtered = await timed(lambda: trader.get("/api/trades", open=False, limit=50, symbol="XAUUSD", result="loss"), 60)
    table.add("history, a page by symbol and result", milliseconds(filtered), "p50 20 ms")
    deep = (await trader.get("/api/trades", open=False, limit=200)).json()["next_cursor"]
    for _ in range(20):
        deep = (await trader.get("/api/trades", open=False, limit=200, cursor=deep)).json()["next_cursor"]
    table.add(
        "history, a page 4,000 trades down",
        milliseconds(await timed(lambda: trader.get("/api/trades", open=False, limit=50, cursor=deep), 60)),
        "p50 20 ms",
    )
    table.add(
        f"open positions, a page of {OPEN}",
        milliseconds(await timed(lambda: trader.get("/api/trades", open=True, limit=50), 60)),
        "p50 20 ms",
    )
    started = time.perf_counter()
    assert (await trader.get("/api/analytics")).status_code == 200
    table.add("analytics, the first question (imports pandas)", f"{time.perf_counter() - started:.2f} s", "")
    table.add(
        f"analytics of {CLOSED:,} trades",
        milliseconds(await timed(lambda: trader.get("/api/analytics"), 10)),
        "p50 1 s",
    )
    started, size = time.perf_counter(), 0
    async with trader.client.stream("GET", "/api/trades/export.csv", headers=trader.headers) as answer:
        async for chunk in answer.aiter_bytes():
            size += chunk.count(b"\r\n")
    assert size == CLOSED + 1
    table.add(f"CSV of {CLOSED:,} trades", f"{time.perf_counter() - started:.2f} s", "5 s")
