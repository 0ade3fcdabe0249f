"""Pips, percent and prices become distances, and levels on the wrong side are refused."""

from decimal import Decimal

import pytest

from forex_elite.domain.levels import LevelUnusable, check_stop, check_target, pip_size, price_of, words
from forex_elite.domain.trading import Level, LevelKind, Side, SymbolSpec

PIPS, PRICE, PERCENT = LevelKind.PIPS, LevelKind.PRICE, LevelKind.PERCENT


def spec(digits: int, stops_level_points: float = 0) -> SymbolSpec:
    point = float(Decimal(1).scaleb(-digits))
    return SymbolSpec("X", "", "", digits, point, point, 1.0, 1, 0.01, 100, 0.01, stops_level_points)


@pytest.mark.parametrize(
    ("digits", "pip"),
    [(5, "0.0001"), (4, "0.0001"), (3, "0.01"), (2, "0.01"), (1, "0.1"), (0, "1")],
)
def test_a_pip_is_ten_points_where_a_fraction_of_it_is_quoted(digits: int, pip: str) -> None:
    assert pip_size(spec(digits)) == Decimal(pip)


@pytest.mark.parametrize(
    ("level", "side", "distance"),
    [
        (Level(PIPS, 20), Side.BUY, "0.0020"),
        (Level(PIPS, 20), Side.SELL, "0.0020"),
        (Level(PERCENT, 1), Side.BUY, "0.011"),
        (Level(PRICE, 1.0985), Side.BUY, "0.0015"),
        (Level(PRICE, 1.1015), Side.SELL, "0.0015"),
    ],
)
def test_the_stop_distance_is_exact(level: Level, side: Side, distance: str) -> None:
    assert check_stop(level, 1.1, side, spec(5)) == Decimal(distance)
    assert check_target(level, 1.1, side.opposite, spec(5)) == Decimal(distance)


@pytest.mark.parametrize(("price", "side"), [(1.11, Side.BUY), (1.09, Side.SELL), (1.1, Side.BUY), (1.1, Side.SELL)])
def test_a_level_on_the_wrong_side_is_refused(price: float, side: Side) -> None:
    with pytest.raises(LevelUnusable, match="must be"):
        check_stop(Level(PRICE, price), 1.1, side, spec(5))
    with pytest.raises(LevelUnusable, match="must be"):
        check_target(Level(PRICE, price), 1.1, side.opposite, spec(5))


def test_a_level_nearer_than_the_brokers_stops_level_is_refused() -> None:
    with pytest.raises(LevelUnusable, match=r"at least 0\.0005"):
        check_stop(Level(PIPS, 4), 1.1, Side.BUY, spec(5, stops_level_points=50))
    assert check_stop(Level(PIPS, 5), 1.1, Side.BUY, spec(5, stops_level_points=50)) == Decimal("0.0005")


def test_a_distance_that_leaves_no_price_is_refused() -> None:
    with pytest.raises(LevelUnusable, match="smaller distance"):
        check_stop(Level(PIPS, 20_000), 1.1, Side.BUY, spec(5))


def test_a_distance_becomes_a_price_with_the_symbols_digits() -> None:
    assert price_of(Level(PERCENT, 0.333), 1.1, spec(5), is_above=True) == Decimal("1.10366")


def test_levels_are_said_with_their_unit() -> None:
    assert [words(Level(kind, 20)) for kind in (PIPS, PRICE, PERCENT)] == ["20 pips", "20", "20 %"]
