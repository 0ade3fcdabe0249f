"""Queries about files by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


async def add_all(uow: UnitOfWork, user_id: UUID, contents: Mapping[str, bytes], *, kind: str) -> int:
    """Store contents by their SHA-256; returns how many were not there yet."""
    if not contents:
        return 0
    return await uow.run(
        "insert into ea_artifacts (id, user_id, sha256, kind, size, content, created_at) "
        "select i.id, %s, i.sha256, %s, length(i.content), i.content, now() "
        "from unnest(%s::uuid[], %s::text[], %s::bytea[]) as i (id, sha256, content) "
        "on conflict (user_id, sha256) do nothing",
        (user_id, kind, [uuid7() for _ in contents], list(contents), list(contents.values())),
    )


async def contents(uow: UnitOfWork, user_id: UUID, hashes: Iterable[str]) -> dict[str, bytes]:
    """The contents that are there, by hash."""
    rows = await uow.rows(
        "select sha256, content from ea_artifacts where user_id = %s and sha256 = any(%s)", (user_id, list(hashes))
    )
    return {row["sha256"]: bytes(row["content"]) for row in rows}


async def sizes(uow: UnitOfWork, user_id: UUID, hashes: Iterable[str]) -> dict[str, int]:
    """Which of these are there, with their sizes in bytes."""
    rows = await uow.rows(
        "select sha256, size from ea_artifacts where user_id = %s and sha256 = any(%s)", (user_id, list(hashes))
    )
    return {row["sha256"]: row["size"] for row in rows}
