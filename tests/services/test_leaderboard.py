"""The leaderboard over real tables: SQL does what the domain defines, prizes are given once, nobody is given away."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from forex_elite import clock
from forex_elite.db import standings as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.leaderboard import (
    AccountClass,
    Day,
    Flow,
    Measure,
    Period,
    Worth,
    begins,
    ends,
    sum_up,
)
from forex_elite.errors import NotAllowed
from forex_elite.services import leaderboard, performance, standings
from tests.services.defined import days_of
from tests.world import Member, account_ids, pair

Database = psycopg.Connection[Any]
TODAY = datetime.now(UTC).date()


def actor(member: Member, role: Role = Role.USER) -> Actor:
    return Actor(user_id=UUID(member.id), role=role)


@pytest.fixture
def owner(database_url: str) -> Iterator[Database]:
    """The database as its owner, to give accounts a past."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
async def no_one_else(owner: Database, running: None) -> AsyncIterator[None]:
    """Boards of this test's people alone."""
    owner.execute("update leaderboard_profiles set is_shown = false")
    await standings.refresh()  # what other tests' accounts left to compute
    owner.execute("delete from leaderboard_entries")
    owner.execute("delete from leaderboard_boards")
    owner.execute("delete from leaderboard_prizes")
    yield
    owner.execute("delete from leaderboard_closings")
    owner.execute("delete from leaderboard_prizes")


async def take_part(member: Member, owner: Database, *, since: date, trade_mode: int = 2) -> UUID:
    """Enter with a verified account, counted from a day of the past on."""
    await pair(member, quoted=False, trade_mode=trade_mode, deals_sum=10_000)
    account_id = UUID((await account_ids(member))[0])
    await leaderboard.enter(actor(member), f"trader {secrets.token_hex(3)}", account_id)
    owner.execute("delete from account_rollups where account_id = %s", (account_id,))
    owner.execute("delete from account_snapshots where account_id = %s", (account_id,))
    owner.execute("update leaderboard_profiles set counted_from = %s where account_id = %s", (since, account_id))
    return account_id


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Past:
    """What an account went through, told to the database and to the domain alike."""

    def __init__(self, owner: Database, account_id: UUID, equity: Decimal = Decimal(10_000)) -> None:
        self.owner, self.account_id, self.equity = owner, account_id, equity
        row = owner.execute("select user_id from mt5_accounts where id = %s", (account_id,)).fetchone()
        assert row is not None
        self.user_id = row[0]
        self.closes: list[Worth] = []
        self.flows: list[Flow] = []
        self.seen: list[Worth] = []
        self.lows: dict[date, Decimal] = {}

    def day(self, day: date, close: Decimal, *, low: Decimal | None = None, trades: int = 0, held: int = -1) -> None:
        at = noon(day) + timedelta(hours=9)
        lowest = min(low if low is not None else close, close)
        self.closes.append(Worth(at, close))
        self.lows[day] = lowest
        self.owner.execute(
            "insert into account_rollups (account_id, step, at, user_id, first_at, last_at, balance, equity_open, "
            "equity_high, equity_low, equity_close, samples) values (%s, 'day', %s, %s, %s, %s, %s, %s, %s, %s, %s, 9)",
            (
                *(self.account_id, noon(day) - timedelta(hours=12), self.user_id, noon(day) - timedelta(hours=11)),
                *(at, close, self.equity, max(close, self.equity), lowest, close),
            ),
        )
        if trades:
            self.owner.execute(
                "insert into trade_days (account_id, day, user_id, trades, won, lost, profit, volume, held) "
                "values (%s, %s, %s, %s, %s, 0, 0, 1, %s)",
                (self.account_id, day, self.user_id, trades, trades, trades if held < 0 else held),
            )
        self.equity = close

    def move(self, at: datetime, amount: Decimal, *, worth_before: Decimal | None = None) -> None:
        self.flows.append(Flow(at, amount))
        self.owner.execute(
            "insert into balance_operations (id, user_id, account_id, ticket, kind, amount, comment, done_at, "
            "reported_at) values (gen_random_uuid(), %s, %s, %s, 'deposit', %s, '', %s, now())",
            (self.user_id, self.account_id, secrets.randbelow(10**12), amount, at),
        )
        if worth_before is not None:
            seen_at = at - timedelta(minutes=2)
            self.seen.append(Worth(seen_at, worth_before))
            self.owner.execute("select keep_partitions(%s)", (seen_at,))
            self.owner.execute(
                "insert into account_snapshots (account_id, at, user_id, balance, credit, equity, margin, margin_free) "
                "values (%s, %s, %s, %s, 0, %s, 0, 0)",
                (self.account_id, seen_at, self.user_id, worth_before, worth_before),
            )

    def days(self, start: date, end: date) -> list[Day]:
        """What the domain makes of it, for the days of a period."""
        return days_of(self.closes, self.flows, self.seen, self.lows, (start, end))


