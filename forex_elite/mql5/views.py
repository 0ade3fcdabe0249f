"""Views of a program for forms and side bars: the inputs a user may set, and the outline of what is declared."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.mql5 import ast
from forex_elite.mql5.analysis import TranslationUnit
from forex_elite.mql5.chunks import Placed
from forex_elite.mql5.input_values import enum_values, value_text
from forex_elite.mql5.printer import print_expression, print_type
from forex_elite.mql5.symbols import Env
from forex_elite.mql5.table import table


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enumeration offered for an input."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Input:
    """One input variable: what the form of the strategy tester shows.

    `default` is the initialiser as written, `value` what it stands for (see `input_values`), None when not known.
    """

    name: str
    type: str
    default: str
    label: str
    group: str
    is_static: bool
    line: int
    choices: tuple[Choice, ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One declaration with its place; `children` are the members of a class."""

    name: str
    kind: str
    detail: str
    line: int
    column: int
    end_line: int
    children: tuple[OutlineItem, ...] = ()


def inputs_of(unit: TranslationUnit) -> tuple[Input, ...]:
    """The inputs of the main file in their order, with groups, labels and the choices of enumerations."""
    group = ""
    found: list[Input] = []
    for placed in unit.main.placed:
        for node in placed.chunk.nodes:
            if isinstance(node, ast.InputGroup):
                group = node.title
            elif isinstance(node, ast.Declaration):
                own = [one for one in node.variables if one.flags & {"input", "sinput"}]
                found += [_input(unit, placed, variable, group) for variable in own]
    return tuple(found)


def _input(unit: TranslationUnit, placed: Placed, node: ast.Variable, group: str) -> Input:
    line, _ = unit.main.unit.source.position(placed.base + node.pos)
    default = print_expression(node.init) if node.init is not None else ""
    name = print_type(node.type).removeprefix("const ")
    label = node.label or node.name
    offered = choices(unit.env, node.type.name)
    value = value_text(node.init, node.type.name, unit.env)
    if offered and value and value not in {one.name for one in offered}:
        value = next((one.name for one in offered if one.value == value), None)
    return Input(node.name, name, default, label, group, "sinput" in node.flags, line, offered, value)


def choices(env: Env, name: str) -> tuple[Choice, ...]:
    """The values of an enumeration, of the program or of MQL5; empty for other types."""
    own = env.enums.get(name)
    if own is not None:
        values = enum_values(own.node)
        return tuple(Choice(item.name, item.label or item.name, values[item.name]) for item in own.node.items)
    known = table().enums.get(name)
    if known is None:
        return ()
    constants = table().constants
    return tuple(Choice(item, item, constants[item].value) for item in known.items)


def outline_of(unit: TranslationUnit) -> tuple[OutlineItem, ...]:
    """What the main file declares, in order."""
    found: list[OutlineItem] = []
    for placed in unit.main.placed:
        for node in placed.chunk.nodes:
            found += _items(unit, placed, node)
    return tuple(found)


def _items(unit: TranslationUnit, placed: Placed, node: ast.Node) -> list[OutlineItem]:
    if isinstance(node, ast.Function):
        kind = "event" if node.name in table().events else "function"
        return [_item(unit, placed, node, node.name, kind, signature_text(node), node.end)]
    if isinstance(node, ast.Declaration):
        return [_variable_item(unit, placed, one) for one in node.variables]
    if isinstance(node, ast.Class):
        members = [item for member in node.items or () for item in _items(unit, placed, member)]
        return [_item(unit, placed, node, node.name, node.kind, node.kind, node.end, tuple(members))]
    if isinstance(node, ast.Enum):
        values = tuple(_item(unit, placed, one, one.name, "constant", one.label, one.pos) for one in node.items)
        return [_item(unit, placed, node, node.name or "enum", "enum", "enum", node.end, values)]
    if isinstance(node, ast.Namespace):
        members = [item for member in node.items for item in _items(unit, placed, member)]
        return [_item(unit, placed, node, node.name, "namespace", "namespace", node.end, tuple(members))]
    if isinstance(node, ast.Typedef):
        return [_item(unit, placed, node, node.name, "typedef", print_type(node.result), node.pos)]
    return []


def _variable_item(unit: TranslationUnit, placed: Placed, node: ast.Variable) -> OutlineItem:
    kind = "input" if node.flags & {"input", "sinput"} else "constant" if node.type.const else "variable"
    return _item(unit, placed, node, node.name, kind, print_type(node.type), node.pos)


def _item(
    unit: TranslationUnit,
    placed: Placed,
    node: ast.Node,
    name: str,
    kind: str,
    detail: str,
    end: int,
    below: tuple[OutlineItem, ...] = (),
) -> OutlineItem:
    source = unit.main.unit.source
    line, column = source.position(placed.base + node.pos)
    end_line, _ = source.position(placed.base + max(end, node.pos))
    return OutlineItem(name, kind, detail, line, column, end_line, below)


def signature_text(node: ast.Function) -> str:
    """`result name(parameters)` on one line."""
    result = f"{print_type(node.result)} " if node.result is not None else ""
    return f"{result}{node.name}({', '.join(parameter_text(one) for one in node.params)})"


def parameter_text(node: ast.Variable) -> str:
    """A parameter as written."""
    if node.name == "...":
        return "..."
    text = f"{print_type(node.type)} {'&' if node.reference else ''}{node.name}{'[]' * len(node.dims)}".rstrip()
    return f"{text} = {print_expression(node.init)}" if node.init is not None else text
