"""Break-even and trailing as a person asks for them: what is refused, and that nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import Protection as WireProtection
from forex_elite.domain.protection import (
    TIMEFRAMES,
    BreakEven,
    DistanceUnit,
    Protection,
    Trailing,
    check_protection,
    words,
)
from forex_elite.errors import InvalidInput


@pytest.mark.parametrize(
    ("even", "trail", "field"),
    [
        ({"trigger": 0}, None, "be_trigger"),
        ({"trigger": float("nan")}, None, "be_trigger"),
        ({"trigger": 10, "offset": 10.5}, None, "be_offset"),
        ({"trigger": 10, "offset": -1}, None, "be_offset"),
        (None, {"distance": 0}, "trail_distance"),
        (None, {"distance": 200_000}, "trail_distance"),
        (None, {"distance": 10, "step": float("inf")}, "trail_step"),
        (None, {"distance": 10, "trigger": -1}, "trail_trigger"),
    ],
)
def test_a_distance_that_means_nothing_is_refused_by_name(
    even: dict[str, Any] | None, trail: dict[str, Any] | None, field: str
) -> None:
    asked = Protection(break_even=BreakEven(**even) if even else None, trailing=Trailing(**trail) if trail else None)
    with pytest.raises(InvalidInput) as refused:
        check_protection(asked)
    assert field in refused.value.details["problems"]


def test_the_atr_is_of_a_known_timeframe_and_length() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_protection(Protection(trailing=Trailing(distance=1), atr_timeframe="W1", atr_period=1))
    assert set(refused.value.details["problems"]) == {"atr_timeframe", "atr_period"}


def test_a_protection_reads_as_it_works() -> None:
    both = Protection(
        break_even=BreakEven(trigger=10, offset=1.5),
        trailing=Trailing(distance=2, trigger=1, step=0.25, unit=DistanceUnit.ATR),
    )
    assert words(both) == [
        "break-even at 10 pips, plus 1.5",
        "trailing 2 ATR from 1, step 0.25",
        "ATR of 14 bars H1",
    ]


DISTANCES = st.floats(0.001, 1000, allow_nan=False)
UNITS = st.sampled_from(DistanceUnit)
PROTECTIONS = st.builds(
    Protection,
    break_even=st.none() | st.builds(BreakEven, trigger=DISTANCES, offset=st.just(0.0), unit=UNITS),
    trailing=st.builds(Trailing, distance=DISTANCES, trigger=DISTANCES, step=DISTANCES, unit=UNITS),
    atr_timeframe=st.sampled_from(TIMEFRAMES),
    atr_period=st.integers(2, 500),
)


@given(PROTECTIONS)
def test_what_is_asked_for_reaches_the_agent_and_comes_back_the_same(asked: Protection) -> None:
    on_the_wire = WireProtection.model_validate(check_protection(asked).written())

    assert Protection.read(on_the_wire.model_dump(mode="json")) == asked
