"""Standings by arrays are what the domain defines, whatever the accounts went through."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.domain.leaderboard import EVER, Day, Flow, Period, Worth, begins, ends, sum_up
from forex_elite.services import performance
from tests.services.defined import days_of

TODAY = date(2026, 3, 18)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SPANS = [(period, begins(period, TODAY), ends(period, begins(period, TODAY))) for period in Period]

rates = st.floats(-0.4, 0.5, allow_nan=False)
amounts = st.integers(-4_000, 6_000).filter(bool).map(Decimal)
moves = st.lists(st.tuples(amounts, st.booleans()), max_size=3)
kept_days = st.lists(st.tuples(st.integers(1, 6), rates, rates, moves), max_size=30)
"""Days since the one before, what it earned, how far it fell, and money moved: an amount, and whether it was valued."""


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class History:
    """An account's days, as the database hands them out and as the domain takes them."""

    def __init__(self, number: int, drawn: list[tuple[int, float, float, list[tuple[Decimal, bool]]]]) -> None:
        day = TODAY - timedelta(days=sum(step for step, *_ in drawn[1:]))
        equity = Decimal(10_000)
        self.opened = equity
        self.days: list[tuple[date, Decimal, Decimal]] = []
        self.closes = [Worth(midnight(day) + timedelta(minutes=1), equity)]
        self.flows: list[Flow] = []
        self.seen: list[Worth] = []
        self.told: list[dict[str, Any]] = []
        self.id = UUID(int=number + 1)
        for place, (step, rate, fall, moved) in enumerate(drawn):
            day += timedelta(days=step if place else 0)
            for hour, (amount, is_valued) in enumerate(moved, 2):
                at = midnight(day) + timedelta(hours=2 * hour)
                before = None
                if is_valued:
                    before = max(equity * Decimal("1.01"), Decimal(1)).quantize(Decimal("0.01"))
                    self.seen.append(Worth(at - timedelta(minutes=30), before))
                    equity = before
                self.flows.append(Flow(at, amount))
                self.told.append({"account_id": self.id, "day": self.number(day), "amount": amount})
                self.told[-1]["worth_before"] = before
                equity += amount
            equity = (equity * Decimal(repr(1 + rate))).quantize(Decimal("0.01"))
            low = min(equity, equity * Decimal(repr(1 - abs(fall)))).quantize(Decimal("0.01"))
            self.days.append((day, equity, low))
            self.closes.append(Worth(midnight(day) + timedelta(hours=23), equity))

    @staticmethod
    def number(day: date) -> int:
        return (midnight(day) - EPOCH).days

    def row(self, since: date) -> dict[str, Any]:
        kept = len(self.days)
        micros = [int((midnight(day) - EPOCH) / timedelta(microseconds=1)) for day, _, _ in self.days]
        return {
            "user_id": self.id,
            "account_id": self.id,
            "entered_at": midnight(since),
            "counted_from": since,
            "since": since,
            "currency": "USD",
            "kind": "live",
            "is_verified": True,
            "kept": kept,
            "opened": self.opened if kept else None,
            "days": struct.pack(f">{kept}q", *micros),
            "closes": struct.pack(f">{kept}d", *(float(close) for _, close, _ in self.days)),
            "lows": struct.pack(f">{kept}d", *(float(low) for _, _, low in self.days)),
            "trades": ",".join(["1,40,20,40"] * len(SPANS)),
        }

    def expected(self, start: date, end: date) -> list[Day]:
        lows = {day: low for day, _, low in self.days}
        return days_of(self.closes, self.flows, self.seen, lows, (start, end))


@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(kept_days, min_size=1, max_size=5), ago=st.integers(0, 60))
def test_arrays_come_to_what_the_domain_defines(drawn: list[Any], ago: int) -> None:
    histories = [History(number, days) for number, days in enumerate(drawn)]
    since = TODAY - timedelta(days=ago)
    flows = [told for history in histories for told in history.told]

    found = performance.entries([history.row(since) for history in histories], flows, SPANS)

    lines = {(line["account_id"], line["period"]): line for line in found}
    assert len(found) == len(lines) == len(histories) * len(SPANS)
    for history in histories:
        for period, start, end in SPANS:
            days = history.expected(max(start, since), end)
            expected, line = sum_up(days), lines[history.id, period.value]
            assert line["return_pct"] == pytest.approx(expected.return_pct, rel=1e-6, abs=2e-5)
            assert line["drawdown_pct"] == pytest.approx(expected.drawdown_pct, abs=2e-5)
            assert line["risk_adjusted"] == pytest.approx(expected.risk_adjusted, rel=1e-4, abs=1e-4)
            assert line["profit"] == pytest.approx(float(expected.profit), abs=1e-3)
            assert len(line["curve"]) == min(len(days), performance.CURVE_DAYS)
            late = "entered-later" if since > start and period is not Period.ALL else ""
            assert line["reason"] == (late or ("" if days else "no-equity"))


def test_accounts_without_a_day_of_trading_have_no_line() -> None:
    row = {**History(0, []).row(EVER), "trades": ",".join(["0,0,0,0"] * len(SPANS))}

    assert performance.entries([row], [], SPANS) == []
    assert performance.entries([], [], SPANS) == []


def test_money_moved_on_a_day_that_was_not_read_waits_for_the_next_time() -> None:
    history = History(0, [(1, 0.1, 0.0, []), (1, 0.1, 0.0, [])])
    rows = [history.row(TODAY - timedelta(days=3))]
    move = {"account_id": history.id, "day": History.number(TODAY) + 1, "amount": Decimal(500), "worth_before": None}
    stranger = {**move, "account_id": UUID(int=99), "day": History.number(TODAY)}

    assert performance.entries(rows, [move, stranger], SPANS) == performance.entries(rows, [], SPANS)
