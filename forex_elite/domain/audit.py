"""What the audit log tells: records, and what is wrong with a chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One record: who did what to whose things, when and from where."""

    id: UUID
    at: datetime
    user_id: UUID
    seq: int
    actor_id: UUID | None
    actor_name: str
    actor_role: str
    action: str
    subject_kind: str
    subject_id: str
    address: str
    user_agent: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A place where a person's chain does not hold: the record there, and what must have happened."""

    user_id: UUID
    seq: int
    record_id: UUID | None
    at: datetime | None
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a check of all chains."""

    records: int
    people: int
    broken: tuple[BrokenLink, ...]
