"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache

from forex_elite.mql5.lexer import KEYWORDS, TYPE_KEYWORDS
from forex_elite.mql5.table import table

_SHORTEST = 3
_LIKENESS = 0.8
_MOST_COMPARED = 400


@cache
def _standard() -> dict[tuple[str, int], list[str]]:
    """The names of the language by first letter and length."""
    known = table()
    found: dict[tuple[str, int], list[str]] = {}
    for names in (known.functions, known.constants, known.enums, known.structures, KEYWORDS | TYPE_KEYWORDS):
        for name in names:
            found.setdefault((name[0].lower(), len(name)), []).append(name)
    return found


def nearest(name: str, own: Iterable[str]) -> str | None:
    """The most similar name, of the program's `own` ones before those of the language; None when nothing is near."""
    if len(name) < _SHORTEST:
        return None
    lowered, first, size = name.lower(), name[0].lower(), len(name)
    near = [one for one in own if one and one[0].lower() == first and abs(len(one) - size) <= 2]  # noqa: PLR2004 - letters
    for length in range(size - 2, size + 3):
        near += _standard().get((first, length), ())
    best, likeness = None, _LIKENESS
    matcher = SequenceMatcher(None, "", lowered, autojunk=False)
    for one in near[:_MOST_COMPARED]:
        matcher.set_seq1(one.lower())
        if one != name and matcher.quick_ratio() > likeness and matcher.ratio() > likeness:
            best, likeness = one, matcher.ratio()
    return best
