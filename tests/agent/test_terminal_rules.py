"""The pure rules of the terminal adapter: volumes, prices, levels, filling, symbols, return codes, broker time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import Level, LevelKind, OrderType, Side
from agent.simulator import constants
from agent.terminal.broker_time import BrokerClock
from agent.terminal.gateway import OrderInvalid, SendClass
from agent.terminal.order_terms import (
    Prices,
    check_levels,
    checked_magic,
    filling_modes,
    level_price,
    pending_price,
    pip,
    rounded_price,
    safe_comment,
    snapped_volume,
)
from agent.terminal.retcodes import send_class, unanswered_class
from agent.terminal.symbol_names import SymbolUnresolved, resolve
from agent.terminal.tracing import belongs_by_tag


@dataclass(frozen=True)
class Spec:
    """What the rules read of a `SymbolInfo`."""

    name: str = "EURUSD"
    digits: int = 5
    point: float = 0.00001
    trade_tick_size: float = 0.00001
    trade_stops_level: int = 0
    filling_mode: int = 3
    trade_exemode: int = 2
    trade_mode: int = 4
    currency_base: str = "EUR"
    currency_profit: str = "USD"


EURUSD = Spec()
PRICES = Prices(bid=1.1, ask=1.1001)


# --- volume ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "step", "snapped"),
    [
        (0.129, 0.01, 0.12),
        (0.3, 0.1, 0.3),
        (0.29999999999999, 0.1, 0.2),
        (1.0, 1.0, 1.0),
        (1.99, 1.0, 1.0),
        (500.0, 0.01, 100.0),
    ],
)
def test_volume_goes_down_to_the_step_and_to_the_maximum(asked: float, step: float, snapped: float) -> None:
    assert snapped_volume(asked, step, 0.01, 100.0) == snapped


@pytest.mark.parametrize("asked", [0.009, 0.0, -1.0, float("nan"), float("inf")])
def test_volume_below_the_minimum_or_absurd_is_refused_not_raised(asked: float) -> None:
    with pytest.raises(OrderInvalid):
        snapped_volume(asked, 0.01, 0.01, 100.0)


@given(
    asked=st.floats(1e-6, 1e6),
    step=st.sampled_from([0.01, 0.1, 1.0, 0.001, 0.05, 0.25]),
    steps=st.integers(1, 10),
)
def test_volume_is_never_rounded_up(asked: float, step: float, steps: int) -> None:
    minimum, maximum = step * steps, 500.0
    try:
        snapped = snapped_volume(asked, step, minimum, maximum)
    except OrderInvalid:
        assert asked < minimum + step
        return
    assert snapped <= asked
    assert minimum <= snapped + 1e-12
    assert snapped <= maximum
    assert Decimal(str(snapped)) % Decimal(str(step)) == 0
    assert asked - snapped < step or snapped == pytest.approx(maximum)


# --- prices and levels ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("digits", "point", "size"),
    [(5, 1e-5, 1e-4), (4, 1e-4, 1e-4), (3, 1e-3, 1e-2), (2, 1e-2, 1e-2), (1, 0.1, 0.1), (0, 1.0, 1.0)],
    ids=["pair", "old pair", "yen pair or gold at 3", "gold or yen at 2", "index", "whole points"],
)
def test_a_pip_is_ten_points_with_three_or_five_digits_and_else_one(digits: int, point: float, size: float) -> None:
    assert pip(replace(EURUSD, digits=digits, point=point)) == pytest.approx(size)


def test_prices_go_to_whole_ticks() -> None:
    assert rounded_price(EURUSD, 1.123456) == 1.12346
    index = replace(EURUSD, digits=2, point=0.01, trade_tick_size=0.25)
    assert rounded_price(index, 5000.37) == 5000.25
    assert rounded_price(replace(index, trade_tick_size=0.0), 5000.373) == 5000.37


@pytest.mark.parametrize(
    ("kind", "value", "side", "is_stop", "price"),
    [
        (LevelKind.PRICE, 1.0512345, Side.BUY, True, 1.05123),
        (LevelKind.PIPS, 20, Side.BUY, True, 1.0981),
        (LevelKind.PIPS, 20, Side.BUY, False, 1.1021),
        (LevelKind.PIPS, 20, Side.SELL, True, 1.102),
        (LevelKind.PIPS, 20, Side.SELL, False, 1.098),
        (LevelKind.PERCENT, 1, Side.BUY, True, 1.0891),
        (LevelKind.PERCENT, 1, Side.SELL, True, 1.111),
    ],
)
def test_levels_become_prices_from_the_entry(
    kind: LevelKind, value: float, side: Side, is_stop: bool, price: float
) -> None:
    level = Level(kind=kind, value=value)
    assert level_price(EURUSD, level, side, PRICES.entry(side), is_stop=is_stop) == price


def test_no_level_is_zero_and_a_distance_below_zero_is_refused() -> None:
    assert level_price(EURUSD, None, Side.BUY, 1.1, is_stop=True) == 0.0
    with pytest.raises(OrderInvalid):
        level_price(EURUSD, Level(kind=LevelKind.PERCENT, value=100), Side.BUY, 1.1, is_stop=True)


@pytest.mark.parametrize(
    ("side", "sl", "tp", "fits"),
    [
        (Side.BUY, 1.0, 1.2, True),
        (Side.BUY, 1.2, 0.0, False),
        (Side.BUY, 0.0, 1.0, False),
        (Side.SELL, 1.2, 1.0, True),
        (Side.SELL, 1.0, 0.0, False),
        (Side.BUY, 1.0999, 0.0, True),
        (Side.BUY, 1.09991, 0.0, False),
        (Side.SELL, 0.0, 1.0999, True),
        (Side.SELL, 1.10009, 0.0, False),
    ],
)
def test_levels_must_be_on_their_side_and_beyond_the_stops_level(side: Side, sl: float, tp: float, fits: bool) -> None:
    info = replace(EURUSD, trade_stops_level=10)
    if fits:
        check_levels(info, side, 1.1, sl, tp)
    else:
        with pytest.raises(OrderInvalid):
            check_levels(info, side, 1.1, sl, tp)


@pytest.mark.parametrize(
    ("side", "order_type", "price", "fits"),
    [
        (Side.BUY, OrderType.LIMIT, 1.09, True),
        (Side.BUY, OrderType.LIMIT, 1.11, False),
        (Side.BUY, OrderType.STOP, 1.11, True),
        (Side.BUY, OrderType.STOP, 1.09, False),
        (Side.SELL, OrderType.LIMIT, 1.11, True),
        (Side.SELL, OrderType.STOP, 1.11, False),
        (Side.SELL, OrderType.STOP, None, False),
    ],
)
def test_pending_orders_wait_on_their_side(side: Side, order_type: OrderType, price: float | None, fits: bool) -> None:
    if fits:
        assert pending_price(EURUSD, PRICES, side, order_type, price) == price
    else:
        with pytest.raises(OrderInvalid):
            pending_price(EURUSD, PRICES, side, order_type, price)


@pytest.mark.parametrize(
    ("execution", "bits", "is_pending", "first"),
    [
        (0, 0, False, 0),
        (1, 0, False, 0),
        (2, 3, False, 0),
        (2, 1, False, 0),
        (2, 2, False, 1),
        (3, 0, False, 2),
        (3, 2, False, 1),
        (2, 1, True, 2),
        (1, 1, True, 2),
    ],
)
def test_the_filling_mode_follows_the_vendors_table(execution: int, bits: int, is_pending: bool, first: int) -> None:
    modes = filling_modes(replace(EURUSD, trade_exemode=execution, filling_mode=bits), is_pending=is_pending)
    assert modes[0] == first
    assert sorted(modes) == [0, 1, 2]


def test_pending_orders_fall_back_to_ioc_before_fok() -> None:
    assert filling_modes(EURUSD, is_pending=True) == [2, 1, 0]


def test_comments_are_cut_and_cleaned() -> None:
    assert safe_comment("FE-AZqW_0 é[sl]" + "x" * 40) == "FE-AZqW_0 __sl_" + "x" * 12
    assert len(safe_comment("x" * 99)) == 27


@pytest.mark.parametrize("magic", [-1, 1 << 63])
def test_impossible_magic_numbers_are_refused(magic: int) -> None:
    with pytest.raises(OrderInvalid):
        checked_magic(magic)


# --- return codes ---------------------------------------------------------------------------------------------------

CLASSES = {
    10004: "new_price",
    10008: "placed",
    10009: "done",
    10010: "partial",
    10011: "unknown",
    10012: "unknown",
    10020: "new_price",
    10021: "new_price",
    10028: "unknown",
    10031: "unknown",
}
RETCODES = {name: getattr(constants, name) for name in constants.NAMES if name.startswith("TRADE_RETCODE_")}


@pytest.mark.parametrize("name", RETCODES)
def test_every_return_code_has_its_class(name: str) -> None:
    code = RETCODES[name]
    assert send_class(code) == CLASSES.get(code, "refused")


@pytest.mark.parametrize("code", [0, 1, 10000, 10005, 10037, 10047, 10999, -1])
def test_a_code_nobody_knows_is_uncertain(code: int) -> None:
    assert send_class(code) is SendClass.UNKNOWN


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (-2, "not_sent"),
        (-8, "not_sent"),
        (-10003, "not_sent"),
        (-10004, "not_sent"),
        (1, "unknown"),
        (-1, "unknown"),
        (-6, "unknown"),
        (-10000, "unknown"),
        (-10001, "unknown"),
        (-10002, "unknown"),
        (-10005, "unknown"),
    ],
)
def test_no_answer_is_uncertain_unless_the_request_provably_never_left(code: int, outcome: str) -> None:
    assert unanswered_class(code) == outcome


# --- symbols --------------------------------------------------------------------------------------------------------


def offer(*names: str, **modes: int) -> list[Any]:
    return [
        Spec(
            name=name,
            currency_base=name[:3].upper(),
            currency_profit=name[3:6].upper(),
            trade_mode=modes.get(name.replace(".", "_"), 4),
        )
        for name in names
    ]


@pytest.mark.parametrize(
    ("wanted", "offered", "mapping", "found"),
    [
        ("EURUSD", offer("EURUSD", "EURUSD.r"), {}, "EURUSD"),
        ("OANDA:EURUSD", offer("EURUSD"), {}, "EURUSD"),
        ("eurusd", offer("EURUSD"), {}, "EURUSD"),
        ("EURUSD", offer("EURUSD.r", "GBPUSD.r"), {}, "EURUSD.r"),
        ("EURUSD", offer("EURUSD", "EURUSD.r", EURUSD=0), {}, "EURUSD.r"),
        ("EURUSD", offer("EURUSDm", "EURUSD.x", EURUSD_x=0), {}, "EURUSDm"),
        ("EURUSD", offer("EURUSD", "EURUSD.r"), {"EURUSD": "EURUSD.r"}, "EURUSD.r"),
        ("OANDA:GOLD", [replace(EURUSD, name="XAUUSD")], {"GOLD": "XAUUSD"}, "XAUUSD"),
        ("US500", [replace(EURUSD, name="US500.cash", currency_base="USD")], {}, "US500.cash"),
    ],
)
def test_a_symbol_is_the_mapped_one_else_the_exact_one_else_the_only_twin(
    wanted: str, offered: list[Any], mapping: dict[str, str], found: str
) -> None:
    assert resolve(wanted, offered, mapping) == found


@pytest.mark.parametrize(
    ("wanted", "offered", "mapping"),
    [
        ("EURUSD", offer("EURUSD.r", "EURUSDm"), {}),
        ("EURUSD", offer("EURUSD", "EURUSD.r", "EURUSDm", EURUSD=0), {}),
        ("EURUSD", offer("EURUSD", EURUSD=3), {}),
        ("EURUSD", offer("GBPUSD"), {}),
        ("EURUSD", [replace(EURUSD, name="EURUSDX", currency_base="USD")], {}),  # another instrument, same letters
        ("EURUSD", offer("EURUSD"), {"EURUSD": "NOSUCH"}),
    ],
)
def test_a_symbol_is_never_guessed(wanted: str, offered: list[Any], mapping: dict[str, str]) -> None:
    with pytest.raises(SymbolUnresolved):
        resolve(wanted, offered, mapping)


# --- tags -----------------------------------------------------------------------------------------------------------

TAG = "FE-AZqW8Kx2c1mNqQ7f0aBcDe"


@pytest.mark.parametrize(
    ("comment", "is_ours"),
    [(TAG, True), (TAG + " x", True), (TAG[:22], True), (TAG[:12], False), ("", False), ("FE-" + "x" * 22, False)],
)
def test_a_comment_is_ours_by_the_whole_tag_or_by_most_of_it(comment: str, is_ours: bool) -> None:
    assert belongs_by_tag(comment, TAG) is is_ours
    assert not belongs_by_tag(comment, "")


# --- broker time ----------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)


def server_msc(now: datetime, offset_s: float) -> int:
    return int((now.timestamp() + offset_s) * 1000)


@pytest.mark.parametrize("hours", [0, 2, 3, -5, 5.5, 14])
@pytest.mark.parametrize("late_s", [0.0, 40.0, -20.0])
def test_the_offset_is_measured_on_a_tick_that_just_came(hours: float, late_s: float) -> None:
    clock = BrokerClock()
    assert clock.look("EURUSD", server_msc(NOON, hours * 3600 - late_s - 1), NOON) is False
    assert clock.is_measured is False
    assert clock.look("EURUSD", server_msc(NOON, hours * 3600 - late_s), NOON) is True
    assert clock.offset_s == hours * 3600


def test_an_old_tick_says_nothing() -> None:
    clock = BrokerClock()
    weekend = server_msc(NOON - timedelta(hours=40), 7200)
    assert not any(clock.look("EURUSD", weekend, NOON + timedelta(seconds=n)) for n in range(5))
    assert clock.offset_s == 0


def test_two_looks_far_apart_say_nothing() -> None:
    clock = BrokerClock()
    clock.look("EURUSD", server_msc(NOON, 7200) - 5000, NOON)
    later = NOON + timedelta(hours=6)
    assert clock.look("EURUSD", server_msc(NOON, 7200), later) is False


def test_a_new_tick_half_way_between_two_quarters_says_nothing() -> None:
    clock = BrokerClock()
    clock.look("EURUSD", server_msc(NOON, 0), NOON)
    assert clock.look("EURUSD", server_msc(NOON, 400), NOON) is False


def test_the_offset_follows_daylight_saving() -> None:
    clock = BrokerClock()
    for offset, day in ((7200, 1), (10800, 9)):
        now = datetime(2026, 3, day, 12, 0, tzinfo=UTC)
        clock.look("EURUSD", server_msc(now, offset) - 500, now)
        clock.look("EURUSD", server_msc(now, offset), now + timedelta(seconds=1))
        assert clock.offset_s == offset


def test_times_cross_the_border_both_ways() -> None:
    clock = BrokerClock()
    clock.look("X", server_msc(NOON, 10800) - 1, NOON)
    clock.look("X", server_msc(NOON, 10800), NOON)
    assert clock.to_utc(clock.to_server(NOON)) == NOON
    assert clock.to_utc_msc(server_msc(NOON, 10800)) == server_msc(NOON, 0)
    assert clock.last_midnight(NOON) == datetime(2026, 3, 16, 21, 0, tzinfo=UTC)
