"""Projects: make, find, rename, tag, archive, fork."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from forex_elite.bus import topics
from forex_elite.db.ea import drafts as draft_queries
from forex_elite.db.ea import projects as queries
from forex_elite.db.ea import versions as version_queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.ea.files import check_path, check_room, find_entry, twin_key
from forex_elite.domain.ea.projects import (
    MAX_DESCRIPTION,
    FileInfo,
    Origin,
    ProjectInfo,
    ProjectKind,
    VersionInfo,
    check_tags,
    check_text,
)
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.people import check_name
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services.ea.texts import classify

MAX_PROJECTS = 500
VERSIONS_AT_ONCE = 50


class TooManyProjects(Conflict):
    """The limit of projects is reached; projects that are archived count too."""

    code = "too-many-projects"


@dataclass(frozen=True, slots=True)
class OpenProject:
    """What a person sees on opening a project: its draft's files and its newest versions."""

    project: ProjectInfo
    files: tuple[FileInfo, ...]
    versions: Page[VersionInfo]


def tell(uow: UnitOfWork, user_id: UUID, project_id: UUID, **what: object) -> None:
    """Let the person's pages know that a project changed."""
    uow.tell(topics.of_person(user_id, "projects"), {"id": str(project_id), **what})


async def locked(uow: UnitOfWork, actor: Actor, project_id: UUID) -> Row:
    """The actor's project, locked until the transaction ends. Raises NotFound."""
    row = await queries.lock(uow, actor.person_id, project_id)
    if row is None:
        raise NotFound("There is no such project.")
    return row


async def found(uow: UnitOfWork, actor: Actor, project_id: UUID) -> ProjectInfo:
    """The actor's project. Raises NotFound."""
    project = await queries.find(uow, actor.person_id, project_id)
    if project is None:
        raise NotFound("There is no such project.")
    return project


@needs(Permission.PROJECT_READ)
async def list_projects(
    actor: Actor,
    *,
    archived: bool = False,
    tag: str = "",
    query: str = "",
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[ProjectInfo]:
    """The actor's projects, last made first."""
    async with unit_of_work(actor) as uow:
        return await queries.list_projects(
            uow,
            actor.person_id,
            archived=archived,
            tag=tag.strip().lower(),
            query=query.strip(),
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


@needs(Permission.PROJECT_READ)
async def list_tags(actor: Actor) -> list[str]:
    """All tags the actor has used."""
    async with unit_of_work(actor) as uow:
        return await queries.list_tags(uow, actor.person_id)


@needs(Permission.PROJECT_READ)
async def get(actor: Actor, project_id: UUID) -> OpenProject:
    """A project with its draft's files and its newest versions. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        project = await found(uow, actor, project_id)
        files = await draft_queries.list_files(uow, project_id)
        versions = await version_queries.list_versions(
            uow, actor.person_id, project_id, before=None, limit=VERSIONS_AT_ONCE
        )
    return OpenProject(project, tuple(files), versions)


def checked_files(files: Mapping[str, bytes]) -> dict[str, tuple[bytes, str]]:
    """Files under checked paths, each with its encoding. Raises InvalidInput and ProjectTooLarge."""
    tidy = {check_path(path): content for path, content in files.items()}
    if len({twin_key(path) for path in tidy}) < len(files):
        raise InvalidInput("Two files have the same path; Windows does not tell names apart by case.", field="path")
    check_room({path: len(content) for path, content in tidy.items()})
    return {path: (content, classify(path, content)) for path, content in tidy.items()}


@needs(Permission.PROJECT_CHANGE)
async def create(
    actor: Actor,
    name: str,
    files: Mapping[str, bytes],
    *,
    kind: ProjectKind = ProjectKind.EXPERT,
    description: str = "",
    tags: Sequence[str] = (),
    origin: Origin = Origin.WRITTEN,
    forked_from_id: UUID | None = None,
) -> ProjectInfo:
    """Make a project whose draft holds these files. Raises InvalidInput, ProjectTooLarge and TooManyProjects."""
    values = {
        "name": check_name(name, field="name"),
        "kind": kind.value,
        "description": check_text(description, MAX_DESCRIPTION, "description"),
        "tags": list(check_tags(tuple(tags))),
        "draft_origin": origin.value,
        "forked_from_id": forked_from_id,
    }
    checked = checked_files(files)
    async with unit_of_work(actor) as uow:
        if await queries.count(uow, actor.person_id) >= MAX_PROJECTS:
            raise TooManyProjects(f"There are {MAX_PROJECTS} projects already, archived ones included.")
        project_id = await queries.add(uow, actor.person_id, values)
        await draft_queries.add(uow, actor.person_id, project_id, checked)
        await queries.touch_draft(uow, project_id, entry=find_entry(checked), origin=origin)
        made = await found(uow, actor, project_id)
        tell(uow, actor.person_id, project_id)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """What to change of a project; None leaves as it is."""

    name: str | None = None
    description: str | None = None
    kind: ProjectKind | None = None
    tags: tuple[str, ...] | None = None
    entry: str | None = None
    is_archived: bool | None = None


@needs(Permission.PROJECT_CHANGE)
async def change(actor: Actor, project_id: UUID, changes: ProjectChange) -> ProjectInfo:
    """Rename, describe, tag, archive a project, or name its main file.

    Raises NotFound, InvalidInput, and Conflict on archiving one whose experts still run.
    """
    async with unit_of_work(actor) as uow:
        project = await found(uow, actor, project_id)
        if changes.is_archived and project.running_count:
            count = project.running_count
            told = "One of its experts is" if count == 1 else f"{count} of its experts are"
            raise Conflict(f"{told} not stopped. Stop what runs before archiving.")
        entry = changes.entry
        if entry is not None:
            paths = [file.path for file in await draft_queries.list_files(uow, project_id)]
            if find_entry(paths, entry).lower() != entry.lower():
                raise InvalidInput("Name a .mq5 file of the draft.", field="entry")
            entry = find_entry(paths, entry)
        values = {
            "name": None if changes.name is None else check_name(changes.name, field="name"),
            "description": None
            if changes.description is None
            else check_text(changes.description, MAX_DESCRIPTION, "description"),
            "kind": None if changes.kind is None else changes.kind.value,
            "tags": None if changes.tags is None else list(check_tags(changes.tags)),
            "entry": entry,
            "archived": changes.is_archived,
        }
        await queries.save(uow, actor.person_id, project_id, values)
        tell(uow, actor.person_id, project_id)
        return await found(uow, actor, project_id)


@needs(Permission.PROJECT_CHANGE)
async def fork(actor: Actor, project_id: UUID, name: str, *, version_id: UUID | None = None) -> ProjectInfo:
    """Make a project of its own out of another's draft, or of one of its versions. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        project = await found(uow, actor, project_id)
        if version_id is None:
            contents = await draft_queries.contents(uow, project_id)
        else:
            version = await version_queries.find(uow, actor.person_id, version_id)
            if version is None or version.project_id != project_id:
                raise NotFound("This project has no such version.")
            contents = await version_queries.contents(uow, version_id)
    return await create(
        actor,
        name,
        {file.info.path: file.content for file in contents},
        kind=project.kind,
        description=project.description,
        tags=project.tags,
        origin=project.draft_origin if version_id is None else Origin.RESTORED,
        forked_from_id=project_id,
    )
