"""From a text to its findings, with everything cached that an edit has not touched."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from forex_elite.mql5.check_unit import check_chunk
from forex_elite.mql5.chunks import ChunkCache, Placed, parse_unit
from forex_elite.mql5.diagnostics import Diagnostic, Edit, Finding, QuickFix
from forex_elite.mql5.library import Found, Library
from forex_elite.mql5.macros import Macro
from forex_elite.mql5.preprocess import MAX_INCLUDES, FileUnit, Preprocessor, Steps
from forex_elite.mql5.source import Source
from forex_elite.mql5.symbols import Env

MAX_DIAGNOSTICS = 500
_CACHED_FILES = 400


@dataclass(slots=True)
class Part:
    """One file of a translation unit: its chunks where they stand, and what preprocessing found."""

    unit: FileUnit
    placed: list[Placed]
    trusted: bool


@dataclass(slots=True)
class TranslationUnit:
    """A program with all its includes, ready to be asked."""

    main: Part
    parts: list[Part]
    env: Env
    missing: list[str] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)


class _CachedFile:
    """A preprocessed and parsed include, with the steps that tell whether it still holds."""

    __slots__ = ("part", "steps", "text")

    def __init__(self, text: str, steps: Steps, part: Part) -> None:
        self.text = text
        self.steps = steps
        self.part = part


Memory = dict[str, _CachedFile]
"""Files of our own library as they were read, by path: one for any number of programs and people."""


class Analyzer:
    """Analyses texts; keeps parsed includes and chunks between calls. Not thread-safe: one at a time.

    Nothing of a program goes into the shared `memory`: findings about one hold names of another's.
    """

    def __init__(self, library: Library | None = None, memory: Memory | None = None) -> None:
        self.library = library or Library()
        self._memory = Memory() if memory is None else memory
        self._chunks = ChunkCache()
        self._files: OrderedDict[str, _CachedFile] = OrderedDict()
        self._prints: dict[str, int] = {}

    def unit(self, name: str, text: str) -> TranslationUnit:
        """Preprocess and parse a program with its includes."""
        return _UnitRun(self).run(name, text)

    def check(self, unit: TranslationUnit) -> list[tuple[Part, int, Finding]]:
        """The findings of all files of a unit: (file, base offset, finding), in file order."""
        if unit.env.prints == self._prints:
            unit.env.prints = self._prints
        else:
            self._prints = unit.env.prints
        found: list[tuple[Part, int, Finding]] = []
        for part in unit.parts:
            found += [(part, 0, finding) for finding in part.unit.findings]
            if part.trusted:
                continue
            stray = False
            for placed in part.placed:
                chunk = placed.chunk
                broken = False
                for finding in chunk.findings:
                    broken = True
                    if not (chunk.stray and stray):
                        found.append((part, placed.base, finding))
                stray = chunk.stray
                checked = check_chunk(chunk, unit.env)
                if broken:  # names and flow of half-read code tell nothing new
                    checked = [one for one in checked if one.code in {"62", "83"}]
                found += [(part, placed.base, finding) for finding in checked]
        return found

    def cached(self, found: Found) -> _CachedFile | None:
        """An include as it was read last."""
        if found.trusted:
            return self._memory.get(found.path.lower())
        entry = self._files.get(found.path)
        if entry is not None:
            self._files.move_to_end(found.path)
        return entry

    def keep(self, found: Found, entry: _CachedFile) -> None:
        if found.trusted:
            self._memory[found.path.lower()] = entry
            return
        self._files[found.path] = entry
        if len(self._files) > _CACHED_FILES:
            self._files.popitem(last=False)

    @property
    def chunks(self) -> ChunkCache:
        return self._chunks


class _UnitRun:
    """One pass over a program: follows includes once each, in the order the compiler does."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.parts: list[Part] = []
        self.included: set[str] = set()
        self.missing: list[str] = []
        self.preprocessor = Preprocessor(self.include)

    def run(self, name: str, text: str) -> TranslationUnit:
        self.included.add(name.lower())
        unit = self.preprocessor.run(Source(name, text), Steps())
        main = Part(unit, parse_unit(unit, self.analyzer.chunks), trusted=False)
        self.parts.append(main)
        env = Env(complete=not self.missing, macros=frozenset(self.preprocessor.macros))
        for part in self.parts:
            for placed in part.placed:
                env.add(placed.chunk)
        return TranslationUnit(main, self.parts, env, self.missing, self.preprocessor.macros)

    def include(self, written: str, quoted: bool, including: str) -> str | None:  # noqa: FBT001 - the handler's shape
        found = self.analyzer.library.find(written, quoted=quoted, including=including)
        if found is None:
            self.missing.append(written)
            return None
        key = found.path.lower()
        if key in self.included or len(self.included) >= MAX_INCLUDES:
            return found.path
        self.included.add(key)
        if not self.replay(found):
            self.read(found)
        return found.path

    def read(self, found: Found) -> None:
        """Preprocess and parse an include, and remember how."""
        steps = Steps()
        unit = self.preprocessor.run(Source(found.path, found.text), steps)
        placed = parse_unit(unit, self.analyzer.chunks, opaque=found.trusted)
        part = Part(unit, placed, found.trusted)
        self.parts.append(part)
        self.analyzer.keep(found, _CachedFile(found.text, steps, part))

    def replay(self, found: Found) -> bool:
        """Use a cached include when it would come out the same: same text, same meaning of every macro it saw."""
        entry = self.analyzer.cached(found)
        if entry is None or entry.text != found.text:
            return False
        macros = self.preprocessor.macros
        before, parts, included, missing = dict(macros), len(self.parts), set(self.included), len(self.missing)
        for kind, first, second in entry.steps.ops:
            if kind == "define":
                macros[str(first)] = second  # type: ignore[assignment]
            elif kind == "undef":
                macros.pop(str(first), None)
            elif kind == "include":
                self.include(str(first), bool(second), found.path)
            elif not _same_macros(first, second, macros):
                macros.clear()
                macros.update(before)
                del self.parts[parts:]
                del self.missing[missing:]
                self.included = included
                return False
        self.parts.append(entry.part)
        return True


