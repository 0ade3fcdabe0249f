"""The one table of places: navigation, bottom bar, palette and `g` keys are made from it. A new page adds a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page people can go to; `key` follows `g`; `on_phone` puts it into the bottom bar, else it is under "More"."""

    href: str
    label: str
    icon: str
    group: str
    key: str = ""
    on_phone: bool = False


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
    Place("/positions/history", "History", "clock", "Trade", "h"),
    Place("/positions/analytics", "Analytics", "chart", "Trade", "n"),
    Place("/signals", "Signals", "signals", "Automate", "s", on_phone=True),
    Place("/signals/strategies", "Strategies", "target", "Automate", "y"),
    Place("/studio", "EA studio", "code", "Automate", "e"),
    Place("/accounts", "Accounts", "accounts", "Connect", "c"),
    Place("/agents", "Agents", "agents", "Connect", "a"),
    Place("/health", "Health", "health", "Connect"),
    Place("/notifications", "Notifications", "bell", "System", "i"),
    Place("/compliance", "Compliance", "file", "System", "l"),
    Place("/settings", "Settings", "settings", "System", ","),
)

ACTIONS: tuple[Action, ...] = (
    Action("#kill-switch", "Kill switch: stop new entries", "kill", "halt panic flatten close all emergency"),
    Action("/accounts?new=1", "Add an account", "plus", "login broker password mt5"),
    Action("/agents?new=1", "Pair a new agent", "plus", "vps terminal key"),
    Action("/signals/strategies?new=1", "Create a strategy", "plus", "webhook tradingview alert"),
    Action("/settings#password", "Change the password", "key"),
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
