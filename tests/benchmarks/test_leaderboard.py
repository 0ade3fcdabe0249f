"""The leaderboard: a refresh after five minutes of new deals, a full rebuild, and a page.

`LEADERBOARD_SCALE=1` is full size: 100,000 people and 10 million deals, which takes minutes to make; without it a
hundredth of that is measured, and the figures say so.
"""

from __future__ import annotations

import os
import time
from uuid import UUID

import psycopg
import pytest

from forex_elite.db import engine
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.leaderboard import AccountClass, Measure, Period
from forex_elite.services import leaderboard, standings
from tests.benchmarks.conftest import Bench, Table
from tests.benchmarks.measure import milliseconds

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

SCALE = float(os.environ.get("LEADERBOARD_SCALE", "0.01"))
PEOPLE = max(100, round(100_000 * SCALE))
DEALS = PEOPLE * 100
DAYS = 90
NEW_DEALS = max(20, round(DEALS / DAYS / 288))
"""Deals of five minutes, at the average pace."""
PACES = (1, 3)
"""So many times the average pace."""
PAGES = 60

FILL = (
    "set session_replication_role = replica",
    "set synchronous_commit = off",
    "set work_mem = '256MB'",
    # made as people and accounts are: one account each, verified, live
    "insert into users (id, email, display_name, role, is_active, created_at) "
    "select uuidv7(), 'bench' || n || '@example.com', 'Bench ' || n, 'user', true, now() from "
    "generate_series(1, {people}) n",
    "insert into mt5_accounts select r.* from mt5_accounts t, (select id, row_number() over () as n from users "
    "where email ~ '^bench[0-9]+@') u, lateral jsonb_populate_record(t, jsonb_build_object('id', uuidv7(), "
    "'user_id', u.id, 'login', 1000000 + u.n, 'trade_mode', 2, 'deals_sum', 10000, 'balance_difference', null, "
    "'kind', 'mt5')) r where t.id = (select id from mt5_accounts limit 1)",
    "create temp table entrant as select a.id, a.user_id, a.login, a.server, row_number() over (order by a.login) as n "
    "from mt5_accounts a where a.login > 1000000",
    "create index on entrant (n)",
    # deals: each account trades on a third of the days; the trades' own indexes come afterwards
    "create temp table index_to_make as select indexdef from pg_indexes where tablename = 'trades' and "
    "indexname like 'ix%'",
    "do $$ declare one record; begin for one in select indexname from pg_indexes where tablename = 'trades' "
    "and indexname "
    "like 'ix%' loop execute 'drop index ' || one.indexname; end loop; end $$",
    "insert into trades (id, user_id, account_id, ticket, symbol, side, volume, open_price, open_time, sl, tp, "
    "current_price, close_price, close_time, profit, swap, commission, magic, comment, is_closed, reported_at) "
    "select uuidv7(), e.user_id, e.id, d, 'EURUSD', 'buy', 0.1, 1.1, at - interval '20 minutes', 0, 0, 1.1, 1.1, at, "
    "(hashint8(d * 31) % 1000) / 10.0, 0, 0, 0, '', true, at from generate_series(1, {deals}) d "
    "join entrant e on e.n = 1 + d % {people}, lateral (select date_trunc('day', now(), 'UTC') "
    "- ((d / {people}) % 30 * 3 + e.n % 3) * interval '1 day' + (d % 86400) * interval '0.9 second' as at) t",
    "insert into trade_days (account_id, day, user_id, trades, won, lost, profit, volume, held) "
    "select account_id, (close_time at time zone 'UTC')::date, min(user_id::text)::uuid, count(*), "
    "count(*) filter (where profit > 0), count(*) filter (where profit < 0), sum(profit), sum(volume), count(*) "
    "from trades where close_price is not null group by 1, 2",
    "insert into account_rollups (account_id, step, at, user_id, first_at, last_at, balance, equity_open, equity_high, "
    "equity_low, equity_close, samples) select e.id, 'day', at, e.user_id, at, at + interval '23 hours', q, "
    "q, q * 1.01, "
    "q * 0.99, q * (1 + (hashint8(e.n * 97 + d) % 200) / 10000.0), 2880 from entrant e, generate_series(0, {days}) d, "
    "lateral (select date_trunc('day', now(), 'UTC') - d * interval '1 day' as at, "
    "10000 + hashint8(e.n * 31 + d) % 300 as q) v",
    "insert into balance_operations (id, user_id, account_id, ticket, kind, amount, comment, done_at, reported_at) "
    "select uuidv7(), user_id, id, k, 'deposit', 500, '', now() - k * interval '20 days' - interval '1 day', now() "
    "from entrant, generate_series(1, 3) k",
    "insert into leaderboard_profiles (user_id, pseudonym, account_id, login, server, is_shown, entered_at, "
    "counted_from) "
    "select user_id, 'bench ' || n, id, login, server, true, now() - n * interval '1 second', current_date - {days} "
    "from entrant",
    "set session_replication_role = origin",
    "do $$ declare one record; begin for one in select indexdef from index_to_make loop execute one.indexdef; "
    "end loop; "
    "end $$",
    "vacuum analyze",
    "checkpoint",
)
CLOSE = (
    "update trade_days set trades = trades + 1, held = held + 1 where (account_id, day) in (select "
    "account_id, day from "
    "trade_days where day > current_date - 3 order by hashtext(account_id::text || %s) limit %s)"
)


