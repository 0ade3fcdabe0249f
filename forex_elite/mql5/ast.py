"""The MQL5 syntax tree. `pos` is an offset from the start of the top-level chunk the node belongs to.

Chunks (one top-level declaration each) keep their trees when text before them changes, so nothing here knows
absolute places. Nodes carry what code generation needs as well: nothing of the source but spacing, comments and
redundant parentheses is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields


@dataclass(slots=True, eq=False)
class Node:
    """What every node has: the offset of the token that best names it (an operator, a name, a keyword)."""

    pos: int


# --- types ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class TypeRef(Node):
    """A type as written: `const CArray<int>*` has name, args and pointer; arrays belong to the declarator."""

    name: str
    args: tuple[TypeRef, ...] = ()
    pointer: bool = False
    const: bool = False


# --- expressions ---------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Name(Node):
    """An identifier; `text` may be qualified (`CBase::Run`, `::Run`)."""

    text: str


@dataclass(slots=True, eq=False)
class Literal(Node):
    """A constant; `kind` is int, real, string, char, datetime, color or bool. Adjacent strings are one literal."""

    kind: str
    text: str


@dataclass(slots=True, eq=False)
class Unary(Node):
    op: str
    operand: Node


@dataclass(slots=True, eq=False)
class Postfix(Node):
    op: str
    operand: Node


@dataclass(slots=True, eq=False)
class Binary(Node):
    op: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Assign(Node):
    op: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Ternary(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(slots=True, eq=False)
class Call(Node):
    """A call; `pos` is the opening parenthesis, `end` the closing one."""

    function: Node
    args: list[Node]
    end: int


@dataclass(slots=True, eq=False)
class Index(Node):
    array: Node
    index: Node


@dataclass(slots=True, eq=False)
class Member(Node):
    """`target.name`; `pos` is the name."""

    target: Node
    name: str


@dataclass(slots=True, eq=False)
class Cast(Node):
    """`(type)value` or, with `functional`, `type(value)`; `dynamic` for dynamic_cast."""

    type: TypeRef
    value: Node
    style: str = "c"


@dataclass(slots=True, eq=False)
class New(Node):
    type: TypeRef
    args: list[Node] | None


@dataclass(slots=True, eq=False)
class SizeOf(Node):
    """sizeof or typename of a type or an expression."""

    word: str
    target: Node


@dataclass(slots=True, eq=False)
class ArrayInit(Node):
    items: list[Node]
    end: int


@dataclass(slots=True, eq=False)
class Comma(Node):
    items: list[Node]


@dataclass(slots=True, eq=False)
class TemplateName(Node):
    """A function or class name with explicit template arguments."""

    text: str
    args: tuple[TypeRef, ...]


@dataclass(slots=True, eq=False)
class Missing(Node):
    """An omitted or unreadable expression, already reported where that is a mistake."""


# --- statements ----------------------------------------------------------------------------------------------------


NO_BRACES = -1


@dataclass(slots=True, eq=False)
class Block(Node):
    """Statements in braces; `end` is NO_BRACES for a local type with its variables, which opens no scope."""

    items: list[Node]
    end: int


@dataclass(slots=True, eq=False)
class Empty(Node):
    pass


@dataclass(slots=True, eq=False)
class ExpressionStatement(Node):
    value: Node


@dataclass(slots=True, eq=False)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node | None


@dataclass(slots=True, eq=False)
class While(Node):
    condition: Node
    body: Node


@dataclass(slots=True, eq=False)
class DoWhile(Node):
    body: Node
    condition: Node


@dataclass(slots=True, eq=False)
class For(Node):
    start: Node | None
    condition: Node | None
    step: Node | None
    body: Node


@dataclass(slots=True, eq=False)
class Switch(Node):
    value: Node
    items: list[Node]
    end: int


@dataclass(slots=True, eq=False)
class Case(Node):
    """`case value:`, or `default:` when there is no value; it labels the statements after it."""

    value: Node | None


@dataclass(slots=True, eq=False)
class Return(Node):
    value: Node | None


@dataclass(slots=True, eq=False)
class Break(Node):
    pass


@dataclass(slots=True, eq=False)
class Continue(Node):
    pass


@dataclass(slots=True, eq=False)
class Delete(Node):
    value: Node


# --- declarations --------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Variable(Node):
    """One declarator. `dims` holds an expression a dimension, None for an open one; `args` are for the constructor."""

    name: str
    type: TypeRef
    dims: tuple[Node | None, ...]
    init: Node | None
    args: list[Node] | None = None
    reference: bool = False
    flags: frozenset[str] = frozenset()
    label: str = ""


@dataclass(slots=True, eq=False)
class Declaration(Node):
    """Variables declared together; `flags` has static, const, input, sinput, extern."""

    variables: list[Variable]


@dataclass(slots=True, eq=False)
class Function(Node):
    """A function or method. `name` may be qualified; `body` is None for a prototype; `end` is the closing brace."""

    name: str
    result: TypeRef | None
    params: list[Variable]
    body: Block | None
    flags: frozenset[str]
    template: tuple[str, ...] = ()
    inits: list[tuple[int, str, list[Node]]] = field(default_factory=list)
    end: int = 0


@dataclass(slots=True, eq=False)
class AccessSection(Node):
    access: str


@dataclass(slots=True, eq=False)
class Class(Node):
    """class, struct, union or interface; `items` is None for a forward declaration."""

    kind: str
    name: str
    bases: list[tuple[str, TypeRef]]
    items: list[Node] | None
    template: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    end: int = 0


@dataclass(slots=True, eq=False)
class Enumerator(Node):
    name: str
    value: Node | None
    label: str = ""


@dataclass(slots=True, eq=False)
class Enum(Node):
    """An enumeration; an anonymous one has an empty name. `base` is the integer type it is stored in, when given."""

    name: str
    items: list[Enumerator]
    end: int = 0
    base: TypeRef | None = None


@dataclass(slots=True, eq=False)
class Typedef(Node):
    """`typedef result (*name)(params);` or, with `target`, an alias of a type (`using name = type;`)."""

    name: str
    result: TypeRef
    params: list[Variable] | None


@dataclass(slots=True, eq=False)
class Namespace(Node):
    name: str
    items: list[Node]
    end: int = 0


@dataclass(slots=True, eq=False)
class InputGroup(Node):
    title: str


@dataclass(slots=True, eq=False)
class Directive(Node):
    """A preprocessor line that stays in the tree: property, include, import, resource, define, undef."""

    word: str
    rest: str


_PARTS: dict[type[Node], tuple[str, ...]] = {}
_NO_PARTS = frozenset({"pos", "end", "text", "op", "name", "flags"})


def _parts(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a node class that can hold nodes."""
    names = _PARTS.get(kind)
    if names is None:
        names = _PARTS[kind] = tuple(item.name for item in fields(kind) if item.name not in _NO_PARTS)
    return names


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below one."""
    for name in _parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, (list, tuple)):
            for entry in value:
                if isinstance(entry, Node):
                    yield entry
                elif isinstance(entry, (list, tuple)):
                    for inner in entry:
                        if isinstance(inner, Node):
                            yield inner
                        elif isinstance(inner, list):
                            yield from (leaf for leaf in inner if isinstance(leaf, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, outermost first, without recursion."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))


def same(left: object, right: object) -> bool:
    """Whether two trees are equal but for positions."""
    stack: list[tuple[object, object]] = [(left, right)]
    while stack:
        one, other = stack.pop()
        if isinstance(one, Node):
            if type(one) is not type(other):
                return False
            names = [item.name for item in fields(one) if item.name not in {"pos", "end"}]
            stack.extend((getattr(one, name), getattr(other, name)) for name in names)
        elif isinstance(one, (list, tuple)):
            if not isinstance(other, (list, tuple)) or len(one) != len(other):
                return False
            start = 1 if one and isinstance(one[0], int) else 0  # (pos, name, args) of an initialiser list
            stack.extend(zip(one[start:], other[start:], strict=True))
        elif one != other:
            return False
    return True
