"""The one table of places: navigation, bottom bar, palette and `g` keys are made from it. A new page adds a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page people can go to; `key` follows `g`, `on_phone` puts it into the bottom bar."""

    href: str
    label: str
    icon: str
    group: str
    key: str = ""
    on_phone: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """Something the palette can start; `words` are further search words."""

    href: str
    label: str
    icon: str
    words: str = ""


PLACES: tuple[Place, ...] = (
    Place("/", "Overview", "overview", "Trade", "o"),
    Place("/signals", "Signals", "signals", "Automate", "s"),
    Place("/signals/strategies", "Strategies", "target", "Automate", "y", on_phone=False),
    Place("/studio", "EA studio", "code", "Automate", "e"),
    Place("/agents", "Agents", "agents", "Connect", "a"),
    Place("/settings", "Settings", "settings", "System", ","),
)

ACTIONS: tuple[Action, ...] = (
    Action("/agents?new=1", "Pair a new agent", "plus", "vps terminal key"),
    Action("/signals/strategies?new=1", "Create a strategy", "plus", "webhook tradingview alert"),
    Action("/settings#password", "Change the password", "key"),
)


def groups() -> dict[str, list[Place]]:
    """The places under their headings, in table order."""
    found: dict[str, list[Place]] = {}
    for place in PLACES:
        found.setdefault(place.group, []).append(place)
    return found
