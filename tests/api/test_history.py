"""Closed trades over HTTP: filters and pages, the CSV file, and what the figures say."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pytest

from forex_elite.services import analytics, history
from tests.world import Member, Vps, account_ids, make_strategy, pair

MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


def trade(ticket: int, profit: float = 10.0, **changes: Any) -> dict[str, Any]:
    closed = MONDAY + timedelta(minutes=ticket)
    return {
        "ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.1,
        "open_time": (closed - timedelta(minutes=30)).isoformat(), "close_price": 1.101, "close_time":
        closed.isoformat(), "profit": profit, "magic": 0, **changes,
    }  # fmt: skip


async def close(vps: Vps, *trades: dict[str, Any], login: int | None = None) -> None:
    body = {"login": login or vps.logins[0], "server": vps.server, "closed": list(trades)}
    answer = await vps.post("trades", body)
    assert answer.json()["refused"] == [], answer.text


async def tickets(member: Member, **wanted: Any) -> list[int]:
    """All closed trades of a filter, read page by page."""
    found: list[int] = []
    while True:
        page = (await member.get("/api/trades", open=False, limit=2, **wanted)).json()
        found += [row["ticket"] for row in page["items"]]
        if page["next_cursor"] is None:
            return found
        wanted["cursor"] = page["next_cursor"]


async def test_the_history_is_filtered_and_paged_by_closing_time(alice: Member, charlie: Member) -> None:
    vps = await pair(alice, accounts=2)
    strategy = await make_strategy(alice)
    late = (MONDAY - timedelta(days=40)).isoformat()
    await close(
        vps, trade(1), trade(2, -5), trade(3, symbol="XAUUSD", side="sell"), trade(4, magic=strategy["magic"]),
        trade(5, 5, swap=-5), trade(6, close_time=late, open_time=late),
    )  # fmt: skip
    await close(vps, trade(7, magic=9), login=vps.logins[1])
    first, second = await account_ids(alice)

    assert await tickets(alice) == [7, 5, 4, 3, 2, 1, 6]
    for wanted, found in (
        ({"account_id": second}, [7]),
        ({"account_id": first, "result": "win"}, [4, 3, 1, 6]),
        ({"result": "loss"}, [2]),
        ({"result": "flat"}, [5]),
        ({"symbol": "XAUUSD"}, [3]),
        ({"side": "sell"}, [3]),
        ({"magic": 9}, [7]),
        ({"strategy_id": strategy["id"]}, [4]),
        ({"from": MONDAY.isoformat(), "to": (MONDAY + timedelta(minutes=3)).isoformat()}, [2, 1]),
        ({"to": MONDAY.isoformat()}, [6]),
    ):
        assert await tickets(alice, **wanted) == found, wanted
    assert await tickets(charlie, account_id=first) == []
    assert (await alice.get("/api/trades", result="win")).status_code == 422
    assert (await alice.get("/api/trades", open=False, result="draw")).status_code == 422


async def read_csv(member: Member, **wanted: Any) -> list[dict[str, str]]:
    answer = await member.get("/api/trades/export.csv", **wanted)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    text = answer.content.decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_the_file_holds_what_the_filter_means_and_no_formula(
    alice: Member, charlie: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "CSV_CHUNK", 2)
    vps = await pair(alice)
    comments = ['=HYPERLINK("http://evil")', "+1", "-2", "@SUM(A1)", "plain, with comma", 'a "quote"', "\ttab", " =1"]
    await close(vps, *(trade(n, -1.5, comment=comment) for n, comment in enumerate(comments, 1)))

    rows = await read_csv(alice, result="loss")

    assert [row["ticket"] for row in rows] == [str(n) for n in range(len(comments), 0, -1)]
    by_ticket = {int(row["ticket"]): row for row in rows}
    for n, comment in enumerate(comments, 1):
        is_plain = comment[0] in "pa"
        assert by_ticket[n]["comment"] == (comment if is_plain else f"'{comment}")
    assert Decimal(rows[0]["net"]) == Decimal("-1.5")
    assert rows[0]["close_time"].endswith("Z")
    assert (rows[0]["side"], Decimal(rows[0]["profit"]), rows[0]["sl"], rows[0]["magic"], rows[0]["source"]) == (
        "buy", Decimal("-1.5"), "", "0", "Manual",
    )  # fmt: skip
    assert await read_csv(alice, result="win") == []
    assert await read_csv(charlie) == []


async def test_the_figures_say_what_their_formulas_say(alice: Member, charlie: Member) -> None:
    vps = await pair(alice, balance=10_070.0)
    results = [100.0, -50.0, 30.0, -40.0, 60.0, -30.0]
    await close(
        vps,
        *(
            trade(
                n + 1, profit, symbol="XAUUSD" if n % 2 else "EURUSD", magic=n % 2,
                close_time=(MONDAY + timedelta(days=n)).isoformat(),
                open_time=(MONDAY + timedelta(days=n, hours=-n)).isoformat(),
            )
            for n, profit in enumerate(results)
        ),
    )  # fmt: skip

    answer = (await alice.get("/api/analytics", zone="Europe/London")).json()
    (found,) = answer["items"]

    assert answer["zone"] == "Europe/London"
    total = found["total"]
    assert (total["trades"], total["wins"], found["losses"], total["net"]) == (6, 3, 3, 70.0)
    assert (total["win_rate"], total["profit_factor"]) == (0.5, pytest.approx(190 / 120))
    assert total["expectancy"] == pytest.approx(70 / 6)
    assert total["average_hold_s"] == pytest.approx(2.5 * 3600)
    assert found["start_balance"] == 10_000
    assert [point["balance"] for point in found["equity_curve"]] == [10100, 10050, 10080, 10040, 10100, 10070]
    assert found["max_drawdown"] == 60
    balances = [10000.0, 10100, 10050, 10080, 10040, 10100]
    returns = np.array(results) / np.array(balances)
    assert found["trading_days"] == 6
    assert found["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * math.sqrt(252))
    import empyrical  # slow, and no other test's business

    downside = math.sqrt(np.mean(np.minimum(returns, 0) ** 2)) * math.sqrt(252)
    assert found["sortino"] == pytest.approx(returns.mean() * 252 / downside)
    assert found["max_drawdown_pct"] == pytest.approx(-100 * empyrical.max_drawdown(returns))
    assert {row["key"]: row["trades"] for row in found["by_symbol"]} == {"EURUSD": 3, "XAUUSD": 3}
    assert {row["key"] for row in found["by_hour"]} == {"10", "9", "8", "7", "6", "5"}
    assert [row["key"] for row in found["by_weekday"]] == ["1", "2", "3", "4", "5", "6"]
    assert {row["key"] for row in found["by_source"]} == {"Manual", "EA · magic 1"}
    assert set(answer["formulas"]) >= {"sharpe", "sortino", "max_drawdown", "profit_factor"}
    part = (await alice.get("/api/analytics", **{"from": (MONDAY + timedelta(days=2)).isoformat()})).json()["items"]
    assert (part[0]["start_balance"], part[0]["total"]["trades"]) == (10_050, 4)
    assert (await charlie.get("/api/analytics")).json()["items"] == []
    assert (await alice.get("/api/analytics", zone="Mars/Base")).status_code == 422


async def test_a_partial_close_is_booked_on_its_day_of_an_open_position_too(alice: Member) -> None:
    vps = await pair(alice, balance=10_090.0)
    parts = [
        {"deal": n, "done_at": (MONDAY + timedelta(days=n)).isoformat(), "volume": 0.1, "price": 1.1, "amount": amount}
        for n, amount in enumerate((80.0, -20.0), 1)
    ]
    tuesday, friday = ((MONDAY + timedelta(days=n)).isoformat() for n in (1, 4))
    await close(
        vps, trade(1, 100, open_time=MONDAY.isoformat(), close_time=friday, partial_closes=parts), trade(2, -40)
    )  # fmt: skip
    still_open = trade(3, 5, close_time=None, close_price=None, partial_closes=[{**parts[0], "deal": 9, "amount": 30}])
    await vps.post("trades", {"login": vps.logins[0], "server": vps.server, "open": [still_open]})

    (found,) = (await alice.get("/api/analytics")).json()["items"]
    assert [(point["day"][-2:], point["net"]) for point in found["equity_curve"]] == [
        ("16", -40), ("17", 110), ("18", -20), ("20", 40),
    ]  # fmt: skip
    assert (found["start_balance"], found["equity_curve"][-1]["balance"]) == (10_000, 10_090)
    total = found["total"]
    assert (total["trades"], total["wins"], total["net"], total["expectancy"]) == (2, 1, 90, 30)
    assert (total["gross_profit"], total["gross_loss"], found["max_drawdown"]) == (100, -40, 40)
    (since,) = (await alice.get("/api/analytics", **{"from": tuesday})).json()["items"]
    assert (since["start_balance"], since["total"]["net"], since["total"]["trades"]) == (9_960, 130, 1)
    (won,) = (await alice.get("/api/analytics", result="win")).json()["items"]
    assert won["total"]["net"] == 100


async def test_two_currencies_are_never_added(client: httpx.AsyncClient, alice: Member) -> None:
    vps = await pair(alice, accounts=1)
    euro = await pair(alice, currency="EUR")
    await close(vps, trade(1, 10))
    await close(euro, trade(1, 20))

    found = (await alice.get("/api/analytics")).json()["items"]

    assert [(one["currency"], one["total"]["net"]) for one in found] == [("EUR", 20.0), ("USD", 10.0)]


def test_days_without_a_trade_count_and_weekends_do_not() -> None:
    friday, tuesday = MONDAY.date() - timedelta(days=3), MONDAY.date() + timedelta(days=1)

    found = analytics.daily_returns(Decimal(100), [(friday, Decimal(10)), (tuesday, Decimal(11))])

    assert found == [0.1, 0.0, 0.1]


@pytest.mark.parametrize(("start", "days", "note"), [(Decimal(0), 6, "paid in"), (Decimal(100), 2, "at least 5")])
def test_ratios_that_cannot_be_told_say_why(start: Decimal, days: int, note: str) -> None:
    told = analytics.ratios_of(start, [(MONDAY.date() + timedelta(days=n), Decimal(1)) for n in range(days)])

    assert note in told.note
    assert (told.sharpe, told.sortino) == (None, None)


def test_the_same_result_every_day_has_no_ratio_to_its_spread() -> None:
    told = analytics.ratios_of(Decimal(100), [(MONDAY.date() + timedelta(days=n), Decimal(0)) for n in range(5)])

    assert (told.sharpe, told.sortino, told.max_drawdown_pct) == (None, None, 0)
