"""Ranking arithmetic: deposits move no returns, nothing depends on the order of arrival, ties end as the rule says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.domain.leaderboard import (
    CLOSING,
    Day,
    Entry,
    Flow,
    Period,
    Stretch,
    Worth,
    begins,
    closes_at,
    ends,
    ranked,
    stretches,
    sum_up,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EXAMPLES = settings(max_examples=40, deadline=None)
rates = st.lists(st.floats(-0.3, 0.4), min_size=1, max_size=8)
money = st.decimals(Decimal(-5000), Decimal(50_000), places=2)


def growth(found: list[tuple[datetime, Stretch]]) -> float:
    total = 1.0
    for _, one in found:
        total *= one.factor
    return total


def history(moves: list[tuple[float, Decimal]], *, start: Decimal = Decimal(10_000)) -> tuple[list[Worth], ...]:
    """Days on which trading earns a rate, and money is moved at noon, valued two minutes before.

    Half of a day's rate is earned before noon and half after it.
    """
    closes, flows, seen, equity = [Worth(MONDAY, start)], [], [], start
    for number, (rate, amount) in enumerate(moves):
        half = Decimal(repr((1 + rate) ** 0.5))
        noon = MONDAY + timedelta(days=number, hours=12)
        equity *= half
        seen.append(Worth(noon - timedelta(minutes=2), equity))
        if amount and equity + amount > 1:
            flows.append(Flow(noon, amount))
            equity += amount
        equity *= half
        closes.append(Worth(MONDAY + timedelta(days=number, hours=23), equity))
    return closes, flows, seen


@EXAMPLES
@given(rates=rates, amounts=st.lists(money, min_size=8, max_size=8))
def test_money_paid_in_or_out_does_not_move_the_return(rates: list[float], amounts: list[Decimal]) -> None:
    without = growth(stretches(*history([(rate, Decimal(0)) for rate in rates])))
    with_money = growth(stretches(*history(list(zip(rates, amounts, strict=False)))))

    assert with_money == pytest.approx(without, rel=1e-9)


@EXAMPLES
@given(rates=rates, amounts=st.lists(money, min_size=8, max_size=8))
def test_the_result_is_what_trading_changed_and_nothing_else(rates: list[float], amounts: list[Decimal]) -> None:
    closes, flows, seen = history(list(zip(rates, amounts, strict=False)))

    found = stretches(closes, flows, seen)

    moved = sum((one.amount for one in flows), Decimal(0))
    assert float(sum(one.result for _, one in found)) == pytest.approx(
        float(closes[-1].equity - closes[0].equity - moved), abs=1e-6
    )


@EXAMPLES
@given(amounts=st.lists(money, min_size=1, max_size=6))
def test_without_trading_deposits_nobody_valued_leave_the_return_at_nothing(amounts: list[Decimal]) -> None:
    closes, flows, _ = history([(0.0, amount) for amount in amounts])

    assert growth(stretches(closes, flows)) == pytest.approx(1.0, rel=1e-9)


@EXAMPLES
@given(rates=rates, amounts=st.lists(money, min_size=8, max_size=8), order=st.randoms(use_true_random=False))
def test_the_order_in_which_reports_arrive_does_not_matter(
    rates: list[float], amounts: list[Decimal], order: random.Random
) -> None:
    told = history(list(zip(rates, amounts, strict=False)))
    mixed = tuple(order.sample(part, len(part)) for part in told)

    assert stretches(*mixed) == stretches(*told)


def test_a_deposit_cannot_dilute_a_loss_made_before_it() -> None:
    closes = [Worth(MONDAY, Decimal(1000)), Worth(MONDAY + timedelta(hours=20), Decimal(9500))]
    seen = [Worth(MONDAY + timedelta(hours=11), Decimal(500))]
    deposit = [Flow(MONDAY + timedelta(hours=12), Decimal(9000))]

    assert growth(stretches(closes, deposit, seen)) == pytest.approx(0.5)


def test_a_snapshot_that_may_hold_the_deposit_already_values_nothing() -> None:
    closes = [Worth(MONDAY, Decimal(1000)), Worth(MONDAY + timedelta(hours=20), Decimal(3000))]
    deposit = [Flow(MONDAY + timedelta(hours=12), Decimal(2000))]
    too_young = [Worth(MONDAY + timedelta(hours=12) - timedelta(seconds=30), Decimal(3000))]

    assert growth(stretches(closes, deposit, too_young)) == pytest.approx(1.0)


def test_an_account_that_lost_everything_is_ruined_and_not_undefined() -> None:
    closes = [Worth(MONDAY, Decimal(1000)), Worth(MONDAY + timedelta(hours=20), Decimal(-40))]

    assert 0 < growth(stretches(closes, [])) < 0.001


@EXAMPLES
@given(
    days=st.lists(st.tuples(st.floats(0.7, 1.4), st.none() | st.floats(0.5, 1.2)), min_size=1, max_size=20),
    order=st.randoms(use_true_random=False),
)
def test_days_in_any_order_come_to_the_same_and_the_drawdown_is_a_real_fall(
    days: list[tuple[float, float | None]], order: random.Random
) -> None:
    told = [Day(date(2026, 3, 1) + timedelta(days=n), *one, Decimal(1)) for n, one in enumerate(days)]
    found = sum_up(told)

    assert sum_up(order.sample(told, len(told))) == found
    assert 0 <= found.drawdown_pct < 100
    worst_day = min(min(one.factor, one.low or one.factor) for one in told)
    assert found.drawdown_pct >= max(0.0, (1 - worst_day) * 100) - 1e-9
    assert found.profit == len(told)


def test_a_floating_loss_counts_as_drawdown_although_the_day_ended_well() -> None:
    found = sum_up([Day(date(2026, 3, 2), 1.1, 0.8, Decimal(100))])

    assert found.drawdown_pct == pytest.approx(20)
    assert found.return_pct == pytest.approx(10)
    assert found.risk_adjusted == pytest.approx(0.5)


def test_a_tiny_drawdown_does_not_make_an_infinite_ratio() -> None:
    assert sum_up([Day(date(2026, 3, 2), 1.05, None, Decimal(1))]).risk_adjusted == pytest.approx(5)


def entry(number: int, **values: object) -> Entry:
    given_ = Entry(UUID(int=number), Decimal(5), Decimal(2), 10, MONDAY)
    return replace(given_, **values)  # type: ignore[arg-type]


def test_ties_end_with_drawdown_then_trades_then_who_entered_earlier() -> None:
    first = entry(9, drawdown_pct=Decimal(1))
    second = entry(8, trades=11)
    third = entry(7, entered_at=MONDAY - timedelta(days=1))
    fourth, fifth = entry(1), entry(2)

    assert ranked([fifth, third, first, fourth, second]) == [first, second, third, fourth, fifth]
    assert ranked([entry(1), entry(2, figure=Decimal("5.000001"))])[0].user_id == UUID(int=2)


@EXAMPLES
@given(
    entries=st.lists(
        st.builds(
            Entry,
            st.uuids(),
            st.decimals(Decimal(-3), Decimal(3), places=0),
            st.decimals(Decimal(0), Decimal(2), places=0),
            st.integers(0, 2),
            st.sampled_from([MONDAY, MONDAY + timedelta(hours=1)]),
        ),
        max_size=20,
        unique_by=lambda one: one.user_id,
    ),
    order=st.randoms(use_true_random=False),
)
def test_who_is_reported_first_has_no_advantage(entries: list[Entry], order: random.Random) -> None:
    assert ranked(order.sample(entries, len(entries))) == ranked(entries)


@given(day=st.dates(date(2020, 1, 1), date(2040, 1, 1)), period=st.sampled_from(Period))
def test_every_day_lies_in_exactly_one_period_of_a_kind(day: date, period: Period) -> None:
    start = begins(period, day)

    assert start <= day < ends(period, start)
    assert begins(period, start) == start
    if period in CLOSING:
        assert begins(period, ends(period, start)) == ends(period, start)
        assert begins(period, start - timedelta(days=1)) < start


def test_weeks_begin_on_monday_and_close_a_quarter_of_an_hour_after_their_end() -> None:
    assert begins(Period.WEEK, date(2026, 3, 8)) == date(2026, 3, 2)
    assert closes_at(Period.WEEK, date(2026, 3, 2)) == datetime(2026, 3, 9, 0, 15, tzinfo=UTC)
    assert ends(Period.MONTH, date(2026, 12, 1)) == date(2027, 1, 1)
