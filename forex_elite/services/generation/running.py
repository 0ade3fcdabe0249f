"""One generation from the wish to its end: ask, check what came, hand the errors back, at most three rounds.

Every step is kept and told as it happens. Only a program without errors becomes a version, in the same transaction
that ends the generation: whoever cancelled first leaves no half of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any
from uuid import UUID

from forex_elite import bus
from forex_elite.bus import topics
from forex_elite.db.ea import drafts as draft_queries
from forex_elite.db.ea import generations as queries
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.ea.files import check_room, find_entry, is_program
from forex_elite.domain.ea.generations import (
    MAX_ROUNDS,
    EventKind,
    GenerationInfo,
    GenerationStatus,
    Task,
)
from forex_elite.domain.ea.projects import Origin
from forex_elite.domain.identity import Actor
from forex_elite.errors import ForexEliteError, Refused
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.services import storable
from forex_elite.services.ea import language, projects, versions
from forex_elite.services.ea.texts import BINARY, bytes_of, classify, sources
from forex_elite.services.generation import prompts
from forex_elite.services.generation.answers import read_program
from forex_elite.services.generation.endpoint import Endpoint, EndpointError, Message
from forex_elite.settings import settings

log = logging.getLogger(__name__)

FLUSH_S = 0.25
"""Text is told in portions: often enough to look alive, seldom enough for the database."""
SIGN_OF_LIFE_S = 20.0
MAX_TOLD_FINDINGS = 50
_IN_WORDS = (
    "The model answered in words and wrote no program. No version was made. If it asks for something, put that into "
    "your request and ask again."
)

_running: dict[UUID, asyncio.Task[None]] = {}


class Ended(Exception):
    """The generation was ended elsewhere, by a cancel or by the reaper."""


def topic(user_id: UUID, generation_id: UUID) -> str:
    """What those who follow a generation listen to."""
    return topics.of_person(user_id, f"generation:{generation_id}")


def begin(actor: Actor, info: GenerationInfo, endpoint: Endpoint) -> None:
    """Work on a generation until its end, apart from whoever asked."""
    task = asyncio.create_task(_Generation(actor, info, endpoint).run(), name=f"generation {info.id}")
    _running[info.id] = task
    task.add_done_callback(lambda _: _running.pop(info.id, None))


def task_of(generation_id: UUID) -> asyncio.Task[None] | None:
    """The work on a generation in this process."""
    return _running.get(generation_id)


async def stop() -> None:
    """End all work of this process: what is under way is told to be interrupted."""
    tasks = list(_running.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def interrupt(actor: Actor, generation_id: UUID) -> bool:
    """End a generation whose server went away."""
    words = "The server was stopped in the middle. No version was made; ask again."
    return await end(actor, generation_id, GenerationStatus.FAILED, code="interrupted", message=words)


async def end(
    actor: Actor, generation_id: UUID, status: GenerationStatus, *, code: str = "", message: str = ""
) -> bool:
    """End a generation without a version; False when it had ended."""

    async def work(uow: UnitOfWork) -> bool:
        return await _end(uow, actor, generation_id, status, code=code, message=message) is not None

    return await repeatable(actor, work)


async def _end(
    uow: UnitOfWork,
    actor: Actor,
    generation_id: UUID,
    status: GenerationStatus,
    *,
    code: str = "",
    message: str = "",
    version_id: UUID | None = None,
) -> GenerationInfo | None:
    now = settings()
    info = await queries.end(
        uow,
        generation_id,
        status=status,
        code=code,
        message=message,
        version_id=version_id,
        price_prompt=now.llm_price_prompt,
        price_completion=now.llm_price_completion,
    )
    if info is not None:
        data = {
            "status": status.value,
            "code": code,
            "message": message,
            "version_id": None if version_id is None else str(version_id),
            "prompt_tokens": info.prompt_tokens,
            "completion_tokens": info.completion_tokens,
            "charged_tokens": info.charged_tokens,
            "cost": float(info.cost),
        }
        await queries.add_end(uow, actor.person_id, generation_id, data)
        uow.tell(topic(actor.person_id, generation_id))
        projects.tell(uow, actor.person_id, info.project_id, generation_id=str(generation_id))
    return info


class _Generation:
    """What one generation knows while it is under way."""

    def __init__(self, actor: Actor, info: GenerationInfo, endpoint: Endpoint) -> None:
        self.actor = actor
        self.info = info
        self.endpoint = endpoint
        self.files: dict[str, bytes] = {}
        self.entry = ""
        self.has_main = False
        self.revision = 0
        self.messages: list[Message] = []

    async def run(self) -> None:
        """All of it; never raises but for its own cancellation."""
        work = asyncio.create_task(self._work())
        watch = asyncio.create_task(self._watch(work))
        try:
            await work
        except Ended:
            return
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            with suppress(ForexEliteError):
                await interrupt(self.actor, self.info.id)
        except EndpointError as failure:
            refused = failure.is_refusal
            status = GenerationStatus.REFUSED if refused else GenerationStatus.UNAVAILABLE
            await self._give_up(status, failure.code, f"{failure.message} No version was made and nothing is charged.")
        except Refused as refusal:
            await self._give_up(GenerationStatus.FAILED, refusal.code, f"{refusal.message} No version was made.")
        except Exception:
            log.exception("generation %s failed", self.info.id)
            await self._give_up(
                GenerationStatus.FAILED, "internal", "Something went wrong here; it was logged. No version was made."
            )
        finally:
            watch.cancel()

    async def _give_up(self, status: GenerationStatus, code: str, message: str) -> None:
        with suppress(ForexEliteError):
            await end(self.actor, self.info.id, status, code=code, message=message)

    async def _watch(self, work: asyncio.Task[None]) -> None:
        """Stop the work as soon as the generation is ended elsewhere, and show meanwhile that it lives."""
        async with bus.current().subscribe() as subscription:
            await subscription.add([topics.generation_ended(self.info.id)])
            while not await subscription.next(SIGN_OF_LIFE_S):
                with suppress(ForexEliteError):
                    async with unit_of_work(self.actor) as uow:
                        await queries.touch(uow, self.info.id)
        work.cancel()

    async def _tell(self, *events: tuple[EventKind, dict[str, Any]]) -> None:
        async with unit_of_work(self.actor) as uow:
            if not await queries.append(uow, self.info.id, events):
                raise Ended
            uow.tell(topic(self.actor.person_id, self.info.id))

    async def _work(self) -> None:
        findings = await self._read_base()
        started = {"task": self.info.task.value, "model": self.info.model, "entry": self.entry}
        await self._tell((EventKind.STARTED, started))
        texts = {path: text for path, text in sources(self.files).items() if len(text) <= prompts.MAX_SOURCE_CHARS}
        self.messages = prompts.first_messages(self.info.task, self.info.prompt, texts, self.entry, findings)
        problem, has_program = "", False
        for number in range(1, MAX_ROUNDS + 1):
            answer = await self._ask(number)
            if self.info.task is Task.EXPLAIN and answer.strip():
                await end(self.actor, self.info.id, GenerationStatus.COMPLETED)
                return
            program = read_program(answer, self.entry, self.files, has_main=self.has_main)
            if program.is_words:
                await end(self.actor, self.info.id, GenerationStatus.UNUSABLE, code="llm-unusable", message=_IN_WORDS)
                return
            if program.files:
                has_program = True
                merged = self._merged(program.files)
                found = await self._check(merged, program.files)
                errors = [one for one in found if one.severity == "error"]
                await self._tell((EventKind.CHECK, _told(number, found)))
                if not errors:
                    await self._keep(merged, sorted(program.files))
                    return
                problem = prompts.feedback(errors)
            else:
                await self._tell((EventKind.CHECK, {"round": number, "problem": program.problem}))
                problem = prompts.again(program.problem)
            self.messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": problem}]
        if has_program:
            words = f"After {MAX_ROUNDS} rounds the program still has errors. No version was made; ask in other words."
            await end(self.actor, self.info.id, GenerationStatus.UNREPAIRED, code="llm-unrepaired", message=words)
        else:
            words = "The model wrote no program that can be used. No version was made; say it in other words."
            await end(self.actor, self.info.id, GenerationStatus.UNUSABLE, code="llm-unusable", message=words)

    async def _read_base(self) -> list[str]:
        """The program the wish is about; what is wrong with it, for a repair."""
        async with unit_of_work(self.actor) as uow:
            project = await projects.found(uow, self.actor, self.info.project_id)
            self.revision = project.draft_revision
            draft = await draft_queries.contents(uow, project.id)
        reported: list[str] = []
        if self.info.base_version_id is not None:
            version, self.files = await versions.contents(self.actor, self.info.base_version_id)
            self.entry = version.entry
            reported = [_finding_line(one) for one in version.findings if one.get("severity") == "error"]
        else:
            self.files = {file.info.path: file.content for file in draft}
            self.entry = project.entry
        if self.info.task is Task.CREATE:
            self.files = {path: content for path, content in self.files.items() if not sources({path: content})}
        self.has_main = bool(self.entry)
        self.entry = self.entry or f"{_file_name(project.name)}.mq5"
        if self.info.task is not Task.FIX or self.entry not in self.files:
            return []
        if not reported:
            found = await language.diagnose(self.actor, self.files, self.entry)
            reported = [one.metaeditor_line() for one in found if one.severity == "error"]
        return reported

    async def _ask(self, number: int) -> str:
        """One round: the whole answer, told while it comes, with its tokens counted."""
        await self._tell((EventKind.ROUND, {"round": number, "rounds": MAX_ROUNDS}))
        told = _Told()
        usage: tuple[int, int] | None = None
        flushed = time.monotonic()
        async for piece in self.endpoint.stream(self.messages):
            if piece.retry_in_s is not None:
                await self._tell((EventKind.RETRY, {"in_s": piece.retry_in_s}))
            told.add(piece.answer, piece.reasoning)
            usage = piece.usage or usage
            if told.has_news and time.monotonic() - flushed >= FLUSH_S:
                await self._tell(*told.take())
                flushed = time.monotonic()
        prompt, completion = usage or (
            sum(len(message["content"]) for message in self.messages) // 4,
            len(told.answer) // 4,
        )
        counted = {"prompt_tokens": prompt, "completion_tokens": completion, "is_estimated": usage is None}
        async with unit_of_work(self.actor) as uow:
            await queries.count_usage(uow, self.info.id, rounds=number, prompt=prompt, completion=completion)
        await self._tell(*told.take(), (EventKind.USAGE, {"round": number, **counted}))
        return _whole_characters(told.answer)

    def _merged(self, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The project's files with the answer's in their place, each in the encoding it had."""
        merged = dict(self.files)
        for path, text in texts.items():
            present = self.files.get(path)
            encoding = "" if present is None else classify(path, present)
            merged[path] = bytes_of(text, "" if encoding == BINARY else encoding)[0]
        self.entry = find_entry(merged, self.entry)
        check_room({path: len(content) for path, content in merged.items()})
        return merged

    async def _check(self, files: Mapping[str, bytes], written: Iterable[str]) -> tuple[Diagnostic, ...]:
        """What the front end finds in the main program, and in every other one that was written."""
        others = [path for path in written if is_program(path) and path != self.entry]
        found = [await language.diagnose(self.actor, files, entry) for entry in (self.entry, *others)]
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    async def _keep(self, files: Mapping[str, bytes], written: Sequence[str]) -> None:
        """Make the version, put it into the draft if nobody has changed that meanwhile, and end: all or nothing."""
        async with unit_of_work(self.actor) as uow:
            project = await projects.locked(uow, self.actor, self.info.project_id)
            is_untouched = project["draft_revision"] == self.revision
            if is_untouched:
                await versions.keep_draft(uow, self.actor, project, "Before a program was generated")
            version = await versions.add(
                uow,
                self.actor,
                project["id"],
                files,
                entry=self.entry,
                origin=Origin.GENERATED,
                message=self.info.prompt[:500] or self.info.task.value.capitalize(),
                generation_id=self.info.id,
                parent_id=self.info.base_version_id,
            )
            if is_untouched:
                await versions.put_into_draft(uow, self.actor, project, version, origin=Origin.GENERATED)
            made = {
                "version_id": str(version.id),
                "number": version.number,
                "is_in_draft": is_untouched,
                "files": written,
            }
            if not await queries.append(uow, self.info.id, [(EventKind.VERSION, made)]):
                raise Ended
            ended = await _end(uow, self.actor, self.info.id, GenerationStatus.COMPLETED, version_id=version.id)
            if ended is None:
                raise Ended


