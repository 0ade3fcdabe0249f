"""The one table of places: navigation, bottom bar, palette and `g` keys are made from it. A new page adds a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page people can go to; `key` follows `g`; `on_phone` puts it into the bottom bar, else it is under "More".

    `for_staff` places are shown to administrators and super_admins alone.
    """

    href: str
    label: str
    icon: str
    group: str
    key: str = ""
    on_phone: bool = False
    for_staff: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something the palette can start: an address, or `#id` of a button in the frame; `words` help the search."""

    href: str
    label: str
    icon: str
    words: str = ""


PLACES: tuple[Place, ...] = (
    Place("/", "Overview", "overview", "Trade", "o", on_phone=True),
    Place("/trading", "Live trading", "trading", "Trade", "t", on_phone=True),
    Place("/positions", "Positions", "positions", "Trade", "p", on_phone=True),
    Place("/positions/pending", "Pending orders", "timer", "Trade", "w"),
    Place("/positions/history", "History", "clock", "Trade", "h"),
    Place("/positions/analytics", "Analytics", "chart", "Trade", "n"),
    Place("/signals", "Signals", "signals", "Automate", "s", on_phone=True),
    Place("/signals/strategies", "Strategies", "target", "Automate", "y"),
    Place("/studio", "EA studio", "code", "Automate", "e"),
    Place("/deployments", "Deployments", "rocket", "Automate", "d"),
    Place("/accounts", "Accounts", "accounts", "Connect", "c"),
    Place("/agents", "Agents", "agents", "Connect", "a"),
    Place("/health", "Health", "health", "Connect"),
    Place("/leaderboard", "Leaderboard", "trophy", "Compete", "l"),
    Place("/partners", "Partners", "people", "Compete", "b"),
    Place("/notifications", "Notifications", "bell", "System", "i"),
    Place("/compliance", "Compliance", "file", "System"),
    Place("/settings", "Settings", "settings", "System", ","),
    Place("/admin/users", "People", "shield", "Administration", for_staff=True),
    Place("/admin/queue", "Agents and queue", "list", "Administration", for_staff=True),
    Place("/admin/health", "Installation", "health", "Administration", for_staff=True),
    Place("/admin/logs", "System logs", "terminal", "Administration", for_staff=True),
    Place("/admin/audit", "Audit log", "file", "Administration", for_staff=True),
    Place("/admin/features", "Features", "sliders", "Administration", for_staff=True),
)

ACTIONS: tuple[Action, ...] = (
    Action("#kill-switch", "Kill switch: stop new entries", "kill", "halt panic flatten close all emergency"),
    Action("/accounts?new=1", "Add an account", "plus", "login broker password mt5"),
    Action("/agents?new=1", "Pair a new agent", "plus", "vps terminal key"),
    Action("/signals/strategies?new=1", "Create a strategy", "plus", "webhook tradingview alert"),
    Action("/deployments?new=1", "Deploy an Expert Advisor", "rocket", "run ea expert chart account"),
    Action("/settings#password", "Change the password", "key"),
    Action("/settings#two-factor", "Two-factor log-in", "shield", "totp authenticator otp recovery codes"),
    Action("/settings#tokens", "API tokens", "key", "bearer script scopes"),
    Action("/settings/notifications", "Notification channels and quiet hours", "send", "telegram discord e-mail mail"),
    Action(
        "/settings/privacy", "Download or erase everything about me", "shield", "gdpr privacy consent export delete"
    ),
)


def groups() -> dict[str, list[Place]]:
    """The places under their headings, in table order."""
    found: dict[str, list[Place]] = {}
    for place in PLACES:
        found.setdefault(place.group, []).append(place)
    return found
