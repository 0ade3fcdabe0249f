"""What the browser may see of channels: never an address, only how to tell one from another."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.notifications import ChannelInfo, QuietHours
from forex_elite.ui import figures
from forex_elite.ui.pages.notifications.rows import KIND_NAMES


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel."""

    id: str
    kind: str
    name: str
    hint: str
    events: list[str]
    is_enabled: bool
    sent: str
    error: str


@dataclass(frozen=True, slots=True)
class QuietRow:
    """Quiet hours as the form shows them; empty is none."""

    start: str = ""
    end: str = ""
    time_zone: str = "UTC"
    critical_always: bool = True


def channel_row(channel: ChannelInfo, zone_name: str) -> ChannelRow:
    """A channel as its row."""
    sent = "nothing sent yet"
    if channel.last_sent_at is not None:
        sent = f"last sent {figures.day_time(channel.last_sent_at, zone_name)} {figures.zone_label(zone_name)}"
    return ChannelRow(
        id=str(channel.id),
        kind=channel.kind.value,
        name=KIND_NAMES[channel.kind.value],
        hint=channel.hint,
        events=list(channel.events),
        is_enabled=channel.is_enabled,
        sent=sent,
        error=channel.last_error,
    )


def clock_words(minutes: int | None) -> str:
    """Minutes of the day as `22:30`."""
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def quiet_row(hours: QuietHours) -> QuietRow:
    """Quiet hours as the form shows them."""
    return QuietRow(clock_words(hours.start), clock_words(hours.end), hours.time_zone, hours.critical_always)
