"""Files by content: sources, compiled experts, logs and reports. The same content is stored once for each owner."""

from __future__ import annotations

from forex_elite.db import artifacts as queries
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.artifacts import MAX_SIZE, MAX_TOTAL, Artifact, ArtifactKind, digest
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound


class HashMismatch(InvalidInput):
    """The content is not what its name says; it was damaged on the way and must be sent again."""

    code = "hash-mismatch"


class StorageFull(Conflict):
    """All files together may take two gigabytes; delete projects that are not needed any more."""

    code = "storage-full"


@needs(Permission.PROJECT_CHANGE)
async def store(actor: Actor, content: bytes, kind: ArtifactKind, *, sha256: str | None = None) -> str:
    """Store a file and return its SHA-256; storing it again changes nothing.

    Raises HashMismatch when `sha256` is given and wrong, InvalidInput when the file is empty or too large, StorageFull.
    """
    found = digest(content)
    if sha256 is not None and found != sha256:
        raise HashMismatch("The content does not have the SHA-256 it was sent under.", field="sha256")
    if not 0 < len(content) <= MAX_SIZE:
        raise InvalidInput(f"A file holds 1 to {MAX_SIZE:,} bytes.", field="content")

    async def add(uow: UnitOfWork) -> None:
        is_new = await queries.add(uow, user_id=actor.person_id, sha256=found, kind=kind.value, content=content)
        if is_new and await queries.used_bytes(uow, actor.person_id) > MAX_TOTAL:
            raise StorageFull("There is no room for more files.")

    await repeatable(actor, add)
    return found


@needs(Permission.PROJECT_READ)
async def read(actor: Actor, sha256: str) -> Artifact:
    """The actor's file with this content. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        row = await queries.find(uow, actor.person_id, sha256)
    if row is None:
        raise NotFound("There is no such file.")
    return Artifact(row["sha256"], ArtifactKind(row["kind"]), row["size"], bytes(row["content"]), row["created_at"])
