"""What people are told, where, and when not: pure rules of the notification centre and the channels beyond it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from forex_elite.errors import Conflict, InvalidInput

DAY_MINUTES = 24 * 60


class ChannelKind(StrEnum):
    """Where a person can be told beside the notification centre."""

    EMAIL = "email"
    TELEGRAM = "telegram"
    DISCORD = "discord"


@dataclass(frozen=True, slots=True)
class EventKind:
    """Something people can choose to hear of; `code` is the alert's, `page` where it is explained."""

    code: str
    title: str
    page: str


OTHER = EventKind("other", "Anything else", "/notifications")
EVENTS: tuple[EventKind, ...] = (
    EventKind("agent-gone", "An agent has fallen silent", "/health"),
    EventKind("account-failing", "An account cannot be read", "/health"),
    EventKind("feed-silent", "Prices have stopped while the market is open", "/health"),
    EventKind("balance-differs", "A balance is not what its deals add up to", "/health"),
    EventKind("order-filled", "An order was carried out", "/positions"),
    EventKind("order-failed", "An order was refused, failed or expired", "/signals"),
    EventKind("kill-switch", "The kill switch was used", "/accounts"),
    EventKind("logged-in", "Somebody logged in to your account", "/settings"),
    EventKind("file-ready", "A report or archive is ready", "/compliance"),
    OTHER,
)
"""What the settings offer, in their order; alerts with other codes count as `other`."""
_BY_CODE = {event.code: event for event in EVENTS}
DEFAULT_EVENTS = tuple(event.code for event in EVENTS if event.code not in {"order-filled", "file-ready"})


def event_of(code: str) -> EventKind:
    """The event an alert with this code belongs to."""
    return _BY_CODE.get(code, OTHER)


def check_events(codes: Iterable[str]) -> tuple[str, ...]:
    """The chosen events in the table's order. Raises InvalidInput for one that does not exist."""
    chosen = set(codes)
    if unknown := chosen - set(_BY_CODE):
        raise InvalidInput(f"There is no event {min(unknown)[:48]!r}.", field="events")
    return tuple(event.code for event in EVENTS if event.code in chosen)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing leaves for a person's channels: from and until in minutes of the day, in their time zone."""

    start: int | None = None
    end: int | None = None
    time_zone: str = "UTC"
    critical_always: bool = True

    @property
    def is_set(self) -> bool:
        """Whether there are any."""
        return self.start is not None and self.end is not None and self.start != self.end


def check_quiet(start: str, end: str, zone: str, known: Iterable[str], *, critical_always: bool) -> QuietHours:
    """Quiet hours as a form gives them: `22:30` and `07:00`, both empty for none. Raises InvalidInput."""
    if zone not in set(known):
        raise InvalidInput("Use a time zone name such as Europe/London.", field="time_zone")
    if bool(start) != bool(end):
        raise InvalidInput(
            "Give both ends of the quiet hours, or neither.", field="quiet_until" if start else "quiet_from"
        )
    if not start:
        return QuietHours(None, None, zone, critical_always)
    first, last = _minutes(start, "quiet_from"), _minutes(end, "quiet_until")
    if first == last:
        raise InvalidInput("Quiet hours that end when they begin are none; leave both empty.", field="quiet_until")
    return QuietHours(first, last, zone, critical_always)


def _minutes(text: str, field: str) -> int:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if found is None:
        raise InvalidInput("Use a time of day such as 22:30.", field=field)
    return int(found[1]) * 60 + int(found[2])


def quiet_until(hours: QuietHours, now: datetime, severity: str) -> datetime | None:
    """When a message may leave: None is now, otherwise the end of the quiet hours `now` lies in.

    The end is the wall clock's in the person's zone, so that it holds on the days the clocks change too.
    """
    if not hours.is_set or (severity == "critical" and hours.critical_always):
        return None
    assert hours.start is not None
    assert hours.end is not None
    zone = ZoneInfo(hours.time_zone)
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if hours.start < hours.end:
        is_quiet, days = hours.start <= minute < hours.end, 0
    else:
        is_quiet, days = minute >= hours.start or minute < hours.end, int(minute >= hours.start)
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=days)
    end = datetime.combine(day, time(hours.end // 60, hours.end % 60), zone)
    return end if end > now else end + timedelta(hours=1)  # an hour that the clocks repeat


def pause_s(attempts: int) -> float:
    """How long to wait after so many failed attempts: half a minute, doubled each time, at most an hour."""
    return float(min(30 * 2 ** max(0, attempts - 1), 3600))


MOST_ATTEMPTS = 8
"""Then a message is given up: about an hour and a half after it was first tried."""


# --- addresses ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DiscordAddress:
    """The two parts of a Discord webhook; the host is never taken from what was typed."""

    webhook_id: str
    token: str


_DISCORD = re.compile(
    r"https://(?:(?:canary|ptb)\.)?discord(?:app)?\.com/api(?:/v\d{1,2})?/webhooks/(\d{15,22})/([A-Za-z0-9_-]{50,100})/?"
)


def read_discord(text: str) -> DiscordAddress:
    """The parts of a Discord webhook address. Raises InvalidInput for any other address."""
    found = _DISCORD.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            "Use the address Discord shows under Server Settings, Integrations, Webhooks: "
            "https://discord.com/api/webhooks/…",
            field="webhook",
        )
    return DiscordAddress(found[1], found[2])


# --- what services and pages exchange -------------------------------------------------------------------------------


class ChannelTaken(Conflict):
    """The chat is linked to another account here; unlink it there first."""

    code = "channel-taken"


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """A channel as its owner sees it; the address shows in part only."""

    id: UUID
    kind: ChannelKind
    hint: str
    events: tuple[str, ...]
    is_enabled: bool
    created_at: datetime
    last_sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one message: `ok`, or `failed` (may be tried again), or `unknown` (it may have arrived)."""

    outcome: str
    detail: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether it was taken."""
        return self.outcome == "ok"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an alert on one channel."""

    kind: str
    status: str
    error: str
