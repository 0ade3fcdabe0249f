"""People, their sessions and their preferences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from forex_elite.domain.identity import Actor, Role
from forex_elite.errors import Conflict, InvalidInput

DISCLAIMER_VERSION = "2026-11"
PRIVACY_VERSION = "2026-11"
MIN_PASSWORD = 10
MAX_PASSWORD = 256
MAX_NAME = 80


class EmailTaken(Conflict):
    """Somebody registered with this e-mail address; log in, or use another."""

    code = "email-taken"


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the rest of the program may see them: no secrets."""

    id: UUID
    email: str
    display_name: str
    role: Role
    ib_id: UUID | None
    created_at: datetime
    onboarded_at: datetime | None
    is_active: bool = True

    @property
    def is_onboarded(self) -> bool:
        """Whether the disclaimer was accepted and preferences were given."""
        return self.onboarded_at is not None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One log-in of a person, on one device."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a valid cookie or bearer token stands for; `session_id` is the id of the session or of the API token."""

    actor: Actor
    person: Person
    session_id: UUID
    must_agree: bool = False
    """A text they agreed to has a new version, or one was added."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A fresh log-in: the cookie's opaque token and the bearer JWT, both behind one session row."""

    person: Person
    session_id: UUID
    cookie_token: str
    access_token: str
    expires_in_s: int


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """An API token as its owner sees it: never the token itself."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Whether a code is asked for at log-in, and how many recovery codes are left."""

    enabled_at: datetime | None
    recovery_codes_left: int

    @property
    def is_enabled(self) -> bool:
        """Whether a code is asked for."""
        return self.enabled_at is not None


@dataclass(frozen=True, slots=True)
class UserSummary:
    """A person as staff see them in a list."""

    person: Person
    sessions: int
    last_seen_at: datetime | None
    accounts: int
    agents: int
    strategies: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret for an authenticator app, not yet in force: as text, as address, and as a picture (SVG data URI)."""

    secret: str
    address: str
    picture: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's risk preferences and appearance; new strategies and accounts start from them."""

    time_zone: str = "UTC"
    pnl_palette: str = "classic"
    theme: str = "dark"
    default_risk_percent: Decimal = Decimal("1.00")
    max_lots: Decimal = Decimal("1.00")
    daily_loss_percent: Decimal = Decimal("4.00")
    max_open_positions: int = 10
    is_one_click: bool = False
    disclaimer_version: str = ""
    disclaimer_accepted_at: datetime | None = None


def check_password(password: str, email: str = "") -> str:
    """Return the password or refuse it with the rule it breaks (length first: NIST SP 800-63B)."""
    if len(password) < MIN_PASSWORD:
        raise InvalidInput(f"Use at least {MIN_PASSWORD} characters.", field="password")
    if len(password) > MAX_PASSWORD:
        raise InvalidInput(f"Use at most {MAX_PASSWORD} characters.", field="password")
    if "\x00" in password:
        raise InvalidInput("A password cannot contain the NUL character.", field="password")
    if len(set(password)) < 4 or (email and password.casefold() == email.casefold()):  # noqa: PLR2004
        raise InvalidInput("That password is too easy to guess.", field="password")
    return password


def check_name(name: str, field: str = "display_name") -> str:
    """Return the trimmed name, 1 to 80 printable characters."""
    trimmed = " ".join(name.split())
    if not 1 <= len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidInput(f"Use 1 to {MAX_NAME} printable characters.", field=field)
    return trimmed
