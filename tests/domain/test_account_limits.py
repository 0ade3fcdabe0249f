"""Limits, hours, weekend, automation and safety mode of an account, as the gate judges them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.automation import AlgoSettings, Automation, SafetyMode, check_settings
from forex_elite.domain.limits import (
    Limit,
    LimitAction,
    Limits,
    TradingHours,
    Weekend,
    WeekendAction,
    check_limits,
    read_week,
    read_weekend,
    session_start,
    write_week,
    write_weekend,
)
from forex_elite.errors import InvalidInput
from tests.domain.test_risk_gate import ACCOUNT, BUY, CLOSE, HERE, NOW, decide, limited, opened

WEEKEND = Weekend(WeekendAction.FLATTEN, 4, time(20), 6, time(22))
FRIDAY = datetime(2026, 3, 20, tzinfo=UTC)
EARLY = FRIDAY.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"automation": Automation.PAUSED}, "automation-paused", "Automation is paused on 23190561"),
        ({"automation": Automation.STOPPED}, "automation-stopped", "Automation is stopped on 23190561"),
        ({"algo": AlgoSettings(safety_mode=SafetyMode.RED)}, "safety-red", "Safety mode is red"),
        (
            {"holds": ("Trailing drawdown reached: 700.00 of 500.00",)},
            "held-by-agent",
            "Trailing drawdown reached: 700",
        ),
        ({"algo": AlgoSettings(max_lots=0.1)}, None, ""),
        ({"algo": AlgoSettings(max_loss=50)}, "max-loss-per-trade", "Loss per trade: 132.53 of 50.00 USD at the stop"),
    ],
)
def test_automation_settings_and_the_agents_guard_hold_entries(
    change: dict[str, object], code: str | None, reason: str
) -> None:
    decision = decide(account=replace(ACCOUNT, **change))
    assert (decision.refusal.code if decision.refusal else None) == code
    assert reason in (decision.refusal.reason if decision.refusal else "")
    assert decide(CLOSE, account=replace(ACCOUNT, **change)).order is not None, "closing is never held"


@pytest.mark.parametrize(
    ("limits", "account", "code"),
    [
        ({"daily_target": 100}, {"equity": 24_353.48}, "daily-target"),
        ({"daily_target": 100}, {"equity": 24_353.47}, None),
        ({"daily_target_percent": 1}, {"equity": 24_496.02}, "daily-target"),
        ({"daily_target": 100, "daily_loss": None}, {"day_start_balance": None}, "daily-target-unknown"),
        ({"trailing_drawdown": 500}, {"peak_equity": 24_626.74}, "trailing-drawdown"),
        ({"trailing_drawdown": 500}, {"peak_equity": 24_626.73}, None),
        ({"trailing_drawdown_percent": 2}, {"peak_equity": 24_700}, "trailing-drawdown"),
        ({"trailing_drawdown_percent": 10, "trailing_drawdown": 1}, {"peak_equity": 24_700}, "trailing-drawdown"),
        ({"trailing_drawdown": 500}, {"peak_equity": None}, "drawdown-unknown"),
        ({"trailing_drawdown": 500}, {"peak_equity": float("nan")}, "drawdown-unknown"),
        ({"max_loss_per_trade": 132.54}, {}, None),
        ({"max_loss_per_trade": 132.5}, {}, "max-loss-per-trade"),
        ({"max_loss_per_trade": float("nan")}, {}, "max-loss-per-trade"),
        ({"weekend": WEEKEND}, {}, None),
        ({"weekend": replace(WEEKEND, since=time(14, 32))}, {}, "weekend-stop"),
    ],
)
def test_a_limit_holds_from_its_very_figure_on(
    limits: dict[str, object], account: dict[str, object], code: str | None
) -> None:
    state = replace(limited(**limits), **account)
    refusal = decide(account=state).refusal
    assert (refusal.code if refusal else None) == code


def test_without_a_stop_nobody_can_say_what_a_trade_may_lose() -> None:
    bare = replace(BUY, sl=None, volume_lots=0.2, risk=None)
    refusal = decide(bare, account=limited(max_loss_per_trade=1000)).refusal
    assert refusal is not None
    assert refusal.code == "stop-missing"


@pytest.mark.parametrize(("asked", "sent"), [(0.4, 0.2), (0.05, 0.02), (0.02, 0.01)])
def test_orange_halves_what_was_asked_and_rounds_down(asked: float, sent: float) -> None:
    orange = replace(ACCOUNT, algo=AlgoSettings(safety_mode=SafetyMode.ORANGE))
    order = opened(decide(replace(BUY, volume_lots=asked), account=orange))
    full = opened(decide(replace(BUY, volume_lots=asked)))
    assert order.volume_lots == sent
    assert order.loss_at_stop == pytest.approx((full.loss_at_stop or 0) * sent / asked)


def test_half_of_the_smallest_volume_is_no_order() -> None:
    orange = replace(ACCOUNT, algo=AlgoSettings(safety_mode=SafetyMode.ORANGE))
    refusal = decide(replace(BUY, volume_lots=0.01), account=orange).refusal
    assert refusal is not None
    assert refusal.code == "size-below-minimum"


@given(st.floats(0.01, 5), st.floats(0.01, 2))
def test_no_order_is_larger_than_the_traders_maximum(asked: float, most: float) -> None:
    order = decide(replace(BUY, volume_lots=asked), account=replace(ACCOUNT, algo=AlgoSettings(max_lots=most))).order
    assert order is None or getattr(order, "volume_lots", 0) <= most


@pytest.mark.parametrize(
    ("at", "began"),
    [
        (FRIDAY.replace(hour=19, minute=59), None),
        (FRIDAY.replace(hour=20), FRIDAY.replace(hour=20)),
        (FRIDAY + timedelta(days=1), FRIDAY.replace(hour=20)),
        (FRIDAY + timedelta(days=2, hours=21, minutes=59), FRIDAY.replace(hour=20)),
        (FRIDAY + timedelta(days=2, hours=22), None),
        (FRIDAY - timedelta(days=1), None),
    ],
)
def test_the_weekend_has_a_beginning_and_an_end(at: datetime, began: datetime | None) -> None:
    assert WEEKEND.began_at(at) == began


@given(st.datetimes(EARLY, EARLY + timedelta(days=365), timezones=st.just(UTC)), st.integers(0, 6))
def test_a_week_is_open_exactly_in_its_windows(now: datetime, day: int) -> None:
    week = {day: (TradingHours(time(22), time(5)), TradingHours(time(8), time(9)))}
    today, before = now.weekday() == day, (now.weekday() - 1) % 7 == day
    expected = (today and (now.hour >= 22 or now.hour == 8)) or (before and now.hour < 5)
    assert (session_start(week, now) is not None) is expected


def test_what_is_written_of_hours_and_weekend_is_read_back() -> None:
    week = {0: (TradingHours(time(7), time(20)),), 4: ()}
    assert read_week(write_week(week)) == week
    assert read_weekend(write_weekend(WEEKEND)) == WEEKEND
    assert (read_week(None), read_weekend(None)) == (None, None)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (Limits(figures={"max_lots": Limit(0)}), "max_lots"),
        (Limits(figures={"max_lots": Limit(float("nan"))}), "max_lots"),
        (Limits(figures={"daily_loss_percent": Limit(101)}), "daily_loss_percent"),
        (Limits(figures={"max_open_positions": Limit(1.5)}), "max_open_positions"),
        (Limits(figures={"most_fun": Limit(1)}), "most_fun"),
        (Limits(week={7: ()}), "week"),
        (Limits(week={0: (TradingHours(time(1), time(2)),) * 7}), "week"),
        (Limits(weekend=replace(WEEKEND, until_day=4, until=time(20))), "weekend"),
    ],
)
def test_a_limit_that_means_nothing_is_refused_at_its_field(limits: Limits, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_limits(limits)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("text", ["7:00", "24:00", "07:60", "07:00:00", "", "noon", None, 7])
def test_a_time_of_day_is_two_digits_twice(text: object) -> None:
    with pytest.raises(InvalidInput):
        read_week({"0": [[text, "20:00"]]})


@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), 1e10])
def test_settings_out_of_range_are_refused(value: float) -> None:
    with pytest.raises(InvalidInput):
        check_settings(AlgoSettings(max_lots=value))
    with pytest.raises(InvalidInput):
        check_settings(AlgoSettings(max_loss=value))


def test_good_limits_pass() -> None:
    limits = Limits(figures={"daily_loss": Limit(500, LimitAction.CLOSE_ALL)}, week={0: ()}, weekend=WEEKEND)
    assert check_limits(limits) is limits
    assert HERE.now == NOW
