"""Volumes are never rounded up, never above the cap, and never risk more than was said."""

from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forex_elite.domain.levels import exact
from forex_elite.domain.sizing import (
    SizeAboveMaximum,
    SizeBelowMinimum,
    Sizing,
    SizingImpossible,
    loss_per_lot,
    money_at_risk,
    size_by_risk,
    size_fixed,
    snap_down,
)
from forex_elite.domain.trading import SizingMode, SymbolSpec
from forex_elite.errors import Refused


def spec(**changes: object) -> SymbolSpec:
    values = {
        "name": "EURUSD",
        "currency_base": "EUR",
        "currency_profit": "USD",
        "digits": 5,
        "point": 0.00001,
        "tick_size": 0.00001,
        "tick_value": 1.0,
        "contract_size": 100_000,
        "volume_min": 0.01,
        "volume_max": 100.0,
        "volume_step": 0.01,
    }
    return SymbolSpec(**(values | changes))


STEPS = st.sampled_from([0.01, 0.1, 1.0, 0.001, 0.03, 0.25])
SPECS = st.builds(
    lambda step, least, most, tick, value: spec(
        volume_step=step, volume_min=step * least, volume_max=step * most, tick_size=tick, tick_value=value
    ),
    STEPS,
    st.integers(1, 5),
    st.integers(5, 10_000),
    st.sampled_from([0.00001, 0.001, 0.01, 0.25, 1.0]),
    st.floats(1e-4, 1e4),
)


@pytest.mark.parametrize(
    ("money", "pips", "lots", "loss"),
    [
        (100, 20, 0.5, 100),
        (100, 30, 0.33, 99),
        (99.99, 100, 0.09, 90),
        (10, 100, 0.01, 10),
    ],
)
def test_the_volume_loses_the_money_at_the_stop_and_not_more(money: float, pips: int, lots: float, loss: float) -> None:
    sized = size_by_risk(money, Decimal(pips) / 10_000, spec(), None)
    assert (sized.volume_lots, sized.loss_at_stop, sized.is_capped) == (lots, loss, False)


def test_a_broken_tick_counts_whole() -> None:
    assert loss_per_lot(spec(), Decimal("0.000011")) == 2
    assert loss_per_lot(spec(), Decimal("0.00001")) == 1


def test_gold_is_sized_by_its_own_tick() -> None:
    gold = spec(name="XAUUSD", digits=2, point=0.01, tick_size=0.01, tick_value=1.0)
    assert size_by_risk(500, Decimal("5.00"), gold, None).volume_lots == 1.0


def test_sizing_by_risk_is_cut_down_to_the_limit_and_says_so() -> None:
    sized = size_by_risk(10_000, Decimal("0.0020"), spec(), 1.0)
    assert (sized.volume_lots, sized.is_capped) == (1.0, True)
    assert size_by_risk(10**9, Decimal("0.0020"), spec(), None).volume_lots == 100.0


def test_a_volume_asked_for_is_refused_above_the_limit_and_never_cut() -> None:
    with pytest.raises(SizeAboveMaximum, match=r"Max lots: 1.20 asked, 1.00 allowed$"):
        size_fixed(1.2, spec(), 1.0)
    with pytest.raises(SizeAboveMaximum, match=r"100\.00 allowed by the broker"):
        size_fixed(120, spec(), None)
    assert size_fixed(1.0, spec(), 1.0).volume_lots == 1.0


def test_less_than_the_smallest_volume_is_refused_and_never_rounded_up() -> None:
    with pytest.raises(SizeBelowMinimum):
        size_by_risk(0.99, Decimal("0.0100"), spec(), None)
    with pytest.raises(SizeBelowMinimum):
        size_fixed(0.009, spec(), None)
    with pytest.raises(SizeBelowMinimum):
        size_fixed(0.05, spec(volume_min=0.1), None)


@pytest.mark.parametrize(
    ("asked", "step", "snapped"), [(0.29, 0.1, 0.2), (0.3, 0.1, 0.3), (1.239, 0.01, 1.23), (0.07, 0.03, 0.06)]
)
def test_snapping_is_decimal_and_downward(asked: float, step: float, snapped: float) -> None:
    assert float(snap_down(exact(asked), spec(volume_step=step))) == snapped


