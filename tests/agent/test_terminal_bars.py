"""Bars as the terminal adapter reads them, and pending orders as it changes them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.protocol import HistoryPayload, OrderType, Side, Timeframe
from agent.terminal.gateway import OrderInvalid, SendClass
from tests.agent.paper import FLAT, Clock, Recorder, adapter, open_trade, paper


def asked(count: int = 5, timeframe: Timeframe = Timeframe.H4, **more: Any) -> HistoryPayload:
    return HistoryPayload(symbol="EURUSD", timeframe=timeframe, count=count, **more)


def test_bars_open_in_the_brokers_time_and_are_told_in_utc() -> None:
    clock = Clock()
    terminal = adapter(paper(clock), clock)
    clock.forward(seconds=30)
    terminal.health()  # a tick that changed since the last look tells the broker's time
    told = terminal.bars(asked())

    assert told.offset_s is not None
    assert len(told.bars) == 5
    opened = [datetime.fromtimestamp(bar[0] + told.offset_s, UTC) for bar in told.bars]
    assert all(at.hour % 4 == 0 and (at.minute, at.second) == (0, 0) for at in opened)
    assert {later - earlier for earlier, later in itertools.pairwise(opened)} == {timedelta(hours=4)}
    newest = datetime.fromtimestamp(told.bars[-1][0], UTC)
    assert newest <= clock.now() < newest + timedelta(hours=4)
    older = terminal.bars(asked(3, before=datetime.fromtimestamp(told.bars[2][0], UTC)))
    assert [bar[0] for bar in older.bars[1:]] == [bar[0] for bar in told.bars[:2]]
    assert older.bars[1:] == told.bars[:2]


def test_an_unknown_symbol_has_no_bars() -> None:
    clock = Clock()
    terminal = adapter(paper(clock, prices=FLAT), clock)
    with pytest.raises(OrderInvalid, match="no symbol"):
        terminal.bars(HistoryPayload(symbol="NOSUCH", timeframe=Timeframe.M1, count=3))


def test_a_pending_order_is_changed_by_one_request_and_keeps_its_expiry() -> None:
    clock = Clock()
    api = Recorder(paper(clock, prices=FLAT))
    terminal = adapter(api, clock)
    placed = open_trade(terminal, order_type=OrderType.LIMIT, price=1.09)
    assert placed.outcome is SendClass.PLACED
    (order,) = terminal.orders()

    done = terminal.modify_order(order, price=1.08, sl=1.07, tp=1.1)
    (changed,) = terminal.orders()
    again = terminal.modify_order(changed, price=1.08, sl=1.07, tp=1.1)

    assert (done.outcome, again.outcome) == (SendClass.DONE, SendClass.DONE)
    assert (changed.price, changed.sl, changed.tp, changed.side) == (1.08, 1.07, 1.1, Side.BUY)
    with pytest.raises(OrderInvalid, match="must be below the market"):
        terminal.modify_order(changed, price=1.2, sl=0.0, tp=0.0)
    with pytest.raises(OrderInvalid, match="stop loss"):
        terminal.modify_order(changed, price=1.08, sl=1.09, tp=0.0)
    terminal.cancel_order(changed)
    with pytest.raises(OrderInvalid, match="waits no longer"):
        terminal.modify_order(changed, price=1.07, sl=0.0, tp=0.0)
