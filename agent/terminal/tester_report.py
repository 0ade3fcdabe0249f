"""The Strategy Tester's report: HTML of a single test, or the spreadsheet XML of an optimisation.

Read by its labels as an English terminal prints them; a label's figure is kept under that label. The language of the
report is the terminal's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

MOST_POINTS: Final = 2000
_NUMBER: Final = re.compile(r"-?\d[\d \u00a0]*(?:\.\d+)?")
_PERCENT: Final = re.compile(r"(-?\d+(?:\.\d+)?)%")
_DEAL_COLUMNS: Final = ("Time", "Deal", "Direction", "Balance")
_WORDS: Final = frozenset(
    {"Expert", "Symbol", "Period", "Inputs", "Company", "Currency", "Leverage", "History Quality"}
)
_SHEET: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"


class ReportUnreadable(Exception):
    """The file is no report of a finished test."""


@dataclass(frozen=True, slots=True)
class TesterReport:
    """What a report says. `curve` are times (broker clock, as printed) and balances after each deal."""

    labels: dict[str, str] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    curve: list[tuple[str, float]] = field(default_factory=list)
    deals: int = 0


class _Rows(HTMLParser):
    """The rows of all tables, each cell's text without markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the base class's signature
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in {"td", "th"}:
            self._end_cell()
            self._cell = []
            if self._row is None:
                self._row = []

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._row.append(" ".join("".join(self._cell).split()))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            self.rows.append(self._row)
        self._row = None


def read_report(text: str) -> TesterReport:
    """Read either form; raises ReportUnreadable."""
    if text.lstrip().startswith("<?xml") and "Workbook" in text:
        return _of_sheet(text)
    parser = _Rows()
    parser.feed(text)
    parser.close()
    report = _of_rows(parser.rows)
    if not report.figures:
        raise ReportUnreadable("there are no results in it")
    return report


def _of_rows(rows: list[list[str]]) -> TesterReport:
    labels: dict[str, str] = {}
    figures: dict[str, float] = {}
    last = ""
    for row in rows:
        for label, value in pairwise(row):
            if label.endswith(":") and not value.endswith(":"):
                last = label[:-1]
                _take(last, value, labels, figures)
        if len(row) == 2 and not row[0] and last == "Inputs":  # noqa: PLR2004  # an input in a row of its own
            labels["Inputs"] = f"{labels['Inputs']}\n{row[1]}"
    curve, deals = _balances(rows)
    return TesterReport(labels, figures, _thinned(curve), deals)


def _take(label: str, value: str, labels: dict[str, str], figures: dict[str, float]) -> None:
    if label in _WORDS:
        labels[label] = value
        return
    number = _NUMBER.match(value)
    if number is None:
        if value:
            labels[label] = value
        return
    figures[label] = _figure(number[0])
    if (percent := _PERCENT.search(value)) is not None and percent.start() > 0:
        figures[f"{label} %"] = float(percent[1])


def _figure(text: str) -> float:
    """A printed number: thousands are parted by spaces."""
    return float(text.replace(" ", "").replace("\u00a0", ""))


def _balances(rows: list[list[str]]) -> tuple[list[tuple[str, float]], int]:
    start = next((n for n, row in enumerate(rows) if set(_DEAL_COLUMNS) <= set(row)), None)
    if start is None:
        return [], 0
    header = rows[start]
    at, balance, direction = header.index("Time"), header.index("Balance"), header.index("Direction")
    curve, deals = [], 0
    for row in rows[start + 1 :]:
        if len(row) != len(header):
            break
        number = _NUMBER.fullmatch(row[balance])
        if number is None or not row[at]:
            continue
        deals += bool(row[direction])
        curve.append((row[at], _figure(number[0])))
    return curve, deals


def _thinned(curve: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """At most `MOST_POINTS` points, first and last kept."""
    if len(curve) <= MOST_POINTS:
        return curve
    step = (len(curve) - 1) / (MOST_POINTS - 1)
    return [curve[round(n * step)] for n in range(MOST_POINTS)]


def _of_sheet(text: str) -> TesterReport:
    """An optimisation: the figures of its first row, which is the best."""
    try:
        root = ET.fromstring(text)  # noqa: S314  # written by the terminal beside us; expat bounds expansion
    except ET.ParseError as problem:
        raise ReportUnreadable(str(problem)) from problem
    rows: list[Sequence[str]] = [
        ["".join(cell.itertext()).strip() for cell in row.iter(f"{_SHEET}Cell")] for row in root.iter(f"{_SHEET}Row")
    ]
    if len(rows) < 2:  # noqa: PLR2004  # a header and one pass
        raise ReportUnreadable("there are no passes in it")
    labels: dict[str, str] = {}
    figures: dict[str, float] = {}
    for name, value in zip(rows[0], rows[1], strict=False):
        try:
            figures[name] = float(value)
        except ValueError:
            labels[name] = value
    return TesterReport(labels, figures)