@pytest.mark.parametrize(
    ("mode", "value", "money"),
    [(SizingMode.MONEY_AT_RISK, 50, 50), (SizingMode.PERCENT_BALANCE, 1, 100), (SizingMode.PERCENT_EQUITY, 0.5, 45)],
)
def test_the_money_at_risk_is_a_share_of_its_own_base(mode: SizingMode, value: float, money: float) -> None:
    assert money_at_risk(Sizing(mode, value), 10_000, 9_000) == money


@pytest.mark.parametrize("wrong", [nan, inf, -inf, 0, -1, 1e300, 1e-300])
def test_figures_nobody_can_mean_are_refused(wrong: float) -> None:
    distance = Decimal("0.0020")
    for mode in (SizingMode.PERCENT_BALANCE, SizingMode.PERCENT_EQUITY, SizingMode.MONEY_AT_RISK):
        with pytest.raises(SizingImpossible):
            money_at_risk(Sizing(mode, wrong), 10_000, 10_000)
    with pytest.raises(SizingImpossible):
        money_at_risk(Sizing(SizingMode.PERCENT_BALANCE, 1), wrong, 10_000)
    with pytest.raises(SizingImpossible):
        size_by_risk(wrong, distance, spec(), None)
    with pytest.raises(SizingImpossible):
        size_by_risk(100, distance, spec(), wrong)
    with pytest.raises(SizingImpossible):
        size_fixed(wrong, spec(), None)
    for name in ("tick_size", "tick_value", "volume_step", "volume_min", "volume_max", "point"):
        with pytest.raises(SizingImpossible):
            size_by_risk(100, distance, spec(**{name: wrong}), None)


@given(st.floats(1e-3, 1e6), st.integers(1, 10**6), SPECS, st.none() | st.floats(0.001, 1000))
def test_a_volume_by_risk_keeps_every_promise(
    money: float, ticks: int, symbol: SymbolSpec, max_lots: float | None
) -> None:
    distance = exact(symbol.tick_size) * ticks
    try:
        sized = size_by_risk(money, distance, symbol, max_lots)
    except SizeBelowMinimum:
        most = min(exact(money) / loss_per_lot(symbol, distance), exact(max_lots or 1e9), exact(symbol.volume_max))
        assert most - most % exact(symbol.volume_step) < exact(symbol.volume_min)
        return
    volume = exact(sized.volume_lots)
    assert volume * loss_per_lot(symbol, distance) <= exact(money), "it loses more than was said"
    assert volume <= exact(symbol.volume_max)
    assert max_lots is None or volume <= exact(max_lots)
    assert volume >= exact(symbol.volume_min)
    assert volume % exact(symbol.volume_step) == 0
    if not sized.is_capped:
        assert (volume + exact(symbol.volume_step)) * loss_per_lot(symbol, distance) > exact(money), "it wastes a step"


@given(st.floats(allow_nan=True), SPECS, st.none() | st.floats())
def test_a_fixed_volume_is_kept_or_refused(lots: float, symbol: SymbolSpec, max_lots: float | None) -> None:
    try:
        sized = size_fixed(lots, symbol, max_lots)
    except Refused:
        return
    volume = exact(sized.volume_lots)
    assert exact(lots) - exact(symbol.volume_step) < volume <= exact(lots)
    assert exact(symbol.volume_min) <= volume <= exact(symbol.volume_max)
    assert max_lots is None or volume <= exact(max_lots)


@given(SPECS, st.integers(1, 10**5), st.floats(0.01, 1e5), st.floats(1.01, 10))
def test_more_money_never_makes_a_smaller_volume(symbol: SymbolSpec, ticks: int, money: float, factor: float) -> None:
    distance = exact(symbol.tick_size) * ticks
    try:
        small = size_by_risk(money, distance, symbol, None)
    except SizeBelowMinimum:
        assume(False)
        return
    assert size_by_risk(money * factor, distance, symbol, None).volume_lots >= small.volume_lots
