"""Where a stop belongs: tables for the rules, properties for what must hold for every position."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import Protection, Side, SymbolSpec
from agent.trailing import Bar, Grid, Held, Plan, average_true_range, exact, grid_of, next_stop, plan_of

SPEC = SymbolSpec(
    name="EURUSD", digits=5, point=0.00001, tick_size=0.00001, tick_value=1.0, contract_size=100_000,
    volume_min=0.01, volume_max=100.0, volume_step=0.01,
)  # fmt: skip
GRID = grid_of(SPEC)
PIPS = {
    "break_even": {"trigger": 10, "offset": 1},
    "trailing": {"trigger": 20, "distance": 15, "step": 5},
}


def plan(**parts: object) -> Plan:
    return plan_of(Protection.model_validate(parts), SPEC, None)


EVEN, TRAIL, BOTH = plan(break_even=PIPS["break_even"]), plan(trailing=PIPS["trailing"]), plan(**PIPS)


@pytest.mark.parametrize(
    ("what", "side", "price", "sl", "wanted"),
    [
        (EVEN, Side.BUY, 1.10099, 0.0, None),  # a point short of the trigger
        (EVEN, Side.BUY, 1.10100, 0.0, 1.10010),
        (EVEN, Side.SELL, 1.09900, 0.0, 1.09990),
        (EVEN, Side.BUY, 1.10100, 1.09800, 1.10010),
        (EVEN, Side.BUY, 1.10500, 1.10010, None),  # once is enough
        (EVEN, Side.BUY, 1.10500, 1.10200, None),  # tighter already
        (TRAIL, Side.BUY, 1.10199, 1.09800, None),
        (TRAIL, Side.BUY, 1.10200, 1.09800, 1.10050),
        (TRAIL, Side.BUY, 1.10249, 1.10050, None),  # less than a step
        (TRAIL, Side.BUY, 1.10250, 1.10050, 1.10100),
        (TRAIL, Side.BUY, 1.10205, 1.10100, None),  # the price came back: the stop stays
        (TRAIL, Side.SELL, 1.09800, 0.0, 1.09950),
        (TRAIL, Side.SELL, 1.09750, 1.09950, 1.09900),
        (TRAIL, Side.SELL, 1.09790, 1.09900, None),
        (BOTH, Side.BUY, 1.10150, 1.09800, 1.10010),
        (BOTH, Side.BUY, 1.10300, 1.10010, 1.10150),
        (BOTH, Side.BUY, 1.10300, 1.10149, None),
    ],
)
def test_the_stop_follows_the_rules(what: Plan, side: Side, price: float, sl: float, wanted: float | None) -> None:
    assert next_stop(Held(side, 1.1, price, sl), what, GRID) == wanted


@pytest.mark.parametrize(("side", "price", "wanted"), [(Side.BUY, 1.10300, 1.10100), (Side.SELL, 1.09700, 1.09900)])
def test_a_trailing_stop_keeps_the_brokers_distance(side: Side, price: float, wanted: float) -> None:
    grid = Grid(Decimal("0.00001"), 5, stops_level=Decimal("0.002"))

    assert next_stop(Held(side, 1.1, price), TRAIL, grid) == wanted


def test_break_even_waits_until_the_brokers_distance_permits_it() -> None:
    grid = Grid(Decimal("0.00001"), 5, stops_level=Decimal("0.002"))

    assert next_stop(Held(Side.BUY, 1.1, 1.10209), EVEN, grid) is None
    assert next_stop(Held(Side.BUY, 1.1, 1.10210), EVEN, grid) == 1.1001


@pytest.mark.parametrize(("sl", "tp"), [(1.10260, 0.0), (1.09800, 1.10340)])
def test_nothing_moves_within_the_freeze_level(sl: float, tp: float) -> None:
    grid = Grid(Decimal("0.00001"), 5, freeze_level=Decimal("0.0005"))

    assert next_stop(Held(Side.BUY, 1.1, 1.10300, sl, tp), BOTH, grid) is None
    assert next_stop(Held(Side.BUY, 1.1, 1.10300, 1.09800, 1.11), BOTH, grid) == 1.1015


def test_an_average_open_price_is_rounded_so_that_break_even_is_no_loss() -> None:
    even = plan(break_even={"trigger": 10})

    assert next_stop(Held(Side.BUY, 1.1000033, 1.1012), even, GRID) == 1.10001
    assert next_stop(Held(Side.SELL, 1.1000033, 1.0988), even, GRID) == 1.1


def test_atr_is_the_mean_true_range_with_gaps() -> None:
    bars = [Bar(10, 9, 9.5), Bar(11, 10, 10.5), Bar(10.5, 8, 8.5), Bar(9, 8.5, 9)]

    assert average_true_range(bars, 3) == exact((1.5 + 2.5 + 0.5) / 3)
    assert average_true_range(bars, 4) is None


def test_distances_in_atr_wait_for_the_atr_and_pips_do_not() -> None:
    protection = Protection.model_validate(
        {"break_even": {"trigger": 10}, "trailing": {"unit": "atr", "trigger": 1, "distance": 2, "step": 0.5}}
    )

    assert plan_of(protection, SPEC, None) == Plan(even_trigger=Decimal("0.0010"))
    found = plan_of(protection, SPEC, Decimal("0.0012"))
    assert (found.trail_trigger, found.trail_distance, found.trail_step) == (
        Decimal("0.0012"), Decimal("0.0024"), Decimal("0.0006"),
    )  # fmt: skip


SIDES = st.sampled_from(Side)
POINTS = st.integers(1, 20_000).map(lambda n: Decimal(n) / 100_000)
PRICES = st.integers(90_000, 130_000).map(lambda n: float(Decimal(n) / 100_000))
PLANS = st.builds(
    Plan,
    even_trigger=st.none() | POINTS,
    even_offset=POINTS,
    trail_trigger=POINTS,
    trail_distance=st.none() | POINTS,
    trail_step=POINTS,
)
GRIDS = st.builds(
    Grid,
    tick=st.sampled_from([Decimal("0.00001"), Decimal("0.00005"), Decimal("0.0005")]),
    digits=st.just(5),
    stops_level=st.integers(0, 300).map(lambda n: Decimal(n) / 100_000),
    freeze_level=st.integers(0, 300).map(lambda n: Decimal(n) / 100_000),
)


@given(SIDES, PRICES, st.lists(PRICES, min_size=1, max_size=40), st.just(0.0) | PRICES, PLANS, GRIDS)
def test_along_any_path_the_stop_never_loosens_and_the_broker_takes_every_move(
    side: Side, opened: float, path: list[float], sl: float, what: Plan, grid: Grid
) -> None:
    sign = 1 if side is Side.BUY else -1
    for price in path:
        moved = next_stop(Held(side, opened, price, sl), what, grid)
        if moved is None:
            continue
        gap = (exact(price) - exact(moved)) * sign
        assert gap > 0
        assert gap >= grid.stops_level
        assert exact(moved) % grid.tick == 0
        if sl:
            assert (exact(moved) - exact(sl)) * sign >= grid.tick
            assert abs(exact(sl) - exact(price)) > grid.freeze_level or not grid.freeze_level
        sl = moved


@given(SIDES, PRICES, PRICES, PLANS, GRIDS)
def test_a_stop_that_was_moved_needs_no_second_move_at_the_same_price(
    side: Side, opened: float, price: float, what: Plan, grid: Grid
) -> None:
    moved = next_stop(Held(side, opened, price), what, grid)

    if moved is not None:
        again = next_stop(Held(side, opened, price, moved), what, grid)
        assert again is None
