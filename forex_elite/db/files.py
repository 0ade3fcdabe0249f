"""Queries about files made in the background: asked for, made, kept in pieces, read, gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.compliance import FileInfo, FileKind

_FILE = "id, kind, format, name, parameters, status, progress, size, sha256, error, created_at, finished_at, expires_at"


def _info(row: Row) -> FileInfo:
    return FileInfo(**{**row, "kind": FileKind(row["kind"])})


async def add(
    uow: UnitOfWork, user_id: UUID, *, kind: str, file_format: str, name: str, parameters: dict[str, Any], now: datetime
) -> FileInfo:
    """Ask for a file."""
    row = await uow.row(
        "insert into prepared_files (id, user_id, kind, format, name, parameters, status, progress, size, sha256, "
        "error, created_at) values (%s, %s, %s, %s, %s, %s, 'queued', 0, 0, '', '', %s) "
        f"returning {_FILE}",
        (uuid7(), user_id, kind, file_format, name, Jsonb(parameters), now),
    )
    assert row is not None
    return _info(row)


async def count_open(uow: UnitOfWork, user_id: UUID) -> int:
    """How many files a person waits for; asked for one at a time, so that the count holds."""
    await uow.run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"files of {user_id}",))
    return int(
        await uow.value(
            "select count(*) from prepared_files where user_id = %s and status in ('queued','running')", (user_id,)
        )
    )


async def list_newest(uow: UnitOfWork, user_id: UUID, *, limit: int) -> list[FileInfo]:
    """A person's files, newest first."""
    rows = await uow.rows(
        f"select {_FILE} from prepared_files where user_id = %s order by created_at desc limit %s", (user_id, limit)
    )
    return [_info(row) for row in rows]


async def find(uow: UnitOfWork, user_id: UUID, file_id: UUID) -> FileInfo | None:
    """One file of a person."""
    row = await uow.row(f"select {_FILE} from prepared_files where user_id = %s and id = %s", (user_id, file_id))
    return None if row is None else _info(row)


async def claim(uow: UnitOfWork, *, now: datetime) -> Row | None:
    """Take the oldest file that waits; nobody else makes it meanwhile."""
    return await uow.row(
        "update prepared_files f set status = 'running', started_at = %s where f.id = (select id from prepared_files "
        "where status = 'queued' order by created_at limit 1 for update skip locked) "
        "returning f.id, f.user_id, f.kind, f.format, f.name, f.parameters",
        (now,),
    )


async def note_progress(uow: UnitOfWork, file_id: UUID, *, percent: int, now: datetime) -> bool:
    """Note how far a file is; false when it is not to be made any more."""
    return bool(
        await uow.run(
            "update prepared_files set progress = %s, started_at = %s where id = %s and status = 'running'",
            (percent, now, file_id),
        )
    )


async def add_chunk(uow: UnitOfWork, user_id: UUID, file_id: UUID, *, place: int, content: bytes) -> None:
    """Keep a piece."""
    await uow.run(
        "insert into prepared_chunks (file_id, place, user_id, content) values (%s, %s, %s, %s)",
        (file_id, place, user_id, content),
    )


async def find_chunk(uow: UnitOfWork, file_id: UUID, place: int) -> bytes | None:
    """A piece of a file."""
    found = await uow.value("select content from prepared_chunks where file_id = %s and place = %s", (file_id, place))
    return None if found is None else bytes(found)


async def complete(
    uow: UnitOfWork, file_id: UUID, *, size: int, sha256: str, now: datetime, expires_at: datetime
) -> bool:
    """The file is ready."""
    return bool(
        await uow.run(
            "update prepared_files set status = 'ready', progress = 100, size = %s, sha256 = %s, finished_at = %s, "
            "expires_at = %s where id = %s and status = 'running'",
            (size, sha256, now, expires_at, file_id),
        )
    )


async def fail(uow: UnitOfWork, file_id: UUID, *, error: str, now: datetime, expires_at: datetime) -> None:
    """The file cannot be made; its pieces go."""
    await uow.run("delete from prepared_chunks where file_id = %s", (file_id,))
    await uow.run(
        "update prepared_files set status = 'failed', error = %s, finished_at = %s, expires_at = %s "
        "where id = %s and status = 'running'",
        (error, now, expires_at, file_id),
    )


async def lost(uow: UnitOfWork, *, before: datetime) -> list[UUID]:
    """Files whose maker has not been heard of since then."""
    rows = await uow.rows("select id from prepared_files where status = 'running' and started_at < %s", (before,))
    return [row["id"] for row in rows]


async def remove(uow: UnitOfWork, user_id: UUID, file_id: UUID) -> bool:
    """Delete a file with its pieces."""
    return bool(await uow.run("delete from prepared_files where user_id = %s and id = %s", (user_id, file_id)))


async def clear_expired(uow: UnitOfWork, *, now: datetime) -> int:
    """Delete files past their time."""
    return await uow.run("delete from prepared_files where expires_at < %s", (now,))


async def owns_account(uow: UnitOfWork, user_id: UUID, account_id: UUID) -> bool:
    """Whether an account is a person's own."""
    return bool(
        await uow.value(
            "select exists (select 1 from mt5_accounts where user_id = %s and id = %s)", (user_id, account_id)
        )
    )
