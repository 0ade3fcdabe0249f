"""Documents as PDF, laid out by a process of its own: a hundred thousand lines must not hold up anybody's page.

`python -m forex_elite.services.compliance.pdf` reads a document as JSON and writes the PDF.
"""

from __future__ import annotations

import asyncio
import io
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from forex_elite import __version__
from forex_elite.errors import ForexEliteError

LONGEST_S = 120.0


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
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
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


# --- in the process -------------------------------------------------------------------------------------------------

_MARGIN, _HEAD, _FOOT = 36.0, 54.0, 40.0
_BODY, _SMALL, _MONO = 8.5, 7.5, 7.0
_LEADING = 1.38


class _Sheet:
    """A PDF written from top to bottom, in landscape A4 with the built-in fonts.

    Those know Western European letters; others are shown as a question mark, and stand in the CSV in full.
    """

    def __init__(self, title: str, subtitle: str) -> None:
        from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415  in the process that lays out only
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

        self._file = io.BytesIO()
        self._width, self._height = landscape(A4)
        self._canvas = Canvas(self._file, pagesize=(self._width, self._height), pageCompression=1, lang="en")
        self._canvas.setTitle(title)
        self._canvas.setSubject(subtitle)
        self._canvas.setCreator(f"ForexElite {__version__}")
        self._canvas.setAuthor("ForexElite")
        self._title, self._subtitle = _latin(title), _latin(subtitle)
        self._page = 0
        self._turn()

    def _turn(self) -> None:
        """Begin a page."""
        if self._page:
            self._canvas.showPage()
        self._page += 1
        canvas = self._canvas
        canvas.setFont("Helvetica-Bold", 12)
        canvas.drawString(_MARGIN, self._height - 34, self._title)
        canvas.setFont("Helvetica", _SMALL)
        canvas.drawString(_MARGIN, self._height - 46, self._subtitle)
        canvas.drawRightString(self._width - _MARGIN, 22, f"Page {self._page}")
        canvas.drawString(
            _MARGIN, 22, f"ForexElite {__version__}. Figures as reported by the terminals; times are UTC."
        )
        canvas.line(_MARGIN, self._height - 51, self._width - _MARGIN, self._height - 51)
        self._y = self._height - _HEAD - 12

    def _need(self, points: float) -> bool:
        """Make room, on a new page where there is too little; whether one was begun."""
        if self._y - points >= _FOOT:
            return False
        self._turn()
        return True

    def heading(self, text: str) -> None:
        self._need(40)
        self._y -= 8
        self._canvas.setFont("Helvetica-Bold", 10)
        self._canvas.drawString(_MARGIN, self._y, _latin(text))
        self._y -= 15

    def text(self, text: str) -> None:
        from reportlab.lib.utils import simpleSplit  # noqa: PLC0415

        for line in simpleSplit(_latin(text), "Helvetica", _BODY, self._width - 2 * _MARGIN):
            self._need(_BODY * _LEADING)
            self._canvas.setFont("Helvetica", _BODY)
            self._canvas.drawString(_MARGIN, self._y, line)
            self._y -= _BODY * _LEADING
        self._y -= 4

    def table(self, columns: list[list[Any]], rows: list[list[str]]) -> None:
        from reportlab.lib.utils import simpleSplit  # noqa: PLC0415

        whole = sum(share for _, _, share in columns)
        widths = [share / whole * (self._width - 2 * _MARGIN) for _, _, share in columns]

        def row(cells: list[str], font: str) -> None:
            split = [
                simpleSplit(_latin(cell), font, _SMALL, width - 6) or [""]
                for cell, width in zip(cells, widths, strict=True)
            ]
            height = max(map(len, split)) * _SMALL * _LEADING
            if self._need(height) and font == "Helvetica":
                row([head for head, _, _ in columns], "Helvetica-Bold")
            self._canvas.setFont(font, _SMALL)
            x = _MARGIN
            for lines, width, (_, align, _) in zip(split, widths, columns, strict=True):
                for number, line in enumerate(lines):
                    y = self._y - number * _SMALL * _LEADING
                    if align == "r":
                        self._canvas.drawRightString(x + width - 6, y, line)
                    else:
                        self._canvas.drawString(x, y, line)
                x += width
            self._y -= height + 1.5
            self._canvas.setLineWidth(0.25)
            self._canvas.line(_MARGIN, self._y + 7, self._width - _MARGIN, self._y + 7)
            self._y -= 1.5

        row([head for head, _, _ in columns], "Helvetica-Bold")
        for cells in rows:
            row(cells, "Helvetica")
        self._y -= 6

    def lines(self, head: str, lines: list[str]) -> None:
        at = 0
        while at < len(lines):
            self._need(4 * _MONO * _LEADING)
            room = int((self._y - _FOOT) / (_MONO * _LEADING)) - 1
            page = lines[at : at + room]
            text = self._canvas.beginText(_MARGIN, self._y)
            text.setFont("Courier-Bold", _MONO, _MONO * _LEADING)
            text.textLine(_latin(head))
            text.setFont("Courier", _MONO, _MONO * _LEADING)
            text.textLines(_latin("\n".join(page)), trim=0)
            self._canvas.drawText(text)
            self._y -= (len(page) + 1) * _MONO * _LEADING
            at += len(page)

    def finish(self) -> bytes:
        self._canvas.save()
        return self._file.getvalue()


def _latin(text: str) -> str:
    """The text in letters the built-in fonts have."""
    return text.encode("cp1252", "replace").decode("cp1252")


def lay_out(document: dict[str, Any]) -> bytes:
    """The PDF of a document as `render` hands it over."""
    sheet = _Sheet(document["title"], document["subtitle"])
    for kind, *given in document["blocks"]:
        getattr(sheet, kind)(*given)
    return sheet.finish()


if __name__ == "__main__":
    sys.stdout.buffer.write(lay_out(orjson.loads(sys.stdin.buffer.read())))
