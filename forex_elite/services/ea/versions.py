"""Versions: states of a project that never change, to compare, restore and hand to the compiler."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from forex_elite.db import artifacts
from forex_elite.db.ea import drafts
from forex_elite.db.ea import projects as project_queries
from forex_elite.db.ea import versions as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.artifacts import MAX_TOTAL, ArtifactKind, digest
from forex_elite.domain.ea.differences import ChangeKind, FileChange, compare, count_lines
from forex_elite.domain.ea.files import find_entry, manifest_hash
from forex_elite.domain.ea.projects import MAX_MESSAGE, FileContent, FileInfo, Origin, VersionInfo, check_text
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.mql5.source import decode
from forex_elite.services.artifacts import StorageFull
from forex_elite.services.ea import projects
from forex_elite.services.ea.texts import BINARY, classify


class DraftMovedOn(Conflict):
    """The draft was changed since it was read; look at it again before it is replaced."""

    code = "draft-moved-on"


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """A version with its files, without their bytes."""

    version: VersionInfo
    files: tuple[FileInfo, ...]


async def found(uow: UnitOfWork, actor: Actor, version_id: UUID) -> VersionInfo:
    """The actor's version. Raises NotFound."""
    version = await queries.find(uow, actor.person_id, version_id)
    if version is None:
        raise NotFound("There is no such version.")
    return version


@needs(Permission.PROJECT_READ)
async def list_versions(
    actor: Actor, project_id: UUID, *, cursor: int | None = None, limit: int = PAGE_SIZE
) -> Page[VersionInfo]:
    """A project's versions, newest first; the cursor is a number. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await projects.found(uow, actor, project_id)
        return await queries.list_versions(
            uow, actor.person_id, project_id, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )


@needs(Permission.PROJECT_READ)
async def get(actor: Actor, version_id: UUID) -> VersionFiles:
    """A version with its files and what the compiler said. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        version = await found(uow, actor, version_id)
        return VersionFiles(version, tuple(await queries.list_files(uow, version_id)))


@needs(Permission.PROJECT_READ)
async def read(actor: Actor, version_id: UUID, path: str) -> FileContent:
    """A file of a version. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await found(uow, actor, version_id)
        files = await queries.contents(uow, version_id, [path])
    if not files:
        raise NotFound("This version has no such file.")
    return files[0]


@needs(Permission.PROJECT_READ)
async def contents(actor: Actor, version_id: UUID) -> tuple[VersionInfo, dict[str, bytes]]:
    """A version with all its files by path. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        version = await found(uow, actor, version_id)
        return version, {file.info.path: file.content for file in await queries.contents(uow, version_id)}


@needs(Permission.PROJECT_CHANGE)
async def save(actor: Actor, project_id: UUID, message: str = "") -> tuple[VersionInfo, bool]:
    """Make a version of the draft as it is now; (version, whether it is new).

    A draft that equals the current version makes no other one. Raises NotFound, and InvalidInput for an empty draft.
    """
    message = check_text(message, MAX_MESSAGE, "message")
    async with unit_of_work(actor) as uow:
        project = await projects.locked(uow, actor, project_id)
        return await snapshot(uow, actor, project, message)


async def snapshot(uow: UnitOfWork, actor: Actor, project: Row, message: str) -> tuple[VersionInfo, bool]:
    """Like `save`, within a transaction that holds the project's row (`projects.locked`)."""
    files = await drafts.contents(uow, project["id"])
    if not files:
        raise InvalidInput("The draft is empty: there is nothing to make a version of.")
    contents = {file.info.path: file.content for file in files}
    entry = find_entry(contents, project["entry"])
    manifest = manifest_hash({file.info.path: file.info.sha256 for file in files}, entry)
    current = await _current(uow, actor, project)
    if current is not None and current.sha256 == manifest:
        return current, False
    version = await add(
        uow, actor, project["id"], contents, entry=entry, origin=Origin(project["draft_origin"]), message=message
    )
    return version, True


async def _current(uow: UnitOfWork, actor: Actor, project: Row) -> VersionInfo | None:
    if project["current_version_id"] is None:
        return None
    return await queries.find(uow, actor.person_id, project["current_version_id"])


