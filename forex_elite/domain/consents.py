"""The texts people agree to, each with its version: a new version is asked for again before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from forex_elite.domain.people import DISCLAIMER_VERSION, PRIVACY_VERSION


@dataclass(frozen=True, slots=True)
class Document:
    """A text in the version that is shown."""

    kind: str
    version: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """A text a person agreed to, when and from where."""

    kind: str
    version: str
    accepted_at: datetime
    address: str


DOCUMENTS: tuple[Document, ...] = (
    Document(
        "disclaimer",
        DISCLAIMER_VERSION,
        "Risk disclaimer",
        (
            "Trading leveraged products can lose more than was paid in. ForexElite sends orders exactly as your "
            "strategies, alerts and Expert Advisors ask for them; it gives no advice and promises no result.",
            "Alerts, networks, this server, terminals and brokers can fail or be late. The risk gate refuses what "
            "breaks your limits; it cannot make a position safe. Watch your accounts, and keep another way to close "
            "positions.",
            "Balances, positions and fills are shown as your terminals reported them, with their age. The broker's "
            "records decide.",
            "Try every strategy on a demo account or the simulated terminal first. You alone are responsible for the "
            "accounts you connect and for what is traded on them.",
        ),
    ),
    Document(
        "privacy",
        PRIVACY_VERSION,
        "Privacy notice",
        (
            "This installation keeps what you enter (name, e-mail address, accounts, strategies, programs), what your "
            "agents report (balances, positions, trades, logs), and when and from which network address you logged in. "
            "Passwords and keys are kept as hashes or encrypted.",
            "Its operator's administrators can see it in order to run the installation; an introducing broker you "
            "registered with can read your accounts and trades. Messages go through Telegram, Discord or e-mail only "
            "where you set that up, and prompts to a language model only when you ask for a program.",
            "Orders, trades and the audit trail are kept for seven years, figures over time for two, the rest until "
            "you delete it. Under Settings, Privacy you can download everything about you and have yourself erased; "
            "what must be kept for the regulator then stays under a pseudonym.",
        ),
    ),
)


def outstanding(accepted: Iterable[tuple[str, str]]) -> tuple[Document, ...]:
    """The texts whose present version is not among what was accepted (kind, version)."""
    have = set(accepted)
    return tuple(document for document in DOCUMENTS if (document.kind, document.version) not in have)
