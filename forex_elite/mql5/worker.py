"""The language in a process of its own: off the event loop, bounded, and only the newest text counts."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from forex_elite.errors import ForexEliteError, Refused
from forex_elite.mql5.assistance import Completion, Hover, Signature
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.language import Language
from forex_elite.mql5.views import Input, OutlineItem

TIME_LIMIT_S = 5.0
MEMORY_LIMIT_BYTES = 1_500_000_000
_METHODS = frozenset({"diagnose", "complete", "hover", "signature", "outline", "inputs", "format"})


class Superseded(Refused):
    """A newer text of the same document arrived; ask again with that one."""

    code = "mql5-superseded"
    status = 409


class AnalysisTooLong(Refused):
    """The text takes more time or memory than one document may; simplify its macros or split it."""

    code = "mql5-analysis-too-long"
    status = 413


class WorkerFailed(ForexEliteError):
    """The analysis met a fault of ours; the message names it."""

    code = "mql5-worker-failed"


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def _serve(pipe: Connection) -> None:
    """The loop of the child process: one request, one answer. Garbage is collected between requests, not within."""
    _limit_memory()
    gc.disable()
    files: Mapping[str, str] = {}
    language = Language(files)
    while True:
        try:
            method, new_files, args = pipe.recv()
        except EOFError:
            return
        try:
            if new_files is not None and new_files != files:
                files = new_files
                language = Language(files)
            answer: tuple[str, Any] = ("ok", getattr(language, method)(*args))
        except MemoryError:
            language = Language(files)
            answer = ("too large", None)
        except ForexEliteError as refusal:
            answer = ("refused", (refusal.message, refusal.code))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the caller must hear of it
            answer = ("fault", f"{type(fault).__name__}: {fault}")
        pipe.send(answer)
        gc.collect(0)


class LanguageWorker:
    """Asks a child process. Calls for one document supersede each other: an older one ends with `Superseded`."""

    def __init__(self, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._limit = time_limit_s
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._lock = asyncio.Lock()
        self._newest: dict[tuple[str, str], int] = {}
        self._turn = 0

    async def diagnose(
        self, document: str, text: str, name: str = "untitled.mq5", files: Mapping[str, str] | None = None
    ) -> tuple[Diagnostic, ...]:
        """Findings of a document's text; `files` are the other files of its project."""
        return await self._ask("diagnose", document, files, text, name)  # type: ignore[no-any-return]

    async def complete(
        self, document: str, text: str, line: int, column: int, files: Mapping[str, str] | None = None
    ) -> tuple[Completion, ...]:
        return await self._ask("complete", document, files, text, line, column)  # type: ignore[no-any-return]

    async def hover(
        self, document: str, text: str, line: int, column: int, files: Mapping[str, str] | None = None
    ) -> Hover | None:
        return await self._ask("hover", document, files, text, line, column)  # type: ignore[no-any-return]

    async def signature(
        self, document: str, text: str, line: int, column: int, files: Mapping[str, str] | None = None
    ) -> tuple[Signature, ...]:
        return await self._ask("signature", document, files, text, line, column)  # type: ignore[no-any-return]

    async def outline(self, document: str, text: str) -> tuple[OutlineItem, ...]:
        return await self._ask("outline", document, None, text)  # type: ignore[no-any-return]

    async def inputs(self, document: str, text: str, files: Mapping[str, str] | None = None) -> tuple[Input, ...]:
        return await self._ask("inputs", document, files, text)  # type: ignore[no-any-return]

    async def format(self, document: str, text: str) -> str:
        return await self._ask("format", document, None, text)  # type: ignore[no-any-return]

    async def _ask(self, method: str, document: str, files: Mapping[str, str] | None, *args: object) -> Any:
        assert method in _METHODS
        self._turn += 1
        turn, key = self._turn, (document, method)
        self._newest[key] = turn
        async with self._lock:
            if self._newest.get(key) != turn:
                raise Superseded("a newer text of this document has arrived")
            call = asyncio.ensure_future(asyncio.to_thread(self._call, method, dict(files) if files else None, args))
            try:
                answer = await asyncio.shield(call)
            except asyncio.CancelledError:
                # The child is in the middle of an answer: take it from the pipe, or the next call would read it.
                with contextlib.suppress(AnalysisTooLong, WorkerFailed, Refused):
                    await call
                raise
        if self._newest.get(key) != turn:
            raise Superseded("a newer text of this document has arrived")
        del self._newest[key]
        return answer

    def _call(self, method: str, files: dict[str, str] | None, args: tuple[object, ...]) -> Any:
        """One request and its answer; a child that overstays is killed and replaced."""
        pipe = self._started()
        try:
            pipe.send((method, files, args))
            if not pipe.poll(self._limit):
                self.stop()
                raise AnalysisTooLong(f"the analysis took more than {self._limit:g} s")
            state, value = pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as broken:
            self.stop()
            raise AnalysisTooLong("the analysis took more memory than it may") from broken
        if state == "ok":
            return value
        if state == "too large":
            raise AnalysisTooLong("the analysis took more memory than it may")
        if state == "refused":
            raise Refused(value[0], code=value[1])
        raise WorkerFailed(str(value))

    def _started(self) -> Connection:
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True, name="mql5-language")
            self._process.start()
            theirs.close()
        return self._pipe

    def stop(self) -> None:
        """End the child process; the next call starts a new one."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
