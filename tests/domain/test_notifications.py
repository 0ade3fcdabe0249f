"""When messages may leave, and what is an address: the rules alone."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forex_elite.domain.notifications import (
    EVENTS,
    QuietHours,
    check_events,
    check_quiet,
    event_of,
    pause_s,
    quiet_until,
    read_discord,
)
from forex_elite.errors import InvalidInput

NIGHT = QuietHours(22 * 60, 7 * 60, "Europe/London")
TOKEN = "a" * 68


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-10 21:59", None),
        ("2026-01-10 22:00", "2026-01-11 07:00"),
        ("2026-01-11 03:00", "2026-01-11 07:00"),
        ("2026-01-11 07:00", None),
        ("2026-07-10 21:30", "2026-07-11 06:00"),  # summer time: 22:30 in London
        ("2026-03-29 00:30", "2026-03-29 06:00"),  # the clocks go forward in this night
        ("2026-10-24 23:30", "2026-10-25 07:00"),  # and back in this one
    ],
)
def test_quiet_hours_follow_the_wall_clock_of_the_persons_zone(now: str, until: str | None) -> None:
    assert quiet_until(NIGHT, at(now), "warning") == (at(until) if until else None)


def test_what_is_critical_comes_through_unless_the_person_wants_none_of_it() -> None:
    night = at("2026-01-10 23:00")
    assert quiet_until(NIGHT, night, "critical") is None
    assert quiet_until(QuietHours(22 * 60, 7 * 60, "UTC", critical_always=False), night, "critical") is not None


@settings(max_examples=150)
@given(
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London"]),
    now=st.integers(0, 365 * 1440).map(lambda minute: at("2026-01-01 00:00") + timedelta(minutes=minute)),
)
def test_a_message_waits_less_than_a_day_and_may_leave_at_the_end(
    start: int, end: int, zone: str, now: datetime
) -> None:
    hours = QuietHours(start, end, zone)
    until = quiet_until(hours, now, "warning")
    if until is not None:
        assert now < until <= now + timedelta(hours=26)
        assert quiet_until(hours, until + timedelta(hours=1), "warning") is None or (start - end) % 1440 <= 61


@pytest.mark.parametrize(
    ("start", "end", "zone", "field"),
    [
        ("22:30", "", "UTC", "quiet_until"),
        ("", "07:00", "UTC", "quiet_from"),
        ("24:00", "07:00", "UTC", "quiet_from"),
        ("22:30", "seven", "UTC", "quiet_until"),
        ("07:00", "07:00", "UTC", "quiet_until"),
        ("22:30", "07:00", "Mars/Olympus", "time_zone"),
    ],
)
def test_quiet_hours_that_make_no_sense_are_refused_at_their_field(start: str, end: str, zone: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_quiet(start, end, zone, zoneinfo.available_timezones(), critical_always=True)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("host", ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"])
def test_a_discord_webhook_is_taken_apart(host: str) -> None:
    parts = read_discord(f" https://{host}/api/webhooks/123456789012345678/{TOKEN} ")
    assert (parts.webhook_id, parts.token) == ("123456789012345678", TOKEN)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "discord://id/token",
        f"http://discord.com/api/webhooks/123456789012345678/{TOKEN}",
        f"https://discord.com.evil.example/api/webhooks/123456789012345678/{TOKEN}",
        f"https://evil.example/https://discord.com/api/webhooks/123456789012345678/{TOKEN}",
        f"https://discord.com@127.0.0.1/api/webhooks/123456789012345678/{TOKEN}",
        f"https://discord.com:8080/api/webhooks/123456789012345678/{TOKEN}",
        f"https://discord.com/api/webhooks/123456789012345678/{TOKEN}/../../x",
        f"https://discord.com/api/webhooks/123456789012345678/{TOKEN}?wait=1",
        "https://discord.com/api/webhooks/../../123456789012345678/x",
        "json://127.0.0.1:6379/",
    ],
)
def test_no_other_address_is_taken(address: str) -> None:
    with pytest.raises(InvalidInput):
        read_discord(address)


def test_events_are_known_ordered_and_every_other_alert_counts_as_other() -> None:
    assert check_events(["other", "agent-gone"]) == ("agent-gone", "other")
    with pytest.raises(InvalidInput):
        check_events(["agent-gone", "everything"])
    assert event_of("account-failing").code == "account-failing"
    assert event_of("something-new").code == "other"
    assert len({event.code for event in EVENTS}) == len(EVENTS)


def test_pauses_grow_and_end_at_an_hour() -> None:
    pauses = [pause_s(attempts) for attempts in range(1, 12)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[1], pauses[-1]) == (30, 60, 3600)
