"""Files by their content: the same bytes are kept once for each person, and never change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from forex_elite.db.unit_of_work import UnitOfWork


async def put_all(uow: UnitOfWork, user_id: UUID, contents: Mapping[str, bytes]) -> None:
    """Keep contents by their SHA-256; those that are there already stay as they are."""
    if contents:
        await uow.run(
            "insert into ea_artifacts (user_id, sha256, size, content, created_at) "
            "select %s, i.sha256, length(i.content), i.content, now() from unnest(%s::text[], %s::bytea[]) "
            "as i (sha256, content) on conflict do nothing",
            (user_id, list(contents), list(contents.values())),
        )


async def get_all(uow: UnitOfWork, user_id: UUID, hashes: Iterable[str]) -> dict[str, bytes]:
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
