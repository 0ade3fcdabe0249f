"""What the browser may see of the audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass

from forex_elite.domain.audit import AuditEntry
from forex_elite.ui import figures

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record."""

    id: str
    at: str
    who: str
    role: str
    action: str
    subject: str
    user_id: str
    address: str
    before: str
    after: str


def _written(values: dict[str, object] | None) -> str:
    return "" if values is None else json.dumps(values, indent=1, ensure_ascii=False, default=str)[:LONGEST]


def record_row(entry: AuditEntry, zone_name: str) -> RecordRow:
    """A record as its row."""
    return RecordRow(
        id=str(entry.id),
        at=figures.day_time(entry.at, zone_name),
        who=entry.actor_name or ("The server" if entry.actor_id is None else str(entry.actor_id)[:8]),
        role=entry.actor_role,
        action=entry.action,
        subject=" ".join(part for part in (entry.subject_kind, entry.subject_id[:8]) if part),
        user_id=str(entry.user_id),
        address=entry.address or figures.MISSING,
        before=_written(entry.before),
        after=_written(entry.after),
    )
