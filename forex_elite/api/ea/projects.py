"""`/api/ea/projects`: make, list, open, change, fork, import and export projects."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from forex_elite.api.callers import Acting
from forex_elite.api.ea.shapes import (
    BYTES,
    RAW_BODY,
    FileOut,
    Name,
    Path,
    ProjectOut,
    SkippedOut,
    VersionOut,
    attachment,
)
from forex_elite.domain.ea.files import MAX_FILES
from forex_elite.domain.ea.projects import MAX_DESCRIPTION, ProjectKind
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE
from forex_elite.services.ea import exchange, projects
from forex_elite.services.ea.projects import ProjectChange
from forex_elite.services.ea.texts import bytes_of

router = APIRouter(prefix="/api/ea/projects", tags=["experts: projects"])

Tags = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)]


class NewFile(BaseModel):
    """A text to start with."""

    path: Path
    text: Annotated[str, Field(max_length=4_000_000)]


class NewProject(BaseModel):
    """A project to make, with the files of its draft; see `/api/ea/templates` and `/api/ea/wizard` for texts."""

    name: Name
    kind: ProjectKind = ProjectKind.EXPERT
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] = ""
    tags: Tags = []
    files: Annotated[list[NewFile], Field(max_length=MAX_FILES)] = []


class ProjectPatch(BaseModel):
    """What to change; fields that are left out stay. `archived` takes a project out of the list, or back."""

    name: Name | None = None
    kind: ProjectKind | None = None
    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION)] = None
    tags: Tags | None = None
    entry: Path | None = None
    archived: bool | None = None


class ForkOf(BaseModel):
    """The name of the copy; with `version_id` of that version, else of the draft."""

    name: Name
    version_id: UUID | None = None


class ProjectsOut(BaseModel):
    """A page of projects, last made first."""

    items: list[ProjectOut]
    next_cursor: str | None


class TagsOut(BaseModel):
    """All tags in use."""

    items: list[str]


class OpenProjectOut(BaseModel):
    """A project with the files of its draft and its newest versions."""

    project: ProjectOut
    files: list[FileOut]
    versions: list[VersionOut]
    versions_cursor: str | None


class ImportedOut(BaseModel):
    """The project made of an archive, and what was left out of it."""

    project: ProjectOut
    skipped: list[SkippedOut]


@router.post("", status_code=201)
async def create(actor: Acting, body: NewProject) -> ProjectOut:
    """Make a project."""
    files = {file.path: bytes_of(file.text)[0] for file in body.files}
    made = await projects.create(
        actor, body.name, files, kind=body.kind, description=body.description, tags=tuple(body.tags)
    )
    return ProjectOut.of(made)


@router.get("")
async def list_projects(
    actor: Acting,
    archived: bool = False,
    tag: Annotated[str, Query(max_length=80)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> ProjectsOut:
    """The caller's projects; `q` is looked for in names and descriptions."""
    page = await projects.list_projects(actor, archived=archived, tag=tag, query=q, cursor=cursor, limit=limit)
    return ProjectsOut(items=[ProjectOut.of(info) for info in page.items], next_cursor=page.next_cursor)


@router.get("/tags")
async def list_tags(actor: Acting) -> TagsOut:
    """All tags of the caller's projects."""
    return TagsOut(items=await projects.list_tags(actor))


@router.post("/import", status_code=201, openapi_extra=RAW_BODY)
async def import_project(
    actor: Acting, request: Request, name: Annotated[str, Query(min_length=1, max_length=200)]
) -> ImportedOut:
    """Make a project out of a zip file, which is the body."""
    made, unpacked = await exchange.import_project(actor, name, await request.body())
    skipped = [SkippedOut(path=path, reason=reason) for path, reason in unpacked.skipped]
    return ImportedOut(project=ProjectOut.of(made), skipped=skipped)


@router.get("/{project_id}")
async def get(actor: Acting, project_id: UUID) -> OpenProjectOut:
    """Open a project."""
    opened = await projects.get(actor, project_id)
    return OpenProjectOut(
        project=ProjectOut.of(opened.project),
        files=[FileOut.model_validate(file, from_attributes=True) for file in opened.files],
        versions=[VersionOut.of(info) for info in opened.versions.items],
        versions_cursor=opened.versions.next_cursor,
    )


@router.patch("/{project_id}")
async def change(actor: Acting, project_id: UUID, body: ProjectPatch) -> ProjectOut:
    """Rename, describe, tag or archive a project, or name its main file."""
    changes = ProjectChange(
        name=body.name,
        kind=body.kind,
        description=body.description,
        tags=None if body.tags is None else tuple(body.tags),
        entry=body.entry,
        is_archived=body.archived,
    )
    return ProjectOut.of(await projects.change(actor, project_id, changes))


@router.post("/{project_id}/fork", status_code=201)
async def fork(actor: Acting, project_id: UUID, body: ForkOf) -> ProjectOut:
    """Make a project of its own out of this one's draft or one of its versions."""
    return ProjectOut.of(await projects.fork(actor, project_id, body.name, version_id=body.version_id))


@router.get("/{project_id}/export", response_class=Response, responses=BYTES)
async def export(actor: Acting, project_id: UUID) -> Response:
    """The draft as a zip file."""
    content = await exchange.export_draft(actor, project_id)
    opened = await projects.get(actor, project_id)
    return attachment(content, f"{opened.project.name}.zip")
