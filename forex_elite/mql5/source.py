"""MQL5 source text as files hold it: encodings, line ends, and places as MetaEditor counts them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from forex_elite.errors import Refused

MAX_SOURCE_CHARS = 4_000_000
_LAST_NARROW = "\uffff"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_SIGNS = bytes.fromhex("84 85 91 92 93 94 95 96 97 a0 a9 ab ae b0 b1 b7 b9 bb")
"""Quotation marks, dashes and the like, where both code pages have them or where Russian uses them."""
_WITHOUT_SIGNS = bytes.maketrans(_SIGNS, b" " * len(_SIGNS))
_CYRILLIC_WORD = re.compile(rb"[\xa8\xc0-\xdf]?[\xb8\xe0-\xff]+|[\xa8\xc0-\xdf]+")
"""Small letters, a capital and small letters, or capitals, in Windows-1251."""
_MOST_OF = 0.8
_MARKS = {f"{encoding}-sig": mark for mark, encoding in _BOMS}


class SourceTooLarge(Refused):
    """One file is larger than the front end reads; split it or put its tables into a resource."""

    code = "mql5-source-too-large"
    status = 413


def encoding_of(raw: bytes) -> str:
    """How a file is written: a byte order mark wins, then UTF-16 by its zero bytes, UTF-8, a code page of Windows.

    With a mark: `utf-8-sig`, `utf-16-le-sig`, `utf-16-be-sig`; without: `utf-16-le`, `utf-8`, and, assumed because no
    file names its code page, `cp1251` where that makes Cyrillic words, else `cp1252`.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return f"{encoding}-sig"
    head = raw[:400]
    if len(head) > 1 and head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1251" if _is_cyrillic(raw) else "cp1252"
    return "utf-8"


def _is_cyrillic(raw: bytes) -> bool:
    """Whether the words beyond ASCII are whole words of Cyrillic letters; accents stand alone among plain letters."""
    beyond = [word for word in _WORD.findall(raw.translate(_WITHOUT_SIGNS)) if not word.isascii()]
    whole = [word for word in beyond if _CYRILLIC_WORD.fullmatch(word)]
    return any(len(word) > 1 for word in whole) and len(whole) > _MOST_OF * len(beyond)


def decode(raw: bytes) -> str:
    """The text of an MQL5 file in the encoding `encoding_of` tells; what is broken in it becomes a replacement mark."""
    encoding = encoding_of(raw)
    bare = encoding.removesuffix("-sig")
    return raw[len(_MARKS.get(encoding, b"")) :].decode(bare, errors="replace")


def encode(text: str, encoding: str) -> bytes:
    """The text as a file in an encoding of `encoding_of`. Raises UnicodeEncodeError for what a code page lacks."""
    return _MARKS.get(encoding, b"") + text.encode(encoding.removesuffix("-sig"))


@dataclass(slots=True)
class Source:
    """One file: its name in diagnostics and its text.

    Offsets count characters from 0; lines count from 1, columns from 1 in UTF-16 units, as MetaEditor and browsers do.
    """

    name: str
    text: str
    _lines: list[int] = field(default_factory=list)
    _wide: bool = False

    def __post_init__(self) -> None:
        if len(self.text) > MAX_SOURCE_CHARS:
            raise SourceTooLarge(
                f"{self.name} has {len(self.text):,} characters; at most {MAX_SOURCE_CHARS:,} are read",
                limit=MAX_SOURCE_CHARS,
            )
        if not self.text.isascii():
            self._wide = len(self.text.encode("utf-16-le", "surrogatepass")) > 2 * len(self.text)

    def line_starts(self) -> list[int]:
        """Offsets at which lines begin; a lone carriage return does not end a line."""
        if not self._lines:
            self._lines = [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]
            self._lines.pop()
        return self._lines

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        starts = self.line_starts()
        line = bisect_right(starts, offset)
        column = offset - starts[line - 1] + 1
        if self._wide:
            column += sum(character > _LAST_NARROW for character in self.text[starts[line - 1] : offset])
        return line, column

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, held inside the text."""
        starts = self.line_starts()
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        if self._wide:
            row = self.text[starts[line - 1] : end].encode("utf-16-le", "surrogatepass")[: 2 * max(column - 1, 0)]
            return starts[line - 1] + len(row.decode("utf-16-le", "ignore"))
        return max(starts[line - 1], min(starts[line - 1] + column - 1, end))
