"""Fifty accounts, five hundred open positions and a long history: every list tells each of them, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from forex_elite.domain.identity import Actor, Role
from forex_elite.services import overview, positions
from tests.world import Member, pair

ACCOUNTS, OPEN, CLOSED = 50, 500, 3_000
SEED = """
insert into trades (id, user_id, account_id, ticket, symbol, side, volume, open_price, open_time, sl, tp, current_price,
    close_price, close_time, profit, swap, commission, magic, comment, is_closed, reported_at)
select uuidv7(), a.user_id, a.id, n, (array['EURUSD','XAUUSD','GBPUSD'])[1 + n %% 3],
    case n %% 2 when 0 then 'buy' else 'sell' end, 0.1, 1.1, now() - (n / 3) * interval '13 minutes', 0, 0, 1.101,
    case when n > %(open)s then 1.102 end, case when n > %(open)s then now() - (n / 3) * interval '7 minutes' end,
    n %% 101 - 50, -0.2, -0.7, n %% 3, '', n > %(open)s, now()
from generate_series(1, %(open)s + %(closed)s) n
join (select id, user_id, row_number() over (order by id) - 1 as place from mt5_accounts where user_id = %(user)s) a
  on a.place = n %% %(accounts)s
"""


async def all_pages(member: Member, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await member.get("/api/trades", limit=200, **asked, **cursor)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_a_large_book_is_told_whole_and_each_position_once(alice: Member, database_url: str) -> None:
    await pair(alice, accounts=ACCOUNTS, quoted=False)
    told = {"open": OPEN, "closed": CLOSED, "accounts": ACCOUNTS, "user": alice.id}
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(SEED, told)
        connection.execute("analyze trades")

    held = await all_pages(alice, open=True)
    assert sorted(row["ticket"] for row in held) == list(range(1, OPEN + 1))
    closed = await all_pages(alice, open=False)
    assert len(closed) == len({row["ticket"] for row in closed}) == CLOSED
    times = [row["close_time"] for row in closed]
    assert times == sorted(times, reverse=True), "several closed at one instant lose nobody at the edge of a page"
    of_gold = await all_pages(alice, open=False, symbol="XAUUSD", result="win")
    assert {row["ticket"] for row in of_gold} == {
        row["ticket"]
        for row in closed
        if row["symbol"] == "XAUUSD" and row["profit"] + row["swap"] + row["commission"] > 0
    }

    accounts = (await alice.get("/api/user/mt5-accounts")).json()
    assert (len(accounts["accounts"]), accounts["enabled_count"]) == (ACCOUNTS, 5)
    assert sum(row["open_positions"] for row in accounts["accounts"]) == OPEN
    total = (await alice.get("/api/analytics")).json()["items"][0]["total"]
    net = sum(row["profit"] + row["swap"] + row["commission"] for row in closed)
    assert total["trades"] == CLOSED
    assert abs(total["net"] - net) < 0.01
    exported = (await alice.get("/api/trades/export.csv")).text
    assert exported.count("\r\n") == CLOSED + 1

    actor = Actor(user_id=UUID(alice.id), role=Role.USER)
    assert sum(group.count for group in await positions.floating(actor)) == OPEN
    assert len(await positions.list_matching(actor)) == OPEN
    seen = await overview.load(actor)
    assert (len(seen.accounts), len(seen.positions)) == (ACCOUNTS, OPEN)
