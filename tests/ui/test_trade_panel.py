"""One trade in detail as the browser may see it, and the panel's state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from forex_elite.domain.protection import Protection, Trailing
from forex_elite.domain.signals import ExecutionStatus
from forex_elite.domain.ticket import TicketStages
from forex_elite.domain.trade_record import EventKind, OrderSource, TradeEvent, TradeOrder, TradeRecord, story
from forex_elite.errors import DatabaseUnavailable, NotFound
from forex_elite.services import trades
from forex_elite.ui.trade.rows import MOST_EVENTS, MOST_ORDERS, trade_view
from forex_elite.ui.trade.state import TradeState
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta
from tests.ui.test_overview_rows import trade

TRADE = UUID(int=5)


def held(**values):
    given = {
        "id": TRADE, "symbol": "EURUSD", "open_price": Decimal("1.05"), "open_time": NOW, "volume": Decimal("0.5"),
        "pip": 0.0001, "digits": 5, "magic": 0, "source": "Manual", "current_price": Decimal("1.06"),
        "reported_at": NOW + timedelta(hours=1), **values,
    }  # fmt: skip
    return trade(**given)


def changed(seconds: int, **values) -> TradeEvent:
    before = {"volume": Decimal("0.5"), "sl": Decimal("1.04"), "tp": Decimal(0)}
    old = {f"old_{name}": value for name, value in before.items()}
    return TradeEvent(kind=EventKind.CHANGED, at=NOW + timedelta(seconds=seconds), **{**before, **old, **values})


def order(action: str, seconds: float, source: OrderSource = OrderSource.POSITIONS, **values) -> TradeOrder:
    at = NOW + timedelta(seconds=seconds)
    given = {
        "id": UUID(int=int(seconds * 10) + 1000), "status": ExecutionStatus.EXECUTED, "reason_code": "", "reason": "",
        "stages": TicketStages(at, queued=at, filled=at + timedelta(milliseconds=84)), **values,
    }  # fmt: skip
    return TradeOrder(action=action, source=source, **given)


def recorded(info, events=(), orders=()) -> TradeRecord:
    told = story(info, events, orders)
    return TradeRecord(
        trade=info, account_name="Alpha", account_server="Demo", strategy_name="", events=told, left_out=0,
        orders=tuple(orders),
    )  # fmt: skip


def lines(record: TradeRecord) -> list[tuple[str, str, str]]:
    return [(row.name, row.detail, row.who) for row in trade_view(record, "UTC").events]


def test_a_story_says_what_moved_and_what_brought_it_about() -> None:
    info = held(
        is_closed=True, close_price=Decimal("1.06"), close_time=NOW + timedelta(seconds=900),
        profit=Decimal(40), swap=Decimal(-1), commission=Decimal(-2), sl=Decimal("1.04"),
    )  # fmt: skip
    trailing = Protection(trailing=Trailing(distance=20))
    alert = order("open", 0, OrderSource.ALERT, strategy_name="Momentum")
    orders = (
        alert,
        order("close", 100, filled_lots=Decimal("0.2")),
        order("modify", 200, asks_levels=True, sl=Decimal("1.05"), status=ExecutionStatus.REJECTED),
        order("protect", 300, protection=trailing),
        order("protect", 700),
    )
    less = {"volume": Decimal("0.3"), "old_volume": Decimal("0.3")}
    events = (
        changed(101, volume=Decimal("0.3")),
        changed(202, **less, sl=Decimal("1.05")),
        changed(400, **less, old_sl=Decimal("1.05"), sl=Decimal("1.052"), tp=Decimal("1.07")),
        changed(800, **less, sl=Decimal(0)),
    )

    assert lines(recorded(info, events, orders)) == [
        ("Opened", "0.50 lots at 1.05000, SL 1.04000", "By an alert of Momentum"),
        ("Partly closed", "0.20 of 0.50 lots closed, 0.30 left", "By hand on the positions page"),
        ("Stop loss", "1.04000 → 1.05000, +100.0 pips, at the entry", "Not ordered here: in the terminal, or by an EA"),
        ("Stop loss", "1.05000 → 1.05200, +20.0 pips", "By the agent's protection, or in the terminal"),
        ("Take profit", "none → 1.07000", "By the agent's protection, or in the terminal"),
        ("Stop loss", "1.04000 → none", "Not ordered here: in the terminal, or by an EA"),
        (
            "Closed", "The last 0.30 lots; 1.06000 on average, +37.00 USD net in all",
            "Not ordered here: by its stop or target, or in the terminal",
        ),
    ]  # fmt: skip


def test_a_trade_of_the_past_is_told_by_its_row_alone() -> None:
    info = held(
        is_closed=True, close_price=Decimal("1.04"), close_time=NOW, magic=77, source="EA", side="sell",
        profit=Decimal(100), swap=Decimal(0), commission=Decimal(0),
    )  # fmt: skip

    told = lines(recorded(info))

    assert [name for name, _, _ in told] == ["Opened", "Closed"]
    assert told[0][1:] == ("0.50 lots at 1.05000", "By an EA, magic number 77")
    assert told[1][1] == "0.50 lots at 1.04000, +100.00 USD net"


def test_a_trade_without_its_closing_figures_shows_none() -> None:
    view = trade_view(recorded(held(is_closed=True, close_price=None, close_time=NOW)), "UTC")

    assert (view.net, view.events[-1].detail) == ("–", "Its figures are still to come")  # noqa: RUF001
    assert {fact.value for fact in view.facts if fact.label in {"Profit", "Net", "Move"}} == {"–"}  # noqa: RUF001


def test_an_order_shows_what_was_asked_and_filled_and_how_long_each_stage_took() -> None:
    stages = TicketStages(
        NOW, gated=NOW + timedelta(milliseconds=2), queued=NOW + timedelta(milliseconds=5),
        filled=NOW + timedelta(milliseconds=84),
    )  # fmt: skip
    one = order(
        "open", 0, OrderSource.TICKET, stages=stages, requested_price=Decimal("1.05"), fill_price=Decimal("1.0502"),
        slippage_points=Decimal(20), slippage_pips=Decimal(2), filled_lots=Decimal("0.5"), signal_id=UUID(int=9),
    )  # fmt: skip
    many = order("flatten", 1, OrderSource.KILL_SWITCH, positions=3)
    moving = order("modify", 2, sl=Decimal("1.06"), tp=Decimal(0))

    first, second, third = trade_view(recorded(held(), orders=[one, many, moving]), "UTC").orders

    assert (first.title, first.by, first.requested, first.fill) == (
        "Open 0.50 lots", "By the order ticket", "1.05000", "1.05020",
    )  # fmt: skip
    assert first.slippage == "+20.0 points, +2.0 pips"
    assert first.stages == "Done after 84 ms: gated 2 ms · queued 3 ms · filled 79 ms"
    assert third.levels == "SL 1.06000 · TP removed"
    assert second.stages == "Done after 84 ms: filled 84 ms"
    assert (second.title, second.by) == ("Close everything, 3 positions at once", "By the kill switch")


async def test_the_longest_story_fits_one_message(signed_in, preferences, monkeypatch) -> None:
    events = [changed(n, sl=Decimal("1.04") + Decimal(n) / 10**5) for n in range(300)]
    orders = [order("modify", n, asks_levels=True, reason="r" * 400) for n in range(100)]
    record = replace(recorded(held(symbol="S" * 32), events, orders), left_out=1000)

    async def get(_actor, _trade_id):
        return record

    monkeypatch.setattr(trades, "get", get)
    state = TradeState()
    await run(state, "open", str(TRADE), "EURUSD #5")

    assert (len(state.view.events), len(state.view.orders)) == (MOST_EVENTS, MOST_ORDERS)
    assert state.view.events[0].name == "Opened"
    assert state.view.left_out == "1,200 earlier changes not shown"
    assert size_of_delta(state) < DELTA_LIMIT


@pytest.mark.parametrize("refusal", [DatabaseUnavailable("Away."), NotFound("There is no such trade.")])
async def test_what_could_not_be_loaded_is_tried_again_and_closing_forgets_it(
    signed_in, preferences, monkeypatch, refusal
) -> None:
    answers = [refusal, recorded(held())]

    async def get(_actor, trade_id):
        assert trade_id == TRADE
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(trades, "get", get)
    state = TradeState()
    await run(state, "open", str(TRADE), "EURUSD #5")
    assert (state.is_open, state.title, state.error_code, state.view.id) == (True, "EURUSD #5", refusal.code, "")

    await run(state, "retry")
    assert (state.error_code, state.view.id) == ("", str(TRADE))
    await run(state, "close")
    await run(state, "changed", ["trades"], False)
    assert (state.is_open, state.view.id) == (False, "")


async def test_what_merely_floats_is_not_sent_again_and_a_moved_stop_is(signed_in, preferences, monkeypatch) -> None:
    told = [recorded(held()), recorded(held(profit=Decimal(9))), recorded(held(), [changed(5, sl=Decimal("1.045"))])]

    async def get(_actor, _trade_id):
        return told.pop(0)

    monkeypatch.setattr(trades, "get", get)
    state = TradeState()
    await run(state, "open", str(TRADE), "EURUSD #5")
    state._clean()
    await run(state, "changed", ["trades"], False)
    assert "view" not in str(state.get_delta())
    await run(state, "changed", ["trades"], False)
    assert state.view.events[-1].name == "Stop loss"


async def test_what_the_browser_names_is_a_claim(signed_in, preferences) -> None:
    state = TradeState()
    await run(state, "open", "not-an-id", "x" * 500)

    assert (state.error_code, len(state.title)) == ("not-found", 64)
