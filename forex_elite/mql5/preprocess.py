"""From text to the chunks of a translation unit: directives obeyed, macros expanded, includes followed once each.

A chunk is one top-level declaration. Its tokens carry offsets from the chunk's first token, so a chunk whose text is
unchanged keeps its tree and its findings wherever edits above have moved it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from forex_elite.mql5.diagnostics import Finding
from forex_elite.mql5.lexer import DIRECTIVE, END, Tokens, lex
from forex_elite.mql5.macros import (
    PREDEFINED,
    Expander,
    ExpansionTooLarge,
    Macro,
    MacroArguments,
    condition,
    define,
)
from forex_elite.mql5.source import Source
from forex_elite.mql5.support import support_of

MAX_TOKENS = 1_500_000
MAX_INCLUDES = 400
_DIRECTIVE = re.compile(r"#\s*([A-Za-z_]*)[ \t]*([\s\S]*)\Z")
_INCLUDE = re.compile(r'<([^>\n]*)>|"([^"\n]*)"')
_WORDS = frozenset("include define undef property import resource ifdef ifndef if else elif endif pragma".split())  # noqa: SIM905


@dataclass(slots=True)
class Include:
    """An `#include` that was obeyed: where it stands, and the path it found (None when there is no such file)."""

    offset: int
    written: str
    quoted: bool
    path: str | None


@dataclass(slots=True)
class FileUnit:
    """One file after preprocessing: tokens (with the directives that structure the unit) and what was found."""

    source: Source
    tokens: Tokens
    includes: list[Include] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    irregular: list[tuple[int, int]] = field(default_factory=list)
    defines: dict[str, int] = field(default_factory=dict)


class Steps:
    """What a file did to the macros, in order, with what it saw: enough to know whether a cached unit still holds."""

    __slots__ = ("ops",)

    def __init__(self) -> None:
        self.ops: list[tuple[str, object, object]] = []


IncludeHandler = Callable[[str, bool, str], str | None]


class Preprocessor:
    """The state shared by all files of a translation unit: macros and the expansion budget."""

    def __init__(self, on_include: IncludeHandler) -> None:
        self.macros: dict[str, Macro] = {}
        self.expander = Expander()
        self.on_include = on_include

    def run(self, source: Source, steps: Steps) -> FileUnit:
        """Preprocess one file in the present state, leaving the state as the file leaves it."""
        raw = lex(source.text)
        unit = FileUnit(source, Tokens([], [], []))
        _FileRun(self, unit, raw, steps).run()
        return unit


class _FileRun:
    """One pass over the tokens of a file, from directive to directive."""

    def __init__(self, shared: Preprocessor, unit: FileUnit, raw: Tokens, steps: Steps) -> None:
        self.shared = shared
        self.unit = unit
        self.raw = raw
        self.steps = steps
        # One entry per open #if: (this branch is taken, some branch was taken, offset).
        self.branches: list[tuple[bool, bool, int]] = []
        self.importing: int | None = None

    def run(self) -> None:
        raw, kinds = self.raw, self.raw.kinds
        size = len(kinds) - 1
        if size > MAX_TOKENS:
            self.report(0, 1, "320", f"the file has more than {MAX_TOKENS:,} tokens, simplify it")
            size = 0
        at = 0
        if DIRECTIVE in kinds:
            places = [index for index, kind in enumerate(kinds) if kind == DIRECTIVE and index < size]
            for place in places:
                if place > at:
                    self.take(at, place)
                self.directive(raw.texts[place], raw.starts[place])
                at = place + 1
        self.take(at, size)
        if self.branches:
            offset = self.branches[-1][2]
            self.report(offset, offset + 3, "372", "inconsistent #ifdef/#endif")
        out = self.unit.tokens
        out.texts.append("")
        out.kinds.append(END)
        out.starts.append(raw.starts[-1])

    def active(self) -> bool:
        return not self.branches or all(taken for taken, _, _ in self.branches)

    def report(self, start: int, end: int, code: str, message: str) -> None:
        self.unit.findings.append(Finding(start, end, "error", code, message))

    def take(self, start: int, end: int) -> None:
        """Copy the tokens between two directives, with macros expanded."""
        if start >= end or not self.active():
            return
        raw, out, macros = self.raw, self.unit.tokens, self.shared.macros
        texts = raw.texts[start:end]
        words = frozenset(texts)
        hits = {name: macros[name] for name in words & macros.keys()} if macros else {}
        self.steps.ops.append(("text", words, hits))
        if not hits:
            out.texts += texts
            out.kinds += raw.kinds[start:end]
            out.starts += raw.starts[start:end]
            return
        try:
            got = self.shared.expander.expand(Tokens(texts, raw.kinds[start:end], raw.starts[start:end]), macros, set())
        except ExpansionTooLarge:
            self.report(
                raw.starts[start], raw.starts[start] + len(texts[0]), "320", "macro is too complex, simplify it"
            )
            return
        except MacroArguments as problem:
            self.report(raw.starts[start], raw.starts[start] + len(texts[0]), "318", str(problem))
            return
        self.unit.irregular.append((len(out.texts), len(out.texts) + len(got.texts)))
        out.texts += got.texts
        out.kinds += got.kinds
        out.starts += got.starts

    def directive(self, text: str, offset: int) -> None:
        match = _DIRECTIVE.match(text)
        word, rest = (match.group(1), match.group(2).strip()) if match else ("", "")
        if word in {"ifdef", "ifndef", "if", "elif", "else", "endif"}:
            self.conditional(word, rest, offset)
            return
        if not self.active():
            return
        if word not in _WORDS:
            if text.rstrip() != "#":
                self.report(offset, offset + 1 + len(word), "109", f"'#{word}' - invalid preprocessor command")
            return
        if word == "define":
            self.define(rest, offset)
        elif word == "undef":
            self.shared.macros.pop(rest.split()[0] if rest else "", None)
            self.steps.ops.append(("undef", rest.split()[0] if rest else "", None))
        elif word == "include":
            self.include(text, rest, offset)
        elif word in {"property", "import", "resource"}:
            self.keep(text, offset)

    def keep(self, text: str, offset: int) -> None:
        out = self.unit.tokens
        out.texts.append(text)
        out.kinds.append(DIRECTIVE)
        out.starts.append(offset)

    def define(self, rest: str, offset: int) -> None:
        macro = define(rest)
        if macro is None:
            self.report(offset, offset + 7, "108", "invalid name for #define")
            return
        self.unit.defines[macro.name] = offset
        self.shared.macros[macro.name] = macro
        self.steps.ops.append(("define", macro.name, macro))

    def include(self, text: str, rest: str, offset: int) -> None:
        match = _INCLUDE.search(rest)
        if match is None:
            self.report(offset, offset + len(text.rstrip()), "105", "'#include' - invalid file name")
            return
        quoted = match.group(2) is not None
        written = match.group(2) if quoted else match.group(1)
        self.steps.ops.append(("include", written, quoted))
        path = self.shared.on_include(written, quoted, self.unit.source.name)
        start = offset + text.index(match.group(0))
        if path is None:
            self.not_found(written, start, start + len(match.group(0)))
        self.unit.includes.append(Include(offset, written, quoted, path))
        end = start + len(match.group(0))
        self.keep(text[: end - offset], offset)
        self.code_behind(text[end - offset :], end)

    def code_behind(self, text: str, offset: int) -> None:
        """Code on the line of an `#include`, which the compiler reads as if it began a line."""
        tokens = lex(text)
        out = self.unit.tokens
        out.texts += tokens.texts[:-1]
        out.kinds += tokens.kinds[:-1]
        out.starts += [offset + at for at in tokens.starts[:-1]]

    def not_found(self, written: str, start: int, end: int) -> None:
        """An error, unless the terminal has the file and only our library lacks it."""
        lacking = support_of(written)
        if lacking is None or lacking.level != "missing":
            self.report(start, end, "106", f"file '{written}' not found")
            return
        message = f"'{written}' is not covered by our standard library: what comes from it is not checked"
        why = f"{lacking.part} of MetaTrader's library is missing here; MetaEditor compiles it. {lacking.note}"
        self.unit.findings.append(Finding(start, end, "warning", "library-not-covered", message, why))

    def conditional(self, word: str, rest: str, offset: int) -> None:
        macros = self.shared.macros
        name = rest.split(maxsplit=1)[0] if rest else ""
        if word in {"ifdef", "ifndef"}:
            known = name in macros or name in PREDEFINED
            self.steps.ops.append(("test", frozenset((name,)), {name: macros[name]} if name in macros else {}))
            taken = known == (word == "ifdef")
            self.branches.append((taken, taken, offset))
        elif word == "if":
            taken = condition(rest, macros)
            words = frozenset(lex(rest).texts)
            self.steps.ops.append(("test", words, {name: macros[name] for name in words & macros.keys()}))
            self.branches.append((taken, taken, offset))
        elif not self.branches:
            self.report(offset, offset + 1 + len(word), "372", "inconsistent #ifdef/#endif")
        elif word == "endif":
            self.branches.pop()
        else:
            _, some, opened = self.branches[-1]
            taken = not some and (word == "else" or condition(rest, macros))
            self.branches[-1] = (taken, some or taken, opened)
