"""Documents as PDF, laid out by a process of its own: a hundred thousand lines must not hold up anybody's page."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from forex_elite.errors import ForexEliteError

LONGEST_S = 120.0
"""The layout may take so long for what it was handed last."""
SHEET = "forex_elite.services.compliance.sheet"
"""What lays documents out, as a program: it alone imports the library for it."""


class ReportFailed(ForexEliteError):
    """The document could not be laid out; ask for it again, and see the server's log if that does not help."""

    code = "report-failed"


@dataclass
class Document:
    """A title and what follows, in order."""

    title: str
    subtitle: str
    blocks: list[tuple[Any, ...]] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """A line above what belongs together."""
        self.blocks.append(("heading", text))

    def text(self, text: str) -> None:
        """A paragraph."""
        self.blocks.append(("text", text))

    def table(self, columns: list[tuple[str, str, float]], rows: list[list[str]]) -> None:
        """A table; columns are head, `l` or `r`, and share of the width."""
        self.blocks.append(("table", columns, rows))

    def lines(self, head: str, batches: AsyncIterator[list[str]]) -> None:
        """A long list in fixed-width type: one line of text each, under a head that every page repeats.

        It is read while the document is laid out, by `render`.
        """
        self.blocks.append(("lines", head, batches))


async def render(document: Document) -> bytes:
    """The document as PDF. Raises ReportFailed, and what the document's own lines raise."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", SHEET, stdin=PIPE, stdout=PIPE)
    try:
        await _hand_over(process, [document.title, document.subtitle])
        for kind, *given in document.blocks:
            if kind == "lines":
                head, batches = given
                await _hand_over(process, [kind, head])
                async for batch in batches:
                    await _hand_over(process, batch)
                await _hand_over(process, [])
            else:
                await _hand_over(process, [kind, *given])
        made, _ = await asyncio.wait_for(process.communicate(b""), LONGEST_S)
    except TimeoutError as late:
        raise ReportFailed("The document took too long.") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not made.startswith(b"%PDF-"):
        raise ReportFailed("The document could not be laid out.")
    return made


async def _hand_over(process: Process, part: Iterable[Any]) -> None:
    """Give the process one line of JSON; one that has ended is found out by its answer."""
    assert process.stdin is not None
    with suppress(ConnectionError):
        process.stdin.write(orjson.dumps(part) + b"\n")
        await asyncio.wait_for(process.stdin.drain(), LONGEST_S)
