"""Files in and out: single ones byte for byte, and whole projects as zip files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from forex_elite.db.ea import drafts as queries
from forex_elite.db.ea import projects as project_queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.ea.archives import Unpacked, pack, unpack
from forex_elite.domain.ea.files import check_room, find_entry, twin_key
from forex_elite.domain.ea.projects import Origin, ProjectInfo
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput
from forex_elite.services.ea import drafts, projects, versions
from forex_elite.services.ea.drafts import DraftState
from forex_elite.services.ea.language import NoProgram


@needs(Permission.PROJECT_READ)
async def export_draft(actor: Actor, project_id: UUID) -> bytes:
    """The draft as a zip. Raises NotFound."""
    return await asyncio.to_thread(pack, await drafts.contents(actor, project_id))


@needs(Permission.PROJECT_READ)
async def export_version(actor: Actor, version_id: UUID) -> bytes:
    """A version as a zip. Raises NotFound."""
    _, files = await versions.contents(actor, version_id)
    return await asyncio.to_thread(pack, files)


@needs(Permission.PROJECT_CHANGE)
async def import_project(actor: Actor, name: str, packed: bytes) -> tuple[ProjectInfo, Unpacked]:
    """Make a project out of a zip; also told is what was left out. Raises ArchiveUnsafe, NoProgram, ProjectTooLarge."""
    unpacked = await asyncio.to_thread(unpack, packed)
    _refuse_empty(unpacked)
    _need_program(unpacked.files)
    return await projects.create(actor, name, unpacked.files, origin=Origin.IMPORTED), unpacked


@needs(Permission.PROJECT_CHANGE)
async def import_into_draft(
    actor: Actor, project_id: UUID, packed: bytes, revision: int
) -> tuple[DraftState, Unpacked]:
    """Put the files of a zip into a draft; files of the same path are replaced, others stay.

    What the draft held is saved as a version first, unless it is one. Raises NotFound, ArchiveUnsafe, NoProgram,
    ProjectTooLarge, and DraftMovedOn when the draft is no longer at `revision`.
    """
    unpacked = await asyncio.to_thread(unpack, packed)
    _refuse_empty(unpacked)
    checked = projects.checked_files(unpacked.files)
    async with unit_of_work(actor) as uow:
        project = await projects.locked(uow, actor, project_id)
        if project["draft_revision"] != revision:
            raise versions.DraftMovedOn("The draft was changed elsewhere. Look at it again before importing into it.")
        there = {twin_key(file.path): file.path for file in await queries.list_files(uow, project_id)}
        _need_program((*checked, *there))
        if there:
            await versions.snapshot(uow, actor, project, "Before files were imported")
        for path in checked:
            if twin_key(path) in there:
                await queries.remove(uow, project_id, there[twin_key(path)])
        await queries.add(uow, actor.person_id, project_id, checked)
        files = tuple(await queries.list_files(uow, project_id))
        check_room({file.path: file.size for file in files})
        entry = find_entry([file.path for file in files], project["entry"])
        state = DraftState(
            await project_queries.touch_draft(uow, project_id, entry=entry, origin=Origin.IMPORTED), entry, files
        )
        projects.tell(uow, actor.person_id, project_id, revision=state.revision)
    return state, unpacked


def _refuse_empty(unpacked: Unpacked) -> None:
    if not unpacked.files:
        raise InvalidInput("The archive holds no file a project takes: .mq5, .mqh, .set and a few more.")


def _need_program(paths: Iterable[str]) -> None:
    if not find_entry(paths):
        raise NoProgram(
            "The archive holds no .mq5 file, so there is nothing to compile. Zip the program with its includes.",
            field="file",
        )
