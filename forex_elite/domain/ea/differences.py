"""What differs between two sets of files, and how much: what a list of changes shows before a file is opened."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_COMPARED_LINES = 20_000
"""Beyond this the lines that changed are counted as sets, which is quick and still right about what was added."""


class ChangeKind(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file in two states; `lines_added` and `lines_removed` are counted in texts only."""

    path: str
    kind: ChangeKind
    old_sha256: str | None
    new_sha256: str | None
    lines_added: int = 0
    lines_removed: int = 0


def compare(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, ChangeKind]]:
    """Paths of two sets of files (hash by path) with what became of them, in the order of the paths."""
    found = []
    for path in sorted({*old, *new}):
        if path not in old:
            kind = ChangeKind.ADDED
        elif path not in new:
            kind = ChangeKind.REMOVED
        else:
            kind = ChangeKind.SAME if old[path] == new[path] else ChangeKind.CHANGED
        found.append((path, kind))
    return found


def count_lines(old: str, new: str) -> tuple[int, int]:
    """How many lines were added and removed between two texts."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > MAX_COMPARED_LINES:
        was, now = set(before), set(after)
        return sum(line not in was for line in after), sum(line not in now for line in before)
    added = removed = 0
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=True).get_opcodes():
        if tag != "equal":
            removed += i2 - i1
            added += j2 - j1
    return added, removed
