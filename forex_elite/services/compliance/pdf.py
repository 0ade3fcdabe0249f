"""Documents as PDF, laid out by a process of its own: a hundred thousand lines must not hold up anybody's page."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from forex_elite.errors import ForexEliteError

LONGEST_S = 120.0
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

    def lines(self, head: str, lines: list[str]) -> None:
        """A long list in fixed-width type: one line of text each, under a head that every page repeats."""
        self.blocks.append(("lines", head, lines))


async def render(document: Document) -> bytes:
    """The document as PDF. Raises ReportFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", SHEET, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        written = await asyncio.to_thread(orjson.dumps, asdict(document))
        made, _ = await asyncio.wait_for(process.communicate(written), LONGEST_S)
    except TimeoutError as late:
        raise ReportFailed("The document took too long.") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not made.startswith(b"%PDF-"):
        raise ReportFailed("The document could not be laid out.")
    return made
