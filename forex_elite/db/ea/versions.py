"""Queries about versions: made once, then only read; what the compiler says is added by `db/ea/compiling.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.projects import FileContent, FileInfo, Origin, VersionInfo, VersionState
from forex_elite.domain.paging import Page

COLUMNS = """
    id, user_id, project_id, number, author, origin, message, parent_id, generation_id, entry, sha256, file_count,
    size, created_at, state, compile_job_id, compile_error, error_count, warning_count, ex5_sha256, ex5_size,
    log_sha256, compiled_at
"""


def version_info(row: Row) -> VersionInfo:
    """A version's row; with its findings where they were selected."""
    same = ("id", "user_id", "project_id", "number", "author", "message", "parent_id", "generation_id", "entry")
    of_files = ("sha256", "file_count", "size", "created_at")
    of_compiler = (
        "compile_job_id",
        "compile_error",
        "error_count",
        "warning_count",
        "ex5_sha256",
        "ex5_size",
        "log_sha256",
        "compiled_at",
    )
    return VersionInfo(
        **{name: row[name] for name in (*same, *of_files, *of_compiler)},
        origin=Origin(row["origin"]),
        state=VersionState(row["state"]),
        findings=tuple(row.get("findings") or ()),
    )


async def find(uow: UnitOfWork, user_id: UUID, version_id: UUID) -> VersionInfo | None:
    """A person's own version with its findings."""
    row = await uow.row(
        f"select {COLUMNS}, findings from ea_versions where id = %s and user_id = %s", (version_id, user_id)
    )
    return version_info(row) if row else None


async def find_same(uow: UnitOfWork, project_id: UUID, sha256: str) -> VersionInfo | None:
    """The newest version of a project with this content."""
    row = await uow.row(
        f"select {COLUMNS} from ea_versions where project_id = %s and sha256 = %s order by number desc limit 1",
        (project_id, sha256),
    )
    return version_info(row) if row else None


async def list_versions(
    uow: UnitOfWork, user_id: UUID, project_id: UUID, *, before: int | None, limit: int
) -> Page[VersionInfo]:
    """A project's versions, newest first; the cursor is a version's number."""
    rows = await uow.rows(
        f"select {COLUMNS} from ea_versions where project_id = %s and user_id = %s "
        "and (%s::int is null or number < %s) order by number desc limit %s",
        (project_id, user_id, before, before, limit + 1),
    )
    items = tuple(version_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].number) if len(rows) > limit else None)


async def add(uow: UnitOfWork, user_id: UUID, project_id: UUID, values: dict[str, Any]) -> UUID:
    """Insert the project's next version and make it its current one; the project's row must be locked."""
    version_id = uuid7()
    await uow.run(
        """
        with numbered as (
            update ea_projects set last_number = last_number + 1, updated_at = now() where id = %(project_id)s
            returning last_number, current_version_id
        )
        insert into ea_versions (id, user_id, project_id, number, author, origin, message, parent_id, generation_id,
            entry, sha256, file_count, size, created_at, state, compile_error, findings, error_count, warning_count)
        select %(id)s, %(user_id)s, %(project_id)s, last_number,
            (select display_name from users where id = %(user_id)s), %(origin)s, %(message)s,
            coalesce(%(parent_id)s, current_version_id), %(generation_id)s, %(entry)s, %(sha256)s, %(file_count)s,
            %(size)s, now(), 'draft', '', '[]', 0, 0
        from numbered
        """,
        {**values, "id": version_id, "user_id": user_id, "project_id": project_id},
    )
    await uow.run(
        "update ea_projects set current_version_id = %s, draft_base_id = %s where id = %s",
        (version_id, version_id, project_id),
    )
    return version_id


async def add_files(uow: UnitOfWork, user_id: UUID, version_id: UUID, files: Sequence[FileInfo]) -> None:
    """Say of which files a version consists; their contents must be artifacts already."""
    await uow.run(
        "insert into ea_version_files (version_id, path, user_id, sha256, size, encoding) "
        "select %s, i.path, %s, i.sha256, i.size, i.encoding "
        "from unnest(%s::text[], %s::text[], %s::int[], %s::text[]) as i (path, sha256, size, encoding)",
        (
            version_id,
            user_id,
            [file.path for file in files],
            [file.sha256 for file in files],
            [file.size for file in files],
            [file.encoding for file in files],
        ),
    )


async def list_files(uow: UnitOfWork, version_id: UUID) -> list[FileInfo]:
    """A version's files by path, without their bytes."""
    rows = await uow.rows(
        "select path, sha256, size, encoding from ea_version_files where version_id = %s order by path", (version_id,)
    )
    return [FileInfo(row["path"], row["sha256"], row["size"], row["encoding"]) for row in rows]


async def contents(uow: UnitOfWork, version_id: UUID, paths: Sequence[str] | None = None) -> list[FileContent]:
    """A version's files with their bytes; all, or those with these paths."""
    rows = await uow.rows(
        "select f.path, f.sha256, f.size, f.encoding, a.content from ea_version_files f "
        "join ea_artifacts a on a.user_id = f.user_id and a.sha256 = f.sha256 "
        "where f.version_id = %s and (%s::text[] is null or f.path = any(%s)) order by f.path",
        (version_id, paths, paths),
    )
    return [
        FileContent(FileInfo(row["path"], row["sha256"], row["size"], row["encoding"]), bytes(row["content"]))
        for row in rows
    ]
