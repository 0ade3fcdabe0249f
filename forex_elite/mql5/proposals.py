"""Proposals for a caret: what they are, where names may stand at all, and those of the language itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from forex_elite.mql5.lexer import KEYWORDS, TYPE_KEYWORDS, pieces
from forex_elite.mql5.table import table

_TAKES_NAMES = re.compile(r"#\s*(?:define\s+\w+|undef|ifdef|ifndef|if|elif)\s")
_QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class Completion:
    """One proposal; `kind` is function, method, variable, member, constant, enum, class, keyword, event or snippet."""

    name: str
    kind: str
    detail: str = ""
    summary: str = ""
    insert: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposals for a place, the likeliest first.

    `takes_standard`: names of the language may stand there too; `is_cut`: there are more, which more letters bring.
    """

    items: tuple[Completion, ...]
    takes_standard: bool
    is_cut: bool = False


@cache
def standard_proposals() -> tuple[Completion, ...]:
    """Functions, constants, enumerations, structures and keywords: the same for every program and place."""
    known = table()
    functions = (
        Completion(name, "function", forms[0].declaration.rstrip(";"), forms[0].summary, f"{name}(")
        for name, forms in known.functions.items()
    )
    constants = (Completion(name, "constant", one.type, one.summary) for name, one in known.constants.items())
    enums = (Completion(name, "enum", "enum", one.summary) for name, one in known.enums.items())
    structures = (Completion(name, "class", "struct", entry[1]) for name, entry in known.structures.items())
    keywords = (Completion(name, "keyword") for name in sorted(KEYWORDS | TYPE_KEYWORDS))
    return (*functions, *constants, *enums, *structures, *keywords)


def takes_names(before: str) -> bool:
    """Whether a name may be typed at the end of a text: not inside comments, strings, paths of `#include` and the like.

    The text must begin where no comment or string is open.
    """
    found, _ = pieces(before)
    last = found[-1] if found else ""
    if last.startswith("//"):
        return False
    if last.startswith("/*"):
        return len(last) > 3 and last.endswith("*/")  # noqa: PLR2004 - the shortest comment
    if last.startswith("#"):
        return _TAKES_NAMES.match(last) is not None
    return not last.startswith(tuple(_QUOTES)) or (len(last) > 1 and last.endswith(last[0]))
