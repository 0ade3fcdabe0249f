"""Where a name is declared."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.mql5 import ast
from forex_elite.mql5.assistance import Assistant
from forex_elite.mql5.chunks import Chunk
from forex_elite.mql5.symbols import ClassSymbol, FunctionSymbol, VariableSymbol


@dataclass(frozen=True, slots=True)
class Place:
    """A line and column (from 1) of a file: the document's own name, a file of its project, or `<library>/…`."""

    file: str
    line: int
    column: int


def definition(at: Assistant) -> Place | None:
    """The declaration of the name at the caret; of a function the body. None for what the language brings along."""
    word, _ = at.word()
    if not word:
        return None
    holder = at.holder_before()
    if holder is not None:
        symbol = at.type_of(holder[0]).symbol if holder[1] == "." else at.unit.env.classes.get(holder[0])
        return _member(at, symbol, word)
    for variable in reversed(at.locals_here()):
        if variable.name == word and at.placed is not None:
            return _place(at, at.placed.chunk, variable)
    return _member(at, at.owner, word) or _global(at, word)


def _member(at: Assistant, symbol: ClassSymbol | None, word: str) -> Place | None:
    if symbol is None:
        return None
    for one in at.unit.env.lineage(symbol):
        if word in one.variables:
            return _place(at, one.variables[word].chunk, one.variables[word].node)
        if word in one.methods:
            return _function(at, [*at.unit.env.functions.get(f"{one.name}::{word}", ()), *one.methods[word]])
        if word in one.constants:
            return _place(at, one.constants[word].chunk, one.constants[word].node)
    return None


def _global(at: Assistant, word: str) -> Place | None:
    env = at.unit.env
    if word in env.functions:
        return _function(at, list(env.functions[word]))
    found: VariableSymbol | None = env.variables.get(word)
    other = found or env.classes.get(word) or env.enums.get(word) or env.constants.get(word) or env.typedefs.get(word)
    return _place(at, other.chunk, other.node) if other is not None else None


def _function(at: Assistant, forms: list[FunctionSymbol]) -> Place | None:
    best = next((one for one in forms if one.node.body is not None), forms[0])
    return _place(at, best.chunk, best.node)


def _place(at: Assistant, chunk: Chunk, node: ast.Node) -> Place | None:
    for part in at.unit.parts:
        for placed in part.placed:
            if placed.chunk is chunk:
                line, column = part.unit.source.position(placed.base + node.pos)
                return Place(part.unit.source.name, line, column)
    return None
