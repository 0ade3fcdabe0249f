"""Cutting a preprocessed file into top-level chunks, each parsed once for as long as its text stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from forex_elite.mql5.ast import Node
from forex_elite.mql5.diagnostics import Finding
from forex_elite.mql5.lexer import DIRECTIVE, END, Tokens
from forex_elite.mql5.parse_declaration import Parser
from forex_elite.mql5.preprocess import FileUnit

_STRUCTURE = frozenset({"{", "}", ";"})
_LABEL_REACH = 200
_NEEDS_SEMICOLON = frozenset({"class", "struct", "union", "interface", "enum", "typedef"})


@dataclass(slots=True, eq=False)
class Chunk:
    """One parsed top-level piece. Offsets count from its first token; later stages keep results in `memo`."""

    nodes: list[Node]
    findings: list[Finding]
    stray: bool
    text: str
    tokens: Tokens
    memo: dict[str, Any] = field(default_factory=dict)


class UnreadClass(Chunk):
    """A class of our own library, parsed when somebody asks for more than its name: most are never asked."""

    __slots__ = ("_read", "name")

    def __init__(self, name: str, text: str, read: Callable[[], Chunk]) -> None:
        self.name = name
        self.text = text
        self.memo = {}
        self._read = read

    def __getattr__(self, attribute: str) -> Any:
        """Called for what is not set yet: what parsing finds."""
        if attribute not in {"nodes", "findings", "stray", "tokens"}:
            raise AttributeError(attribute)
        chunk = self._read()
        self.nodes, self.findings, self.stray, self.tokens = chunk.nodes, chunk.findings, chunk.stray, chunk.tokens
        return getattr(self, attribute)


@dataclass(slots=True)
class Placed:
    """A chunk where it stands in its file now."""

    chunk: Chunk
    base: int


def cut(tokens: Tokens) -> list[tuple[int, int]]:
    """Token ranges of the top-level chunks."""
    texts, kinds = tokens.texts, tokens.kinds
    size = len(texts) - 1
    ranges: list[tuple[int, int]] = []
    start = depth = 0
    for at in [index for index, text in enumerate(texts) if text in _STRUCTURE or kinds[index] == DIRECTIVE]:
        text = texts[at]
        if text == "{":
            depth += 1
        elif text == "}":
            depth -= 1
            if depth <= 0:
                depth = 0
                if not _continues(texts, kinds, start, at, size):
                    ranges.append((start, at + 1))
                    start = at + 1
        elif depth == 0:
            if text == ";":
                ranges.append((start, at + 1))
            else:
                if at > start:
                    ranges.append((start, at))
                ranges.append((at, at + 1))
            start = at + 1
    if start < size:
        ranges.append((start, size))
    return ranges


def _continues(texts: list[str], kinds: list[int], start: int, at: int, size: int) -> bool:
    """Whether the declaration goes on behind its closing brace: `};`, `} name;`, or an initialiser list."""
    following = texts[at + 1] if at + 1 < size else ""
    if following == ";" or following == ",":
        return True
    if following == "" or kinds[at + 1] == DIRECTIVE:
        return False
    index = start
    while texts[index] in {"template", "static", "const", "input", "final", "<", ">", "typename"} and index < at:
        index += 2 if texts[index] == "typename" else 1
    if texts[index] in _NEEDS_SEMICOLON:
        return kinds[at + 1] == 1 and at + 2 < size and texts[at + 2] in {";", ",", "=", "[", "("}
    return False


class ChunkCache:
    """Parsed chunks by their text; the least recently used ones are dropped."""

    def __init__(self, limit: int = 20_000) -> None:
        self._chunks: OrderedDict[object, Chunk] = OrderedDict()
        self._limit = limit

    def get(self, key: object) -> Chunk | None:
        chunk = self._chunks.get(key)
        if chunk is not None:
            self._chunks.move_to_end(key)
        return chunk

    def put(self, key: object, chunk: Chunk) -> None:
        self._chunks[key] = chunk
        if len(self._chunks) > self._limit:
            self._chunks.popitem(last=False)

    def __len__(self) -> int:
        return len(self._chunks)


def parse_unit(unit: FileUnit, cache: ChunkCache | None = None, *, opaque: bool = False) -> list[Placed]:
    """The chunks of a file. `opaque` leaves function bodies unread, and classes until asked for (trusted files)."""
    tokens, source = unit.tokens, unit.source.text
    texts, kinds, starts = tokens.texts, tokens.kinds, tokens.starts
    irregular = unit.irregular
    directives = DIRECTIVE in kinds
    placed: list[Placed] = []
    area = 0
    for first, last in cut(tokens):
        base = starts[first]
        while area < len(irregular) and irregular[area][1] <= first:
            area += 1
        # The comment behind an input belongs to it; the bound is for files of one endless line.
        reach = starts[last - 1] + len(texts[last - 1]) + _LABEL_REACH
        line_end = source.find("\n", reach - _LABEL_REACH, reach)
        text = source[base : line_end if line_end >= 0 else reach]
        expanded = area < len(irregular) and irregular[area][0] < last
        inner = directives and last - first > 1 and DIRECTIVE in kinds[first:last]
        key: object = text
        if expanded or "#" in text:
            key = (text, tuple(texts[first:last]))
        chunk = cache.get((key, opaque)) if cache is not None else None
        if chunk is None:
            read = partial(_parse, tokens, first, last, source, base, text, inner=inner, opaque=opaque)
            name = _class_name(texts, first) if opaque else ""
            chunk = UnreadClass(name, text, read) if name else read()
            if cache is not None:
                cache.put((key, opaque), chunk)
        placed.append(Placed(chunk, base))
    return placed


def _class_name(texts: list[str], at: int) -> str:
    """The name of the class that a chunk defines, empty when it defines something else."""
    if texts[at] == "template":
        at = texts.index(">", at) + 1
    is_class = texts[at] in {"class", "struct", "interface"} and texts[at + 2] in {":", "{"}
    return texts[at + 1] if is_class else ""


def _parse(
    tokens: Tokens, first: int, last: int, source: str, base: int, text: str, *, inner: bool, opaque: bool
) -> Chunk:
    own_texts, own_kinds = tokens.texts[first:last], tokens.kinds[first:last]
    own_starts = [start - base for start in tokens.starts[first:last]]
    if inner:
        keep = [index for index, kind in enumerate(own_kinds) if kind != DIRECTIVE]
        own_texts = [own_texts[index] for index in keep]
        own_kinds = [own_kinds[index] for index in keep]
        own_starts = [own_starts[index] for index in keep]
    end = (own_starts[-1] + len(own_texts[-1])) if own_starts else 0
    own_texts += ["", ""]
    own_kinds += [END, END]
    own_starts += [end, end]
    own = Tokens(own_texts, own_kinds, own_starts)
    parser = Parser(own, source, base, opaque=opaque)
    nodes = parser.chunk()
    return Chunk(nodes, parser.findings, parser.stray, text, own)