def entry(owner: Database, account_id: UUID, period: Period) -> dict[str, Any]:
    with owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        row = cursor.execute(
            "select * from leaderboard_entries where account_id = %s and period = %s and starts_on = %s",
            (account_id, period.value, begins(period, TODAY)),
        ).fetchone()
    assert row is not None
    return row


async def test_the_database_computes_what_the_domain_defines(alice: Member, owner: Database) -> None:
    chance = random.Random(20260301)
    account_id = await take_part(alice, owner, since=TODAY - timedelta(days=40))
    past = Past(owner, account_id)
    for ago in range(41, -1, -1):
        day = TODAY - timedelta(days=ago)
        start = past.equity
        if ago % 5 == 3:  # moved and valued before, twice on some days
            before = start * Decimal(repr(chance.uniform(0.9, 1.1))).quantize(Decimal("0.01"))
            amount = Decimal(chance.randrange(-2000, 4000))
            past.move(noon(day), amount, worth_before=before)
            start = before + amount
            if ago % 10 == 3:
                past.move(noon(day) + timedelta(hours=3), Decimal(250), worth_before=start)
                start += 250
        if ago % 7 == 2:  # moved where nobody looked
            amount = Decimal(chance.randrange(-500, 900))
            past.move(noon(day) + timedelta(hours=6), amount)
            start += amount
        close = (start * Decimal(repr(chance.uniform(0.93, 1.08)))).quantize(Decimal("0.01"))
        low = (start * Decimal(repr(chance.uniform(0.85, 1.0)))).quantize(Decimal("0.01"))
        past.day(day, close, low=low, trades=4)

    assert await standings.refresh() == 1

    for period in Period:
        first = max(begins(period, TODAY), TODAY - timedelta(days=40))
        expected = sum_up(past.days(first, ends(period, begins(period, TODAY))))
        found = entry(owner, account_id, period)
        assert float(found["return_pct"]) == pytest.approx(expected.return_pct, abs=1e-5), period
        assert float(found["drawdown_pct"]) == pytest.approx(expected.drawdown_pct, abs=1e-5), period
        assert float(found["risk_adjusted"]) == pytest.approx(expected.risk_adjusted, abs=1e-5), period
        assert found["profit"] == pytest.approx(expected.profit, abs=Decimal("0.001")), period
        assert found["reason"] == ("" if period is not Period.DAY or found["held"] >= 3 else "few-trades")


async def test_only_accounts_with_new_deals_are_computed_again(alice: Member, bob: Member, owner: Database) -> None:
    first = await take_part(alice, owner, since=TODAY - timedelta(days=3))
    second = await take_part(bob, owner, since=TODAY - timedelta(days=3))
    for account in (first, second):
        past = Past(owner, account)
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(10_100), trades=5)
    assert await standings.refresh() == 2
    assert await standings.refresh() == 0
    before = entry(owner, second, Period.DAY)["refreshed_at"]

    owner.execute("update trade_days set trades = trades + 1 where account_id = %s and day = %s", (first, TODAY))

    assert await standings.refresh() == 1
    assert entry(owner, first, Period.DAY)["trades"] == 6
    assert entry(owner, second, Period.DAY)["refreshed_at"] == before


async def test_what_a_failed_refresh_took_belongs_to_the_next(alice: Member, bob: Member, owner: Database) -> None:
    for member in (alice, bob):
        past = Past(owner, await take_part(member, owner, since=TODAY - timedelta(days=3)))
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(10_100), trades=5)
    owner.execute("revoke insert on leaderboard_boards from app")
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await standings.refresh()
    finally:
        owner.execute("grant insert on leaderboard_boards to app")
    assert (await shown(alice)).total == 0

    assert await standings.refresh() == 2
    assert (await shown(alice)).total == 2


