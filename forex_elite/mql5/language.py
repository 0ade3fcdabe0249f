"""MQL5 as a service in one object: text and place in, frozen values out. The studio and the command line stand on this.

Not thread-safe: `worker.py` runs it off the event loop, one call at a time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from forex_elite.mql5.advice import advise
from forex_elite.mql5.analysis import Analyzer, Memory, TranslationUnit, diagnostics
from forex_elite.mql5.assistance import Assistant, Hover, Signature
from forex_elite.mql5.definition import Place, definition
from forex_elite.mql5.diagnostics import Diagnostic
from forex_elite.mql5.formatting import format_text
from forex_elite.mql5.library import Library
from forex_elite.mql5.proposals import Completion, Proposals
from forex_elite.mql5.source import SourceTooLarge
from forex_elite.mql5.views import Input, OutlineItem, inputs_of, outline_of


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile: trees hold no cycles, and walking them doubles the time of an edit."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Language:
    """All questions about a program; what is parsed is kept, so that the next question is cheap."""

    def __init__(
        self,
        files: Mapping[str, str] | None = None,
        folders: tuple[Path, ...] = (),
        memory: Memory | None = None,
    ) -> None:
        self._files = dict(files or {})
        self._analyzer = Analyzer(Library(self._files, folders), memory)

    def use_files(self, files: Mapping[str, str]) -> None:
        """Let includes find these files from now on; what is parsed of unchanged ones stays."""
        if files != self._files:
            self._files = dict(files)
            self._analyzer.library = Library(self._files)

    def unit(self, text: str, name: str) -> TranslationUnit:
        """The program with its includes, parsed."""
        return self._analyzer.unit(name, text)

    def diagnose(self, text: str, name: str = "untitled.mq5", *, advice: bool = True) -> tuple[Diagnostic, ...]:
        """Errors and warnings as MetaEditor has them and, with `advice`, ours on trading; the main file's first."""
        with _collector_paused():
            try:
                unit = self.unit(text, name)
            except SourceTooLarge as refusal:
                return (Diagnostic(name, 1, 1, 1, 2, "error", "136", refusal.message),)
            found = self._analyzer.check(unit)
            if advice and not any(finding.severity == "error" for _, _, finding in found):
                found = found + advise(unit)
            return tuple(diagnostics(found, unit.main))

    def complete(self, text: str, line: int, column: int, name: str = "untitled.mq5") -> tuple[Completion, ...]:
        """Proposals for the caret: members behind a dot, the wanted enumeration's values first in a call."""
        return self._assistant(text, line, column, name).proposals().items

    def own_proposals(self, text: str, line: int, column: int, name: str = "untitled.mq5") -> Proposals:
        """Proposals without the names of the language itself, and whether those may stand there too."""
        return self._assistant(text, line, column, name).proposals(standard=False)

    def hover(self, text: str, line: int, column: int, name: str = "untitled.mq5") -> Hover | None:
        """What is known of the name at a place."""
        return self._assistant(text, line, column, name).hover()

    def signature(self, text: str, line: int, column: int, name: str = "untitled.mq5") -> tuple[Signature, ...]:
        """The forms of the function whose call the caret is in; those with room for the argument come first."""
        return self._assistant(text, line, column, name).signatures()

    def definition(self, text: str, line: int, column: int, name: str = "untitled.mq5") -> Place | None:
        """Where the name at a place is declared; None for what the language brings along."""
        return definition(self._assistant(text, line, column, name))

    def outline(self, text: str, name: str = "untitled.mq5") -> tuple[OutlineItem, ...]:
        """What the text declares."""
        return outline_of(self.unit(text, name))

    def inputs(self, text: str, name: str = "untitled.mq5") -> tuple[Input, ...]:
        """The inputs of the program, as its form shows them."""
        return inputs_of(self.unit(text, name))

    def format(self, text: str) -> str:
        """The text in house style; only white space changes."""
        return format_text(text)

    def _assistant(self, text: str, line: int, column: int, name: str) -> Assistant:
        unit = self.unit(text, name)
        return Assistant(unit, unit.main.unit.source.offset(line, column))
