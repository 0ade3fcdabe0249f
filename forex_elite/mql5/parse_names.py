"""What every part of the parser stands on: token arrays, reporting without noise, types as written."""

from __future__ import annotations

from forex_elite.mql5.ast import Name, Node, TemplateName, TypeRef
from forex_elite.mql5.diagnostics import Change, Finding
from forex_elite.mql5.lexer import (
    BAD,
    CHAR,
    COLOR,
    DATETIME,
    END,
    IDENT,
    INTEGER,
    KEYWORD,
    OPERATOR,
    REAL,
    STRING,
    TYPE,
    Tokens,
)

# Nested brackets, statements and operators together; the recursion of parser and checker stays below Python's limit.
MAX_NESTING = 100

LITERALS = {
    INTEGER: "int",
    REAL: "real",
    STRING: "string",
    CHAR: "char",
    DATETIME: "datetime",
    COLOR: "color",
}
_TYPEISH = frozenset({"*", ",", "::", "<", "[", "]", "const", "class", "struct", "enum"})


class Unreadable(Exception):
    """The parser met a mistake, has reported it, and gives up the construct at hand."""


class NameParser:
    """The part of the parser that owns the token arrays and the findings, and reads types and qualified names."""

    __slots__ = ("base", "depth", "findings", "i", "k", "last_reported", "p", "source", "t")

    def __init__(self, tokens: Tokens, source: str, base: int) -> None:
        self.t = tokens.texts
        self.k = tokens.kinds
        self.p = tokens.starts
        self.source = source
        self.base = base
        self.i = 0
        self.depth = 0
        self.findings: list[Finding] = []
        self.last_reported = -1

    def on_new_line(self, index: int) -> bool:
        """Whether a line ends between the token before `index` and the token there."""
        if index == 0 or self.k[index] == END:
            return True
        start = self.base + self.p[index - 1]
        return "\n" in self.source[start : self.base + self.p[index]]

    # --- reporting ------------------------------------------------------------------------------------------------

    def report(self, index: int, code: str, message: str) -> None:
        """Report at a token, once for each token: what follows from a mistake is not another one."""
        if index <= self.last_reported:
            return
        self.last_reported = index
        start, end = self.p[index], self.p[index] + max(1, len(self.t[index]))
        title, changes = ("Insert ;", self.semicolon_before(index)) if code in {"152", "154"} else ("", ())
        self.findings.append(Finding(start, end, "error", code, message, "", title if changes else "", changes))

    def semicolon_before(self, index: int) -> tuple[Change, ...]:
        """A semicolon behind the token before `index`, where that stands in the text itself."""
        if index == 0 or not self.on_new_line(index):
            return ()
        text, start = self.t[index - 1], self.p[index - 1]
        if not self.source.startswith(text, self.base + start):
            return ()
        return (Change(start + len(text), start + len(text), ";"),)

    def unexpected(self, index: int | None = None) -> Unreadable:
        """Report the present token as out of place; the caller raises what this returns."""
        at = self.i if index is None else index
        text = self.t[at]
        kind = self.k[at]
        if kind == END:
            self.report(at, "161", "unexpected end of program")
        elif kind == BAD:
            self.report_bad(at)
        else:
            self.report(at, "149", f"'{short(text)}' - unexpected token")
        return Unreadable()

    def report_bad(self, index: int) -> None:
        """Report a token that the lexer could not close or does not know."""
        text = self.t[index]
        if text.startswith('"'):
            self.report(index, "112", f"'{short(text)}' - closing quote '\"' expected")
        elif text.startswith("'") or "'" in text[:2]:
            self.report(index, "114", f"{short(text)} - closing quote ''' expected")
        elif text.startswith("/*"):
            self.report(index, "161", "unexpected end of program, the comment is not closed")
        else:
            self.report(index, "110", f"'{short(text)}' - unknown symbol")

    def expect(self, text: str, code: str, message: str) -> bool:
        """Step over the token if it is the wanted one, else report what is missing here."""
        if self.t[self.i] == text:
            self.i += 1
            return True
        at = self.i
        if self.k[at] == BAD:
            self.report_bad(at)
        elif self.k[at] == END:
            self.report(at, "161", "unexpected end of program")
        else:
            self.report(at, code, f"'{short(self.t[at])}' - {message}")
        return False

    def close_parenthesis(self) -> None:
        """Step over `)`; when it is missing say so and go on as if it stood here."""
        if self.t[self.i] == ")":
            self.i += 1
            return
        self.missing_close(")")

    def too_deep(self) -> None:
        self.report(self.i, "134", "too deep nesting, simplify the program")
        raise Unreadable

    def missing_close(self, bracket: str) -> None:
        at = self.i
        kind, text = self.k[at], self.t[at]
        if kind in LITERALS or kind == IDENT:
            self.report(at, "152", f"'{short(text)}' - some operator expected")
            raise Unreadable
        if text in {";", "{", "}", ")", "]"} or kind in {KEYWORD, TYPE}:
            word = "closing parenthesis" if bracket == ")" else "closing bracket"
            self.report(at, "144", f"'{short(text)}' - {word} '{bracket}' expected")
            return
        raise self.unexpected()

    def qualified(self, at: int) -> Node:
        """A name with `::` parts or explicit template arguments; without either it is just the name."""
        t = self.t
        pos = self.p[at]
        text = "" if t[at] == "::" else t[at]
        self.i = at + (0 if t[at] == "::" else 1)
        while t[self.i] == "::":
            self.i += 1
            if t[self.i] == "~":
                text += "::~" + t[self.i + 1]
                self.i += 2
            elif t[self.i] == "operator":
                self.i += 1
                text += "::" + self.operator_name()
            elif self.k[self.i] in {IDENT, TYPE}:
                text += "::" + t[self.i]
                self.i += 1
            else:
                raise self.unexpected()
        if t[self.i] == "<":
            end = self.template_end(self.i, call=True)
            if end:
                args = self.template_args()
                name = text
                if t[self.i] == "::":
                    self.i += 2
                    return Name(pos, f"{name}::{t[self.i - 1]}")
                return TemplateName(pos, name, args)
        return Name(pos, text)

    def template_end(self, at: int, *, call: bool = False) -> int:
        """The index behind the `>` that closes the template arguments opened at `at`, or 0 when it is a comparison."""
        t, k = self.t, self.k
        depth = 0
        limit = at + 40
        while at < limit:
            text = t[at]
            if text == "<":
                depth += 1
            elif text == ">":
                depth -= 1
            elif text == ">>":
                depth -= 2
            elif k[at] not in {IDENT, TYPE} and text not in _TYPEISH:
                return 0
            at += 1
            if depth <= 0:
                return at if depth == 0 and (not call or t[at] in {"(", "::"}) else 0
        return 0

    def template_args(self) -> tuple[TypeRef, ...]:
        """`<type, …>` at the present token; a closing `>>` is split in two."""
        self.i += 1
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep()
        args = [self.type_ref()]
        while self.t[self.i] == ",":
            self.i += 1
            args.append(self.type_ref())
        self.depth -= 1
        if self.t[self.i] == ">>":
            self.t[self.i] = ">"
        elif self.t[self.i] == ">":
            self.i += 1
        else:
            raise self.unexpected()
        return tuple(args)

    def type_ref(self) -> TypeRef:
        """A type as written, with `const`, qualification, template arguments and `*`."""
        t = self.t
        const = False
        while t[self.i] in {"const", "enum", "class", "struct"}:
            const = const or t[self.i] == "const"
            self.i += 1
        at = self.i
        if self.k[at] not in {TYPE, IDENT}:
            raise self.unexpected()
        pos = self.p[at]
        name = t[at]
        self.i = at + 1
        args: tuple[TypeRef, ...] = ()
        if t[self.i] == "<":
            args = self.template_args()
        while t[self.i] == "::" and self.k[self.i + 1] in {IDENT, TYPE}:
            name += "::" + t[self.i + 1]
            self.i += 2
            if t[self.i] == "<":
                args = self.template_args()
        if t[self.i] == "const":
            const = True
            self.i += 1
        pointer = t[self.i] == "*"
        if pointer:
            self.i += 1
            if t[self.i] == "const":
                self.i += 1
        return TypeRef(pos, name, args, pointer, const)

    def operator_name(self) -> str:
        """The name behind `operator`: the symbol, or a type for a conversion."""
        t = self.t
        text = t[self.i]
        if text in {"[", "("} and t[self.i + 1] in {"]", ")"}:
            self.i += 2
            return "operator" + text + t[self.i - 1]
        if self.k[self.i] == OPERATOR:
            self.i += 1
            return "operator" + text
        conversion = self.type_ref()
        return f"operator {conversion.name}"


def short(text: str) -> str:
    """The text of a token, cut so that a message stays one line."""
    return text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004 - fits a log line