def _same_macros(words: object, seen: object, macros: dict[str, Macro]) -> bool:
    """Whether the words of a piece of text mean the same macros as when it was read."""
    assert isinstance(words, frozenset)
    return {name: macros[name] for name in words & macros.keys()} == seen


def diagnostics(found: list[tuple[Part, int, Finding]], main: Part) -> list[Diagnostic]:
    """Findings as diagnostics with lines and columns, the main file's first, one for each place and code."""
    seen: set[tuple[str, int, int, str]] = set()
    result: list[Diagnostic] = []
    for part, base, finding in found:
        source = part.unit.source
        line, column = source.position(base + finding.start)
        key = (source.name, line, column, finding.code)
        if key in seen:
            continue
        seen.add(key)
        end_line, end_column = source.position(min(base + finding.end, len(source.text)))
        fixes: tuple[QuickFix, ...] = ()
        if finding.changes:
            edits = tuple(
                Edit(*source.position(base + change.start), *source.position(base + change.end), change.text)
                for change in finding.changes
            )
            fixes = (QuickFix(finding.fix_title, edits),)
        result.append(
            Diagnostic(
                source.name,
                line,
                column,
                end_line,
                end_column,
                finding.severity,
                finding.code,
                finding.message,
                finding.why,
                fixes,
            )
        )
    name = main.unit.source.name
    result.sort(key=lambda one: (one.file != name, one.file, one.line, one.column))
    return result[:MAX_DIAGNOSTICS]


def analyse(analyzer: Analyzer, name: str, text: str) -> list[Diagnostic]:
    """All diagnostics of a text but the trading advice."""
    unit = analyzer.unit(name, text)
    return diagnostics(analyzer.check(unit), unit.main)
