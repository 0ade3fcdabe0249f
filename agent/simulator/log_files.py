"""Logs as a terminal writes them: UTF-16LE with a mark, tab separated, a new file every day, in the machine's time."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path


class LogFile:
    """One log, appended to line by line."""

    def __init__(self, file_of: Callable[[date], Path]) -> None:
        self._file_of = file_of
        self._count = 0

    def write(self, source: str, message: str, level: int = 0) -> None:
        """Add a line now; `level` 0 is a notice, 2 a failure."""
        now = datetime.now().astimezone()
        path = self._file_of(now.date())
        path.parent.mkdir(parents=True, exist_ok=True)
        self._count += 1
        code = chr(65 + self._count % 26) + chr(65 + self._count * 7 % 26)  # the terminal's two letters mean nothing
        clock = f"{now:%H:%M:%S}.{now.microsecond // 1000:03}"
        line = f"{code}\t{level}\t{clock}\t{source}\t{message}\r\n".encode("utf-16-le")
        is_new = not path.exists() or path.stat().st_size == 0
        with path.open("ab") as file:
            file.write((codecs.BOM_UTF16_LE if is_new else b"") + line)