async def test_a_refresh_waits_for_somebody_who_is_being_erased_and_they_not_for_it(
    alice: Member, bob: Member, owner: Database, database_url: str
) -> None:
    for member in (alice, bob):
        past = Past(owner, await take_part(member, owner, since=TODAY - timedelta(days=3)))
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(10_100), trades=5)
    await standings.refresh()
    owner.execute("update trade_days set trades = trades + 1 where day = %s", (TODAY,))
    until_somebody_waits = """
        do $$ begin
            while not exists (select from pg_stat_activity
                              where wait_event_type = 'Lock' and query ~ 'leaderboard') loop
                perform pg_sleep(0.01), pg_stat_clear_snapshot();
            end loop;
        end $$"""

    with psycopg.connect(database_url.replace("+psycopg", "")) as erasing:
        erasing.execute("set local lock_timeout = '5s'")
        erasing.execute("delete from leaderboard_profiles where user_id = %s", (bob.id,))
        refreshing = asyncio.create_task(standings.refresh())
        async with asyncio.timeout(10):
            await asyncio.to_thread(owner.execute, until_somebody_waits)
        for table in ("leaderboard_entries", "leaderboard_changes"):
            erasing.execute(f"delete from {table} where user_id = %s", (bob.id,))  # type: ignore[arg-type]
        erasing.commit()

    assert await refreshing == 2
    assert owner.execute("select 1 from leaderboard_entries where user_id = %s", (bob.id,)).fetchone() is None
    assert owner.execute("select 1 from leaderboard_changes").fetchone() is None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("update mt5_accounts set balance_difference = 12 where id = %(id)s", "unverified"),
        ("update mt5_accounts set deals_sum = null where id = %(id)s", "unverified"),
        (
            "insert into balance_operations (id, user_id, account_id, ticket, kind, amount, comment, done_at, "
            "reported_at) select gen_random_uuid(), user_id, id, 77, 'correction', 5, '', now(), now() "
            "from mt5_accounts where id = %(id)s",
            "unverified",
        ),
        ("update trade_days set trades = 2, held = 2 where account_id = %(id)s", "few-trades"),
        ("update trade_days set trades = 20, held = 5 where account_id = %(id)s", "quick-trades"),
    ],
)
async def test_who_may_not_be_ranked_has_no_place_and_is_told_why(
    alice: Member, owner: Database, spoil: str, reason: str
) -> None:
    account_id = await take_part(alice, owner, since=TODAY - timedelta(days=3))
    past = Past(owner, account_id)
    past.day(TODAY - timedelta(days=1), Decimal(10_000))
    past.day(TODAY, Decimal(10_100), trades=5)
    await standings.refresh()
    assert (await shown(alice)).own.rank == 1

    owner.execute(spoil, {"id": account_id})  # type: ignore[arg-type]
    assert await standings.refresh() == 1

    found = await shown(alice)
    assert (found.own.rank, found.own.reason) == (None, reason)
    assert found.items == ()
    assert found.total == 0


async def shown(member: Member, **values: Any) -> Any:
    wanted = {"kind": AccountClass.LIVE, "period": Period.DAY, "measure": Measure.RETURN, **values}
    return await leaderboard.board(actor(member), **wanted)


async def test_places_are_paged_in_order_and_ties_end_by_the_rule(
    alice: Member, bob: Member, charlie: Member, owner: Database
) -> None:
    for member, close in ((alice, 10_100), (bob, 10_300), (charlie, 10_100)):
        past = Past(owner, await take_part(member, owner, since=TODAY - timedelta(days=3)))
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(close), trades=6 if member is charlie else 5)
    await standings.refresh()

    first = await shown(alice, limit=2)
    second = await shown(alice, limit=2, cursor=first.next_cursor)

    names = [line.pseudonym for line in (*first.items, *second.items)]
    assert names == [(await shown(member)).own.pseudonym for member in (bob, charlie, alice)]
    assert [line.rank for line in (*first.items, *second.items)] == [1, 2, 3]
    assert (first.total, second.next_cursor, first.own.rank) == (3, None, 3)
    assert [line.is_own for line in second.items] == [True]


async def test_a_place_follows_its_board(alice: Member, bob: Member, owner: Database) -> None:
    for member, close in ((alice, 10_300), (bob, 10_100)):
        past = Past(owner, await take_part(member, owner, since=TODAY - timedelta(days=3)))
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(close), trades=5)
    await standings.refresh()
    assert [(await shown(member)).own.rank for member in (alice, bob)] == [1, 2]

    owner.execute(
        "update account_rollups set equity_close = 10900 where user_id = %s and at >= %s", (bob.id, noon(TODAY).date())
    )
    owner.execute("update trade_days set trades = trades + 1 where user_id = %s", (bob.id,))
    await standings.refresh()
    assert [(await shown(member)).own.rank for member in (alice, bob)] == [2, 1]

    await leaderboard.leave(actor(bob))
    assert (await shown(bob)).own is None
    assert (await shown(alice)).own.rank == 1


