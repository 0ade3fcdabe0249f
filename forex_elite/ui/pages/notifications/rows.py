"""What the browser may see of notifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forex_elite.domain.health import AlertInfo
from forex_elite.domain.notifications import Delivery, event_of
from forex_elite.ui import figures

_MARKS = {
    "critical": ("Critical", "crit", "alert"),
    "warning": ("Warning", "warn", "triangle"),
    "info": ("Notice", "info", "info"),
}
KIND_NAMES = {"email": "E-mail", "telegram": "Telegram", "discord": "Discord"}
_OUTCOMES = {
    "pending": "waits",
    "sending": "is being sent",
    "sent": "sent",
    "failed": "not delivered",
    "unknown": "perhaps delivered",
}


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One thing that happened."""

    id: str
    title: str
    message: str
    word: str
    tone: str
    icon: str
    at: str
    when: str
    subject: str
    told: str
    page: str
    is_unread: bool


def told_words(deliveries: Sequence[Delivery]) -> str:
    """What became of the messages: `Telegram sent · Discord waits: …`."""
    words = []
    for one in deliveries:
        outcome = f"{KIND_NAMES.get(one.kind, one.kind)} {_OUTCOMES.get(one.status, one.status)}"
        words.append(f"{outcome}: {one.error}" if one.error and one.status != "sent" else outcome)
    return " · ".join(words)


def notification_row(alert: AlertInfo, deliveries: Sequence[Delivery], zone_name: str) -> NotificationRow:
    """An alert as its row; `when` is in the person's zone, with the zone."""
    word, tone, icon = _MARKS.get(alert.severity, _MARKS["warning"])
    event = event_of(alert.code)
    subject = alert.agent_name or (f"{alert.account_name} {alert.account_login}" if alert.account_login else "")
    times = f"{alert.times} times" if alert.times > 1 else ""
    stands = "still so" if alert.is_standing and alert.closed_at is None else ""
    return NotificationRow(
        id=str(alert.id),
        title=event.title if event.code != "other" else alert.code.replace("-", " ").capitalize(),
        message=alert.message,
        word=word,
        tone=tone,
        icon=icon,
        at=figures.iso(alert.raised_at),
        when=f"{figures.day_time(alert.raised_at, zone_name)} {figures.zone_label(zone_name)}",
        subject=" · ".join(part for part in (subject, times, stands) if part),
        told=told_words(deliveries),
        page=event.page,
        is_unread=alert.acknowledged_at is None,
    )