class _Told:
    """Text that has come, and how much of it has been told."""

    def __init__(self) -> None:
        self.answer = ""
        self._parts: dict[EventKind, str] = {}

    @property
    def has_news(self) -> bool:
        return any(self._parts.values())

    def add(self, answer: str, reasoning: str) -> None:
        self.answer += answer
        for kind, text in ((EventKind.REASONING, reasoning), (EventKind.ANSWER, answer)):
            if text:
                self._parts[kind] = self._parts.get(kind, "") + text

    def take(self) -> list[tuple[EventKind, dict[str, Any]]]:
        taken, self._parts = self._parts, {}
        return [(kind, {"text": storable.text(text)}) for kind, text in taken.items()]


def _told(number: int, found: tuple[Diagnostic, ...]) -> dict[str, Any]:
    return {
        "round": number,
        "errors": sum(one.severity == "error" for one in found),
        "warnings": sum(one.severity == "warning" for one in found),
        "findings": [
            {
                "file": one.file,
                "line": one.line,
                "column": one.column,
                "severity": one.severity,
                "code": one.code,
                "message": one.message,
            }
            for one in found[:MAX_TOLD_FINDINGS]
        ],
    }


def _finding_line(finding: Mapping[str, Any]) -> str:
    return (
        f"{finding.get('file')}({finding.get('line')},{finding.get('column')}) : "
        f"{finding.get('severity')} {finding.get('code')}: {finding.get('message')}"
    )


def _whole_characters(text: str) -> str:
    """The text with characters that came in two halves put together, and halves without the other replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "\ufffd")


def _file_name(name: str) -> str:
    """A project's name as a program's: what the terminal takes, cut to what it takes."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._+-") else "_" for one in name)
    return plain.strip(" ._+-")[:40] or "Program"
