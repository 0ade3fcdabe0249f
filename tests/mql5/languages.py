"""The language as tests ask it: what programs have in common, our library first of all, is read once for all tests."""

from __future__ import annotations

from collections.abc import Mapping

from forex_elite.mql5.analysis import Memory
from forex_elite.mql5.language import Language

MEMORY = Memory()


def language(files: Mapping[str, str] | None = None) -> Language:
    """A language that knows no program yet."""
    return Language(files, memory=MEMORY)