async def test_the_leaderboard_keeps_up(bench: Bench, table: Table) -> None:
    await bench.agents(1)
    async with await psycopg.AsyncConnection.connect(bench.owner_address, autocommit=True) as connection:
        for statement in FILL:
            await connection.execute(statement.format(people=PEOPLE, deals=DEALS, days=DAYS).encode())
        people = await bench.value("select count(*) from leaderboard_profiles")
        deals = await bench.value("select count(*) from trades where is_closed")
        assert (people, deals) == (PEOPLE, DEALS)
        scale = f"{people:,} people, {deals / 1e6:g} million deals, {DAYS} days"
        await engine.connect(engine.app_url(bench.owner_address, bench.environment["SECRET_KEY"]), pool_size=4)

        began = time.perf_counter()
        assert await standings.rebuild() == people
        table.add(
            f"leaderboard, all standings anew ({scale})", f"{time.perf_counter() - began:.1f} s", "≤ 60 s at full size"
        )
        await connection.execute("vacuum analyze leaderboard_entries")

        for pace in PACES:
            took, touched = [], []
            for attempt in range(5):
                await connection.execute(CLOSE, (f"{pace} {attempt}", NEW_DEALS * pace))
                began = time.perf_counter()
                touched.append(await standings.refresh())
                took.append(time.perf_counter() - began)
            assert min(touched) > 0.9 * min(NEW_DEALS * pace, people)
            words = f"leaderboard, refresh after {NEW_DEALS * pace:,} new deals of {max(touched):,} accounts ({scale})"
            table.add(words, milliseconds(took), "≤ 1 s")

    ranked = await bench.value("select ranked from leaderboard_boards where period = 'all'")
    last = await bench.value(
        "select user_id from leaderboard_entries where reason = '' and period = 'all' order by return_pct limit 1"
    )
    board = {"kind": AccountClass.LIVE, "period": Period.ALL}
    for who, user_id in (("a stranger", UUID(bench.trader.id)), ("the last of all", last)):
        times = []
        for _ in range(PAGES):
            began = time.perf_counter()
            found = await leaderboard.board(Actor(user_id, Role.USER), measure=Measure.RETURN, **board)
            times.append(time.perf_counter() - began)
        assert len(found.items) == leaderboard.PAGE
        assert (found.own.rank if found.own else None) == (ranked if user_id == last else None)
        table.add(f"leaderboard, a page for {who} ({ranked:,} ranked)", milliseconds(times), "≤ 20 ms")
    await engine.disconnect()
