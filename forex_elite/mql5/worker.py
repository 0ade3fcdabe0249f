"""The language in a process of its own: off the event loop, bounded, and only the newest text counts."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import time
from collections import OrderedDict
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from forex_elite.errors import ForexEliteError, Refused
from forex_elite.mql5.assistance import Completion, Hover, Signature
from forex_elite.mql5.definition import Place
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.language import Language
from forex_elite.mql5.views import Input, OutlineItem

TIME_LIMIT_S = 4.0
PATIENCE_S = 0.4
"""How long an answer nobody waits for any more may go on; a child that is slower is killed and started anew."""
MEMORY_LIMIT_BYTES = 1_500_000_000
DOCUMENTS_KEPT = 8
"""How many documents' parsed includes and declarations a child remembers."""
Files = Mapping[str, str] | None
_METHODS = frozenset({"diagnose", "complete", "hover", "signature", "definition", "outline", "inputs", "format"})


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
    kept: OrderedDict[str, Language] = OrderedDict()
    while True:
        try:
            method, document, files, args = pipe.recv()
        except EOFError:
            return
        try:
            language = kept.setdefault(document, Language())
            kept.move_to_end(document)
            if len(kept) > DOCUMENTS_KEPT:
                kept.popitem(last=False)
            language.use_files(files)
            answer: tuple[str, Any] = ("ok", getattr(language, method)(*args))
        except MemoryError:
            kept.clear()
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
        self._running: tuple[str, str] | None = None
        self._since = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether a question is being answered."""
        return self._running is not None

    async def diagnose(
        self, document: str, text: str, name: str = "untitled.mq5", files: Files = None
    ) -> tuple[Diagnostic, ...]:
        """Findings of a document's text; `files` are the other files of its project."""
        return await self._ask("diagnose", document, files, text, name)  # type: ignore[no-any-return]

    async def complete(
        self, document: str, text: str, line: int, column: int, name: str = "untitled.mq5", files: Files = None
    ) -> tuple[Completion, ...]:
        return await self._ask("complete", document, files, text, line, column, name)  # type: ignore[no-any-return]

    async def hover(
        self, document: str, text: str, line: int, column: int, name: str = "untitled.mq5", files: Files = None
    ) -> Hover | None:
        return await self._ask("hover", document, files, text, line, column, name)  # type: ignore[no-any-return]

    async def signature(
        self, document: str, text: str, line: int, column: int, name: str = "untitled.mq5", files: Files = None
    ) -> tuple[Signature, ...]:
        return await self._ask("signature", document, files, text, line, column, name)  # type: ignore[no-any-return]

    async def definition(
        self, document: str, text: str, line: int, column: int, name: str = "untitled.mq5", files: Files = None
    ) -> Place | None:
        return await self._ask("definition", document, files, text, line, column, name)  # type: ignore[no-any-return]

    async def outline(self, document: str, text: str) -> tuple[OutlineItem, ...]:
        return await self._ask("outline", document, None, text)  # type: ignore[no-any-return]

    async def inputs(
        self, document: str, text: str, name: str = "untitled.mq5", files: Files = None
    ) -> tuple[Input, ...]:
        return await self._ask("inputs", document, files, text, name)  # type: ignore[no-any-return]

    async def format(self, document: str, text: str) -> str:
        return await self._ask("format", document, None, text)  # type: ignore[no-any-return]

    async def _ask(self, method: str, document: str, files: Files, *args: object) -> Any:
        assert method in _METHODS
        self._turn += 1
        turn, key = self._turn, (document, method)
        self._newest[key] = turn
        if self._running == key and time.monotonic() - self._since > PATIENCE_S and self._process is not None:
            self._process.kill()  # the pipe breaks, and the call that waits for it learns that it is superseded
        try:
            async with self._lock:
                self._refuse_old(key, turn)
                self._running, self._since = key, time.monotonic()
                try:
                    answer = await self._answer(method, document, files, args)
                except AnalysisTooLong:
                    self._refuse_old(key, turn)
                    raise
                finally:
                    self._running = None
            self._refuse_old(key, turn)
            return answer
        finally:
            if self._newest.get(key) == turn:
                del self._newest[key]

    def _refuse_old(self, key: tuple[str, str], turn: int) -> None:
        if self._newest.get(key, turn) != turn:
            raise Superseded("A newer text of this document has arrived.")

    async def _answer(self, method: str, document: str, files: Files, args: tuple[object, ...]) -> Any:
        call = asyncio.ensure_future(asyncio.to_thread(self._call, method, document, dict(files or {}), args))
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            # The child is in the middle of an answer: take it from the pipe, or the next call would read it.
            with contextlib.suppress(AnalysisTooLong, WorkerFailed, Refused):
                await call
            raise

    def _call(self, method: str, document: str, files: dict[str, str], args: tuple[object, ...]) -> Any:
        """One request and its answer; a child that overstays is killed and replaced."""
        pipe = self._started()
        try:
            pipe.send((method, document, files, args))
            if not pipe.poll(self._limit):
                self.stop()
                raise AnalysisTooLong(
                    f"The analysis took more than {self._limit:g} s; simplify the macros or split the file."
                )
            state, value = pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as broken:
            self.stop()
            raise AnalysisTooLong(
                "The analysis took more memory than it may; simplify the macros or split the file."
            ) from broken
        if state == "ok":
            return value
        if state == "too large":
            raise AnalysisTooLong("The analysis took more memory than it may; simplify the macros or split the file.")
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
