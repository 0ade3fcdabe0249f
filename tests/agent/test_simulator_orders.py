"""Orders at the paper broker: execution and filling modes, hedging and netting, pending orders, levels, refusals."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from typing import Any

import pytest

from agent.simulator import Fault, FaultKind
from agent.simulator.instruments import EURUSD, Instrument
from tests.agent.paper import Clock, market_order, paper, pending_order, quotes, sum_of_deals

FLAT = {"EURUSD": quotes((0, 1.1, 1.1001))}
DONE = 10009


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> Any:
    """A hedging account whose EURUSD stands at 1.10000 / 1.10010."""
    return paper(clock, prices=FLAT)


@pytest.fixture
def netting(clock: Clock) -> Any:
    return paper(clock, prices=FLAT, margin_mode=0)


def other(**terms: Any) -> Instrument:
    return replace(EURUSD, name="OTHER", selected=True, **terms)


def test_a_buy_is_filled_at_the_ask_and_valued_at_the_bid(api: Any) -> None:
    result = market_order(api, volume=0.1, sl=1.09, tp=1.12, magic=7, comment="mine")
    assert (result.retcode, result.comment, result.volume, result.price) == (DONE, "Request executed", 0.1, 1.1001)
    assert (result.bid, result.ask, result.retcode_external) == (1.1, 1.1001, 0)
    position = api.positions_get(ticket=result.order)[0]
    assert position.ticket == position.identifier == result.order != result.deal
    assert (position.price_open, position.price_current, position.profit) == (1.1001, 1.1, -1.0)
    assert (position.sl, position.tp, position.magic, position.comment) == (1.09, 1.12, 7, "mine")
    deal = api.history_deals_get(position=position.identifier)[0]
    assert (deal.ticket, deal.order, deal.entry, deal.type) == (result.deal, result.order, 0, 0)
    assert api.history_deals_get(ticket=result.order) == (deal,)
    order = api.history_orders_get(ticket=result.order)[0]
    assert (order.state, order.volume_current, order.position_id) == (api.ORDER_STATE_FILLED, 0.0, position.ticket)


def test_opposite_orders_hedge_each_other(api: Any) -> None:
    market_order(api)
    market_order(api, buy=False)
    assert [each.type for each in api.positions_get()] == [0, 1]


def test_a_close_needs_the_ticket_and_pays_out_the_profit(api: Any) -> None:
    opened = market_order(api, volume=0.3)
    part = market_order(api, buy=False, volume=0.1, position=opened.order)
    assert api.positions_get()[0].volume == 0.2
    assert api.positions_get()[0].ticket == opened.order
    rest = market_order(api, buy=False, volume=0.2, position=opened.order)
    assert api.positions_get() == ()
    deals = api.history_deals_get(position=opened.order)
    assert [(deal.entry, deal.volume, deal.profit) for deal in deals] == [(0, 0.3, 0.0), (1, 0.1, -1.0), (1, 0.2, -2.0)]
    assert [deal.order for deal in deals] == [opened.order, part.order, rest.order]
    assert api.account_info().balance == sum_of_deals(api) == 9_997.0


def test_commission_is_charged_at_each_deal(clock: Clock) -> None:
    api = paper(clock, prices=FLAT, commission_per_lot=3.5)
    opened = market_order(api, volume=1.0)
    assert api.account_info().balance == 9_996.5
    market_order(api, buy=False, volume=1.0, position=opened.order)
    assert api.account_info().balance == sum_of_deals(api) == 9_983.0


def test_two_positions_close_by_each_other_with_the_profit_on_the_first(api: Any) -> None:
    bought, sold = market_order(api, volume=0.3), market_order(api, buy=False, volume=0.1)
    request = {"action": api.TRADE_ACTION_CLOSE_BY, "position": bought.order, "position_by": sold.order}
    result = api.order_send(request)
    assert (result.retcode, result.volume) == (DONE, 0.1)
    assert [(each.ticket, each.volume) for each in api.positions_get()] == [(bought.order, 0.2)]
    closing = [deal for deal in api.history_deals_get(0, 4e9) if deal.entry == api.DEAL_ENTRY_OUT_BY]
    assert [(deal.position_id, deal.profit) for deal in closing] == [(bought.order, -1.0), (sold.order, 0.0)]
    assert api.account_info().balance == sum_of_deals(api)


def test_netting_adds_at_the_average_price_reduces_and_reverses(netting: Any) -> None:
    first = market_order(netting, volume=0.1)
    market_order(netting, volume=0.3)
    position = netting.positions_get()[0]
    assert (position.volume, position.price_open, position.ticket) == (0.4, 1.1001, first.order)
    market_order(netting, buy=False, volume=0.1)
    assert netting.positions_get()[0].volume == 0.3
    turned = market_order(netting, buy=False, volume=0.5)
    position = netting.positions_get()[0]
    assert (position.type, position.volume, position.price_open) == (1, 0.2, 1.1)
    assert (position.ticket, position.identifier) == (turned.order, first.order)
    deals = netting.history_deals_get(position=first.order)
    assert [deal.entry for deal in deals] == [0, 0, 1, 2]
    assert netting.account_info().balance == sum_of_deals(netting) == 9_996.0


EXECUTIONS = {
    "request": 0,
    "instant": 1,
    "market": 2,
    "exchange": 3,
}
FILLING_TABLE = [
    (execution, bits, filling, allowed)
    for execution in EXECUTIONS
    for bits in (0, 1, 2, 3)
    for filling, allowed in (
        (0, execution in ("request", "instant") or bool(bits & 1)),
        (1, execution in ("request", "instant") or bool(bits & 2)),
        (2, execution != "market"),
        (3, False),
    )
]


@pytest.mark.parametrize(("execution", "bits", "filling", "allowed"), FILLING_TABLE)
def test_filling_modes_follow_the_vendors_table(execution: str, bits: int, filling: int, allowed: bool) -> None:
    instrument = other(execution=EXECUTIONS[execution], filling_mode=bits)
    api = paper(instruments=[instrument])
    result = market_order(api, "OTHER", type_filling=filling)
    assert result.retcode == (DONE if allowed else 10030)


@pytest.mark.parametrize(("takes_return", "filling", "retcode"), [(True, 2, DONE), (False, 2, 10030), (False, 1, DONE)])
def test_pending_orders_take_return_unless_the_broker_will_not(takes_return: bool, filling: int, retcode: int) -> None:
    api = paper(instruments=[other(pending_return=takes_return)])
    assert pending_order(api, 2, 0.9, symbol="OTHER", type_filling=filling).retcode == retcode


def test_instant_execution_requotes_beyond_the_deviation_with_the_new_prices(clock: Clock) -> None:
    api = paper(
        clock, prices={"OTHER": quotes((0, 1.1, 1.1001), (5, 1.1003, 1.1004))}, instruments=[other(execution=1)]
    )
    clock.forward(seconds=6)
    refused = market_order(api, "OTHER", price=1.1001, deviation=29)
    assert (refused.retcode, refused.bid, refused.ask) == (10004, 1.1003, 1.1004)
    assert api.positions_total() == 0
    filled = market_order(api, "OTHER", price=1.1001, deviation=30)
    assert (filled.retcode, filled.price) == (DONE, 1.1004)


def test_market_execution_fills_at_the_new_price_whatever_was_asked(api: Any) -> None:
    assert market_order(api, price=0.5, deviation=0).price == 1.1001


def test_slippage_never_fills_better_than_the_quote(clock: Clock) -> None:
    api = paper(clock, prices=FLAT, slippage_points=5)
    fills = [market_order(api, volume=0.01).price for _ in range(40)]
    assert min(fills) >= 1.1001
    assert max(fills) <= 1.10015
    assert len(set(fills)) > 3


@pytest.mark.parametrize(
    ("changes", "retcode"),
    [
        ({"symbol": "NOSUCH"}, 10013),
        ({"action": 99}, 10013),
        ({"symbol": "NZDUSD"}, 10021),  # not in Market Watch
        ({"type": 2}, 10035),
        ({"volume": 0.0}, 10014),
        ({"volume": 0.015}, 10014),
        ({"volume": 0.001}, 10014),
        ({"volume": 100.01}, 10014),
        ({"volume": -0.1}, 10014),
        ({"volume": float("nan")}, 10014),
        ({"sl": 1.1}, 10016),  # at the bid: stops level is 1 point
        ({"sl": 1.10005}, 10016),
        ({"tp": 1.1}, 10016),
        ({"sl": 1.0900001}, 10016),  # not a price of this symbol
        ({"volume": 10.0}, 10019),
        ({"position": 12345}, 10036),
    ],
)
def test_what_the_server_refuses(api: Any, changes: dict[str, Any], retcode: int) -> None:
    result = market_order(api, **changes) if "symbol" not in changes else api.order_send(_raw(changes))
    assert result.retcode == retcode
    assert api.order_check(_raw(changes)).retcode == retcode
    assert api.positions_total() == 0
    assert api.account_info().balance == sum_of_deals(api) == 10_000.0


def _raw(changes: dict[str, Any]) -> dict[str, Any]:
    return {"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0, "price": 1.1001, "type_filling": 0} | changes


@pytest.mark.parametrize(
    ("mode", "buy", "retcode"),
    [(0, True, 10017), (1, False, 10042), (1, True, DONE), (2, True, 10043), (2, False, DONE), (3, True, 10044)],
)
def test_trade_modes_limit_the_side(mode: int, buy: bool, retcode: int) -> None:
    api = paper(instruments=[other(trade_mode=mode)])
    assert market_order(api, "OTHER", buy=buy).retcode == retcode


@pytest.mark.parametrize(
    ("volume", "symbol", "buy", "retcode"),
    [(0.2, "EURUSD", False, 10038), (0.1, "GBPUSD", False, 10013), (0.1, "EURUSD", True, 10013)],
)
def test_a_close_must_fit_its_position(api: Any, volume: float, symbol: str, buy: bool, retcode: int) -> None:
    opened = market_order(api, volume=0.1)
    assert market_order(api, symbol, buy=buy, volume=volume, position=opened.order).retcode == retcode
    assert api.positions_get()[0].volume == 0.1


# --- pending orders -------------------------------------------------------------------------------------------------

MOVES = {
    "EURUSD": quotes(
        (0, 1.1, 1.1001), (60, 1.098, 1.0981), (120, 1.102, 1.1021), (180, 1.0975, 1.0976), (240, 1.1, 1.1001)
    )
}


@pytest.fixture
def moving(clock: Clock) -> Any:
    """EURUSD falls, rises, falls further and comes back, minute by minute."""
    return paper(clock, prices=MOVES)


@pytest.mark.parametrize(
    ("kind", "price", "filled_at", "after_s"),
    [
        (2, 1.0985, 1.0981, 60),  # buy limit, by the ask
        (3, 1.1015, 1.102, 120),  # sell limit, by the bid
        (4, 1.1015, 1.1021, 120),  # buy stop, by the ask
        (5, 1.0985, 1.098, 60),  # sell stop, by the bid
    ],
)
def test_pending_orders_are_filled_by_their_side_of_the_market(
    moving: Any, clock: Clock, kind: int, price: float, filled_at: float, after_s: int
) -> None:
    start = moving.symbol_info_tick("EURUSD").time
    placed = pending_order(moving, kind, price, sl=0.0, magic=9, comment="pend")
    assert (placed.retcode, placed.deal, placed.price, placed.order > 0) == (DONE, 0, 0.0, True)
    waiting = moving.orders_get(ticket=placed.order)[0]
    assert (waiting.price_open, waiting.volume_current, waiting.state) == (price, 0.1, moving.ORDER_STATE_PLACED)
    clock.forward(seconds=after_s - 1)
    assert moving.orders_total() == 1
    clock.forward(seconds=1000)
    assert moving.orders_total() == 0
    position = moving.positions_get()[0]
    assert (position.ticket, position.price_open, position.magic) == (placed.order, filled_at, 9)
    assert position.time == start + after_s


def test_a_stop_limit_becomes_a_limit_at_its_second_price(moving: Any, clock: Clock) -> None:
    placed = pending_order(moving, moving.ORDER_TYPE_BUY_STOP_LIMIT, 1.1015, stoplimit=1.0978)
    clock.forward(seconds=130)
    assert moving.orders_get()[0].type == moving.ORDER_TYPE_BUY_LIMIT
    clock.forward(seconds=60)
    assert (moving.positions_get()[0].ticket, moving.positions_get()[0].price_open) == (placed.order, 1.0976)


@pytest.mark.parametrize(
    ("kind", "price"),
    [(2, 1.1001), (2, 1.2), (3, 1.1), (4, 1.1001), (4, 1.0), (5, 1.1), (5, 1.2), (2, 0.0), (2, 1.0900001)],
)
def test_a_pending_order_must_wait_on_its_side_of_the_market(api: Any, kind: int, price: float) -> None:
    assert pending_order(api, kind, price).retcode == 10015


def test_levels_of_a_pending_order_are_measured_from_its_own_price(api: Any) -> None:
    assert pending_order(api, 2, 1.05, sl=1.06).retcode == 10016
    assert pending_order(api, 2, 1.05, sl=1.04, tp=1.06).retcode == DONE


def test_a_pending_order_can_be_changed_and_removed(api: Any) -> None:
    ticket = pending_order(api, 2, 1.05).order
    change = {"action": api.TRADE_ACTION_MODIFY, "order": ticket, "price": 1.06, "sl": 1.05}
    assert api.order_send(change).retcode == DONE
    assert (api.orders_get()[0].price_open, api.orders_get()[0].sl) == (1.06, 1.05)
    assert api.order_send(change).retcode == 10025
    remove = {"action": api.TRADE_ACTION_REMOVE, "order": ticket}
    assert api.order_send(remove).retcode == DONE
    assert api.order_send(remove).retcode == 10035
    assert api.history_orders_get(ticket=ticket)[0].state == api.ORDER_STATE_CANCELED


def test_orders_expire_when_they_said(api: Any, clock: Clock) -> None:
    now = api.symbol_info_tick("EURUSD").time
    dated = pending_order(api, 2, 1.05, type_time=api.ORDER_TIME_SPECIFIED, expiration=now + 3600)
    today = pending_order(api, 2, 1.05, type_time=api.ORDER_TIME_DAY)
    assert pending_order(api, 2, 1.05, type_time=api.ORDER_TIME_SPECIFIED, expiration=now).retcode == 10022
    clock.forward(minutes=61)
    assert [each.ticket for each in api.orders_get()] == [today.order]
    assert api.history_orders_get(ticket=dated.order)[0].state == api.ORDER_STATE_EXPIRED
    clock.forward(days=1)
    assert api.orders_get() == ()
    assert api.history_orders_get(ticket=today.order)[0].time_done % 86_400 == 0


def test_the_number_of_pending_orders_is_limited(clock: Clock) -> None:
    api = paper(clock, prices=FLAT, limit_orders=2)
    codes = [pending_order(api, 2, 1.05).retcode for _ in range(3)]
    assert codes == [DONE, DONE, 10033]


def test_volume_of_one_side_is_limited() -> None:
    api = paper(instruments=[other(volume_limit=0.15)])
    assert market_order(api, "OTHER", volume=0.1).retcode == DONE
    assert market_order(api, "OTHER", volume=0.1).retcode == 10034
    assert market_order(api, "OTHER", volume=0.1, buy=False).retcode == DONE


def test_a_triggered_order_without_money_is_rejected(moving: Any, clock: Clock) -> None:
    placed = pending_order(moving, 2, 1.0985, volume=20.0)
    clock.forward(minutes=2)
    assert moving.positions_get() == ()
    assert moving.history_orders_get(ticket=placed.order)[0].state == moving.ORDER_STATE_REJECTED


# --- levels ---------------------------------------------------------------------------------------------------------


def test_levels_are_changed_removed_and_refused(api: Any) -> None:
    ticket = market_order(api).order
    change = {"action": api.TRADE_ACTION_SLTP, "symbol": "EURUSD", "position": ticket, "sl": 1.09, "tp": 1.11}
    result = api.order_send(change)
    assert (result.retcode, result.deal, result.order, result.volume, result.price) == (DONE, 0, 0, 0.0, 0.0)
    assert (api.positions_get()[0].sl, api.positions_get()[0].tp) == (1.09, 1.11)
    assert api.order_send(change).retcode == 10025
    assert api.order_send(change | {"sl": 1.2}).retcode == 10016
    assert api.order_send(change | {"sl": 0.0, "tp": 0.0}).retcode == DONE
    assert api.positions_get()[0].sl == 0.0
    assert api.order_send(change | {"position": 1}).retcode == 10036


@pytest.mark.parametrize(
    ("buy", "levels", "closed_at", "reason", "comment"),
    [
        (True, {"sl": 1.099}, 1.098, 4, "[sl 1.09900]"),
        (True, {"tp": 1.101}, 1.102, 5, "[tp 1.10100]"),
        (False, {"sl": 1.1015}, 1.1021, 4, "[sl 1.10150]"),
        (False, {"tp": 1.099}, 1.0981, 5, "[tp 1.09900]"),
    ],
)
def test_levels_close_at_the_first_price_beyond_them(
    moving: Any, clock: Clock, buy: bool, levels: dict[str, float], closed_at: float, reason: int, comment: str
) -> None:
    opened = market_order(moving, buy=buy, magic=5, **levels)
    clock.forward(minutes=10)
    assert moving.positions_get() == ()
    out = moving.history_deals_get(position=opened.order)[-1]
    assert (out.price, out.reason, out.comment, out.magic, out.entry) == (closed_at, reason, comment, 5, 1)
    assert moving.history_orders_get(ticket=out.order)[0].reason == reason
    assert moving.account_info().balance == sum_of_deals(moving)


def test_a_frozen_level_cannot_be_moved() -> None:
    api = paper(instruments=[other(freeze_level=50)])
    tick = api.symbol_info_tick("OTHER")
    ticket = market_order(api, "OTHER", sl=round(tick.bid - 0.0002, 5)).order
    change = {"action": api.TRADE_ACTION_SLTP, "symbol": "OTHER", "position": ticket, "sl": round(tick.bid - 0.01, 5)}
    assert api.order_send(change).retcode == 10029


# --- on demand ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filling", "retcode", "volume"),
    [(0, 10006, 0.0), (1, 10010, 0.05)],
    ids=["fok fills all or nothing", "ioc a part"],
)
def test_a_partial_fill(api: Any, filling: int, retcode: int, volume: float) -> None:
    api.plan(Fault(FaultKind.PARTIAL, fraction=0.5))
    result = market_order(api, volume=0.1, type_filling=filling)
    assert (result.retcode, result.volume) == (retcode, volume)
    assert sum(each.volume for each in api.positions_get()) == volume
    assert api.orders_get() == ()


def test_the_rest_of_a_return_order_comes_with_the_next_tick_as_a_second_deal(clock: Clock) -> None:
    prices = {"OTHER": quotes((0, 1.1, 1.1001), (5, 1.1002, 1.1003))}
    api = paper(clock, prices=prices, instruments=[other(execution=3)])
    api.plan(Fault(FaultKind.PARTIAL, fraction=0.3))
    result = market_order(api, "OTHER", volume=0.1, type_filling=2)
    assert (result.retcode, result.volume) == (10010, 0.03)
    assert api.orders_get()[0].volume_current == 0.07
    clock.forward(seconds=6)
    deals = api.history_deals_get(position=result.order)
    assert [(deal.volume, deal.price, deal.entry) for deal in deals] == [(0.03, 1.1001, 0), (0.07, 1.1003, 0)]
    assert (api.positions_get()[0].volume, api.orders_get()) == (0.1, ())


def test_a_split_fill_is_two_deals_of_one_position(api: Any) -> None:
    api.plan(Fault(FaultKind.SPLIT, fraction=0.4))
    result = market_order(api, volume=0.1)
    deals = api.history_deals_get(position=result.order)
    assert (result.retcode, [deal.volume for deal in deals]) == (DONE, [0.04, 0.06])
    assert api.positions_get()[0].volume == 0.1


def test_requotes_come_as_often_as_planned(api: Any) -> None:
    api.plan(Fault(FaultKind.REQUOTE, times=2))
    results = [market_order(api) for _ in range(3)]
    assert [each.retcode for each in results] == [10004, 10004, DONE]
    assert (results[0].bid, results[0].ask) == (1.1, 1.1001)


def test_a_broker_may_replace_the_comment(api: Any) -> None:
    api.plan(Fault(FaultKind.COMMENT, text="brokers own", times=None))
    market_order(api, comment="FE 1", magic=4)
    assert (api.positions_get()[0].comment, api.positions_get()[0].magic) == ("brokers own", 4)


@pytest.mark.parametrize(
    ("switch", "retcode"),
    [
        ({"algo_trading": False}, 10027),
        ({"connected": False}, 10031),
        ({"investor": True}, 10017),
        ({"expert_allowed": False}, 10026),
        ({"market_open": False}, 10018),
    ],
)
def test_conditions_that_stop_trading(api: Any, switch: dict[str, bool], retcode: int) -> None:
    api.switch(**switch)
    assert market_order(api).retcode == retcode
    assert api.positions_total() == 0


def test_algo_trading_off_is_answered_by_the_terminal_itself(api: Any) -> None:
    api.switch(algo_trading=False)
    result = market_order(api)
    assert result[:7] == (10027, 0, 0, 0.0, 0.0, 0.0, 0.0)
    assert (result.comment, result.request_id) == ("AutoTrading disabled by client", 0)
    assert api.terminal_info().trade_allowed is False


def test_python_trading_off_is_none_and_minus_eight(api: Any) -> None:
    api.switch(python_api=False)
    assert market_order(api) is None
    assert api.last_error() == (-8, "Auto-Trading using Python API disabled in Terminal")
    assert api.terminal_info().tradeapi_disabled is True


def test_a_log_in_switches_algo_trading_off(api: Any) -> None:
    assert api.login(5_000_001, "demo", "ForexElite-Demo") is True
    assert api.terminal_info().trade_allowed is False


def test_the_investor_password_sees_everything_and_trades_nothing(api: Any) -> None:
    assert api.initialize(login=5_000_001, password="investor") is True
    assert api.account_info().trade_allowed is False
    assert market_order(api).retcode == 10017


@pytest.mark.parametrize("code", [-10001, -10002, -10004, -10005])
def test_calls_fail_on_demand_with_any_code(api: Any, code: int) -> None:
    api.plan(Fault(FaultKind.FAIL, call="account_info", code=code, text="broken"))
    assert api.account_info() is None
    assert api.last_error() == (code, "broken")
    assert api.account_info() is not None


def test_an_answer_can_be_lost_after_the_fill(api: Any) -> None:
    api.plan(Fault(FaultKind.FAIL_AFTER, code=-10005, text="IPC timeout"))
    assert market_order(api) is None
    assert api.last_error() == (-10005, "IPC timeout")
    assert api.positions_total() == 1


def test_a_timeout_can_hide_a_fill(api: Any) -> None:
    api.plan(Fault(FaultKind.MISREPORT, code=10012))
    assert market_order(api).retcode == 10012
    assert api.positions_total() == 1


def test_a_slow_call_holds_the_interpreter_as_the_real_package_does(api: Any) -> None:
    """Another thread counts meanwhile; it gets nowhere while a call blocks, unlike while this thread waits."""
    counted = itertools.count()
    stop = threading.Event()

    def count() -> None:
        while not stop.is_set():
            next(counted)

    other = threading.Thread(target=count)
    other.start()
    try:
        start = next(counted)
        stop.wait(0.4)
        free = next(counted) - start
        api.plan(Fault(FaultKind.SLOW, call="account_info", seconds=0.4))
        start = next(counted)
        assert api.account_info() is not None
        blocked = next(counted) - start
    finally:
        stop.set()
        other.join()
    assert blocked < free / 3


def test_prices_stand_still_while_the_broker_is_away(moving: Any, clock: Clock) -> None:
    moving.switch(connected=False)
    before = moving.symbol_info_tick("EURUSD")
    clock.forward(seconds=70)
    assert moving.symbol_info_tick("EURUSD") == before
    assert moving.terminal_info().connected is False
    moving.switch(connected=True)
    assert moving.symbol_info_tick("EURUSD").bid == 1.098


def test_a_check_tells_the_margin_and_changes_nothing(api: Any) -> None:
    answer = api.order_check(_raw({"volume": 1.0}))
    assert (answer.retcode, answer.comment, answer.margin) == (0, "Done", 1100.1)
    assert answer.margin_free == 10_000.0 - 1100.1
    assert answer.margin_level == pytest.approx(10_000 / 1100.1 * 100)
    assert api.positions_total() == 0


def test_unselected_symbols_have_no_prices_until_selected(api: Any) -> None:
    info = api.symbol_info("NZDUSD")
    assert (info.select, info.visible, info.bid, info.ask) == (False, False, 0.0, 0.0)
    assert api.symbol_info_tick("NZDUSD") is None
    assert api.symbol_select("NZDUSD") is True
    assert api.symbol_info_tick("NZDUSD").bid > 0
    assert api.symbol_info("NZDUSD").visible is True


def test_a_symbol_in_use_stays_selected(api: Any) -> None:
    market_order(api)
    assert api.symbol_select("EURUSD", False) is False
    assert api.symbol_select("GBPUSD", False) is True
