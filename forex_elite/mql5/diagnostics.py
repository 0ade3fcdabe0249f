"""What the front end reports, in MetaEditor's numbers and manner of speaking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text between two places (lines and columns from 1, the end exclusive) of the diagnosed file."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class QuickFix:
    """A safe change that removes the finding."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is MetaEditor's number, or `trade-…` for our own advice, which also says why."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: Severity
    code: str
    message: str
    why: str = ""
    fixes: tuple[QuickFix, ...] = ()

    def metaeditor_line(self) -> str:
        """The line as MetaEditor's log has it."""
        kind = "warning" if self.severity == "hint" else self.severity
        return f"{self.file}({self.line},{self.column}) : {kind} {self.code}: {self.message}"


class Change(NamedTuple):
    """A quick fix inside one chunk: offsets from its start, and the text to put there."""

    start: int
    end: int
    text: str


class Finding(NamedTuple):
    """A finding inside one chunk; offsets are from the start of the chunk."""

    start: int
    end: int
    severity: Severity
    code: str
    message: str
    why: str = ""
    fix_title: str = ""
    changes: tuple[Change, ...] = ()
