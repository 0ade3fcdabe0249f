"""Which candles a terminal has to be asked for, and what is covered after its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex_elite.domain.candles import FIRST_BARS, MOST_BARS, Coverage, Timeframe, Wanted, extended, missing

NOW = datetime(2026, 3, 17, 10, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
COVERED = Coverage(NOW - 500 * HOUR, NOW, None, 7200)


@pytest.mark.parametrize(
    ("coverage", "before", "have", "wanted"),
    [
        (None, None, 0, Wanted(FIRST_BARS)),
        (COVERED, None, 300, None),
        (Coverage(COVERED.first_at, NOW - timedelta(seconds=9)), None, 300, None),
        (Coverage(COVERED.first_at, NOW - timedelta(seconds=10)), None, 300, Wanted(3)),
        (Coverage(COVERED.first_at, NOW - 5 * HOUR), None, 300, Wanted(8)),
        (Coverage(COVERED.first_at, NOW - 9000 * HOUR), None, 300, Wanted(MOST_BARS)),
        (COVERED, NOW - 400 * HOUR, 70, Wanted(FIRST_BARS, COVERED.first_at)),
        (COVERED, None, 200, Wanted(FIRST_BARS, COVERED.first_at)),
        (Coverage(COVERED.first_at, NOW, ended_at=NOW - timedelta(minutes=5)), None, 200, None),
        (Coverage(COVERED.first_at, NOW, ended_at=NOW - HOUR), None, 200, Wanted(FIRST_BARS, COVERED.first_at)),
    ],
)
def test_only_what_is_missing_is_asked_for(
    coverage: Coverage | None, before: datetime | None, have: int, wanted: Wanted | None
) -> None:
    assert missing(coverage, Timeframe.H1, before=before, have=have, limit=300, now=NOW) == wanted


def times(first: datetime, count: int) -> list[datetime]:
    return [first + n * HOUR for n in range(count)]


def test_a_newer_answer_that_joins_makes_the_stretch_longer() -> None:
    later = NOW + 3 * HOUR

    told = extended(COVERED, times(NOW - HOUR, 4), before=None, read_at=later, offset_s=7200)

    assert told == Coverage(COVERED.first_at, later, None, 7200)


@pytest.mark.parametrize("offset_s", [7200, 10800, None])
def test_a_gap_or_another_clock_begins_a_new_stretch(offset_s: int | None) -> None:
    first = NOW + HOUR if offset_s == 7200 else NOW - 5 * HOUR
    later = NOW + 9 * HOUR

    told = extended(COVERED, times(first, 8), before=None, read_at=later, offset_s=offset_s)

    assert told == Coverage(first, later, None, offset_s)


def test_older_candles_are_joined_and_their_end_is_remembered() -> None:
    older = times(COVERED.first_at - 10 * HOUR, 10)

    joined = extended(COVERED, older, before=COVERED.first_at, read_at=NOW, offset_s=7200)
    ended = extended(COVERED, [], before=COVERED.first_at, read_at=NOW, offset_s=7200)

    assert joined == Coverage(older[0], COVERED.known_until, None, 7200)
    assert ended == Coverage(COVERED.first_at, COVERED.known_until, NOW, 7200)


def test_older_candles_of_another_clock_are_not_joined() -> None:
    older = times(COVERED.first_at - 10 * HOUR, 10)

    assert extended(COVERED, older, before=COVERED.first_at, read_at=NOW, offset_s=10800) == COVERED
    assert extended(None, older, before=NOW, read_at=NOW, offset_s=10800) is None


@given(count=st.integers(min_value=1, max_value=600), start=st.integers(min_value=-900, max_value=0))
def test_a_stretch_never_shrinks_at_either_end_while_answers_join(count: int, start: int) -> None:
    rows = times(NOW + start * HOUR, count)
    read_at = max(NOW, rows[-1])

    told = extended(COVERED, rows, before=None, read_at=read_at, offset_s=7200)

    assert told is not None
    assert told.first_at <= COVERED.first_at
    assert told.known_until >= COVERED.known_until