async def test_who_leaves_is_off_the_board_at_once_and_no_late_figure_brings_them_back(
    alice: Member, bob: Member, owner: Database
) -> None:
    accounts = []
    for member in (alice, bob):
        accounts.append(await take_part(member, owner, since=TODAY - timedelta(days=3)))
        past = Past(owner, accounts[-1])
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(10_100), trades=5)
    await standings.refresh()
    spans = standings.spans(TODAY)
    async with unit_of_work(service("leaderboard")) as uow:
        read = await queries.pasts(uow, accounts, spans)

    await leaderboard.leave(actor(bob))
    assert (await shown(alice)).total == 1
    async with unit_of_work(service("leaderboard")) as uow:
        await queries.store(uow, performance.entries(*read, spans), now=clock.now())

    found = await shown(alice)
    assert ([line.is_own for line in found.items], found.total) == ([True], 1)
    await standings.rebuild()
    assert (await shown(alice)).total == 1


async def test_live_and_demo_accounts_are_never_on_one_board(alice: Member, bob: Member, owner: Database) -> None:
    for member, mode in ((alice, 2), (bob, 0)):
        past = Past(owner, await take_part(member, owner, since=TODAY - timedelta(days=3), trade_mode=mode))
        past.day(TODAY - timedelta(days=1), Decimal(10_000))
        past.day(TODAY, Decimal(10_100), trades=5)
    await standings.refresh()

    live, demo = await shown(alice), await shown(alice, kind=AccountClass.DEMO)

    assert [line.is_own for line in live.items] == [True]
    assert [line.is_own for line in demo.items] == [False]
    assert demo.own is None


async def test_a_period_is_closed_once_and_its_prizes_are_kept_with_what_explains_them(
    alice: Member, bob: Member, first_user: Member, owner: Database
) -> None:
    admin = actor(first_user, Role.SUPER_ADMIN)
    yesterday = TODAY - timedelta(days=1)
    for member, close in ((alice, Decimal(10_500)), (bob, Decimal(10_200))):
        past = Past(owner, await take_part(member, owner, since=TODAY - timedelta(days=5)))
        past.day(TODAY - timedelta(days=2), Decimal(10_000))
        past.day(yesterday, close, trades=5)
    for rank, amount in ((1, 2500), (2, 1000), (3, 500)):
        await leaderboard.add_prize(
            admin,
            kind=AccountClass.LIVE,
            period=Period.DAY,
            measure=Measure.RETURN,
            rank=rank,
            amount=Decimal(amount),
            currency="usd",
        )

    outcomes = await asyncio.gather(*(standings.close(Period.DAY, yesterday) for _ in range(4)))

    assert sorted(outcomes) == [False, False, False, True]
    assert await standings.close(Period.DAY, yesterday) is False
    awards = [one for one in await leaderboard.list_awards(admin) if one.starts_on == yesterday]
    assert [(one.rank, one.amount, one.currency) for one in awards] == [(1, 2500, "USD"), (2, 1000, "USD")]
    assert awards[0].figures["return_pct"] == "5.000000"
    assert awards[0].figures["trades"] == "5"
    assert [one.rank for one in await leaderboard.list_awards(actor(alice))] == [1]
    told = (await first_user.get("/api/audit", action="leaderboard.prize.award", user_id=alice.id)).json()["items"]
    assert [(one["actor_role"], one["after"]["amount"]) for one in told] == [("service", "2500.0000")]

    owner.execute("update trade_days set trades = 50 where day = %s", (yesterday,))
    with pytest.raises(psycopg.Error, match="append only"):
        owner.execute("update leaderboard_results set rank = 7")
    assert [one for one in await leaderboard.list_awards(admin) if one.starts_on == yesterday] == awards


async def test_what_ended_while_the_server_slept_is_closed_afterwards(running: None, owner: Database) -> None:
    owner.execute("insert into leaderboard_closings values ('day', %s, now(), 0)", (TODAY - timedelta(days=4),))
    late = clock.now() + timedelta(hours=1) if clock.now().hour == 0 else clock.now()
    clock.shift(late - clock.now())
    try:
        await standings.close_ended()
    finally:
        clock.shift(timedelta(0))

    found = owner.execute("select starts_on from leaderboard_closings where period = 'day' order by 1").fetchall()
    assert [row[0] for row in found] == [TODAY - timedelta(days=ago) for ago in (4, 3, 2, 1)]


