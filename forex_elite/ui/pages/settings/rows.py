"""What the browser may see of log-ins and API tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forex_elite.domain.people import SessionInfo, TokenInfo
from forex_elite.domain.permissions import Permission
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

SCOPE_FIELD = "scope/"
"""Before the scope in the name of its box in the form."""

SCOPE_GROUPS: tuple[tuple[str, tuple[tuple[Permission, str], ...]], ...] = (
    (
        "Trading",
        (
            (Permission.POSITION_READ, "Read positions and history"),
            (Permission.POSITION_CHANGE, "Close and change positions"),
            (Permission.ORDER_READ, "Read orders"),
            (Permission.ORDER_PLACE, "Place, change and cancel orders"),
            (Permission.LIMIT_CHANGE, "Change limits"),
            (Permission.KILL_THROW, "Throw the kill switch"),
            (Permission.KILL_LIFT, "Lift the kill switch"),
            (Permission.AUTOMATION_COMMAND, "Start, pause and stop automation"),
            (Permission.PRICE_READ, "Read prices and candles"),
        ),
    ),
    (
        "Signals",
        (
            (Permission.SIGNAL_READ, "Read signals"),
            (Permission.STRATEGY_READ, "Read strategies, with their secret addresses"),
            (Permission.STRATEGY_MANAGE, "Create, change and delete strategies"),
            (Permission.WEBHOOK_ROTATE, "Rotate secret addresses"),
        ),
    ),
    (
        "Accounts and agents",
        (
            (Permission.ACCOUNT_READ, "Read accounts"),
            (Permission.ACCOUNT_MANAGE, "Add, change and remove accounts"),
            (Permission.ACCOUNT_SYNC, "Ask for a sync"),
            (Permission.AGENT_READ, "Read agents"),
            (Permission.AGENT_MANAGE, "Pair, rotate and delete agents"),
        ),
    ),
    (
        "Expert Advisors",
        (
            (Permission.PROJECT_READ, "Read projects"),
            (Permission.PROJECT_CHANGE, "Change projects"),
            (Permission.EXPERT_COMPILE, "Compile and backtest"),
            (Permission.EXPERT_GENERATE, "Generate with the language model"),
            (Permission.DEPLOYMENT_READ, "Read deployments"),
            (Permission.DEPLOYMENT_COMMAND, "Deploy, start, pause and stop"),
            (Permission.LANGUAGE_USE, "Check MQL5 sources"),
        ),
    ),
    (
        "Leaderboard and partners",
        (
            (Permission.LEADERBOARD_READ, "Read the leaderboard"),
            (Permission.LEADERBOARD_ENTER, "Join and leave the leaderboard"),
            (Permission.PARTNER_READ, "Read clients and earnings as a broker"),
            (Permission.PARTNER_APPLY, "Apply as a broker"),
            (Permission.PAYOUT_REQUEST, "Ask for a payout"),
        ),
    ),
    (
        "Yourself and what happened",
        (
            (Permission.PROFILE_READ, "Read profile and preferences"),
            (Permission.PROFILE_CHANGE, "Change profile and preferences"),
            (Permission.JOB_READ, "Read jobs"),
            (Permission.JOB_CANCEL, "Cancel jobs"),
            (Permission.LOG_READ, "Read logs"),
            (Permission.ALERT_READ, "Read health and alerts"),
            (Permission.ALERT_ACKNOWLEDGE, "Acknowledge alerts"),
            (Permission.AUDIT_READ, "Read your audit log"),
            (Permission.FILE_READ, "Read reports and exports"),
            (Permission.FILE_MAKE, "Make and delete reports and exports"),
            (Permission.CHANNEL_READ, "Read notification channels"),
            (Permission.CHANNEL_MANAGE, "Change notification channels"),
        ),
    ),
)


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


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One API token."""

    id: str
    name: str
    prefix: str
    scopes: str
    scope_list: str
    used_at: str
    since: str
    until: str


def token_row(token: TokenInfo, zone_name: str) -> TokenRow:
    """A token as its row."""
    return TokenRow(
        id=str(token.id),
        name=token.name,
        prefix=token.prefix,
        scopes=figures.count(len(token.scopes), "scope"),
        scope_list=", ".join(token.scopes),
        used_at=figures.iso(token.last_used_at),
        since=figures.day(token.created_at, zone_name),
        until=figures.day(token.expires_at, zone_name) if token.expires_at else "revoked",
    )
