"""What several routes answer with."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Response
from pydantic import AwareDatetime, BaseModel, Field

from forex_elite.domain.ea.files import MAX_PATH
from forex_elite.domain.ea.patches import TextEdit
from forex_elite.domain.ea.projects import FileContent, ProjectInfo, VersionInfo
from forex_elite.services.ea.texts import BINARY, text_of

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in lower-case hexadecimal.")]
Path = Annotated[str, Field(min_length=1, max_length=MAX_PATH, description="Path inside the project.")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
MAX_TEXT = 4_000_000
"""Characters of one text."""

BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, byte for byte.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
RAW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class EditIn(BaseModel):
    """Replace `length` UTF-16 code units at `offset` by `text`, in what the edit before it left."""

    offset: Annotated[int, Field(ge=0, le=MAX_TEXT)]
    length: Annotated[int, Field(ge=0, le=MAX_TEXT)]
    text: Annotated[str, Field(max_length=MAX_TEXT)]

    def as_edit(self) -> TextEdit:
        """The edit as the domain has it."""
        return TextEdit(self.offset, self.length, self.text)


class ProjectOut(BaseModel):
    """A project; `entry` is the file the compiler starts with, `running_count` how many of its experts are not stopped.

    `draft_revision` counts the changes of its draft, `draft_origin` tells where the text of the draft comes from.
    """

    id: UUID
    name: str
    kind: str
    description: str
    tags: list[str]
    entry: str
    current_version_id: UUID | None
    current_number: int | None
    current_state: str | None
    version_count: int
    running_count: int
    draft_revision: int
    draft_origin: str
    draft_base_id: UUID | None
    draft_saved_at: AwareDatetime
    forked_from_id: UUID | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    archived_at: AwareDatetime | None

    @classmethod
    def of(cls, info: ProjectInfo) -> ProjectOut:
        return cls.model_validate(info, from_attributes=True)


class FileOut(BaseModel):
    """A file without its bytes; `encoding` is `binary` for what cannot be edited as text."""

    path: str
    sha256: str
    size: int
    encoding: str
    saved_at: AwareDatetime | None = None


class FileTextOut(FileOut):
    """A file with its text; null for one that is binary."""

    text: str | None

    @classmethod
    def of(cls, file: FileContent) -> FileTextOut:
        info = file.info
        text = None if info.encoding == BINARY else text_of(info.path, file.content, info.encoding)
        return cls(**FileOut.model_validate(info, from_attributes=True).model_dump(), text=text)


class VersionOut(BaseModel):
    """A version: what never changes, and what the compiler said of it (`state`, counts, files by SHA-256)."""

    id: UUID
    project_id: UUID
    number: int
    author: str
    origin: str
    message: str
    parent_id: UUID | None
    generation_id: UUID | None
    entry: str
    sha256: str
    file_count: int
    size: int
    created_at: AwareDatetime
    state: str
    compile_job_id: UUID | None
    compile_error: str
    error_count: int
    warning_count: int
    ex5_sha256: str | None
    ex5_size: int | None
    log_sha256: str | None
    compiled_at: AwareDatetime | None

    @classmethod
    def of(cls, info: VersionInfo) -> VersionOut:
        return cls.model_validate(info, from_attributes=True)


class SkippedOut(BaseModel):
    """What of an archive was left out, and why."""

    path: str
    reason: str


def attachment(content: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """Bytes to save as a file; a name a plain header cannot hold follows it in the form of RFC 6266."""
    plain = re.sub(r"[^A-Za-z0-9 ._+-]", "_", name).strip(" .") or "file"
    whole = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": f'attachment; filename="{plain}"{whole}',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=media_type, headers=headers)
