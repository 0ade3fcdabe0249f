"""The draft of a project: files changed in place, each change told with what it was made upon.

Nothing is overwritten silently: a change names the hash of the bytes it was made upon, and when the file holds other
bytes by now, it is refused with both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from forex_elite.db.ea import drafts as queries
from forex_elite.db.ea import projects as project_queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.artifacts import digest
from forex_elite.domain.ea.files import check_path, check_room, find_entry, twin_key
from forex_elite.domain.ea.patches import NOT_THE_SAME, TextEdit, apply_edits
from forex_elite.domain.ea.projects import FileContent, FileInfo, Origin
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services.ea import projects
from forex_elite.services.ea.texts import BINARY, bytes_of, classify, text_of

MAX_CHANGES = 50


class DraftConflict(Conflict):
    """Somebody changed the file since it was read: another tab, another browser, or a restored version.

    `theirs` in the answer is what the file holds now, `yours` what it would hold (when that can still be told). Keep
    one of them, or a mixture, by sending it upon the hash of `theirs`.
    """

    code = "draft-conflict"


@dataclass(frozen=True, slots=True)
class EditFile:
    """Change a text by edits. `length` and `sha256` (of the text in UTF-8) tell what must come out, for comparison."""

    path: str
    base_sha256: str
    edits: Sequence[TextEdit]
    length: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Give a file a whole text or whole bytes; `base_sha256` None makes a new file."""

    path: str
    base_sha256: str | None
    text: str | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class MoveFile:
    """Give a file another path."""

    path: str
    base_sha256: str
    new_path: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Take a file away."""

    path: str
    base_sha256: str


Change = EditFile | WriteFile | MoveFile | DeleteFile


@dataclass(frozen=True, slots=True)
class DraftState:
    """The draft after a change: its revision, its main file, and all files without their bytes."""

    revision: int
    entry: str
    files: tuple[FileInfo, ...]


@needs(Permission.PROJECT_READ)
async def read(actor: Actor, project_id: UUID, path: str) -> FileContent:
    """A file of the draft. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await projects.found(uow, actor, project_id)
        file = await queries.find(uow, project_id, path)
    if file is None:
        raise NotFound("The draft has no such file.")
    return file


@needs(Permission.PROJECT_READ)
async def contents(actor: Actor, project_id: UUID) -> dict[str, bytes]:
    """All files of the draft by path. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        await projects.found(uow, actor, project_id)
        return {file.info.path: file.content for file in await queries.contents(uow, project_id)}


@needs(Permission.PROJECT_CHANGE)
async def change(actor: Actor, project_id: UUID, changes: Sequence[Change]) -> DraftState:
    """Apply changes in their order, all or none.

    Raises NotFound, DraftConflict with both sides, EditOutOfRange and InvalidInput for edits that do not fit, NoText,
    ProjectTooLarge.
    """
    if not 0 < len(changes) <= MAX_CHANGES:
        raise InvalidInput(f"Send 1 to {MAX_CHANGES} changes at once.", field="changes")
    async with unit_of_work(actor) as uow:
        project = await projects.locked(uow, actor, project_id)
        for one in changes:
            await _apply(uow, actor, project_id, one)
        files = tuple(await queries.list_files(uow, project_id))
        check_room({file.path: file.size for file in files})
        entry = find_entry([file.path for file in files], project["entry"])
        revision = await project_queries.touch_draft(uow, project_id, entry=entry, origin=Origin.WRITTEN)
        projects.tell(uow, actor.person_id, project_id, revision=revision)
    return DraftState(revision, entry, files)


async def _apply(uow: UnitOfWork, actor: Actor, project_id: UUID, change: Change) -> None:
    file = await queries.find(uow, project_id, change.path)
    if isinstance(change, WriteFile) and change.base_sha256 is None and file is None:
        path = check_path(change.path)
        await _refuse_twin(uow, project_id, path)
        content, encoding = _written(change, path, "")
        await queries.add(uow, actor.person_id, project_id, {path: (content, encoding)})
        return
    if file is None or file.info.sha256 != change.base_sha256:
        raise await _conflict(uow, project_id, change, file)
    path = file.info.path
    match change:
        case EditFile():
            text = _edited(change, text_of(path, file.content, file.info.encoding))
            await queries.replace(uow, project_id, file, *bytes_of(text, file.info.encoding))
        case WriteFile():
            await queries.replace(uow, project_id, file, *_written(change, path, file.info.encoding))
        case MoveFile():
            await _move(uow, project_id, file, check_path(change.new_path))
        case DeleteFile():
            await queries.remove(uow, project_id, path)


def _written(change: WriteFile, path: str, encoding: str) -> tuple[bytes, str]:
    if change.content is not None:
        return change.content, classify(path, change.content)
    return bytes_of(change.text or "", "" if encoding == BINARY else encoding)


def _edited(change: EditFile, text: str) -> str:
    edited = apply_edits(text, change.edits, change.length)
    if change.sha256 is not None and change.sha256.lower() != digest(edited.encode()):
        raise InvalidInput(NOT_THE_SAME, field="edits")
    return edited


async def _move(uow: UnitOfWork, project_id: UUID, file: FileContent, new_path: str) -> None:
    await _refuse_twin(uow, project_id, new_path, but=file.info.path)
    await queries.move(uow, project_id, file.info.path, new_path)


async def _refuse_twin(uow: UnitOfWork, project_id: UUID, path: str, *, but: str = "") -> None:
    """Refuse a new path that Windows takes for another file's; the database knows plain capitals alone."""
    key = twin_key(path)
    if any(twin_key(one.path) == key for one in await queries.list_files(uow, project_id) if one.path != but):
        raise Conflict(f"{path} exists already. Choose another name, or delete that file first.")


async def _conflict(uow: UnitOfWork, project_id: UUID, change: Change, file: FileContent | None) -> DraftConflict:
    theirs = None
    if file is not None:
        theirs = {
            "path": file.info.path,
            "sha256": file.info.sha256,
            "encoding": file.info.encoding,
            "saved_at": None if file.info.saved_at is None else file.info.saved_at.isoformat().replace("+00:00", "Z"),
            "text": None if file.info.encoding == BINARY else text_of(change.path, file.content, file.info.encoding),
        }
        words = f"{file.info.path} was changed elsewhere since you read it."
    else:
        words = f"{change.path[:80]} was deleted or renamed elsewhere since you read it."
    yours = await _yours(uow, project_id, change)
    return DraftConflict(
        f"{words} Nothing was overwritten: keep one side, or merge them.",
        extension={"path": change.path, "theirs": theirs, "yours": None if yours is None else {"text": yours}},
    )


async def _yours(uow: UnitOfWork, project_id: UUID, change: Change) -> str | None:
    """The text the caller wanted, when it is told whole or what it was made upon is still known."""
    if isinstance(change, WriteFile):
        return change.text
    if not isinstance(change, EditFile):
        return None
    base = await queries.find_previous(uow, project_id, change.path, change.base_sha256)
    if base is None:
        return None
    try:
        return apply_edits(text_of(change.path, base, classify(change.path, base)), change.edits)
    except InvalidInput:
        return None
