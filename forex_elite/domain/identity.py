"""Who acts: every service takes an `Actor` first, and the database enforces the same identity again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may be; `SERVICE` is the server's own work (webhook and agent look-up, timers)."""

    USER = "user"
    IB = "ib"
    ADMIN = "admin"
    SUPER_ADMIN = "super_admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """The identity a unit of work runs under."""

    user_id: UUID | None
    role: Role
    ib_id: UUID | None = None
    session_id: UUID | None = None
    purpose: str = ""
    scopes: frozenset[str] | None = None
    """What an API token was made for; None: all that the role permits."""

    @property
    def person_id(self) -> UUID:
        """The acting person; only for actors that are one."""
        assert self.user_id is not None, "the server's own work has no person"
        return self.user_id


def service(purpose: str) -> Actor:
    """The server itself, for one named purpose (shown in the database's application name)."""
    return Actor(user_id=None, role=Role.SERVICE, purpose=purpose)
