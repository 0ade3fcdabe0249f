"""Deadlines: late by either clock is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.clocks import Clock, Deadline, ServerClock
from tests.agent.stepped_clock import SteppedClock

SERVER_NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("wall_s", "steady_s"), [(61, 0), (0, 61), (3600, 1), (-86_400, 61)])
def test_a_deadline_is_past_as_soon_as_one_clock_says_so(wall_s: float, steady_s: float) -> None:
    clock = SteppedClock()
    deadline = Deadline.after(60, clock)
    assert not deadline.is_past(clock)
    clock.wall_s += wall_s
    clock.steady_s += steady_s
    assert deadline.is_past(clock)


def test_a_job_read_an_hour_after_it_was_sent_is_late_although_its_answer_looks_fresh() -> None:
    clock = SteppedClock()
    server = ServerClock(clock)
    server.anchor(SERVER_NOW, sent_steady=clock.steady(), sent_wall=clock.wall())
    clock.pass_s(3600)
    deadline = server.deadline(SERVER_NOW + timedelta(seconds=65), SERVER_NOW + timedelta(seconds=5))
    assert deadline.is_past(clock)


def test_a_machine_whose_clock_is_wrong_by_a_day_still_measures_the_age_of_a_job() -> None:
    clock = SteppedClock(wall=SERVER_NOW.timestamp() - 86_400)
    server = ServerClock(clock)
    server.anchor(SERVER_NOW, sent_steady=clock.steady(), sent_wall=clock.wall())
    clock.pass_s(10)
    deadline = server.deadline(SERVER_NOW + timedelta(seconds=70), SERVER_NOW + timedelta(seconds=10))
    assert deadline.remaining_s(clock) == pytest.approx(60)
    assert server.ahead_of_wall_s == pytest.approx(86_400)


def test_an_answer_that_took_long_does_not_replace_a_good_anchor() -> None:
    clock = SteppedClock()
    server = ServerClock(clock)
    server.anchor(SERVER_NOW, sent_steady=clock.steady(), sent_wall=clock.wall())
    sent_steady, sent_wall = clock.steady(), clock.wall()
    clock.pass_s(3600)
    server.anchor(SERVER_NOW + timedelta(seconds=1), sent_steady=sent_steady, sent_wall=sent_wall)
    assert server.deadline(SERVER_NOW + timedelta(seconds=60), SERVER_NOW).is_past(clock)


def test_without_an_anchor_the_answer_itself_is_measured() -> None:
    clock = SteppedClock()
    deadline = ServerClock(clock).deadline(SERVER_NOW + timedelta(seconds=7), SERVER_NOW)
    assert deadline.remaining_s(clock) == pytest.approx(7)


def test_a_slow_answer_does_not_set_our_times_ahead_of_the_servers() -> None:
    """Both clocks agree; the first heartbeat took 200 ms, most of it before the server looked at its clock."""
    clock = SteppedClock(wall=SERVER_NOW.timestamp())
    server = ServerClock(clock)
    sent = clock.steady(), clock.wall()
    clock.pass_s(0.2)
    server.anchor(SERVER_NOW + timedelta(seconds=0.18), sent_steady=sent[0], sent_wall=sent[1])
    assert server.ahead_of_wall_s == 0.0


def test_a_wall_clock_that_was_set_is_compared_anew_even_by_a_slower_answer() -> None:
    clock = SteppedClock(wall=SERVER_NOW.timestamp())
    server = ServerClock(clock)
    server.anchor(SERVER_NOW, sent_steady=clock.steady(), sent_wall=clock.wall())
    clock.wall_s -= 3600
    sent = clock.steady(), clock.wall()
    clock.pass_s(0.1)
    server.anchor(SERVER_NOW + timedelta(seconds=0.05), sent_steady=sent[0], sent_wall=sent[1])
    assert server.ahead_of_wall_s == pytest.approx(3600, abs=0.1)


@given(st.floats(0, 2), st.floats(0, 3600), st.floats(-60, 600), st.floats(0, 30))
def test_a_deadline_is_never_later_than_the_server_meant(
    round_trip: float, idle: float, age: float, transit: float
) -> None:
    """Whatever the delays, by the time our deadline passes the server's clock has not passed its own."""
    clock = SteppedClock()
    server = ServerClock(clock)
    truth = SERVER_NOW
    sent = clock.steady(), clock.wall()
    clock.pass_s(round_trip / 2)
    truth += timedelta(seconds=round_trip / 2)
    told = truth
    clock.pass_s(round_trip / 2)
    truth += timedelta(seconds=round_trip / 2)
    server.anchor(told, sent_steady=sent[0], sent_wall=sent[1])
    clock.pass_s(idle)
    truth += timedelta(seconds=idle)
    job_time, expires = truth, truth + timedelta(seconds=age)
    clock.pass_s(transit)
    truth += timedelta(seconds=transit)
    left = server.deadline(expires, job_time).remaining_s(clock)
    assert left <= (expires - truth).total_seconds() + 1e-3


def test_the_real_clocks_move_forward() -> None:
    clock = Clock()
    assert clock.steady() <= clock.steady()
    assert clock.wall() > SERVER_NOW.timestamp() - 10 * 365 * 86_400
