"""The audit log as services write it and people read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from forex_elite.db import audit as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.audit import AuditEntry, Verification
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs

MOST_BROKEN = 100


async def record(
    uow: UnitOfWork,
    actor: Actor,
    action: str,
    *,
    user_id: UUID | None = None,
    subject: tuple[str, object] = ("", ""),
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Tell what was done, in the transaction that does it. Never hand over a secret: records are kept for years.

    `action` is dotted (`agents.key.rotate`), `subject` a kind with an id, `user_id` whose things they are (the actor's
    own unless told otherwise), `before` and `after` what changed.
    """
    kind, identifier = subject
    await queries.append(
        uow,
        actor,
        user_id=user_id or actor.person_id,
        action=action,
        subject_kind=kind,
        subject_id=str(identifier),
        address=address,
        before=_plain(before),
        after=_plain(after),
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal() | UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return _plain(value)
        case list() | tuple() | set() | frozenset():
            return [_value(one) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: _value(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


@needs(Permission.AUDIT_READ)
async def list_records(
    actor: Actor,
    *,
    user_id: UUID | None = None,
    action: str = "",
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[AuditEntry]:
    """Records newest first: the actor's own, and for staff everybody's or those of one person."""
    async with unit_of_work(actor) as uow:
        return await queries.list_records(
            uow, user_id=user_id, action=action, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )


async def verify() -> Verification:
    """Check every link of every chain."""
    async with unit_of_work(service("audit verification")) as uow:
        records, people = await queries.count(uow)
        broken = await queries.verify(uow, most=MOST_BROKEN)
    return Verification(records, people, tuple(broken))