async def add(
    uow: UnitOfWork,
    actor: Actor,
    project_id: UUID,
    contents: Mapping[str, bytes],
    *,
    entry: str,
    origin: Origin,
    message: str,
    generation_id: UUID | None = None,
    parent_id: UUID | None = None,
) -> VersionInfo:
    """Make the project's next version out of these files; the project's row must be locked."""
    infos = [
        FileInfo(path, digest(content), len(content), classify(path, content))
        for path, content in sorted(contents.items())
    ]
    by_hash = {info.sha256: contents[info.path] for info in infos}
    is_new = await artifacts.add_all(uow, actor.person_id, by_hash, kind=ArtifactKind.SOURCE.value)
    if is_new and await artifacts.used_bytes(uow, actor.person_id) > MAX_TOTAL:
        raise StorageFull("There is no room for more files.")
    values = {
        "origin": origin.value,
        "message": message,
        "parent_id": parent_id,
        "generation_id": generation_id,
        "entry": entry,
        "sha256": manifest_hash({info.path: info.sha256 for info in infos}, entry),
        "file_count": len(infos),
        "size": sum(info.size for info in infos),
    }
    version_id = await queries.add(uow, actor.person_id, project_id, values)
    await queries.add_files(uow, actor.person_id, version_id, infos)
    projects.tell(uow, actor.person_id, project_id, version_id=str(version_id))
    return await found(uow, actor, version_id)


@needs(Permission.PROJECT_CHANGE)
async def restore(actor: Actor, version_id: UUID, revision: int) -> VersionInfo | None:
    """Make a version's files the draft again. Work that was in no version is saved as one first, which is returned.

    Raises NotFound, and DraftMovedOn when the draft is no longer at `revision`.
    """
    async with unit_of_work(actor) as uow:
        version = await found(uow, actor, version_id)
        project = await projects.locked(uow, actor, version.project_id)
        if project["draft_revision"] != revision:
            raise DraftMovedOn("The draft was changed elsewhere. Look at it again before replacing it.")
        return await put_into_draft(uow, actor, project, version, origin=Origin.RESTORED)


async def keep_draft(uow: UnitOfWork, actor: Actor, project: Row, message: str) -> VersionInfo | None:
    """Save the draft as a version unless it is empty or equals one; the project's row must be locked."""
    files = await drafts.list_files(uow, project["id"])
    entry = find_entry([file.path for file in files], project["entry"])
    manifest = manifest_hash({file.path: file.sha256 for file in files}, entry)
    if not files or await queries.find_same(uow, project["id"], manifest) is not None:
        return None
    kept, _ = await snapshot(uow, actor, project, message)
    return kept


async def put_into_draft(
    uow: UnitOfWork, actor: Actor, project: Row, version: VersionInfo, *, origin: Origin
) -> VersionInfo | None:
    """Replace the draft by a version; returns the version its own work was saved as, None when it was one already."""
    kept = await keep_draft(uow, actor, project, f"Before version {version.number} was put into the draft")
    await drafts.remove(uow, project["id"])
    restored = await queries.contents(uow, version.id)
    await drafts.add(
        uow,
        actor.person_id,
        project["id"],
        {file.info.path: (file.content, file.info.encoding) for file in restored},
    )
    revision = await project_queries.touch_draft(
        uow, project["id"], entry=version.entry, origin=origin, base_id=version.id
    )
    projects.tell(uow, actor.person_id, project["id"], revision=revision)
    return kept


@needs(Permission.PROJECT_READ)
async def diff(actor: Actor, version_id: UUID, against: UUID | None = None) -> tuple[FileChange, ...]:
    """What changed from the version `against` to this one; without it, from this one to the project's draft.

    Raises NotFound.
    """
    async with unit_of_work(actor) as uow:
        version = await found(uow, actor, version_id)
        mine = await queries.contents(uow, version_id)
        if against is None:
            old, new = mine, await drafts.contents(uow, version.project_id)
        else:
            await found(uow, actor, against)
            old, new = await queries.contents(uow, against), mine
    return await asyncio.to_thread(_changes, old, new)


def _changes(old: list[FileContent], new: list[FileContent]) -> tuple[FileChange, ...]:
    was = {file.info.path: file for file in old}
    now = {file.info.path: file for file in new}
    hashes = ({path: file.info.sha256 for path, file in side.items()} for side in (was, now))
    found_changes = []
    for path, kind in compare(*hashes):
        before, after = was.get(path), now.get(path)
        added, removed = (0, 0) if kind is ChangeKind.SAME else count_lines(_text(before), _text(after))
        found_changes.append(
            FileChange(
                path,
                kind,
                before.info.sha256 if before else None,
                after.info.sha256 if after else None,
                added,
                removed,
            )
        )
    return tuple(found_changes)


def _text(file: FileContent | None) -> str:
    return "" if file is None or file.info.encoding == BINARY else decode(file.content)
