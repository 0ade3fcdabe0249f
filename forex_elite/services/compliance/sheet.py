"""A document laid out as PDF, page by page: `python -m forex_elite.services.compliance.sheet`.

It reads the document as lines of JSON, as `pdf.render` writes them, and writes the PDF. The first line is title and
subtitle, each further one a block; a block of lines is followed by its lines in batches, of which the last is empty.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import orjson
from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from forex_elite import __version__
from forex_elite.services.compliance.letters import fitting

rl_config.useA85 = 0  # its wrapping of streams into text costs a quarter of the time and of the size
_MARGIN, _HEAD, _FOOT = 36.0, 54.0, 40.0
_BODY, _SMALL, _MONO = 8.5, 7.5, 7.0
_LEADING = 1.38


class _Sheet:
    """A PDF written from top to bottom, in landscape A4, in the fonts that `letters` picks."""

    def __init__(self, title: str, subtitle: str) -> None:
        self._file = io.BytesIO()
        self._width, self._height = landscape(A4)
        self._canvas = Canvas(self._file, pagesize=(self._width, self._height), pageCompression=1, lang="en")
        self._canvas.setTitle(title)
        self._canvas.setSubject(subtitle)
        self._canvas.setCreator(f"ForexElite {__version__}")
        self._canvas.setAuthor("ForexElite")
        self._title, self._subtitle = title, subtitle
        self._page = 0
        self._turn()

    def _turn(self) -> None:
        """Begin a page."""
        if self._page:
            self._canvas.showPage()
        self._page += 1
        canvas = self._canvas
        self._write(self._title, self._height - 34, "Helvetica-Bold", 12)
        self._write(self._subtitle, self._height - 46, "Helvetica", _SMALL)
        canvas.setFont("Helvetica", _SMALL)
        canvas.drawRightString(self._width - _MARGIN, 22, f"Page {self._page}")
        canvas.drawString(
            _MARGIN, 22, f"ForexElite {__version__}. Figures as reported by the terminals; times are UTC."
        )
        canvas.line(_MARGIN, self._height - 51, self._width - _MARGIN, self._height - 51)
        self._y = self._height - _HEAD - 12

    def _write(self, text: str, y: float, font: str, size: float) -> None:
        """One line at the left margin."""
        text, font = fitting(text, font)
        self._canvas.setFont(font, size)
        self._canvas.drawString(_MARGIN, y, text)

    def _need(self, points: float) -> bool:
        """Make room, on a new page where there is too little; whether one was begun."""
        if self._y - points >= _FOOT:
            return False
        self._turn()
        return True

    def heading(self, text: str) -> None:
        self._need(40)
        self._y -= 8
        self._write(text, self._y, "Helvetica-Bold", 10)
        self._y -= 15

    def text(self, text: str) -> None:
        text, font = fitting(text, "Helvetica")
        for line in simpleSplit(text, font, _BODY, self._width - 2 * _MARGIN):
            self._need(_BODY * _LEADING)
            self._canvas.setFont(font, _BODY)
            self._canvas.drawString(_MARGIN, self._y, line)
            self._y -= _BODY * _LEADING
        self._y -= 4

    def table(self, columns: list[list[Any]], rows: list[list[str]]) -> None:
        whole = sum(share for _, _, share in columns)
        widths = [share / whole * (self._width - 2 * _MARGIN) for _, _, share in columns]

        def row(cells: list[str], font: str) -> None:
            split = []
            for cell, width in zip(cells, widths, strict=True):
                text, fit = fitting(cell, font)
                split.append((fit, simpleSplit(text, fit, _SMALL, width - 6) or [""]))
            height = max(len(lines) for _, lines in split) * _SMALL * _LEADING
            if self._need(height) and font == "Helvetica":
                row([head for head, _, _ in columns], "Helvetica-Bold")
            x = _MARGIN
            for (fit, lines), width, (_, align, _) in zip(split, widths, columns, strict=True):
                self._canvas.setFont(fit, _SMALL)
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

    def lines(self, head: str, lines: Iterator[str]) -> None:
        while True:
            self._need(4 * _MONO * _LEADING)
            room = int((self._y - _FOOT) / (_MONO * _LEADING)) - 1
            page = list(islice(lines, room))
            if not page:
                return
            text = self._canvas.beginText(_MARGIN, self._y)
            shown, font = fitting("\n".join(page), "Courier")
            above, bold = fitting(head, "Courier-Bold")
            text.setFont(bold, _MONO, _MONO * _LEADING)
            text.textLine(above)
            text.setFont(font, _MONO, _MONO * _LEADING)
            text.textLines(shown, trim=0)
            self._canvas.drawText(text)
            self._y -= (len(page) + 1) * _MONO * _LEADING

    def finish(self) -> bytes:
        self._canvas.save()
        return self._file.getvalue()


def lay_out(document: Iterable[bytes]) -> bytes:
    """The PDF of a document as `render` hands it over."""
    parts = map(orjson.loads, document)
    sheet = _Sheet(*next(parts))
    for kind, *given in parts:
        if kind == "lines":
            given.append(chain.from_iterable(iter(parts.__next__, [])))
        getattr(sheet, kind)(*given)
    return sheet.finish()


if __name__ == "__main__":
    sys.stdout.buffer.write(lay_out(sys.stdin.buffer))
