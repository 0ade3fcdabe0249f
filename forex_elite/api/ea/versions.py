"""`/api/ea/projects/{id}/versions` and `/api/ea/versions/{id}`: states of a project that never change."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.api.ea.shapes import BYTES, FileOut, FileTextOut, VersionOut, attachment
from forex_elite.domain.ea.files import MAX_PATH
from forex_elite.domain.ea.projects import MAX_MESSAGE
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services.ea import compiling, exchange, versions

router = APIRouter(prefix="/api/ea", tags=["experts: versions"])

PathQuery = Annotated[str, Query(min_length=1, max_length=MAX_PATH)]


class NewVersion(BaseModel):
    """What the version is about, in the author's words."""

    message: Annotated[str, Field(max_length=MAX_MESSAGE)] = ""


class SavedVersionOut(VersionOut):
    """The version of the draft; `is_new` false when the draft equals the current one."""

    is_new: bool


class VersionsOut(BaseModel):
    """A page of versions, newest first."""

    items: list[VersionOut]
    next_cursor: str | None


class FindingOut(BaseModel):
    """A message of the compiler: where, how bad, what."""

    file: str
    line: int
    column: int
    severity: str
    code: str
    message: str


class CompilerOut(BaseModel):
    """The agent that compiles a version; not online: the job waits for it, and the built-in check works now."""

    agent_name: str
    is_agent_online: bool
    message: str


class VersionDetailOut(VersionOut):
    """A version with its files and the compiler's messages; `compiler` while it is being compiled."""

    files: list[FileOut]
    findings: list[FindingOut]
    compiler: CompilerOut | None


class FileChangeOut(BaseModel):
    """What became of a file between two states."""

    path: str
    kind: str
    old_sha256: str | None
    new_sha256: str | None
    lines_added: int
    lines_removed: int


class DiffOut(BaseModel):
    """All files of two states; the texts are read one by one where they are shown."""

    items: list[FileChangeOut]


class Restore(BaseModel):
    """The revision of the draft that is to be replaced."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


class RestoredOut(BaseModel):
    """The version the draft's own work was saved as before it was replaced; null when it was in a version already."""

    kept: VersionOut | None


class CompileOut(CompilerOut):
    """What became of the wish to compile."""

    version: VersionOut


class DiagnosticOut(FindingOut):
    """A finding of the built-in check, with its end and the reason behind it."""

    end_line: int
    end_column: int
    why: str


class CheckOut(BaseModel):
    """What the built-in check found; without errors the program will very likely compile."""

    items: list[DiagnosticOut]
    error_count: int
    warning_count: int


@router.post("/projects/{project_id}/versions", status_code=201)
async def save(actor: Acting, project_id: UUID, body: NewVersion) -> SavedVersionOut:
    """Make a version of the draft as it is now."""
    version, is_new = await versions.save(actor, project_id, body.message)
    return SavedVersionOut(**VersionOut.of(version).model_dump(), is_new=is_new)


@router.get("/projects/{project_id}/versions")
async def list_versions(
    actor: Acting,
    project_id: UUID,
    cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> VersionsOut:
    """A project's versions, newest first."""
    page = await versions.list_versions(actor, project_id, cursor=cursor, limit=limit)
    return VersionsOut(items=[VersionOut.of(info) for info in page.items], next_cursor=page.next_cursor)


@router.get("/versions/{version_id}")
async def get(actor: Acting, version_id: UUID) -> VersionDetailOut:
    """A version with its files and what the compiler said."""
    found = await versions.get(actor, version_id)
    compiler = await compiling.under_way(actor, found.version)
    return VersionDetailOut(
        **VersionOut.of(found.version).model_dump(),
        compiler=None if compiler is None else CompilerOut.model_validate(compiler, from_attributes=True),
        files=[FileOut.model_validate(file, from_attributes=True) for file in found.files],
        findings=[FindingOut.model_validate(finding) for finding in found.version.findings],
    )


@router.get("/versions/{version_id}/file")
async def read(actor: Acting, version_id: UUID, path: PathQuery) -> FileTextOut:
    """A file of a version as text."""
    return FileTextOut.of(await versions.read(actor, version_id, path))


@router.get("/versions/{version_id}/raw", response_class=Response, responses=BYTES)
async def download(actor: Acting, version_id: UUID, path: PathQuery) -> Response:
    """A file of a version byte for byte."""
    file = await versions.read(actor, version_id, path)
    return attachment(file.content, file.info.path.rpartition("/")[2])


@router.get("/versions/{version_id}/export", response_class=Response, responses=BYTES)
async def export(actor: Acting, version_id: UUID) -> Response:
    """A version as a zip file."""
    found = await versions.get(actor, version_id)
    content = await exchange.export_version(actor, version_id)
    return attachment(content, f"version {found.version.number}.zip")


@router.get("/versions/{version_id}/diff")
async def diff(actor: Acting, version_id: UUID, against: UUID | None = None) -> DiffOut:
    """What changed from the version `against` to this one; without it, from this one to the draft."""
    changes = await versions.diff(actor, version_id, against)
    return DiffOut(items=[FileChangeOut.model_validate(change, from_attributes=True) for change in changes])


@router.post("/versions/{version_id}/restore")
async def restore(actor: Acting, version_id: UUID, body: Restore) -> RestoredOut:
    """Make a version the draft again; 409 when the draft was changed since `revision`."""
    kept = await versions.restore(actor, version_id, body.revision)
    return RestoredOut(kept=None if kept is None else VersionOut.of(kept))


@router.post("/versions/{version_id}/compile", status_code=202)
async def compile_version(actor: Acting, version_id: UUID) -> CompileOut:
    """Have a version compiled by an agent; with none online the job waits for one."""
    receipt = await compiling.request(actor, version_id)
    return CompileOut(
        version=VersionOut.of(receipt.version),
        agent_name=receipt.agent_name,
        is_agent_online=receipt.is_agent_online,
        message=receipt.message,
    )


@router.post("/versions/{version_id}/check")
async def check(actor: Acting, version_id: UUID) -> CheckOut:
    """The built-in check: no agent is needed, and no program comes out."""
    found = await compiling.check(actor, version_id)
    return CheckOut(
        items=[DiagnosticOut.model_validate(one, from_attributes=True) for one in found],
        error_count=sum(one.severity == "error" for one in found),
        warning_count=sum(one.severity == "warning" for one in found),
    )


@router.get("/versions/{version_id}/ex5", response_class=Response, responses=BYTES)
async def download_program(actor: Acting, version_id: UUID) -> Response:
    """The compiled program."""
    name, content = await compiling.program(actor, version_id)
    return attachment(content, name)


@router.get("/versions/{version_id}/log", response_class=Response, responses=BYTES)
async def download_log(actor: Acting, version_id: UUID) -> Response:
    """The compiler's log as it wrote it."""
    name, content = await compiling.log(actor, version_id)
    return attachment(content, name)
