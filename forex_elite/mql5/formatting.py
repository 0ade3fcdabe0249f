"""The formatter: MQL5 house style by changing white space only. The tokens of a text are never touched."""

from __future__ import annotations

from forex_elite.mql5.lexer import DIRECTIVE, SKIP, lex, pieces

INDENT = 3
_TIGHT_AFTER = frozenset({"(", "[", "!", "~", "::", ".", "->"})
_TIGHT_BEFORE = frozenset({")", "]", ",", ";", "::", ".", "->"})
_BINARY = frozenset(
    "= += -= *= /= %= &= |= ^= <<= >>= == != <= >= && || << >> + - * / % & | ^ ? < >".split()  # noqa: SIM905
)
_PADDED = frozenset("= += -= *= /= %= &= |= ^= <<= >>= == != <= >= && || ?".split())  # noqa: SIM905
_CONTROL = frozenset({"if", "for", "while", "switch", "return"})
_CONTINUES = frozenset({"if", "for", "while", "else", "do"})


def format_text(text: str) -> str:
    """The text in house style: three spaces a level, braces set in by two, padded operators."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    work = _Lines(text.replace("\r\n", "\n"))
    result = newline.join(work.run())
    if lines and lines[-1] == "" and result and not result.endswith(newline):
        result += newline
    return result if _stream(work.found, work.kinds) == _stream(*pieces(result)) else text


def same_tokens(left: str, right: str) -> bool:
    """Whether two texts have the same tokens, comments included, but for white space."""
    return _stream(*pieces(left)) == _stream(*pieces(right))


def _stream(found: list[str], kinds: list[int]) -> list[str]:
    """The tokens and comments; within those of several lines only the spaces at line ends may differ."""
    return [
        "\n".join(line.strip() for line in piece.splitlines()) if "\n" in piece or kind == SKIP else piece.rstrip()
        for piece, kind in zip(found, kinds, strict=True)
        if kind != SKIP or piece.startswith("/")
    ]


class _Lines:
    """Rewrites one text line by line, following braces and parentheses through it."""

    def __init__(self, text: str) -> None:
        self.found, self.kinds = pieces(text)
        self.out: list[str] = []
        # The indents of open braces' contents.
        self.levels: list[int] = [0]
        self.parens = 0
        self.pending = 0
        self.in_case = [False]

    def run(self) -> list[str]:
        for line in self._split():
            self._line(line)
        while self.out and not self.out[-1]:
            self.out.pop()
        return self.out

    def _split(self) -> list[list[tuple[str, int]]]:
        """The pieces of each line, without the spaces at its ends; a block comment stays with its first line."""
        lines: list[list[tuple[str, int]]] = [[]]
        for piece, kind in zip(self.found, self.kinds, strict=True):
            if kind == SKIP and not piece.startswith("/"):
                breaks = piece.count("\n")
                lines.extend([] for _ in range(breaks))
                if not breaks and lines[-1]:
                    lines[-1].append((" " * (1 if "\t" in piece else len(piece)), SKIP))
                continue
            lines[-1].append((piece, kind))
        return lines

    def _line(self, line: list[tuple[str, int]]) -> None:
        while line and line[-1][0].isspace():
            line.pop()
        if not line:
            if self.out and self.out[-1]:
                self.out.append("")
            return
        first, kind = line[0]
        code = [entry for entry in line if not entry[0].startswith(("//", "/*")) and not entry[0].isspace()]
        if kind == DIRECTIVE or (not code and first.startswith("//---")):
            self.out.append(first + "".join(piece for piece, _ in line[1:]))
            return
        self.out.append(" " * self._indent(first) + self._join(line))
        self._follow(code)

    def _indent(self, first: str) -> int:
        """The indent of a line that begins with a token."""
        level = self.levels[-1]
        if first == "}":
            outer = self.levels[-2] if len(self.levels) > 1 else 0
            return outer + (2 if len(self.levels) > 1 else 0)
        if first == "{":
            return level + (2 if self.parens == 0 else INDENT)
        if first in {"public", "protected", "private"}:
            return max(0, level - INDENT)
        if self.parens:
            return level + 2 * INDENT
        return level + (INDENT if self.pending else 0) * self.pending

    def _follow(self, code: list[tuple[str, int]]) -> None:
        """Take in what the tokens of a line open and close."""
        for text, _ in code:
            if text in {"(", "["}:
                self.parens += 1
            elif text in {")", "]"}:
                self.parens = max(0, self.parens - 1)
            elif text == "{":
                self.levels.append(self.levels[-1] + INDENT)
                self.pending = 0
            elif text == "}" and len(self.levels) > 1:
                self.levels.pop()
                self.pending = 0
        if not code or self.parens:
            return
        last = code[-1][0]
        if last in {";", "}", "{", ":"}:
            self.pending = 0
        elif code[0][0] in _CONTINUES or (code[0][0] == "}" and last != "}"):
            self.pending += 1

    def _join(self, line: list[tuple[str, int]]) -> str:
        """The pieces of a line with the spacing of the house style; what is spaced stays so, columns stay columns."""
        parts: list[str] = []
        previous = ""
        for index, (piece, kind) in enumerate(line):
            if piece.isspace():
                continue
            before = line[index - 1][0] if index > 0 and line[index - 1][0].isspace() else ""
            if parts and self._space(previous, piece, spaced=bool(before), padded=piece in _PADDED):
                parts.append(before or " ")
            parts.append(piece.rstrip() if kind == DIRECTIVE else piece)
            previous = piece
        return "".join(parts)

    @staticmethod
    def _space(previous: str, piece: str, *, spaced: bool, padded: bool) -> bool:
        """Whether a space stands between two pieces."""
        if piece.startswith("/") and len(piece) > 1:
            return True
        if previous in _TIGHT_AFTER or (piece in _TIGHT_BEFORE and previous not in {";", ","}):
            return previous == "return" and piece == "::"
        if piece in {")", "]"}:
            return False
        if previous in {",", ";"}:
            return True
        if padded or previous in _PADDED:
            return True
        if piece == "(" and previous in _CONTROL:
            return False
        return spaced


def token_count(text: str) -> int:
    """The number of tokens of a text; a cheap check for tests and callers."""
    return len(lex(text)) - 1
