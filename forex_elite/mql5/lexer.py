"""MQL5 tokens: one master pattern cuts the text, and parallel arrays hold what the parser needs.

Arrays instead of token objects, and whole-array steps instead of a loop per token: this runs on every key press.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, compress

SKIP, IDENT, INTEGER, REAL, STRING, CHAR, DATETIME, COLOR, OPERATOR, KEYWORD, TYPE, DIRECTIVE, BAD, END = range(14)

TYPE_KEYWORDS = frozenset(
    "void bool char uchar short ushort int uint long ulong float double string datetime color".split()  # noqa: SIM905
)
KEYWORDS = frozenset(
    """
    break case class const continue default delete do else enum extern false final for if input interface
    namespace new operator override private protected public return sinput sizeof static struct switch template this
    true typedef typename union using virtual while dynamic_cast
    """.split()  # noqa: SIM905
)
_UNSIGNED = frozenset({"char", "short", "int", "long"})
OPERATORS = [
    "<<=",
    ">>=",
    "...",
    "::",
    "++",
    "--",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "&=",
    "|=",
    "^=",
    "==",
    "!=",
    "<=",
    ">=",
    "&&",
    "||",
    "<<",
    ">>",
    "->",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "^",
    "!",
    "~",
    "<",
    ">",
    "=",
    "?",
    ":",
    ";",
    ",",
    ".",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "@",
    "$",
]

_TOKEN = re.compile(
    r"""
    [ \t\r\n\f\v\ufeff\xa0\u200b]+
    |[A-Za-z_]\w*(?:(?<!\w[DC])(?<=[DC])'[^'\n]*'?)?
    |//[^\n]*
    |(?:0[xX][0-9A-Fa-f]*|0[bB][01]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fFuUlLi]*
    |<<=|>>=|\.\.\.|::|\+\+|--|->|[-+*%&|^=!<>]=|&&|\|\||<<|>>
    |[;,.()\[\]{}<>=+\-*%&|^!~?:@$]
    |"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\\?\Z)
    |'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|\\?\Z)
    |\#[ \t]*(?:(?:ifdef|ifndef)[ \t]+\w+|(?:else|endif)\b)
    |\#(?:[^\n"'/\\]|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\\[ \t]*\r?\n|\\|/(?![/*])|/\*(?:[^*\n]|\*(?!/))*\*/)*
    |/\*[\s\S]*?(?:\*/|\Z)
    |/=|/
    |[^\W\d]\w*
    |\\[ \t]*\r?\n
    |[\s\S]
    """,
    re.VERBOSE,
)

_SEED: dict[str, int] = dict.fromkeys(OPERATORS, OPERATOR) | {"@": BAD, "$": BAD}
# These stand for string constants and join with strings beside them.
_SEED |= dict.fromkeys(("__FUNCTION__", "__FUNCSIG__", "__FILE__", "__PATH__"), STRING)
_SEED |= dict.fromkeys(KEYWORDS, KEYWORD) | dict.fromkeys(TYPE_KEYWORDS, TYPE)
_FIRST: dict[str, int] = dict.fromkeys(" \t\r\n\f\v\ufeff\xa0\u200b", SKIP) | {'"': STRING, "'": CHAR, "#": DIRECTIVE}


class _Kinds(dict[str, int]):
    """Kinds by text, found once for each distinct text."""

    def __missing__(self, text: str) -> int:
        first = text[0]
        kind = _FIRST.get(first)
        if kind is None:
            kind = _classify(text, first)
        elif (kind == STRING and not _closed(text, '"')) or (kind == CHAR and not _closed(text, "'")):
            kind = BAD
        self[text] = kind
        return kind


def _closed(text: str, quote: str) -> bool:
    if len(text) < 2 or text[-1] != quote:  # noqa: PLR2004 - an opening and a closing quote
        return False
    body = text[1:-1]
    slashes = len(body) - len(body.rstrip("\\"))
    return slashes % 2 == 0


def _classify(text: str, first: str) -> int:
    if first == "/":
        if text.startswith("/*"):
            return SKIP if len(text) > 3 and text.endswith("*/") else BAD  # noqa: PLR2004 - the shortest comment
        return SKIP
    if first == "\\" and text[-1] == "\n":  # a line that goes on
        return SKIP
    if first == "_" or (first.isalnum() and not first.isdecimal()):
        if text[-1] == "'" or (len(text) > 1 and text[1] == "'"):
            if text[-1] != "'" or len(text) == 2:  # noqa: PLR2004 - an opening quote alone
                return BAD
            return DATETIME if first == "D" else COLOR
        return IDENT
    if first.isdecimal() or first == ".":
        if text[:2] in {"0x", "0X", "0b", "0B"}:
            return INTEGER
        lowered = text.lower()
        return REAL if "." in lowered or "e" in lowered or lowered[-1] in "fi" else INTEGER
    return BAD


@dataclass(slots=True)
class Tokens:
    """Parallel arrays of the tokens of one text; the last entry is the end mark (empty text)."""

    texts: list[str]
    kinds: list[int]
    starts: list[int]

    def __len__(self) -> int:
        return len(self.texts)


def lex(text: str) -> Tokens:
    """All tokens of a text, with directives as single tokens; spaces and comments are left out."""
    pieces = _TOKEN.findall(text)
    kinds = list(map(_Kinds(_SEED).__getitem__, pieces))
    starts = [0, *accumulate(map(len, pieces))]
    size = starts.pop()
    tokens = Tokens(list(compress(pieces, kinds)), list(filter(None, kinds)), list(compress(starts, kinds)))
    tokens.texts.append("")
    tokens.kinds.append(END)
    tokens.starts.append(size)
    if "unsigned" in text:
        _join_unsigned(tokens)
    return tokens


def _join_unsigned(tokens: Tokens) -> None:
    """`unsigned int` is another way to write `uint`, for each of the four sizes."""
    texts, kinds = tokens.texts, tokens.kinds
    kept = [True] * len(texts)
    for at, text in enumerate(texts):
        if text in _UNSIGNED and at > 0 and texts[at - 1] == "unsigned":
            texts[at - 1], kinds[at - 1] = f"u{text}", TYPE
            kept[at] = False
    tokens.texts, tokens.kinds = list(compress(texts, kept)), list(compress(kinds, kept))
    tokens.starts = list(compress(tokens.starts, kept))


def pieces(text: str) -> tuple[list[str], list[int]]:
    """Every piece of the text with its kind, spaces and comments (`SKIP`) included: joined they are the text again."""
    found = _TOKEN.findall(text)
    return found, list(map(_Kinds(_SEED).__getitem__, found))
