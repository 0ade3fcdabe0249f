"""What agents report is kept over time, checked and summed up; and everybody sees only their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from forex_elite import clock
from forex_elite.db import series
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.services import quotes, upkeep
from tests.world import Member, Vps, account_ids, pair

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def trade(ticket: int, **changes: Any) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "symbol": "EURUSD",
        "side": "buy",
        "volume": 0.5,
        "open_price": 1.1,
        "open_time": OPENED.isoformat(),
        **changes,
    }


def closed(ticket: int, profit: float, day: int = 2, **changes: Any) -> dict[str, Any]:
    at = OPENED.replace(day=day, hour=15)
    return trade(ticket, close_price=1.2, close_time=at.isoformat(), profit=profit, **changes)


async def report(vps: Vps, login: int, **body: Any) -> dict[str, Any]:
    answer = await vps.post("trades", {"login": login, "server": vps.server, **body})
    assert answer.status_code == 200, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    async with unit_of_work(service("test")) as uow:
        return await uow.rows(sql, values)


# --- positions -------------------------------------------------------------------------------------------------------


async def test_a_position_leaves_one_event_for_each_thing_that_happened_to_it(alice: Member) -> None:
    vps = await pair(alice)
    login, account = vps.logins[0], (await account_ids(alice))[0]
    steps: tuple[dict[str, Any], ...] = (
        {"open": [trade(1, profit=1)]},
        {"open": [trade(1, profit=2)]},  # it only floats
        {"open": [trade(1, sl=1.05)]},
        {"open": [trade(1, sl=1.05, volume=0.3)]},
        {"open": [], "closed": [closed(1, 25.5)]},
        {"closed": [closed(1, 25.5)]},
        {"open": [trade(1)]},  # late word about a position that is closed already
    )
    for step in steps:
        await report(vps, login, **step)

    events = await rows("select kind, data, at from trade_events where account_id = %s order by id", account)

    assert [event["kind"] for event in events] == ["opened", "changed", "changed", "closed"]
    assert (events[1]["data"]["old_sl"], events[1]["data"]["sl"]) == ("0.00000000", "1.05000000")
    assert (events[2]["data"]["old_volume"], events[2]["data"]["volume"]) == ("0.5000", "0.3000")
    assert events[3]["at"] == OPENED.replace(hour=15)


async def test_a_closed_position_keeps_the_levels_it_was_seen_with_last(alice: Member) -> None:
    vps = await pair(alice)
    login = vps.logins[0]
    await report(vps, login, open=[trade(1, sl=1.05), trade(2, sl=1.05)])
    await report(vps, login, open=[trade(1, sl=1.09, tp=1.3), trade(2)])
    for _ in range(2):  # the terminal's history tells the levels of the order that opened it
        await report(vps, login, open=[], closed=[closed(1, 5, sl=1.05), closed(2, 5, sl=1.05), closed(3, 5, sl=1.04)])

    kept = await rows("select sl, tp from trades where user_id = %s order by ticket", alice.id)
    assert [(float(row["sl"]), float(row["tp"])) for row in kept] == [(1.09, 1.3), (0, 0), (1.04, 0)]


async def test_a_position_that_was_over_before_it_was_ever_told_has_no_events(alice: Member) -> None:
    vps = await pair(alice)
    for _ in range(2):
        await report(vps, vps.logins[0], closed=[closed(1, 25.5)])
    assert await rows("select kind from trade_events where account_id = %s", (await account_ids(alice))[0]) == []


async def test_statistics_follow_from_the_stored_trades_however_often_they_are_told(alice: Member, bob: Member) -> None:
    vps = await pair(alice)
    login = vps.logins[0]
    told = [closed(1, 10), closed(2, -4, swap=-1), closed(3, 0), closed(4, 1, commission=-3), closed(5, 2, day=3)]
    for _ in range(2):
        await report(vps, login, closed=told)
    await report(vps, login, closed=[closed(2, 7)])  # the broker corrected it
    await report(vps, login, closed=[closed(5, 2, day=4)])  # and this one closed on another day

    found = (await alice.get("/api/user/statistics")).json()

    assert (found["total"], found["winning"], found["losing"]) == (5, 3, 1)
    assert found["by_currency"] == [{"currency": "USD", "trades": 5, "won": 3, "lost": 1, "profit": 17.0}]
    days = await rows(
        "select day, trades from trade_days where account_id = %s and trades > 0 order by 1",
        (await account_ids(alice))[0],
    )
    assert [(row["day"].day, row["trades"]) for row in days] == [(2, 4), (4, 1)]
    assert (await bob.get("/api/user/statistics")).json()["total"] == 0


def part(deal: int, amount: float, *, day: int) -> dict[str, Any]:
    at = OPENED.replace(day=day, hour=11).isoformat()
    return {"deal": deal, "done_at": at, "volume": 0.2, "price": 1.2, "amount": amount}


async def test_a_partial_close_counts_on_its_day_and_once(alice: Member) -> None:
    vps = await pair(alice)
    login, account = vps.logins[0], (await account_ids(alice))[0]
    second = OPENED.day + 1

    async def days() -> list[tuple[int, int, float]]:
        told = await rows("select day, trades, profit from trade_days where account_id = %s order by 1", account)
        return [(row["day"].day, row["trades"], float(row["profit"])) for row in told]

    first = [part(11, 12.5, day=OPENED.day)]
    for _ in range(2):
        await report(vps, login, open=[trade(1, volume=0.3, partial_closes=first)])
    assert await days() == [(OPENED.day, 0, 12.5)]
    await report(vps, login, open=[trade(1, volume=0.3)])  # nothing new is told of them
    await report(vps, login, open=[trade(1, volume=0.1, partial_closes=[*first, part(12, -2, day=second)])])
    assert await days() == [(OPENED.day, 0, 12.5), (second, 0, -2)]
    assert (await alice.get("/api/user/statistics")).json()["by_currency"][0]["profit"] == 10.5
    (shown,) = (await alice.get("/api/trades", open=True)).json()["items"]
    assert shown["booked"] == 10.5
    detail = (await alice.get(f"/api/user/trades/{shown['id']}")).json()
    assert [(one["deal"], one["amount"]) for one in detail["partial_closes"]] == [(11, 12.5), (12, -2)]

    told = closed(1, 30, day=second, partial_closes=[*first, part(12, -2, day=second)])
    for _ in range(2):
        await report(vps, login, open=[], closed=[told])
    assert await days() == [(OPENED.day, 0, 12.5), (second, 1, 17.5)]
    found = (await alice.get("/api/user/statistics")).json()
    assert (found["winning"], found["by_currency"][0]["profit"]) == (1, 30)


async def test_balance_operations_are_kept_once_and_bad_ones_refused_alone(alice: Member, charlie: Member) -> None:
    vps = await pair(alice)
    good = {"ticket": 7, "kind": "deposit", "amount": 500.25, "done_at": OPENED.isoformat(), "comment": "Wire"}
    bad = [{**good, "ticket": 0}, {**good, "amount": 1e15}, {**good, "kind": "Hm?"}, {"ticket": 8}]

    first = await report(vps, vps.logins[0], balance_operations=[*bad, good])
    again = await report(vps, vps.logins[0], balance_operations=[{**good, "amount": 9999}])

    assert (first["stored"], len(first["refused"]), again["stored"]) == (1, 4, 1)
    kept = await rows("select kind, amount from balance_operations where user_id = %s", alice.id)
    assert [(row["kind"], float(row["amount"])) for row in kept] == [("deposit", 500.25)]
    logged = await rows("select message from system_logs where user_id = %s and source = 'sync'", alice.id)
    assert len(logged) == 4
    runs = await rows("select status, stored, refused from sync_runs where user_id = %s and kind = 'trades'", alice.id)
    assert sorted(tuple(row.values()) for row in runs) == [("ok", 1, 0), ("partial", 1, 4)]


# --- the balance -----------------------------------------------------------------------------------------------------


async def test_a_difference_between_balance_and_deals_is_shown_with_its_first_day(alice: Member) -> None:
    vps = await pair(alice)
    login = vps.logins[0]

    async def health() -> dict[str, Any]:
        found: dict[str, Any] = (await alice.get("/api/health/accounts")).json()["accounts"][0]
        return found

    await vps.report_account(login, deals_sum=10_000.0)
    assert (await health())["balance_difference"] is None
    await vps.report_account(login, deals_sum=9_750.5)
    first = await health()
    assert first["balance_difference"] == 249.5
    await vps.report_account(login, deals_sum=None)  # not known just now
    await vps.report_account(login, deals_sum=9_700.0)
    later = await health()

    assert later["balance_difference"] == 300.0
    assert later["balance_differs_since"] == first["balance_differs_since"]
    assert any("300.00 USD more than its deals add up to" in issue for issue in later["issues"])
    (alert,) = (await alice.get("/api/alerts")).json()["items"]
    assert (alert["code"], alert["closed_at"]) == ("balance-differs", None)
    await vps.report_account(login, deals_sum=10_000.0)
    assert (await health())["balance_difference"] is None
    assert (await alice.get("/api/alerts")).json()["items"][0]["closed_at"] is not None


@pytest.mark.parametrize(
    ("told", "peak"),
    [
        ([{"equity": 9_000.0, "balance": 9_000.0, "deals_sum": 9_000.0, "paid": 9_000.0}], 9_000),
        (
            [
                {"equity": 9_000.0, "balance": 9_000.0, "deals_sum": None, "paid": None},
                {"equity": 8_900.0, "balance": 9_000.0, "deals_sum": 9_000.0, "paid": 9_000.0},
            ],
            9_000,
        ),
        (
            [
                {"equity": 12_000.0, "balance": 12_000.0, "deals_sum": None, "paid": None},
                {"equity": 11_900.0, "balance": 12_000.0, "deals_sum": 12_000.0, "paid": 12_000.0},
            ],
            12_000,
        ),
        ([{"equity": 9_900.0, "balance": 10_000.0, "deals_sum": 2_000.0, "paid": 2_000.0}], 10_000),
        ([{"equity": 9_900.0, "balance": 9_900.0, "deals_sum": 9_900.0, "paid": 10_000.0}], 10_000),
    ],
    ids=["withdrawn", "withdrawn-told-late", "paid-in-told-late", "deals-taken-away", "lost"],
)
async def test_the_peak_of_the_equity_goes_along_with_payments_alone(
    alice: Member, told: list[dict[str, Any]], peak: float
) -> None:
    vps = await pair(alice)
    await vps.report_account(vps.logins[0], equity=10_000.0, deals_sum=10_000.0, paid=10_000.0)
    for figures in told:
        await vps.report_account(vps.logins[0], **figures)

    (found,) = await rows("select peak_equity from mt5_accounts where user_id = %s", alice.id)
    assert float(found["peak_equity"]) == peak


async def test_balance_and_equity_are_kept_every_thirty_seconds(alice: Member, bob: Member) -> None:
    vps = await pair(alice)
    login, account = vps.logins[0], (await account_ids(alice))[0]
    slot = datetime.fromtimestamp(clock.now().timestamp() // 30 * 30, UTC)
    for age_s, equity in ((3600, 9_900), (3590, 9_800), (1800, 10_100)):  # the second is of the first one's 30 s
        await vps.report_account(login, equity=equity, reported_at=(slot - timedelta(seconds=age_s)).isoformat())

    series = (await alice.get(f"/api/accounts/{account}/balance", hours=2)).json()
    day = (await alice.get(f"/api/accounts/{account}/balance", hours=24)).json()
    by_hour = (await alice.get(f"/api/accounts/{account}/balance", hours=72)).json()

    assert series["currency"] == "USD"
    assert [point["equity"] for point in series["points"]] == [9_900, 10_100, 10_000]  # the last from the pairing
    assert [point["equity"] for point in day["points"]] == [9_900, 10_100, 10_000]
    assert [row["step_s"] for row in (series, day, by_hour)] == [50, 600, 3600]
    for rolled_up in (day, by_hour):
        assert min(point["low"] for point in rolled_up["points"]) == 9_900
        assert max(point["high"] for point in rolled_up["points"]) == 10_100
    assert len((await alice.get(f"/api/accounts/{account}/balance", hours=24 * 90)).json()["points"]) in (1, 2)
    assert (await bob.get(f"/api/accounts/{account}/balance")).status_code == 404
    assert (await alice.get(f"/api/accounts/{account}/balance", hours=0)).status_code == 422


async def test_a_refused_row_names_its_ticket_and_its_account(alice: Member) -> None:
    vps = await pair(alice)
    stored = await report(vps, vps.logins[0], open=[trade(1), trade(77, volume=-1)])

    assert [one["message"].endswith("(ticket 77)") for one in stored["refused"]] == [True]
    (log,) = await rows(
        "select message, account_id from system_logs where user_id = %s and source = 'sync' and level = 'warning'",
        alice.id,
    )
    assert (str(log["account_id"]), log["message"][:24]) == ((await account_ids(alice))[0], "A trade row was refused:")


async def test_ten_minutes_are_kept_as_long_as_a_series_reads_them(alice: Member) -> None:
    await pair(alice)
    now, account = clock.now(), UUID((await account_ids(alice))[0])
    figures = dict.fromkeys(("balance", "credit", "margin", "margin_free"), 0)
    async with unit_of_work(service("test")) as uow:
        for days in (2, 4):
            seen = {**figures, "equity": 9_000 + days, "reported_at": now - timedelta(days=days)}
            assert await series.store_snapshots(uow, UUID(alice.id), [(account, seen)]) == 3

    await upkeep.clear_old()

    kept = await rows("select step, equity_low::int from account_rollups where account_id = %s", account)
    assert sorted(row["equity_low"] for row in kept if row["step"] == "10min") == [9_002, 10_000]
    assert sorted(row["equity_low"] for row in kept if row["step"] == "hour") == [9_002, 9_004, 10_000]


async def test_a_days_result_is_without_deposits_and_currencies_stay_apart(alice: Member, bob: Member) -> None:
    vps = await pair(alice, accounts=2)
    first, second = await account_ids(alice)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    async with unit_of_work(service("test")) as uow:
        await uow.run("update mt5_accounts set currency = 'EUR' where id = %s", (second,))
        await uow.run("delete from account_rollups where user_id = %s", (alice.id,))
        for account, day, opened, closing in (
            (first, 2, 1000, 1000),
            (first, 1, 1000, 1620),
            (first, 0, 1620, 1600),
            (second, 0, 500, 490),
        ):
            at = today - timedelta(days=day)
            await uow.run(
                "insert into account_rollups (account_id, step, at, user_id, first_at, last_at, balance, equity_open, "
                "equity_high, equity_low, equity_close, samples) "
                "values (%s, 'day', %s, %s, %s, %s, 0, %s, 0, 0, %s, 1)",
                (account, at, alice.id, at + timedelta(minutes=1), at + timedelta(hours=23), opened, closing),
            )
    midday = today - timedelta(days=1) + timedelta(hours=12)
    operation = {"ticket": 1, "kind": "deposit", "amount": 600, "done_at": midday.isoformat()}
    cost = {"ticket": 2, "kind": "commission", "amount": -5, "done_at": midday.isoformat()}
    await report(vps, vps.logins[0], balance_operations=[operation, cost])
    await report(vps, vps.logins[0], closed=[trade(9, close_price=1, close_time=midday.isoformat(), profit=25)])

    days = {(row["day"], row["currency"]): row for row in (await alice.get("/api/pnl", days=2)).json()["days"]}

    yesterday, now = (today - timedelta(days=1)).date().isoformat(), today.date().isoformat()
    assert days[yesterday, "USD"]["result"] == 20  # 620 more, 600 of it deposited
    assert days[yesterday, "USD"]["flows"] == 600
    assert (days[yesterday, "USD"]["realised"], days[yesterday, "USD"]["won"]) == (25, 1)
    assert days[now, "USD"]["result"] == -20
    assert days[now, "EUR"]["result"] == -10
    assert len(days) == 3
    assert (await bob.get("/api/pnl")).json() == {"days": []}


# --- prices ----------------------------------------------------------------------------------------------------------


async def test_quotes_are_sampled_by_the_second_and_rolled_up(alice: Member, bob: Member) -> None:
    vps = await pair(alice, quoted=False)
    for number in range(20):
        await vps.quote("GBPUSD", 1.25 + number / 1000, 1.2502 + number / 1000)
    await quotes.flush(is_last=True)

    kept = await rows("select at, bid from broker_quotes where agent_id = %s order by at", vps.id)
    assert 1 <= len(kept) < 20
    assert len({row["at"] for row in kept}) == len(kept)
    assert all(row["at"].microsecond == 0 for row in kept)
    bars = (await alice.get("/api/quotes/bars", symbol="GBPUSD", minutes=1440, hours=48)).json()["bars"]
    assert bars[-1]["close"] == pytest.approx(1.269)
    assert sum(bar["samples"] for bar in bars) == len(kept)
    assert (await bob.get("/api/quotes/bars", symbol="GBPUSD")).json()["bars"] == []
    assert (await alice.get("/api/quotes/bars", symbol="GBPUSD", minutes=1, hours=2160)).status_code == 422
