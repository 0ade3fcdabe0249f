"""What of the terminal's standard library is here. A program that includes what is missing is told so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["full", "partly", "declarations", "missing"]


@dataclass(frozen=True, slots=True)
class Support:
    """One part: `declarations` can be compiled against and does nothing here; `note` says what to expect."""

    part: str
    level: Level
    note: str


_TABLE = """
Trade/                 | full         | Orders, positions, deals, history, symbol, account and terminal.
Object.mqh             | full         | The base class of objects.
Arrays/                | partly       | Arrays of numbers, texts and objects, lists, trees; no files.
Generic/Internal/      | missing      | The inner parts of the collections.
Generic/RedBlackTree   | missing      | The tree beneath sorted collections, which are here.
Generic/               | partly       | Lists, maps, sets, queues, stacks; hash maps keep the order of insertion.
Indicators/            | full         | Series, price and indicator classes over the built-in functions.
MovingAverages.mqh     | full         | Moving averages on buffers.
Math/Stat/Noncentral   | missing      | The noncentral distributions.
Math/Stat/Hypergeom    | missing      | The hypergeometric distribution.
Math/Stat/NegativeBin  | missing      | The negative binomial distribution.
Math/Stat/             | partly       | Moments, quantiles, the usual distributions and their random numbers.
Expert/                | partly       | The frame of generated EAs with its signals, trailing and money management.
Files/                 | full         | Text, CSV and binary files over the built-in functions.
Strings/               | full         | The string class.
Tools/                 | partly       | Date and time.
StdLibErr.mqh          | full         | Error numbers of the library.
VirtualKeys.mqh        | full         | Key codes of chart events.
Charts/                | declarations | Charts are not drawn here.
ChartObjects/          | declarations | Objects on charts are not drawn here.
Controls/              | declarations | Panels are not drawn and nobody presses their buttons here.
Canvas/Canvas.mqh      | declarations | Pictures are not painted here.
Canvas/                | missing      | Charts and 3D on a canvas.
Graphics/              | missing      | Plots on a canvas.
Math/Alglib/           | missing      | The ALGLIB port.
Math/Fuzzy/            | missing      | Fuzzy logic.
OpenCL/                | missing      | A graphics card is never asked.
Internet/              | missing      | The network is never asked.
WinAPI/                | missing      | Windows functions cannot run here.
"""


def support() -> tuple[Support, ...]:
    """The table, more particular parts before those that hold them."""
    return _ROWS


def _row(line: str) -> Support:
    part, level, note = (field.strip() for field in line.split("|"))
    assert level in {"full", "partly", "declarations", "missing"}
    return Support(part, level, note)  # type: ignore[arg-type] # just checked


_ROWS = tuple(_row(line) for line in _TABLE.strip().splitlines())


def support_of(path: str) -> Support | None:
    """The row for an include as written, or None for what is not of the standard library."""
    written = path.replace("\\", "/").lstrip("./").lower()
    return next((row for row in _ROWS if written.startswith(row.part.lower())), None)
