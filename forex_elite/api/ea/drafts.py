"""`/api/ea/projects/{id}/draft`: the files being edited. Only changes travel, and none is made upon what is gone."""

from __future__ import annotations

from typing import Annotated, Literal, assert_never
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.api.ea.shapes import (
    BYTES,
    MAX_TEXT,
    RAW_BODY,
    EditIn,
    FileOut,
    FileTextOut,
    Path,
    Sha256,
    SkippedOut,
    attachment,
)
from forex_elite.domain.ea.files import MAX_PATH
from forex_elite.domain.ea.patches import MAX_EDITS
from forex_elite.services.ea import drafts, exchange
from forex_elite.services.ea.drafts import Change, DeleteFile, DraftState, EditFile, MoveFile, WriteFile

router = APIRouter(prefix="/api/ea/projects/{project_id}/draft", tags=["experts: drafts"])

PathQuery = Annotated[str, Query(min_length=1, max_length=MAX_PATH)]


class EditChange(BaseModel):
    """Change a text. `length` (code units) and `sha256` (of the text in UTF-8), if sent, must fit what comes out."""

    op: Literal["edit"]
    path: Path
    base_sha256: Sha256
    edits: Annotated[list[EditIn], Field(min_length=1, max_length=MAX_EDITS)]
    length: Annotated[int | None, Field(ge=0)] = None
    sha256: Sha256 | None = None


class WriteChange(BaseModel):
    """Give a file a whole text; `base_sha256` null makes a new file."""

    op: Literal["write"]
    path: Path
    base_sha256: Sha256 | None = None
    text: Annotated[str, Field(max_length=MAX_TEXT)]


class MoveChange(BaseModel):
    """Give a file another path."""

    op: Literal["move"]
    path: Path
    base_sha256: Sha256
    new_path: Path


class DeleteChange(BaseModel):
    """Take a file away."""

    op: Literal["delete"]
    path: Path
    base_sha256: Sha256


AnyChange = Annotated[EditChange | WriteChange | MoveChange | DeleteChange, Field(discriminator="op")]


class Changes(BaseModel):
    """Changes in their order; all are made or none."""

    changes: Annotated[list[AnyChange], Field(min_length=1, max_length=drafts.MAX_CHANGES)]


class DraftOut(BaseModel):
    """The draft after a change."""

    revision: int
    entry: str
    files: list[FileOut]

    @classmethod
    def of(cls, state: DraftState) -> DraftOut:
        files = [FileOut.model_validate(file, from_attributes=True) for file in state.files]
        return cls(revision=state.revision, entry=state.entry, files=files)


class ImportedDraftOut(DraftOut):
    """The draft after an import, and what was left out of the archive."""

    skipped: list[SkippedOut]


def _change(body: AnyChange) -> Change:
    match body:
        case EditChange():
            edits = [edit.as_edit() for edit in body.edits]
            return EditFile(body.path, body.base_sha256, edits, body.length, body.sha256)
        case WriteChange():
            return WriteFile(body.path, body.base_sha256, text=body.text)
        case MoveChange():
            return MoveFile(body.path, body.base_sha256, body.new_path)
        case DeleteChange():
            return DeleteFile(body.path, body.base_sha256)
        case _:
            assert_never(body)


@router.patch("")
async def change(actor: Acting, project_id: UUID, body: Changes) -> DraftOut:
    """Change files. 409 `draft-conflict` with both sides when a file is no longer what the change was made upon."""
    return DraftOut.of(await drafts.change(actor, project_id, [_change(one) for one in body.changes]))


@router.get("/file")
async def read(actor: Acting, project_id: UUID, path: PathQuery) -> FileTextOut:
    """A file as text."""
    return FileTextOut.of(await drafts.read(actor, project_id, path))


@router.get("/raw", response_class=Response, responses=BYTES)
async def download(actor: Acting, project_id: UUID, path: PathQuery) -> Response:
    """A file byte for byte."""
    file = await drafts.read(actor, project_id, path)
    return attachment(file.content, file.info.path.rpartition("/")[2])


@router.put("/raw", openapi_extra=RAW_BODY)
async def upload(
    actor: Acting, project_id: UUID, path: PathQuery, request: Request, base_sha256: Sha256 | None = None
) -> DraftOut:
    """Put a file into the draft byte for byte; the body is the file. Without `base_sha256` it must be new."""
    change = WriteFile(path, base_sha256, content=await request.body())
    return DraftOut.of(await drafts.change(actor, project_id, [change]))


@router.post("/import", openapi_extra=RAW_BODY)
async def import_files(
    actor: Acting, project_id: UUID, request: Request, revision: Annotated[int, Query(ge=0, le=2**31 - 1)]
) -> ImportedDraftOut:
    """Put the files of a zip (the body) into the draft at `revision`; what it held is kept as a version."""
    state, unpacked = await exchange.import_into_draft(actor, project_id, await request.body(), revision)
    skipped = [SkippedOut(path=path, reason=reason) for path, reason in unpacked.skipped]
    return ImportedDraftOut(**DraftOut.of(state).model_dump(), skipped=skipped)
