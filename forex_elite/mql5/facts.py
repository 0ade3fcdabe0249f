"""What a chunk does that trading advice cares about, gathered once for each chunk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from forex_elite.mql5 import ast
from forex_elite.mql5.chunks import Chunk

_SYMBOL = re.compile(
    r'"(?:(?:AUD|CAD|CHF|EUR|GBP|JPY|NZD|USD|XAU|XAG|SGD|SEK|NOK|TRY|ZAR|MXN|CNH|BTC|ETH){2}|US30|NAS100|SPX500|GER40)'
    r'(?:[._-]?[a-z]{1,4})?"'
)


@dataclass(slots=True)
class CallFact:
    """A call: the last part of its name, what stands before the dot, where it is and in which function."""

    name: str
    target: str
    node: ast.Call
    function: str
    in_loop: bool


@dataclass(slots=True)
class Facts:
    calls: list[CallFact] = field(default_factory=list)
    symbols: list[tuple[ast.Literal, str]] = field(default_factory=list)
    assigned: set[tuple[str, str]] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    statics: set[str] = field(default_factory=set)
    functions: dict[str, ast.Function] = field(default_factory=dict)


def facts_of(chunk: Chunk) -> Facts:
    """The facts of a chunk."""
    found: Facts | None = chunk.memo.get("facts")
    if found is None:
        found = Facts()
        for node in chunk.nodes:
            _top(node, found)
        found.names = set(chunk.tokens.texts)
        chunk.memo["facts"] = found
    return found


def _top(node: ast.Node, facts: Facts) -> None:
    if isinstance(node, ast.Function):
        facts.functions[node.name] = node
        if node.body is not None:
            _walk(node.body, node.name, facts)
    elif isinstance(node, ast.Class):
        for item in node.items or ():
            if isinstance(item, ast.Function) and item.body is not None:
                _walk(item.body, f"{node.name}::{item.name}", facts)
    elif isinstance(node, ast.Namespace):
        for item in node.items:
            _top(item, facts)


def _walk(body: ast.Node, function: str, facts: Facts) -> None:
    stack: list[tuple[ast.Node, bool]] = [(body, False)]
    while stack:
        node, loop = stack.pop()
        kind = node.__class__
        if kind is ast.Call:
            assert isinstance(node, ast.Call)
            target = node.function
            if isinstance(target, ast.Name):
                facts.calls.append(CallFact(target.text, "", node, function, loop))
            elif isinstance(target, ast.Member):
                holder = target.target.text if isinstance(target.target, ast.Name) else "?"
                facts.calls.append(CallFact(target.name, holder, node, function, loop))
        elif kind is ast.Literal:
            assert isinstance(node, ast.Literal)
            if node.kind == "string" and _SYMBOL.fullmatch(node.text):
                facts.symbols.append((node, function))
            continue
        elif kind is ast.Assign:
            assert isinstance(node, ast.Assign)
            if isinstance(node.left, ast.Member):
                facts.assigned.add((function, node.left.name))
        elif kind is ast.Variable:
            assert isinstance(node, ast.Variable)
            if "static" in node.flags:
                facts.statics.add(function)
        elif kind in {ast.For, ast.While, ast.DoWhile}:
            loop = True
        stack.extend((child, loop) for child in ast.children(node))
