"""Projects, their drafts and their versions, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from forex_elite.errors import InvalidInput

MAX_TAGS = 12
MAX_TAG = 24
MAX_DESCRIPTION = 2_000
MAX_MESSAGE = 2_000


class ProjectKind(StrEnum):
    """What kind of program a project makes."""

    EXPERT = "expert"
    INDICATOR = "indicator"
    SCRIPT = "script"
    LIBRARY = "library"


class Origin(StrEnum):
    """Where a version's text comes from."""

    WRITTEN = "written"
    GENERATED = "generated"
    IMPORTED = "imported"
    RESTORED = "restored"


class VersionState(StrEnum):
    """What the compiler has said of a version."""

    DRAFT = "draft"
    COMPILING = "compiling"
    COMPILED = "compiled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """A project as a list shows it."""

    id: UUID
    user_id: UUID
    name: str
    kind: ProjectKind
    description: str
    tags: tuple[str, ...]
    entry: str
    current_version_id: UUID | None
    current_number: int | None
    current_state: str | None
    version_count: int
    running_count: int
    draft_revision: int
    draft_origin: Origin
    draft_base_id: UUID | None
    draft_saved_at: datetime
    forked_from_id: UUID | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of a draft or a version without its bytes."""

    path: str
    sha256: str
    size: int
    encoding: str
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file with its bytes."""

    info: FileInfo
    content: bytes


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version: what never changes, and what the compiler said of it."""

    id: UUID
    user_id: UUID
    project_id: UUID
    number: int
    author: str
    origin: Origin
    message: str
    parent_id: UUID | None
    generation_id: UUID | None
    entry: str
    sha256: str
    file_count: int
    size: int
    created_at: datetime
    state: VersionState
    compile_job_id: UUID | None
    compile_error: str
    error_count: int
    warning_count: int
    ex5_sha256: str | None
    ex5_size: int | None
    log_sha256: str | None
    compiled_at: datetime | None
    findings: tuple[dict[str, Any], ...] = field(default=())
    """The compiler's messages; empty in lists."""


@dataclass(frozen=True, slots=True)
class PresetInfo:
    """Named values of a project's inputs, as the `.set` file writes them."""

    id: UUID
    project_id: UUID
    name: str
    values: dict[str, str]
    is_imported: bool
    updated_at: datetime


def check_tags(tags: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Tags in lower case, each once. Raises InvalidInput."""
    tidy = tuple(dict.fromkeys(" ".join(tag.lower().split()) for tag in tags if tag.strip()))
    if len(tidy) > MAX_TAGS or any(len(tag) > MAX_TAG or not tag.isprintable() for tag in tidy):
        raise InvalidInput(f"Use at most {MAX_TAGS} tags of at most {MAX_TAG} printable characters.", field="tags")
    return tidy


def check_text(text: str, most: int, field_name: str) -> str:
    """A longer text for people, trimmed. Raises InvalidInput."""
    tidy = text.strip().replace("\r\n", "\n")
    if len(tidy) > most or "\x00" in tidy:
        raise InvalidInput(f"Use at most {most} characters.", field=field_name)
    return tidy
