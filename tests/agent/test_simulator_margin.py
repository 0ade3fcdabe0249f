"""Margin, profit, tick value and swap by the vendor's formulas, on the specifications of real brokers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.simulator import constants as mt5
from agent.simulator.instruments import EURUSD, Instrument
from agent.simulator.margin import Leg, MarginDesk, lot_margin, raw_profit
from tests.agent.paper import Clock, market_order, paper, quotes, sum_of_deals

PRICES = {"EURUSD": (1.1, 1.1002), "USDJPY": (150.0, 150.02), "EURGBP": (0.85, 0.8502), "GBPUSD": (1.29, 1.2903)}
CFD = Instrument(name="CFD", base="USD", profit="USD", digits=1, contract_size=10.0)


def quote(symbol: str) -> tuple[float, float] | None:
    return PRICES.get(symbol)


def desk(currency: str = "USD", leverage: int = 100, *, hedging: bool = True, **changes: Any) -> MarginDesk:
    pairs = [EURUSD, *(replace(EURUSD, name=n, base=n[:3], profit=n[3:]) for n in ("USDJPY", "EURGBP", "GBPUSD"))]
    offered = {each.name: each for each in pairs}
    offered["EURUSD"] = replace(EURUSD, **changes)
    return MarginDesk(offered, currency, leverage, is_hedging=hedging)


@pytest.mark.parametrize(
    ("mode", "more", "margin"),
    [
        (mt5.SYMBOL_CALC_MODE_FOREX, {}, 10 / 50),
        (mt5.SYMBOL_CALC_MODE_FOREX, {"margin_initial": 30.0}, 30 / 50),
        (mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE, {}, 10),
        (mt5.SYMBOL_CALC_MODE_CFD, {}, 10 * 2000),
        (mt5.SYMBOL_CALC_MODE_CFDLEVERAGE, {}, 10 * 2000 / 50),
        (mt5.SYMBOL_CALC_MODE_CFDINDEX, {"tick_price": 5.0, "tick_size": 0.5}, 10 * 2000 * (5 / 0.5) / 10),
        (mt5.SYMBOL_CALC_MODE_FUTURES, {"margin_initial": 700.0}, 700),
        (mt5.SYMBOL_CALC_MODE_EXCH_FUTURES, {"margin_initial": 700.0}, 700),
        (mt5.SYMBOL_CALC_MODE_EXCH_STOCKS, {}, 10 * 2000),
        (mt5.SYMBOL_CALC_MODE_EXCH_BONDS, {"face_value": 1000.0}, 10 * 1000 * 2000 / 100),
        (mt5.SYMBOL_CALC_MODE_SERV_COLLATERAL, {}, 0),
    ],
)
def test_margin_of_a_lot_by_calculation_mode(mode: int, more: dict[str, float], margin: float) -> None:
    assert lot_margin(replace(CFD, calc_mode=mode, **more), 2000.0, 50) == pytest.approx(margin)


@pytest.mark.parametrize(
    ("mode", "more", "profit"),
    [
        (mt5.SYMBOL_CALC_MODE_FOREX, {}, 5 * 10 * 3),
        (mt5.SYMBOL_CALC_MODE_CFD, {}, 5 * 10 * 3),
        (mt5.SYMBOL_CALC_MODE_EXCH_STOCKS, {}, 5 * 10 * 3),
        (mt5.SYMBOL_CALC_MODE_FUTURES, {"tick_price": 12.5, "tick_size": 0.25}, 5 * 12.5 / 0.25 * 3),
        (mt5.SYMBOL_CALC_MODE_EXCH_BONDS, {"face_value": 1000.0}, 5 / 100 * 1000 * 10 * 3),
        (mt5.SYMBOL_CALC_MODE_SERV_COLLATERAL, {}, 0),
    ],
)
@pytest.mark.parametrize("buys", [True, False])
def test_profit_by_calculation_mode(mode: int, more: dict[str, float], profit: float, buys: bool) -> None:
    instrument = replace(CFD, calc_mode=mode, **more)
    made = raw_profit(instrument, is_buy=buys, volume=3.0, open_price=2000.0, close_price=2005.0)
    assert made == pytest.approx(profit if buys else -profit)


@pytest.mark.parametrize(
    ("source", "target", "gain", "loss"),
    [
        ("USD", "USD", 1.0, 1.0),
        ("EUR", "USD", 1.1, 1.1002),
        ("USD", "EUR", 1 / 1.1002, 1 / 1.1),
        ("JPY", "USD", 1 / 150.02, 1 / 150.0),
        ("JPY", "EUR", 1 / 150.02 / 1.1002, 1 / 150.0 / 1.1),  # no pair of its own: over the dollar
        ("USD", "USC", 100.0, 100.0),
        ("EUR", "USC", 110.0, 110.02),
    ],
)
def test_a_gain_is_converted_at_the_worse_side_and_so_is_a_loss(
    source: str, target: str, gain: float, loss: float
) -> None:
    converter = desk(target).converter
    assert converter.rate(source, target, quote, is_gain=True) == pytest.approx(gain)
    assert converter.rate(source, target, quote, is_gain=False) == pytest.approx(loss)


@pytest.mark.parametrize(
    ("legs", "hedged", "use_leg", "margin"),
    [
        ([(True, 1.0, 1.1)], 50_000.0, False, 1100.0),
        ([(True, 1.0, 1.1), (False, 1.0, 1.2)], 50_000.0, False, 0.5 * 1150.0),  # all covered, both prices averaged
        ([(True, 1.0, 1.1), (False, 1.0, 1.2)], 0.0, False, 0.0),
        ([(True, 1.0, 1.1), (False, 1.0, 1.2)], 100_000.0, False, 1150.0),
        ([(True, 3.0, 1.1), (False, 1.0, 1.2)], 0.0, False, 2 * 1100.0),
        (
            [(True, 1.0, 1.1), (True, 1.0, 1.3), (False, 1.0, 1.2)],
            0.0,
            False,
            1200.0,
        ),  # weighted price of the larger leg
        ([(True, 3.0, 1.1), (False, 1.0, 1.2)], 50_000.0, True, 3300.0),
    ],
)
def test_hedged_volume_costs_the_hedged_margin(
    legs: list[tuple[bool, float, float]], hedged: float, use_leg: bool, margin: float
) -> None:
    broker = desk(margin_hedged=hedged, margin_hedged_use_leg=use_leg)
    held = [Leg("EURUSD", buys, volume, price) for buys, volume, price in legs]
    assert broker.total(held, quote) == pytest.approx(margin)


def test_symbols_do_not_cover_each_other() -> None:
    held = [Leg("EURUSD", True, 1.0, 1.1), Leg("GBPUSD", False, 1.0, 1.29)]
    assert desk(margin_hedged=0.0).total(held, quote) == pytest.approx(1100.0 + 1290.0)


SEEN = [
    # symbol, terms, digits, contract, tick value (per lot, account currency)
    ("EURUSD", {}, 5, 100_000.0, 1.0),
    ("XAUUSD", {}, 2, 100.0, 1.0),
    ("EURUSDc", {"catalogue": "cent", "currency": "USC"}, 5, 1000.0, 1.0),
    ("XAUUSDc", {"catalogue": "cent", "currency": "USC"}, 3, 1.0, 0.1),
    ("BTCUSDc", {"catalogue": "cent", "currency": "USC"}, 2, 0.01, 0.01),
]


@pytest.mark.parametrize(("symbol", "terms", "digits", "contract", "tick_value"), SEEN)
def test_tick_values_are_those_of_the_real_brokers(
    symbol: str, terms: dict[str, Any], digits: int, contract: float, tick_value: float
) -> None:
    info = paper(**terms).symbol_info(symbol)
    assert (info.digits, info.trade_contract_size) == (digits, contract)
    assert info.trade_tick_value == pytest.approx(tick_value)


def test_yen_tick_values_follow_the_price_and_differ_for_gain_and_loss() -> None:
    api = paper()
    api.symbol_select("EURJPY")
    tick, info = api.symbol_info_tick("USDJPY"), api.symbol_info("EURJPY")
    assert info.trade_tick_value_profit == pytest.approx(100 / tick.ask)
    assert info.trade_tick_value_loss == pytest.approx(100 / tick.bid)
    assert info.trade_tick_value_profit < info.trade_tick_value_loss


@pytest.mark.parametrize(
    ("symbol", "digits", "step", "stops", "execution", "filling", "swaps", "triple", "hedged"),
    [
        ("EURUSD", 5, 0.01, 1, 2, 3, (-11.0, 1.14064), 3, 50_000.0),
        ("EURJPY", 3, 0.01, 0, 1, 1, (-0.2, -1.2), 3, 100_000.0),
        ("XAUUSD", 2, 0.01, 0, 2, 3, (-74.12, -23.55), 3, 0.0),
    ],
)
def test_specifications_seen_at_real_brokers(
    symbol: str,
    digits: int,
    step: float,
    stops: int,
    execution: int,
    filling: int,
    swaps: tuple[float, float],
    triple: int,
    hedged: float,
) -> None:
    info = paper().symbol_info(symbol)
    assert (info.digits, info.volume_step, info.trade_stops_level) == (digits, step, stops)
    assert (info.trade_exemode, info.filling_mode, info.margin_hedged) == (execution, filling, hedged)
    assert ((info.swap_long, info.swap_short), info.swap_rollover3days) == (swaps, triple)


def test_calculations_of_the_terminal_agree_with_what_trades_do() -> None:
    clock = Clock()
    api = paper(clock, prices={"EURUSD": quotes((0, 1.1, 1.1001), (60, 1.105, 1.1051))})
    assert api.order_calc_margin(api.ORDER_TYPE_BUY, "EURUSD", 0.5, 1.1001) == 550.05
    opened = market_order(api, volume=0.5)
    assert api.account_info().margin == 550.05
    clock.forward(minutes=2)
    assert api.order_calc_profit(api.ORDER_TYPE_BUY, "EURUSD", 0.5, 1.1001, 1.105) == 245.0
    info = api.account_info()
    assert (info.profit, info.equity, info.margin_free) == (245.0, 10_245.0, 10_245.0 - 550.05)
    assert info.margin_level == pytest.approx(10_245.0 / 550.05 * 100)
    market_order(api, buy=False, volume=0.5, position=opened.order)
    assert api.account_info().balance == sum_of_deals(api) == 10_245.0
    assert (api.account_info().margin, api.account_info().margin_level) == (0.0, 0.0)


def test_a_hedge_that_lowers_the_margin_needs_no_free_money() -> None:
    api = paper(prices={"EURUSD": quotes((0, 1.1, 1.1001))}, margin_mode=2)
    assert market_order(api, volume=9.0).retcode == 10009
    assert market_order(api, volume=9.0).retcode == 10019
    assert market_order(api, volume=9.0, buy=False).retcode == 10009


# --- swap -----------------------------------------------------------------------------------------------------------

MONDAY_EVENING = datetime(2026, 3, 16, 20, 0, tzinfo=UTC)  # server midnight is 21:00 UTC in summer time


def other(**terms: Any) -> Instrument:
    return replace(EURUSD, name="OTHER", selected=True, **terms)


@pytest.mark.parametrize(
    ("mode", "rate", "expected"),
    [
        (mt5.SYMBOL_SWAP_MODE_DISABLED, -10.0, 0.0),
        (mt5.SYMBOL_SWAP_MODE_POINTS, -10.0, -10.0),
        (mt5.SYMBOL_SWAP_MODE_CURRENCY_SYMBOL, -10.0, -10.0 * 1.1001),
        (mt5.SYMBOL_SWAP_MODE_CURRENCY_MARGIN, -10.0, -10.0 * 1.1001),
        (mt5.SYMBOL_SWAP_MODE_CURRENCY_DEPOSIT, -10.0, -10.0),
        (mt5.SYMBOL_SWAP_MODE_INTEREST_CURRENT, -3.6, -0.01 / 100 * 100_000 * 1.1),
        (mt5.SYMBOL_SWAP_MODE_INTEREST_OPEN, -3.6, -0.01 / 100 * 100_000 * 1.1001),
    ],
)
def test_swap_is_charged_at_the_servers_midnight_in_the_unit_of_its_mode(
    mode: int, rate: float, expected: float
) -> None:
    clock = Clock(MONDAY_EVENING)
    flat = quotes((0, 1.1, 1.1001))
    instrument = other(swap_mode=mode, swap_long=rate)
    api = paper(clock, prices={"OTHER": flat, "EURUSD": flat}, instruments=[instrument])
    market_order(api, "OTHER", volume=1.0)
    clock.forward(minutes=59)
    assert api.positions_get()[0].swap == 0.0
    clock.forward(minutes=2)
    assert api.positions_get()[0].swap == pytest.approx(expected, abs=0.005)
    info = api.account_info()
    assert (info.balance, info.profit) == (10_000.0, round(-10.0 + api.positions_get()[0].swap, 2))


def test_a_week_of_swap_is_seven_days_with_wednesday_threefold_and_is_paid_on_closing() -> None:
    clock = Clock(MONDAY_EVENING)
    flat = quotes((0, 1.1, 1.1001))
    api = paper(clock, prices={"OTHER": flat}, instruments=[other(swap_long=-1.0)])
    opened = market_order(api, "OTHER", volume=1.0)
    swaps = []
    for _ in range(7):
        clock.forward(days=1)
        swaps.append(api.positions_get()[0].swap)
    assert swaps == [-1.0, -2.0, -5.0, -6.0, -7.0, -7.0, -7.0]
    market_order(api, "OTHER", buy=False, volume=0.4, position=opened.order)
    assert (api.history_deals_get(0, 4e9)[-1].swap, api.positions_get()[0].swap) == (-2.8, -4.2)
    market_order(api, "OTHER", buy=False, volume=0.6, position=opened.order)
    assert api.account_info().balance == sum_of_deals(api) == 9983.0


def test_swap_by_reopening_moves_the_open_price_and_keeps_the_position() -> None:
    clock = Clock(MONDAY_EVENING)
    instrument = other(swap_mode=mt5.SYMBOL_SWAP_MODE_REOPEN_CURRENT, swap_long=-7.0)
    api = paper(clock, prices={"OTHER": quotes((0, 1.1, 1.1001))}, instruments=[instrument])
    opened = market_order(api, "OTHER", volume=1.0)
    clock.forward(hours=2)
    position = api.positions_get()[0]
    assert (position.ticket, position.price_open, position.profit) == (opened.order, 1.10007, -7.0)
    deals = api.history_deals_get(position=opened.order)
    assert [(deal.entry, deal.reason) for deal in deals] == [(0, 3), (1, 7), (0, 7)]
    assert api.account_info().balance == sum_of_deals(api) == 9_990.0
