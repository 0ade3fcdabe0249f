"""Queries about the files of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.artifacts import digest
from forex_elite.domain.ea.patches import WayBack, way_back
from forex_elite.domain.ea.projects import FileContent, FileInfo

_INFO = "path, sha256, size, encoding, saved_at"


def _info(row: Row) -> FileInfo:
    return FileInfo(row["path"], row["sha256"], row["size"], row["encoding"], row["saved_at"])


async def list_files(uow: UnitOfWork, project_id: UUID) -> list[FileInfo]:
    """The draft's files by path, without their bytes."""
    rows = await uow.rows(f"select {_INFO} from ea_draft_files where project_id = %s order by path", (project_id,))
    return [_info(row) for row in rows]


async def contents(uow: UnitOfWork, project_id: UUID) -> list[FileContent]:
    """The draft's files with their bytes."""
    rows = await uow.rows(
        f"select {_INFO}, content from ea_draft_files where project_id = %s order by path", (project_id,)
    )
    return [FileContent(_info(row), bytes(row["content"])) for row in rows]


async def find(uow: UnitOfWork, project_id: UUID, path: str) -> FileContent | None:
    """One file, whatever the case of its path, and however its letters with marks are written."""
    row = await uow.row(
        f"select {_INFO}, content from ea_draft_files where project_id = %s "
        "and lower(normalize(path)) = lower(normalize(%s))",
        (project_id, path),
    )
    return FileContent(_info(row), bytes(row["content"])) if row else None


async def find_previous(uow: UnitOfWork, project_id: UUID, path: str, sha256: str) -> bytes | None:
    """What a file held before its last change, if that was this."""
    row = await uow.row(
        "select content, previous_start, previous_length, previous_part from ea_draft_files "
        "where project_id = %s and lower(normalize(path)) = lower(normalize(%s)) and previous_sha256 = %s",
        (project_id, path, sha256),
    )
    if row is None or row["previous_part"] is None:
        return None
    back = WayBack(row["previous_start"], row["previous_length"], bytes(row["previous_part"]))
    return back.old(bytes(row["content"]))


async def add(uow: UnitOfWork, user_id: UUID, project_id: UUID, files: Mapping[str, tuple[bytes, str]]) -> None:
    """Insert files, each a content with its encoding; their paths must be free."""
    if files:
        await uow.run(
            "insert into ea_draft_files (id, user_id, project_id, path, sha256, size, encoding, content, "
            "previous_start, previous_length, saved_at) "
            "select i.id, %s, %s, i.path, i.sha256, length(i.content), i.encoding, i.content, 0, 0, now() "
            "from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bytea[]) "
            "as i (id, path, sha256, encoding, content)",
            (
                user_id,
                project_id,
                [uuid7() for _ in files],
                list(files),
                [digest(content) for content, _ in files.values()],
                [encoding for _, encoding in files.values()],
                [content for content, _ in files.values()],
            ),
        )


async def replace(uow: UnitOfWork, project_id: UUID, file: FileContent, content: bytes, encoding: str) -> None:
    """Give a file new bytes; the way back is kept until the next change."""
    back = way_back(file.content, content)
    await uow.run(
        "update ea_draft_files set previous_sha256 = sha256, previous_start = %s, previous_length = %s, "
        "previous_part = %s, sha256 = %s, size = %s, encoding = %s, content = %s, saved_at = now() "
        "where project_id = %s and path = %s",
        (
            *(back.start, back.length, back.part, digest(content), len(content), encoding, content),
            *(project_id, file.info.path),
        ),
    )


async def move(uow: UnitOfWork, project_id: UUID, path: str, new_path: str) -> None:
    """Give a file another path, which must be free."""
    await uow.run(
        "update ea_draft_files set path = %s, saved_at = now() where project_id = %s and path = %s",
        (new_path, project_id, path),
    )


async def remove(uow: UnitOfWork, project_id: UUID, path: str | None = None) -> None:
    """Delete a file, or all of them."""
    await uow.run(
        "delete from ea_draft_files where project_id = %s and (%s::text is null or path = %s)",
        (project_id, path, path),
    )
