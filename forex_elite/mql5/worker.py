"""The language in a process of its own: off the event loop, bounded, and only the newest text counts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from typing import Any

from forex_elite.errors import ForexEliteError, Refused
from forex_elite.mql5.assistance import Hover, Signature
from forex_elite.mql5.definition import Place
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.proposals import Completion, Proposals
from forex_elite.mql5.serve import LENGTH_BYTES, packed
from forex_elite.mql5.views import Input, OutlineItem

TIME_LIMIT_S = 4.0
PATIENCE_S = 0.4
"""How long an answer nobody waits for any more may go on; a process that is slower is killed and started anew."""
START_LIMIT_S = 30.0
Files = Mapping[str, str] | None
_TOO_MUCH_MEMORY = "The analysis took more memory than it may; simplify the macros or split the file."
_METHODS = frozenset(
    {"diagnose", "complete", "own_proposals", "hover", "signature", "definition", "outline", "inputs", "format"}
)


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


class LanguageWorker:
    """Asks a process of its own. Calls for one document supersede each other: an older one ends with `Superseded`."""

    def __init__(self, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._limit = time_limit_s
        self._process: Process | None = None
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

    async def own_proposals(
        self, document: str, text: str, line: int, column: int, name: str = "untitled.mq5", files: Files = None
    ) -> Proposals:
        return await self._ask("own_proposals", document, files, text, line, column, name)  # type: ignore[no-any-return]

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
            with contextlib.suppress(ProcessLookupError):
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
        """One question and its answer; a process that overstays is killed and replaced."""
        process = await self._started()
        try:
            async with asyncio.timeout(self._limit):
                state, value = await _exchange(process, packed((method, document, dict(files or {}), args)))
        except TimeoutError as slow:
            await self.stop()
            seconds = f"{self._limit:g} s"
            raise AnalysisTooLong(
                f"The analysis took more than {seconds}; simplify the macros or split the file."
            ) from slow
        except (asyncio.IncompleteReadError, OSError) as broken:
            await self.stop()
            raise AnalysisTooLong(_TOO_MUCH_MEMORY) from broken
        except asyncio.CancelledError:
            await self.stop()  # it is in the middle of an answer that the next question must not read
            raise
        if state == "ok":
            return value
        if state == "too large":
            raise AnalysisTooLong(_TOO_MUCH_MEMORY)
        if state == "refused":
            raise Refused(value[0], code=value[1])
        raise WorkerFailed(str(value))

    async def _started(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "forex_elite.mql5.serve"), stdin=PIPE, stdout=PIPE, env=_environment()
        )
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await _message(process)
        except (TimeoutError, asyncio.IncompleteReadError) as broken:
            process.kill()
            raise WorkerFailed("The language process did not start.") from broken
        self._process = process
        return process

    async def stop(self) -> None:
        """End the process; the next question starts a new one."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _environment() -> dict[str, str]:
    """What a process needs to find Python and us, and none of the server's secrets."""
    kept = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LANG", "LC_ALL", "HOME", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


async def _exchange(process: Process, question: bytes) -> Any:
    assert process.stdin is not None
    process.stdin.write(question)
    await process.stdin.drain()
    return await _message(process)


async def _message(process: Process) -> Any:
    assert process.stdout is not None
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
    return pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - from our own process
