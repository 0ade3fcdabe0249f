"""Queries about files by content."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork


async def add(uow: UnitOfWork, *, user_id: UUID, sha256: str, kind: str, content: bytes) -> bool:
    """Store a file; False when its owner has this content already."""
    return bool(
        await uow.run(
            "insert into ea_artifacts (id, user_id, sha256, kind, size, content, created_at) "
            "values (%s, %s, %s, %s, %s, %s, now()) on conflict (user_id, sha256) do nothing",
            (uuid7(), user_id, sha256, kind, len(content), content),
        )
    )


async def find(uow: UnitOfWork, user_id: UUID, sha256: str) -> Row | None:
    """The owner's file with this content: kind, size, content, created_at."""
    return await uow.row(
        "select sha256, kind, size, content, created_at from ea_artifacts where user_id = %s and sha256 = %s",
        (user_id, sha256),
    )


async def used_bytes(uow: UnitOfWork, user_id: UUID) -> int:
    """How much room a person's files take."""
    return int(
        await uow.value("select coalesce(sum(size), 0)::bigint from ea_artifacts where user_id = %s", (user_id,))
    )
