"""Files made in the background: asked for on a page, made by the leading worker, kept in pieces until they expire."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import files as queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.compliance import FORMATS, TITLES, FileInfo, FileKind, read_month
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.permissions import Permission, check, needs
from forex_elite.errors import Conflict, ForexEliteError, InvalidInput, NotFound
from forex_elite.services import alerts, audit
from forex_elite.services.compliance import execution, personal, trading, transactions
from forex_elite.services.compliance.work import Wanted, Work

log = logging.getLogger(__name__)

TOPIC = "files"
MOST_OPEN = 5
MOST_LISTED = 50
AT_ONCE = 2
CHUNK = 1 << 20
LOST_AFTER = timedelta(minutes=5)
KEPT = {FileKind.PERSONAL: timedelta(days=1)}
KEPT_ELSE = timedelta(days=7)
FAILURES_KEPT = timedelta(days=1)
_WORK = service("prepared files")
_MAKERS: dict[FileKind, Callable[[Work], AsyncIterator[bytes]]] = {
    FileKind.TRADING: trading.make,
    FileKind.EXECUTION: execution.make,
    FileKind.TRANSACTIONS: transactions.make,
    FileKind.PERSONAL: personal.make,
}
_making: set[asyncio.Task[None]] = set()


class TooManyFiles(Conflict):
    """Five files are being made for you; wait until one is ready."""

    code = "too-many-files"


class FileNotReady(Conflict):
    """The file is still being made, or could not be made."""

    code = "file-not-ready"


@needs(Permission.FILE_MAKE)
async def request(
    actor: Actor, kind: FileKind, file_format: str, *, month: str = "", account_id: UUID | None = None
) -> FileInfo:
    """Ask for a report of a month (`2026-11`, UTC), of one account or all; or for the personal archive.

    Raises InvalidInput, NotFound for an account of somebody else, TooManyFiles.
    """
    if file_format not in FORMATS[kind]:
        raise InvalidInput(f"Use {' or '.join(FORMATS[kind])}.", field="format")
    if kind is FileKind.PERSONAL:
        check(actor, Permission.SECURITY_MANAGE)  # never by a token
    now = clock.now()
    parameters, span = {}, f"{now:%Y-%m-%d}"
    if kind is not FileKind.PERSONAL:
        span = str(read_month(month, now))
        parameters = {"month": span, "account_id": str(account_id) if account_id else None}
    name = f"forexelite-{kind.value}-{span}.{file_format}"
    async with unit_of_work(actor) as uow:
        if account_id is not None and not await queries.owns_account(uow, actor.person_id, account_id):
            raise NotFound("There is no such account.")
        if await queries.count_open(uow, actor.person_id) >= MOST_OPEN:
            raise TooManyFiles(f"{MOST_OPEN} files are being made already. Wait until one is ready.")
        made = await queries.add(
            uow, actor.person_id, kind=kind.value, file_format=file_format, name=name, parameters=parameters, now=now
        )
        await audit.record(
            uow,
            actor,
            "files.request",
            subject=("file", made.id),
            after={"kind": kind, "format": file_format, **parameters},
        )
        uow.tell(topics.FILES)
        _tell(uow, actor.person_id, made.id)
    return made


@needs(Permission.FILE_READ)
async def list_files(actor: Actor) -> tuple[FileInfo, ...]:
    """The actor's files, newest first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_newest(uow, actor.person_id, limit=MOST_LISTED))


@needs(Permission.FILE_READ)
async def read(actor: Actor, file_id: UUID) -> tuple[FileInfo, AsyncIterator[bytes]]:
    """A finished file and its content. Raises NotFound, FileNotReady."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id, file_id)
        if found is None or (found.expires_at is not None and found.expires_at <= clock.now()):
            raise NotFound("There is no such file, or its time is over.")
        if found.kind is FileKind.PERSONAL:
            check(actor, Permission.SECURITY_MANAGE)
        if found.status != "ready":
            raise FileNotReady("This file is not ready.")
        await audit.record(uow, actor, "files.download", subject=("file", file_id), after={"name": found.name})
    return found, _pieces(actor, found)


async def _pieces(actor: Actor, found: FileInfo) -> AsyncIterator[bytes]:
    """Each in a transaction of its own, so that a slow reader holds no connection."""
    for place in range((found.size + CHUNK - 1) // CHUNK):
        async with unit_of_work(actor) as uow:
            piece = await queries.find_chunk(uow, found.id, place)
        if piece is None:
            raise NotFound("The file is gone.")
        yield piece


@needs(Permission.FILE_MAKE)
async def remove(actor: Actor, file_id: UUID) -> None:
    """Delete a file now; one that is being made is given up. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        if not await queries.remove(uow, actor.person_id, file_id):
            raise NotFound("There is no such file.")
        _tell(uow, actor.person_id, file_id)


