"""What the browser may see of log-ins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forex_elite.domain.people import SessionInfo
from forex_elite.ui import figures

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edge", r"Edg/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"Firefox/(\d+)"),
    ("Chrome", r"Chrome/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari"),
)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One log-in."""

    id: str
    device: str
    icon: str
    address: str
    seen_at: str
    since: str
    until: str
    is_current: bool


def device(user_agent: str) -> str:
    """`Chrome 140 on Linux`, as far as the User-Agent tells; scripts show the start of their own name."""
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    for name, pattern in _BROWSERS:
        if found := re.search(pattern, user_agent):
            return f"{name} {found[1]} on {system}" if system else f"{name} {found[1]}"
    return user_agent[:_LONGEST] or "Unknown device"


def session_row(session: SessionInfo, zone_name: str) -> SessionRow:
    """A log-in as its row."""
    is_phone = any(sign in session.user_agent for sign in ("iPhone", "Android", "Mobile"))
    return SessionRow(
        id=str(session.id),
        device=device(session.user_agent),
        icon="phone" if is_phone else "device",
        address=session.address or figures.MISSING,
        seen_at=figures.iso(session.last_seen_at),
        since=figures.day(session.created_at, zone_name),
        until=figures.day(session.expires_at, zone_name),
        is_current=session.is_current,
    )
