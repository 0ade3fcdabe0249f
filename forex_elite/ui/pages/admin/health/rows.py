"""What the browser may see of the installation's health and of everybody's alerts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from forex_elite.domain.health import Installation, Stored, WatchedAlert
from forex_elite.ui import figures
from forex_elite.ui.pages.health.rows import AlertRow, alert_row

_MARKS = {
    "ok": ("Working", "up", "check"),
    "look": ("Look at it", "warn", "triangle"),
    "down": ("Down", "crit", "alert"),
}
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing the installation depends on."""

    name: str
    word: str
    tone: str
    icon: str
    detail: str


@dataclass(frozen=True, slots=True)
class WatchedAlertRow(AlertRow):
    """An alert with whose it is."""

    email: str


def _check(name: str, state: str, detail: str) -> CheckRow:
    word, tone, icon = _MARKS[state]
    return CheckRow(name, word, tone, icon, detail)


def check_rows(found: Installation) -> list[CheckRow]:
    """The installation, thing by thing."""
    took, unit = figures.milliseconds(found.answered_in_s * 1000)
    if found.stored is None:
        checks = [_check("Database", "down", f"No answer within {took} {unit}. Nothing else can be told without it.")]
    else:
        size = f"{found.stored.size / _MEBIBYTE:,.0f} MiB"
        words = f"PostgreSQL {found.stored.version} · {size} · answered in {took} {unit}"
        checks = [_check("Database", "ok", words), *_of_database(found.stored)]
    kind = "Redis, between all workers" if found.is_bus_shared else "inside the one server process"
    checks.append(_check("Message bus", "ok" if found.is_bus_ready else "down", kind))
    mail = (
        "A mail server is configured." if found.has_mail_server else "No mail server: mail is printed on the console."
    )
    checks.append(_check("Mail", "ok" if found.has_mail_server else "look", mail))
    return checks


def _of_database(stored: Stored) -> Iterator[CheckRow]:
    if stored.is_led:
        yield _check("Timers", "ok", "One worker runs them.")
    else:
        words = "No worker runs them: orders do not expire, nobody is warned, nothing is ranked. Restart the server."
        yield _check("Timers", "down", words)
    away = stored.agents - stored.agents_online
    yield _check("Agents", "look" if away else "ok", f"{stored.agents_online:,} of {stored.agents:,} online")
    words = f"{stored.accounts_stale:,} of {stored.accounts:,} without figures younger than 15 min"
    yield _check("Accounts", "look" if stored.accounts_stale else "ok", words)
    words = f"{stored.jobs_waiting:,} waiting · {stored.jobs_stuck:,} stuck · {stored.jobs_unknown:,} of unknown fate"
    yield _check("Queue", "look" if stored.jobs_stuck or stored.jobs_unknown else "ok", words)
    words = f"{stored.messages_failed:,} could not be delivered within 24 h"
    yield _check("Notifications", "look" if stored.messages_failed else "ok", words)


def watched_alert_row(found: WatchedAlert, zone_name: str) -> WatchedAlertRow:
    """Anybody's alert as its row."""
    return WatchedAlertRow(**asdict(alert_row(found.alert, zone_name)), email=found.email)
