"""What may be closed, in which volumes, and when the same order is under way already."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.positions import (
    CannotCloseBy,
    CloseUnderWay,
    NoAgent,
    OpenPosition,
    PositionClosed,
    check_open,
    check_pair,
    find_under_way,
    lots_to_close,
)
from forex_elite.errors import InvalidInput

HELD = OpenPosition(
    id=uuid4(), account_id=UUID(int=1), agent_id=UUID(int=2), login=7001, margin_mode=2, ticket=5, symbol="EURUSD",
    side="buy", volume=Decimal("0.50"), result=Decimal(3), is_closed=False, volume_min=Decimal("0.01"),
    volume_step=Decimal("0.01"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "lots"),
    [
        ({}, None),
        ({"percent": 100}, None),
        ({"volume_lots": 0.5}, None),
        ({"percent": 50}, Decimal("0.25")),
        ({"percent": 33}, Decimal("0.16")),  # down to a whole step
        ({"volume_lots": 0.01}, Decimal("0.01")),
    ],
)
def test_a_close_is_in_whole_steps_and_never_more_than_asked(asked: dict[str, float], lots: Decimal | None) -> None:
    assert lots_to_close(HELD, **asked) == lots


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"volume_lots": 0.51}, "volume_lots", "Only 0.5 lots"),
        ({"volume_lots": 0.105}, "volume_lots", "steps of 0.01"),
        ({"volume_lots": 0.0}, "volume_lots", "above 0"),
        ({"volume_lots": float("nan")}, "volume_lots", "above 0"),
        ({"volume_lots": -0.1}, "volume_lots", "above 0"),
        ({"percent": 0.0}, "percent", "above 0"),
        ({"percent": 101.0}, "percent", "at most 100"),
        ({"percent": 1.0}, "percent", "smallest volume of 0.01"),
        ({"percent": 50, "volume_lots": 0.1}, "percent", "not both"),
    ],
)
def test_a_volume_the_broker_cannot_take_is_refused_with_what_it_would_take(
    asked: dict[str, float], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        lots_to_close(HELD, **asked)
    assert refused.value.details["field"] == field


def test_without_the_symbols_steps_only_the_whole_can_be_closed() -> None:
    unknown = replace(HELD, volume_min=None, volume_step=None)

    assert lots_to_close(unknown, percent=100) is None
    with pytest.raises(InvalidInput, match="whole position"):
        lots_to_close(unknown, percent=50)


@given(
    st.integers(1, 10_000),
    st.sampled_from([Decimal("0.01"), Decimal("0.1"), Decimal(1)]),
    st.floats(0.0001, 100, allow_nan=False),
)
def test_any_percentage_closes_a_possible_part_or_says_why_not(steps: int, step: Decimal, percent: float) -> None:
    held = replace(HELD, volume=steps * step, volume_min=step, volume_step=step)
    try:
        lots = lots_to_close(held, percent=percent)
    except InvalidInput:
        assert held.volume * Decimal(repr(percent)) / 100 < step
        return
    if lots is not None:
        assert step <= lots <= held.volume
        assert lots % step == 0
        assert lots <= held.volume * Decimal(repr(percent)) / 100


def test_nothing_is_ordered_about_a_closed_position_or_without_an_agent() -> None:
    with pytest.raises(PositionClosed):
        check_open(replace(HELD, is_closed=True))
    with pytest.raises(NoAgent):
        check_open(replace(HELD, agent_id=None))


@pytest.mark.parametrize(
    "change",
    [{"account_id": UUID(int=9)}, {"symbol": "GBPUSD"}, {"side": "buy"}],
)
def test_only_opposite_positions_of_one_symbol_and_account_close_each_other(change: dict[str, Any]) -> None:
    other = replace(HELD, ticket=6, side="sell")
    check_pair(HELD, other)
    with pytest.raises(CannotCloseBy):
        check_pair(HELD, replace(other, **change))
    with pytest.raises(CannotCloseBy, match="nets"):
        check_pair(replace(HELD, margin_mode=0), replace(other, margin_mode=0))


JOB = UUID(int=77)
WHOLE = {"do": "close", "ticket": 5}
HALF = {"do": "close", "ticket": 5, "volume_lots": 0.25}


@pytest.mark.parametrize(
    ("asked", "known", "found"),
    [
        (WHOLE, WHOLE, JOB),
        (HALF, HALF, JOB),
        (WHOLE, HALF, None),
        (HALF, {**HALF, "volume_lots": 0.1}, None),
        (WHOLE, {"do": "close", "ticket": 6}, None),
        (WHOLE, {"do": "flatten"}, JOB),
        (WHOLE, {"do": "close_many", "tickets": [4, 5], "which": "all"}, JOB),
        (WHOLE, {"do": "close_many", "tickets": [4, 5], "which": "losing"}, None),
        (WHOLE, {"do": "close_many", "tickets": [4], "which": "all"}, None),
        ({"do": "flatten"}, {"do": "flatten"}, JOB),
        ({"do": "flatten"}, WHOLE, None),
        ({"do": "modify", "ticket": 5, "remove_sl": True}, {"do": "modify", "ticket": 5, "remove_tp": True}, None),
    ],
)
def test_the_same_close_twice_is_one_job(asked: dict[str, Any], known: dict[str, Any], found: UUID | None) -> None:
    assert find_under_way(asked, [(JOB, known)], is_partial=asked is HALF) == found


@pytest.mark.parametrize("known", [WHOLE, {"do": "flatten"}, {"do": "close_many", "tickets": [5]}])
def test_a_part_is_refused_while_the_whole_is_being_closed(known: dict[str, Any]) -> None:
    with pytest.raises(CloseUnderWay):
        find_under_way(HALF, [(JOB, known)], is_partial=True)
