"""Which order brought a change about, and when nobody can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from forex_elite.domain.signals import ExecutionStatus, TradeInfo
from forex_elite.domain.ticket import TicketStages
from forex_elite.domain.trade_record import EventKind, OrderSource, TradeEvent, TradeOrder, slippage_points, story

AT = datetime(2026, 3, 20, 14, 32, 6, tzinfo=UTC)
NONE, LOW, HIGH = Decimal(0), Decimal("1.04"), Decimal("1.05")


def held(closed_after: float | None = None) -> TradeInfo:
    return TradeInfo(
        id=UUID(int=1), account_id=UUID(int=2), account_login=7001, currency="USD", ticket=11, symbol="EURUSD",
        side="buy", volume=Decimal("0.5"), open_price=HIGH, open_time=AT, sl=NONE, tp=NONE, current_price=HIGH,
        close_price=None if closed_after is None else HIGH, profit=NONE, swap=NONE, commission=NONE, magic=0,
        close_time=None if closed_after is None else AT + timedelta(seconds=closed_after), comment="",
        is_closed=closed_after is not None, source="Manual", digits=5, pips=None, reported_at=AT,
    )  # fmt: skip


def moved(seconds: float, new: Decimal, old: Decimal = LOW) -> TradeEvent:
    half = Decimal("0.5")
    return TradeEvent(
        kind=EventKind.CHANGED, at=AT + timedelta(seconds=seconds), volume=half, old_volume=half, sl=new, old_sl=old,
        tp=NONE, old_tp=NONE,
    )  # fmt: skip


def reduced(seconds: float) -> TradeEvent:
    return TradeEvent(
        kind=EventKind.CHANGED, at=AT + timedelta(seconds=seconds), volume=Decimal("0.3"), old_volume=Decimal("0.5"),
        sl=LOW, old_sl=LOW, tp=NONE, old_tp=NONE,
    )  # fmt: skip


def order(
    number: int,
    action: str,
    seconds: float,
    *,
    sl: Decimal | None = None,
    asks_levels: bool = True,
    status: ExecutionStatus = ExecutionStatus.EXECUTED,
) -> TradeOrder:
    at = AT + timedelta(seconds=seconds)
    return TradeOrder(
        id=UUID(int=number), action=action, source=OrderSource.POSITIONS, status=status, reason_code="", reason="",
        stages=TicketStages(at, filled=at), sl=sl, asks_levels=asks_levels,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "orders", "cause"),
    [
        (moved(10, HIGH), [order(1, "modify", 9, sl=HIGH)], 1),
        (moved(10, HIGH), [order(1, "modify", 9)], 1),  # asked for as a distance
        (moved(10, HIGH), [order(1, "modify", 9, sl=LOW)], None),
        (moved(10, HIGH), [order(1, "modify", 9, sl=HIGH, status=ExecutionStatus.REJECTED)], None),
        (moved(100, HIGH), [order(1, "modify", 9, sl=HIGH)], None),  # long ago
        (moved(10, HIGH), [order(1, "modify", 30, sl=HIGH)], None),  # later
        (moved(10, HIGH), [order(1, "open", 0)], None),  # a stop that follows is not the opening's
        (moved(10, LOW, NONE), [order(1, "open", 0)], 1),  # market execution: levels come after the fill
        (moved(10, LOW, NONE), [order(1, "open", 0, asks_levels=False)], None),
        (reduced(10), [order(1, "close", 9), order(2, "modify", 9)], 1),
        (reduced(10), [order(1, "modify", 9)], None),
    ],
)
def test_a_change_is_put_down_to_the_order_that_asked_for_it_alone(
    event: TradeEvent, orders: list[TradeOrder], cause: int | None
) -> None:
    told = story(held(), [event], orders)[-1]

    assert told.order_id == (None if cause is None else UUID(int=cause))


def test_one_order_sets_the_levels_once() -> None:
    told = story(held(), [moved(10, HIGH), moved(20, Decimal("1.06"), HIGH)], [order(1, "modify", 9)])

    assert [event.order_id for event in told[1:]] == [UUID(int=1), None]


@pytest.mark.parametrize(("closed_after", "cause"), [(60, UUID(int=2)), (300, None)])
def test_a_part_closed_by_hand_does_not_explain_a_stop_that_hit_later(closed_after: float, cause: UUID | None) -> None:
    orders = [order(1, "open", 0, asks_levels=False), order(2, "close", 59)]

    told = story(held(closed_after), [reduced(60)], orders)

    assert [event.order_id for event in told] == [UUID(int=1), UUID(int=2), cause]


def test_a_pending_order_explains_the_position_it_became() -> None:
    (opened,) = story(held(), [], [order(1, "open", -86_400)])

    assert (opened.order_id, opened.is_derived) == (UUID(int=1), True)


@pytest.mark.parametrize(("seconds", "sl"), [(3, LOW), (3600, None)])
def test_levels_first_seen_long_after_the_opening_are_not_told_as_its_own(seconds: float, sl: Decimal | None) -> None:
    seen = TradeEvent(kind=EventKind.OPENED, at=AT + timedelta(seconds=seconds), volume=HIGH, sl=LOW, tp=NONE)

    (opened,) = story(held(), [seen], [])

    assert (opened.at, opened.sl, opened.volume, opened.is_derived) == (AT, sl, HIGH, sl is None)


def test_slippage_is_the_traders_loss_on_both_sides() -> None:
    point = Decimal("0.00001")

    assert slippage_points("buy", HIGH, Decimal("1.0502"), point) == 20
    assert slippage_points("sell", HIGH, Decimal("1.0502"), point) == -20
    assert slippage_points("buy", None, HIGH, point) is None
    assert slippage_points("buy", HIGH, HIGH, Decimal(0)) is None