async def test_only_staff_promises_prizes(alice: Member) -> None:
    body = {"kind": "live", "period": "week", "measure": "return", "rank": 1, "amount": 10, "currency": "USD"}

    assert (await alice.post("/api/leaderboard/prizes", body)).status_code == 403
    assert (await alice.get("/api/leaderboard/prizes")).status_code == 403
    with pytest.raises(NotAllowed):
        await leaderboard.list_prizes(actor(alice, Role.IB))


async def test_nobody_behind_a_name_is_given_away(alice: Member, bob: Member, owner: Database) -> None:
    account_id = await take_part(alice, owner, since=TODAY - timedelta(days=3))
    past = Past(owner, account_id)
    past.day(TODAY - timedelta(days=1), Decimal(10_000))
    past.day(TODAY, Decimal(10_100), trades=5)
    await standings.refresh()

    answer = await bob.get("/api/leaderboard", period="day")

    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 1
    for secret in (alice.id, alice.email, str(account_id), "Alice"):
        assert secret not in answer.text
    assert (answer.json()["own"], answer.json()["profile"]["is_shown"]) == (None, False)


async def test_a_name_and_an_account_take_part_once_and_leaving_hides_at_once(
    alice: Member, bob: Member, owner: Database
) -> None:
    await pair(alice, quoted=False)
    await pair(bob, quoted=False)
    mine, theirs = (await account_ids(alice))[0], (await account_ids(bob))[0]
    name = f"Tide {secrets.token_hex(3)}"
    entered = await alice.client.put(
        "/api/leaderboard/me", headers=alice.headers, json={"pseudonym": name, "account_id": mine}
    )
    assert entered.status_code == 200, entered.text
    assert entered.json()["counted_from"] == (TODAY + timedelta(days=1)).isoformat()

    async def enter(member: Member, pseudonym: str, account: str) -> tuple[int, str]:
        answer = await member.client.put(
            "/api/leaderboard/me", headers=member.headers, json={"pseudonym": pseudonym, "account_id": account}
        )
        return answer.status_code, answer.json().get("code", "")

    assert await enter(bob, name.upper(), theirs) == (409, "pseudonym-taken")
    assert await enter(bob, "Another name", mine) == (404, "not-found")
    assert await enter(bob, "bob@example.com", theirs) == (422, "invalid-input")
    owner.execute(
        "update mt5_accounts set (login, server) = (select login, upper(server) from mt5_accounts where id = %s) "
        "where id = %s",
        (mine, theirs),
    )
    assert await enter(bob, "Another name", theirs) == (409, "account-entered")

    assert (await alice.delete("/api/leaderboard/me")).status_code == 204
    assert owner.execute("select 1 from leaderboard_entries where user_id = %s", (alice.id,)).fetchone() is None
    assert await enter(bob, "Another name", theirs) == (200, "")


async def test_coming_back_with_the_same_account_does_not_wipe_out_the_past(alice: Member, owner: Database) -> None:
    since = TODAY - timedelta(days=9)
    account_id = await take_part(alice, owner, since=since)

    await leaderboard.leave(actor(alice))
    again = await leaderboard.enter(actor(alice), "Somebody else", account_id)

    assert again.counted_from == since


async def test_deals_an_agent_reports_reach_the_board_and_are_counted_once(alice: Member, owner: Database) -> None:
    vps = await pair(alice, quoted=False, trade_mode=2, deals_sum=10_000)
    account_id = UUID((await account_ids(alice))[0])
    await leaderboard.enter(actor(alice), f"trader {secrets.token_hex(3)}", account_id)
    owner.execute("update leaderboard_profiles set counted_from = %s where account_id = %s", (TODAY, account_id))
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)

    def deal(ticket: int, held_s: int) -> dict[str, Any]:
        times = {"open_time": midnight.isoformat(), "close_time": (midnight + timedelta(seconds=held_s)).isoformat()}
        prices = {"open_price": 1.1, "close_price": 1.2, "profit": 5}
        return {"ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.5, **prices, **times}

    body = {
        "login": vps.logins[0],
        "server": vps.server,
        "closed": [deal(n, 59 + n) for n in range(1, 5)] + [deal(9, 59)],
    }
    for _ in range(2):
        assert (await vps.post("trades", body)).json()["stored"] == 5

    assert await standings.refresh() == 1
    found = entry(owner, account_id, Period.DAY)
    assert (found["trades"], found["won"], found["held"], found["reason"]) == (5, 5, 4, "")
    assert (await shown(alice)).own.rank == 1