# --- the background -------------------------------------------------------------------------------------------------


async def make_next() -> None:
    """Begin with files that wait, a few at once; give up those whose maker died."""
    now = clock.now()
    async with unit_of_work(_WORK) as uow:
        for file_id in await queries.lost(uow, before=now - LOST_AFTER):
            words = "The server stopped while this was being made. Ask for it again."
            await queries.fail(uow, file_id, error=words, now=now, expires_at=now + FAILURES_KEPT)
    while len(_making) < AT_ONCE:
        async with unit_of_work(_WORK) as uow:
            row = await queries.claim(uow, now=now)
        if row is None:
            return
        _making.add(asyncio.create_task(_make_one(row), name=f"file {row['id']}"))


async def finished() -> None:
    """Wait until every file that is being made is ready or has failed."""
    while _making:
        await asyncio.gather(*_making, return_exceptions=True)


async def clear_expired() -> None:
    """Delete files past their time."""
    await repeatable(_WORK, lambda uow: queries.clear_expired(uow, now=clock.now()))


async def _make_one(row: Row) -> None:
    try:
        await _make(row)
    finally:
        if (task := asyncio.current_task()) is not None:
            _making.discard(task)
    await bus.current().publish([(topics.FILES, {})])  # there is room for the next


async def _make(row: Row) -> None:
    kind = FileKind(row["kind"])
    actor = Actor(user_id=row["user_id"], role=Role.USER)
    try:
        size, digest = await _store(actor, row, _MAKERS[kind](_work(actor, row)))
    except NotFound:
        return  # taken back by its owner meanwhile
    except Exception as failure:
        words = failure.message if isinstance(failure, ForexEliteError) else "It could not be made; the log says why."
        log.exception("file %s could not be made", row["id"])
        now = clock.now()
        async with unit_of_work(actor) as uow:
            await queries.fail(uow, row["id"], error=words, now=now, expires_at=now + FAILURES_KEPT)
            _tell(uow, actor.person_id, row["id"])
        return
    now = clock.now()
    async with unit_of_work(actor) as uow:
        expires_at = now + KEPT.get(kind, KEPT_ELSE)
        if await queries.complete(uow, row["id"], size=size, sha256=digest, now=now, expires_at=expires_at):
            words = f"{TITLES[kind]} ({row['name']}) is ready until {expires_at:%d %b %Y, %H:%M} UTC."
            alerts.note_event(uow, user_id=actor.person_id, code="file-ready", message=words)
        _tell(uow, actor.person_id, row["id"])


def _work(actor: Actor, row: Row) -> Work:
    given = row["parameters"]
    wanted = None
    if given:
        account_id = UUID(given["account_id"]) if given.get("account_id") else None
        wanted = Wanted(read_month(given["month"], clock.now()), account_id)

    async def progress(percent: int) -> None:
        async with unit_of_work(actor) as uow:
            is_wanted = await queries.note_progress(uow, row["id"], percent=max(0, min(99, percent)), now=clock.now())
            _tell(uow, actor.person_id, row["id"])
        if not is_wanted:
            raise NotFound("The file is not wanted any more.")

    return Work(actor, row["format"], wanted, progress)


async def _store(actor: Actor, row: Row, content: AsyncIterator[bytes]) -> tuple[int, str]:
    """Keep what comes in pieces of a fixed size; returns the whole size and its SHA-256."""
    digest, size, place = hashlib.sha256(), 0, 0
    waiting = bytearray()
    async for part in content:
        waiting += part
        while len(waiting) >= CHUNK:
            place = await _keep(actor, row, place, bytes(waiting[:CHUNK]))
            digest.update(waiting[:CHUNK])
            size += CHUNK
            del waiting[:CHUNK]
    if waiting:
        await _keep(actor, row, place, bytes(waiting))
        digest.update(waiting)
        size += len(waiting)
    return size, digest.hexdigest()


async def _keep(actor: Actor, row: Row, place: int, content: bytes) -> int:
    async with unit_of_work(actor) as uow:
        await queries.add_chunk(uow, actor.person_id, row["id"], place=place, content=content)
    return place + 1


def _tell(uow: UnitOfWork, user_id: UUID, file_id: UUID) -> None:
    uow.tell(topics.of_person(user_id, TOPIC), {"id": str(file_id)})
