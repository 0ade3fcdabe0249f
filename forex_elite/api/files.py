"""`/api/files`: reports and the personal archive, asked for, listed, downloaded."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.domain.compliance import FileInfo, FileKind
from forex_elite.services.compliance import files

router = APIRouter(prefix="/api/files", tags=["files"])

_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8; header=present", "zip": "application/zip"}


class FileIn(BaseModel):
    """What is to be made: a report of a month (UTC) as `pdf` or `csv`, or `personal-data` as `zip`."""

    kind: FileKind
    format: Annotated[str, Field(max_length=8)]
    month: Annotated[str, Field(max_length=7, description="`2026-11`; not for personal-data")] = ""
    account_id: UUID | None = None


class FileOut(BaseModel):
    """A file: queued, running (`progress` in percent), ready until `expires_at`, or failed."""

    id: UUID
    kind: FileKind
    format: str
    name: str
    parameters: dict[str, Any]
    status: str
    progress: int
    size: int
    sha256: str
    error: str
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    expires_at: AwareDatetime | None


class FilesOut(BaseModel):
    """The caller's newest files."""

    items: list[FileOut]
    next_cursor: None = None


def _out(info: FileInfo) -> FileOut:
    return FileOut.model_validate(info, from_attributes=True)


@router.post("", status_code=202)
async def request(actor: Acting, body: FileIn) -> FileOut:
    """Have a file made in the background; 409 too-many-files while five are on their way."""
    return _out(await files.request(actor, body.kind, body.format, month=body.month, account_id=body.account_id))


@router.get("")
async def list_files(actor: Acting) -> FilesOut:
    """The caller's files, newest first."""
    return FilesOut(items=[_out(one) for one in await files.list_files(actor)])


@router.get("/{file_id}/content", response_class=StreamingResponse)
async def content(actor: Acting, file_id: UUID) -> StreamingResponse:
    """The file itself; 409 file-not-ready before it is."""
    info, pieces = await files.read(actor, file_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{info.name}"',
        "Content-Length": str(info.size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(pieces, media_type=_TYPES[info.format], headers=headers)


@router.delete("/{file_id}", status_code=204)
async def remove(actor: Acting, file_id: UUID) -> Response:
    """Delete a file now."""
    await files.remove(actor, file_id)
    return Response(status_code=204)
