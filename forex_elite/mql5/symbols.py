"""What a chunk declares, and the environment of a translation unit: names to symbols, written types to types."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from forex_elite.mql5 import ast
from forex_elite.mql5 import types as ty
from forex_elite.mql5.chunks import Chunk, UnreadClass
from forex_elite.mql5.lexer import lex
from forex_elite.mql5.parse_declaration import Parser
from forex_elite.mql5.table import table
from forex_elite.mql5.types import Type

# More tokens than the head of any function has; in a chunk of many functions each looks back no farther.
_HEAD_TOKENS = 300
_COMPLEX = frozenset({"complex", "complexf"})  # structures that are calculated with like numbers
_RESOURCE = re.compile(r"\bas\s+(\w+)\s+(\w+)((?:\s*\[\s*\])*)")


@dataclass(slots=True, eq=False)
class VariableSymbol:
    """A variable at global level or a data member; a type is known once somebody asks."""

    name: str
    node: ast.Variable
    chunk: Chunk
    access: str = "public"
    static: bool = False
    owner: str = ""
    constant: bool = False


@dataclass(slots=True, eq=False)
class FunctionSymbol:
    """One function, method or prototype."""

    name: str
    node: ast.Function
    chunk: Chunk
    access: str = "public"
    owner: str = ""


@dataclass(slots=True, eq=False)
class ConstantSymbol:
    """A value of an enumeration; anonymous enumerations give plain ints."""

    name: str
    enum: str
    node: ast.Enumerator
    chunk: Chunk


@dataclass(slots=True, eq=False)
class ClassSymbol:
    """A class, structure, union or interface with its own members; inherited ones are found through `bases`."""

    name: str
    node: ast.Class
    chunk: Chunk
    variables: dict[str, VariableSymbol] = field(default_factory=dict)
    methods: dict[str, list[FunctionSymbol]] = field(default_factory=dict)
    constants: dict[str, ConstantSymbol] = field(default_factory=dict)
    inner: dict[str, ClassSymbol | EnumSymbol] = field(default_factory=dict)


class UnreadClassSymbol(ClassSymbol):
    """A class whose chunk is parsed when somebody asks for more than its name."""

    __slots__ = ()

    def __init__(self, chunk: UnreadClass) -> None:
        self.name = chunk.name
        self.chunk = chunk

    def __getattr__(self, attribute: str) -> Any:
        """Called for what is not set yet: the node and the members."""
        if attribute not in {"node", "variables", "methods", "constants", "inner"}:
            raise AttributeError(attribute)
        node = next(one for one in self.chunk.nodes if isinstance(one, ast.Class))
        read = class_symbol(node, self.chunk)
        self.node, self.variables, self.methods = node, read.variables, read.methods
        self.constants, self.inner = read.constants, read.inner
        return getattr(self, attribute)


@dataclass(slots=True, eq=False)
class EnumSymbol:
    name: str
    node: ast.Enum
    chunk: Chunk


@dataclass(slots=True, eq=False)
class TypedefSymbol:
    name: str
    node: ast.Typedef
    chunk: Chunk


Symbol = VariableSymbol | FunctionSymbol | ConstantSymbol | ClassSymbol | EnumSymbol | TypedefSymbol


def exports(chunk: Chunk) -> list[tuple[str, Symbol, int]]:
    """What a chunk declares: names, symbols, and a fingerprint that changes when users of the name must look again."""
    found: list[tuple[str, Symbol, int]] | None = chunk.memo.get("exports")
    if found is None and isinstance(chunk, UnreadClass):
        chunk.memo["exports"] = found = [(chunk.name, UnreadClassSymbol(chunk), hash(chunk.text))]
    elif found is None:
        found = []
        for node in chunk.nodes:
            _export(chunk, node, found)
        chunk.memo["exports"] = found
    return found


def _export(chunk: Chunk, node: ast.Node, found: list[tuple[str, Symbol, int]]) -> None:
    if isinstance(node, ast.Function):
        print_of = hash((_outline(chunk, node), node.body is None))
        found.append((node.name, FunctionSymbol(node.name, node, chunk), print_of))
    elif isinstance(node, ast.Declaration):
        print_of = hash(chunk.text)
        for variable in node.variables:
            constant = bool(variable.flags & {"const", "input", "sinput"}) or variable.type.const
            found.append((variable.name, VariableSymbol(variable.name, variable, chunk, constant=constant), print_of))
    elif isinstance(node, ast.Class):
        symbol = class_symbol(node, chunk)
        print_of = hash(_outline(chunk, node))
        found.append((node.name, symbol, print_of))
        if not node.name:
            found.extend((name, constant, print_of) for name, constant in symbol.constants.items())
    elif isinstance(node, ast.Enum):
        print_of = hash(chunk.text)
        if node.name:
            found.append((node.name, EnumSymbol(node.name, node, chunk), print_of))
        found.extend((item.name, ConstantSymbol(item.name, node.name, item, chunk), print_of) for item in node.items)
    elif isinstance(node, ast.Typedef):
        found.append((node.name, TypedefSymbol(node.name, node, chunk), hash(chunk.text)))
    elif isinstance(node, ast.Namespace):
        inner: list[tuple[str, Symbol, int]] = []
        for item in node.items:
            _export(chunk, item, inner)
        for name, symbol_in, print_of in inner:
            found.append((f"{node.name}::{name}", symbol_in, print_of))
            found.append((name, symbol_in, print_of))
    elif isinstance(node, ast.Directive) and node.word == "resource":
        _export_resource(chunk, node, found)


def _export_resource(chunk: Chunk, node: ast.Directive, found: list[tuple[str, Symbol, int]]) -> None:
    """`#resource "file" as type name[]` declares a variable."""
    match = _RESOURCE.search(node.rest)
    if match is not None:
        name = match.group(2)
        dims: tuple[ast.Node | None, ...] = (None,) * match.group(3).count("[")
        variable = ast.Variable(node.pos, name, ast.TypeRef(node.pos, match.group(1)), dims, None)
        found.append((name, VariableSymbol(name, variable, chunk), hash(chunk.text)))


def _outline(chunk: Chunk, node: ast.Function | ast.Class) -> tuple[str, ...]:
    """The tokens of a declaration without function bodies."""
    spans: list[tuple[int, int]] = []
    functions = (
        [node] if isinstance(node, ast.Function) else [i for i in node.items or () if isinstance(i, ast.Function)]
    )
    spans = [(one.body.pos, one.body.end) for one in functions if one.body is not None]
    texts, starts = chunk.tokens.texts, chunk.tokens.starts
    if not spans:
        return tuple(texts)
    if isinstance(node, ast.Function):
        end = bisect_left(starts, spans[0][0])
        return tuple(texts[max(0, end - _HEAD_TOKENS) : end])
    kept: list[str] = []
    at = 0
    for text, start in zip(texts, starts, strict=True):
        while at < len(spans) and start > spans[at][1]:
            at += 1
        if at == len(spans) or not spans[at][0] < start <= spans[at][1]:
            kept.append(text)
    return tuple(kept)


def class_symbol(node: ast.Class, chunk: Chunk) -> ClassSymbol:
    """The members of a class by name."""
    symbol = ClassSymbol(node.name, node, chunk)
    access = "private" if node.kind == "class" else "public"
    for item in node.items or ():
        if isinstance(item, ast.AccessSection):
            access = item.access
        elif isinstance(item, ast.Function):
            name = item.name.removeprefix(f"{node.name}::")  # a class may qualify its own members
            symbol.methods.setdefault(name, []).append(FunctionSymbol(name, item, chunk, access, node.name))
        elif isinstance(item, ast.Declaration):
            for variable in item.variables:
                symbol.variables[variable.name] = VariableSymbol(
                    variable.name,
                    variable,
                    chunk,
                    access,
                    "static" in variable.flags,
                    node.name,
                    bool(variable.flags & {"const"}) or variable.type.const,
                )
        elif isinstance(item, ast.Enum):
            if item.name:
                symbol.inner[item.name] = EnumSymbol(item.name, item, chunk)
            for entry in item.items:
                symbol.constants[entry.name] = ConstantSymbol(entry.name, item.name, entry, chunk)
        elif isinstance(item, ast.Class):
            symbol.inner[item.name] = class_symbol(item, chunk)
        elif isinstance(item, ast.Typedef):
            symbol.inner[item.name] = class_symbol(ast.Class(item.pos, "typedef", item.name, [], None), chunk)
    for nested in symbol.inner.values():  # a nested class sees itself and its neighbours
        if isinstance(nested, ClassSymbol):
            nested.inner = symbol.inner | nested.inner
    return symbol


@cache
def builtin_overloads(name: str) -> tuple[ast.Function, ...]:
    """The forms of a standard function, parsed from the table when first wanted."""
    forms = table().functions.get(name) or ()
    return tuple(node for form in forms for node in _parse(form.declaration) if isinstance(node, ast.Function))


@cache
def builtin_event(name: str) -> tuple[ast.Function, ...]:
    """The forms of an event handler."""
    forms = table().events.get(name) or ()
    return tuple(node for form in forms for node in _parse(form.declaration) if isinstance(node, ast.Function))


@cache
def builtin_structure(name: str) -> ClassSymbol | None:
    """A standard structure, parsed from the table when first wanted."""
    entry = table().structures.get(name)
    if entry is None:
        return None
    nodes = _parse(entry[0])
    assert isinstance(nodes[0], ast.Class)
    return class_symbol(nodes[0], Chunk(nodes, [], stray=False, text=entry[0], tokens=lex("")))


def _parse(declaration: str) -> list[ast.Node]:
    tokens = lex(declaration)
    tokens.texts.append("")
    tokens.kinds.append(tokens.kinds[-1])
    tokens.starts.append(tokens.starts[-1])
    return Parser(tokens, declaration, 0).chunk()


class Env:
    """All global names of a translation unit. Not `complete` when an include is missing."""

    def __init__(self, *, complete: bool, macros: frozenset[str] = frozenset()) -> None:
        self.complete = complete
        self.macros = macros
        self.variables: dict[str, VariableSymbol] = {}
        self.functions: dict[str, list[FunctionSymbol]] = {}
        self.constants: dict[str, ConstantSymbol] = {}
        self.classes: dict[str, ClassSymbol] = {}
        self.enums: dict[str, EnumSymbol] = {}
        self.typedefs: dict[str, TypedefSymbol] = {}
        self.prints: dict[str, int] = {}
        self._types: dict[str, Type] = {}

    def add(self, chunk: Chunk) -> None:
        """Take in what a chunk declares."""
        for name, symbol, print_of in exports(chunk):
            self.prints[name] = hash((self.prints.get(name), print_of)) if name in self.prints else print_of
            if isinstance(symbol, FunctionSymbol):
                self.functions.setdefault(name, []).append(symbol)
            elif isinstance(symbol, VariableSymbol):
                self.variables.setdefault(name, symbol)
            elif isinstance(symbol, ConstantSymbol):
                self.constants.setdefault(name, symbol)
            elif isinstance(symbol, ClassSymbol):
                known = self.classes.get(name)
                if known is None or known.node.items is None:
                    self.classes[name] = symbol
            elif isinstance(symbol, EnumSymbol):
                self.enums.setdefault(name, symbol)
            else:
                self.typedefs.setdefault(name, symbol)

    # --- types ----------------------------------------------------------------------------------------------------

    def named(self, name: str) -> Type | None:
        """The type of a name, None when there is none."""
        found = ty.BUILTIN.get(name) or self._types.get(name)
        if found is not None:
            return found
        self._types[name] = ty.UNKNOWN  # a type defined by itself ends here
        found = self._make(name)
        if found is None:
            del self._types[name]
        else:
            self._types[name] = found
        return found

    def _make(self, name: str) -> Type | None:
        symbol = self.classes.get(name) or builtin_structure(name)
        if symbol is not None:
            kind = ty.CLASS if symbol.node.kind in {"class", "interface"} else ty.STRUCT
            if name in _COMPLEX and name not in self.classes:
                kind = ty.MATRIX
            return Type(name, kind, symbol=symbol)
        if name in self.enums or name in table().enums:
            return Type(name, ty.ENUM, 4)
        typedef = self.typedefs.get(name)
        if typedef is not None:
            if typedef.node.params is None:
                return self.resolve(typedef.node.result)
            return Type(name, ty.FUNCTION)
        owner, _, inner = name.rpartition("::")
        if owner:
            outer = self.classes.get(owner)
            nested = self.inner_type(outer, inner) if outer else None
            return nested or self.named(inner)
        return ty.UNKNOWN if name.startswith("ENUM_") and name in table().constants else None

    def inner_type(self, symbol: ClassSymbol, name: str) -> Type | None:
        """A type declared inside a class or its bases."""
        for one in self.lineage(symbol):
            nested = one.inner.get(name)
            if isinstance(nested, EnumSymbol):
                return Type(name, ty.ENUM, 4)
            if nested is not None:
                if nested.node.kind == "typedef":
                    return ty.UNKNOWN
                return Type(name, ty.CLASS if nested.node.kind == "class" else ty.STRUCT, symbol=nested)
        return None

    def resolve(self, ref: ast.TypeRef, owner: ClassSymbol | None = None, params: frozenset[str] = frozenset()) -> Type:
        """The type a reference means; UNKNOWN when it cannot be told (the checker reports unknown names apart)."""
        if ref.name in params:
            return ty.UNKNOWN
        found = ty.BUILTIN.get(ref.name)
        if found is None and owner is not None:
            if ref.name in owner.node.template:
                return ty.UNKNOWN
            found = self.inner_type(owner, ref.name)
        if found is None:
            found = self.named(ref.name)
        if found is None:
            return ty.UNKNOWN
        if ref.args and found.kind == ty.CLASS:
            args = tuple(self.resolve(arg, owner, params) for arg in ref.args)
            found = Type(found.name, found.kind, symbol=found.symbol, args=args)
        if ref.pointer and found.kind == ty.VOID:  # `void *` takes whatever object there is
            return ty.UNKNOWN
        if ref.pointer and found.kind in ty.OBJECTS:
            return Type(found.name + "*", ty.POINTER, symbol=found.symbol, args=found.args)
        return found

    def variable_type(
        self, node: ast.Variable, owner: ClassSymbol | None = None, params: frozenset[str] = frozenset()
    ) -> Type:
        """The type of a declared variable, arrays included."""
        element = self.resolve(node.type, owner, params)
        if not node.dims:
            return element
        return ty.array_of(element, tuple(None if dim is None else 0 for dim in node.dims))

    # --- classes --------------------------------------------------------------------------------------------------

    def lineage(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        """A class and its bases, nearest first; bases that are not known are left out."""
        found = [symbol]
        for one in found:
            for _, base in one.node.bases:
                known = self.classes.get(base.name) or builtin_structure(base.name)
                if known is not None and known not in found:
                    found.append(known)
        return found

    def open_ended(self, symbol: ClassSymbol) -> bool:
        """Whether members may exist that are not known here: an unknown or template-parameter base."""
        return any(
            base.name not in self.classes and builtin_structure(base.name) is None
            for one in self.lineage(symbol)
            for _, base in one.node.bases
        ) or any(one.node.items is None for one in self.lineage(symbol))

    def inherits(self, symbol: ClassSymbol, name: str) -> bool:
        return any(one.name == name for one in self.lineage(symbol))
