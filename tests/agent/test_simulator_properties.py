"""What holds at the paper broker after any sequence of orders."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.simulator import Fault, FaultKind
from tests.agent.paper import Clock, paper, pending_order, sum_of_deals

SYMBOLS = ("EURUSD", "USDJPY", "XAUUSD")
VOLUMES = st.integers(1, 300).map(lambda steps: round(steps * 0.01, 2))

STEPS = st.one_of(
    st.tuples(st.just("deal"), st.sampled_from(SYMBOLS), st.booleans(), VOLUMES, st.booleans()),
    st.tuples(st.just("close"), st.integers(0, 9), VOLUMES),
    st.tuples(st.just("close_by"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("pend"), st.integers(2, 5), st.integers(1, 40), VOLUMES),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(st.just("levels"), st.integers(0, 9), st.integers(1, 60), st.integers(1, 60)),
    st.tuples(st.just("fault"), st.sampled_from([FaultKind.PARTIAL, FaultKind.SPLIT]), st.floats(0.0, 1.0)),
    st.tuples(st.just("wait"), st.integers(1, 4000)),
)


def pick(rows: tuple[Any, ...], number: int) -> Any:
    return rows[number % len(rows)] if rows else None


def run(api: Any, clock: Clock, step: tuple[Any, ...]) -> None:
    kind, *values = step
    if kind == "deal":
        symbol, buys, volume, is_ioc = values
        api.order_send(_deal(symbol, buys, volume) | {"type_filling": int(is_ioc), "comment": "any"})
    elif kind == "close" and (position := pick(api.positions_get(), values[0])):
        request = _deal(position.symbol, position.type == 1, values[1])
        api.order_send(request | {"position": position.ticket})
    elif kind == "close_by":
        first, second = pick(api.positions_get(), values[0]), pick(api.positions_get(), values[1])
        if first:
            api.order_send({"action": 10, "position": first.ticket, "position_by": second.ticket})
    elif kind == "pend":
        order_type, pips, volume = values
        below = order_type in (2, 5)
        price = round(api.symbol_info_tick("EURUSD").bid + (-pips if below else pips) * 1e-4, 5)
        pending_order(api, order_type, price, volume=volume)
    elif kind == "remove" and (order := pick(api.orders_get(), values[0])):
        api.order_send({"action": 8, "order": order.ticket})
    elif kind == "levels" and (position := pick(api.positions_get(), values[0])):
        info = api.symbol_info(position.symbol)
        low, high = (round(info.bid + sign * values[1] * 10 * info.point, info.digits) for sign in (-1, 1))
        sl, tp = (low, high) if position.type == 0 else (high, low)
        api.order_send({"action": 6, "symbol": position.symbol, "position": position.ticket, "sl": sl, "tp": tp})
    elif kind == "fault":
        api.plan(Fault(values[0], fraction=values[1]))
    elif kind == "wait":
        clock.forward(seconds=values[0])


def _deal(symbol: str, buys: bool, volume: float) -> dict[str, Any]:
    return {"action": 1, "symbol": symbol, "volume": volume, "type": 0 if buys else 1}


def assert_sound(api: Any, is_hedging: bool) -> None:
    info, positions = api.account_info(), api.positions_get()
    assert info.balance == sum_of_deals(api)
    assert info.margin >= 0
    assert info.equity == pytest.approx(info.balance + info.credit + info.profit, abs=0.005)
    assert info.margin_free == pytest.approx(info.equity - info.margin, abs=0.005)
    assert info.profit == pytest.approx(sum(each.profit + each.swap for each in positions), abs=0.005)
    assert all(each.volume > 0 for each in positions)
    if not is_hedging:
        assert len({each.symbol for each in positions}) == len(positions)
    held = {each.identifier: each for each in positions}
    by_position: dict[int, float] = {}
    for deal in api.history_deals_get(0, 4e9):
        if deal.position_id:
            signed = deal.volume if deal.type == 0 else -deal.volume
            by_position[deal.position_id] = round(by_position.get(deal.position_id, 0.0) + signed, 8)
    for identifier, volume in by_position.items():
        position = held.get(identifier)
        expected = 0.0 if position is None else position.volume * (1 if position.type == 0 else -1)
        assert volume == pytest.approx(expected, abs=1e-9)
    assert held.keys() <= by_position.keys()


@pytest.mark.parametrize("margin_mode", [2, 0], ids=["hedging", "netting"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=25), seed=st.integers(1, 5))
def test_the_books_balance_after_any_sequence_of_orders(margin_mode: int, steps: list[Any], seed: int) -> None:
    clock = Clock()
    api = paper(clock, margin_mode=margin_mode, seed=seed, commission_per_lot=3.0, balance=5000.0)
    for step in steps:
        run(api, clock, step)
        assert_sound(api, is_hedging=margin_mode == 2)
        assert api.last_error() == (1, "Success")


@settings(max_examples=50, deadline=None)
@given(volume=st.floats(allow_nan=True, allow_infinity=True), price=st.floats(), sl=st.floats(), tp=st.floats())
def test_no_number_breaks_the_server(volume: float, price: float, sl: float, tp: float) -> None:
    api = paper()
    request = {"action": 1, "symbol": "EURUSD", "volume": volume, "price": price, "sl": sl, "tp": tp}
    for action, kind in ((1, 0), (5, 2), (6, 0)):
        answer = api.order_send(request | {"action": action, "type": kind, "type_filling": 2 if action == 5 else 0})
        assert answer is not None
        assert answer.retcode != 10009 or 0.01 <= volume <= 100 or action == 6
