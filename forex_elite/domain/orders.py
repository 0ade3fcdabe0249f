"""What a person is told when they asked for an order."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReceipt:
    """A trade job that was queued for an account, or the reason why none was (then `job_id` is None)."""

    account_id: UUID
    job_id: UUID | None
    code: str = ""
    reason: str = ""
