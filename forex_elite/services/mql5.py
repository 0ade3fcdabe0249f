"""The MQL5 language for people, in processes beside the server; each person is bounded, only the newest text counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from forex_elite.domain.ea.patches import TextEdit, apply_edits
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput, TooManyRequests
from forex_elite.mql5.assistance import Hover, Signature
from forex_elite.mql5.definition import Place
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.proposals import Completion, Proposals, standard_proposals
from forex_elite.mql5.support import Support, support
from forex_elite.mql5.views import Input, OutlineItem
from forex_elite.mql5.worker import LanguageWorker
from forex_elite.services.held_texts import HeldTexts
from forex_elite.services.rates import RateLimit

PROCESSES = 2
MAX_WAITING = 12
"""Questions one person may have open at once; an editor has about one of each kind."""

MAX_TEXT = 4_000_000
"""Characters of a document, and of all the other files together."""
MAX_EDITS = 500
"""In one question; each copies its text once."""

Files = Mapping[str, str]


class TooManyQuestions(TooManyRequests):
    """An editor asks a few times a second; wait a moment."""

    code = "mql5-too-many-requests"


@dataclass(frozen=True, slots=True)
class Document:
    """A text being edited: `name` tells one document of a person from another, `files` are the rest of its project."""

    name: str
    text: str
    files: Files
    key: str = ""
    """What tells the document from others of the person, where its name does not."""

    def of(self, person: str) -> str:
        """The document as the processes know it."""
        return f"{person}/{self.key or self.name}"


@dataclass(frozen=True, slots=True)
class Edited:
    """A text told by what changed in one that is held (`hold`); `length` is how many UTF-16 units come out."""

    base_sha256: str
    edits: Sequence[TextEdit] = ()
    length: int | None = None


_held = HeldTexts()
_workers: list[LanguageWorker] = []
_open: Counter[str] = Counter()
_per_person = RateLimit(per_second=25, burst=100)


def _worker(person: str) -> LanguageWorker:
    """The process of a person: always the same one, which then knows their documents."""
    while len(_workers) < PROCESSES:
        _workers.append(LanguageWorker())
    return _workers[hash(person) % PROCESSES]


async def stop() -> None:
    """End the processes; the next question starts them again."""
    while _workers:
        await _workers.pop().stop()


@asynccontextmanager
async def _asking(actor: Actor) -> AsyncIterator[tuple[LanguageWorker, str]]:
    person = str(actor.user_id)
    if _open[person] >= MAX_WAITING:
        raise TooManyQuestions("Too many questions at once; wait for the answers.", retry_after_s=1)
    _per_person.take(person.encode(), TooManyQuestions)
    _open[person] += 1
    try:
        yield _worker(person), person
    finally:
        _open[person] -= 1
        if not _open[person]:
            del _open[person]


@needs(Permission.LANGUAGE_USE)
def document_of(actor: Actor, name: str, text: str | Edited, files: Mapping[str, str | Edited]) -> Document:
    """The document as it stands, put together from what was told whole and what by its changes.

    Raises TextUnknown, EditOutOfRange and InvalidInput: then the whole text is wanted.
    """
    if sum(len(one.edits) for one in (text, *files.values()) if isinstance(one, Edited)) > MAX_EDITS:
        raise InvalidInput(f"More than {MAX_EDITS} edits are too many at once; send the whole text.", field="edits")
    person, room, others = str(actor.user_id), MAX_TEXT, {}
    for path, one in files.items():
        others[path] = _whole(person, one)
        room -= len(others[path])
        if room < 0:
            raise InvalidInput(f"The files have more than {MAX_TEXT:,} characters together.", field="files")
    whole = _whole(person, text)
    if len(whole) > MAX_TEXT:
        raise InvalidInput(f"The text has more than {MAX_TEXT:,} characters.", field="text")
    return Document(name, whole, others)


def _whole(person: str, text: str | Edited) -> str:
    if isinstance(text, str):
        return text
    return apply_edits(_held.find(person, text.base_sha256), text.edits, text.length)


@needs(Permission.LANGUAGE_USE)
def hold(actor: Actor, document: Document) -> dict[str, str]:
    """Keep a document's texts as the base of later changes; the SHA-256 of each that is held, by its path."""
    person = str(actor.user_id)
    texts = {**document.files, document.name: document.text}
    held = {path: _held.hold(person, text) for path, text in texts.items()}
    return {path: sha256 for path, sha256 in held.items() if sha256 is not None}


@needs(Permission.LANGUAGE_USE)
async def diagnose(actor: Actor, document: Document) -> tuple[Diagnostic, ...]:
    """Errors and warnings as MetaEditor has them, and advice on trading.

    Raises Superseded when a newer text of the document came, AnalysisTooLong beyond the bounds of time and memory.
    """
    async with _asking(actor) as (worker, person):
        key = document.of(person)
        return await worker.diagnose(key, document.text, document.name, document.files)


@needs(Permission.LANGUAGE_USE)
async def complete(actor: Actor, document: Document, line: int, column: int) -> tuple[Completion, ...]:
    """Proposals for a place; lines and columns count from 1."""
    async with _asking(actor) as (worker, person):
        key = document.of(person)
        return await worker.complete(key, document.text, line, column, document.name, document.files)


@needs(Permission.LANGUAGE_USE)
async def own_proposals(actor: Actor, document: Document, line: int, column: int) -> Proposals:
    """Proposals for a place without the names of the language itself (`standard_names`)."""
    async with _asking(actor) as (worker, person):
        key = document.of(person)
        return await worker.own_proposals(key, document.text, line, column, document.name, document.files)


def standard_names() -> tuple[Completion, ...]:
    """The names of the language itself, as proposals: the same everywhere and for everybody."""
    return standard_proposals()


@needs(Permission.LANGUAGE_USE)
async def hover(actor: Actor, document: Document, line: int, column: int) -> Hover | None:
    """What is known of the name at a place."""
    async with _asking(actor) as (worker, person):
        key = document.of(person)
        return await worker.hover(key, document.text, line, column, document.name, document.files)


@needs(Permission.LANGUAGE_USE)
async def signature(actor: Actor, document: Document, line: int, column: int) -> tuple[Signature, ...]:
    """The forms of the function whose call a place is in."""
    async with _asking(actor) as (worker, person):
        key = document.of(person)
        return await worker.signature(key, document.text, line, column, document.name, document.files)


@needs(Permission.LANGUAGE_USE)
async def definition(actor: Actor, document: Document, line: int, column: int) -> Place | None:
    """Where the name at a place is declared."""
    async with _asking(actor) as (worker, person):
        key = document.of(person)
        return await worker.definition(key, document.text, line, column, document.name, document.files)


@needs(Permission.LANGUAGE_USE)
async def outline(actor: Actor, document: Document) -> tuple[OutlineItem, ...]:
    """What a text declares."""
    async with _asking(actor) as (worker, person):
        return await worker.outline(document.of(person), document.text)


@needs(Permission.LANGUAGE_USE)
async def inputs(actor: Actor, document: Document) -> tuple[Input, ...]:
    """The inputs of a program with groups, labels and choices."""
    async with _asking(actor) as (worker, person):
        return await worker.inputs(document.of(person), document.text, document.name, document.files)


@needs(Permission.LANGUAGE_USE)
async def formatted(actor: Actor, document: Document) -> str:
    """The text in house style; only white space changes."""
    async with _asking(actor) as (worker, person):
        return await worker.format(document.of(person), document.text)


def supported() -> tuple[Support, ...]:
    """What of the terminal's standard library is here, part by part."""
    return support()
