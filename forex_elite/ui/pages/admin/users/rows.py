"""What the browser may see of people."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.people import UserSummary
from forex_elite.ui import figures
from forex_elite.ui.session import ROLE_NAMES

ROLE_CHOICES = tuple((role.value, ROLE_NAMES[role]) for role in (Role.USER, Role.IB, Role.ADMIN, Role.SUPER_ADMIN))


@dataclass(frozen=True, slots=True)
class UserRow:
    """One person; what the one who looks may do about them."""

    id: str
    name: str
    email: str
    role: str
    role_name: str
    is_active: bool
    seen_at: str
    sessions: int
    has: str
    since: str
    can_manage: bool
    can_set_role: bool


def user_row(found: UserSummary, actor: Actor, zone_name: str) -> UserRow:
    """A person as their row."""
    person = found.person
    is_self = person.id == actor.user_id
    is_owner = actor.role is Role.SUPER_ADMIN
    return UserRow(
        id=str(person.id),
        name=person.display_name,
        email=person.email,
        role=person.role.value,
        role_name=ROLE_NAMES[person.role],
        is_active=person.is_active,
        seen_at=figures.iso(found.last_seen_at),
        sessions=found.sessions,
        has=" · ".join(
            (
                figures.count(found.accounts, "account"),
                figures.count(found.agents, "agent"),
                figures.count(found.strategies, "strategy", "strategies"),
            )
        ),
        since=figures.day(person.created_at, zone_name),
        can_manage=not is_self and (is_owner or person.role is Role.USER),
        can_set_role=not is_self and is_owner,
    )
