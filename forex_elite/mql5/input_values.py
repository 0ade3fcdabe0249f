"""What the initialiser of an input stands for, as plain text a form can show and a .set file can hold.

The one place that works out constant expressions of inputs and enumerations; `typed_inputs` reads the texts it gives.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from forex_elite.mql5 import ast
from forex_elite.mql5.printer import print_expression
from forex_elite.mql5.symbols import Env
from forex_elite.mql5.table import table

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_ESCAPE = re.compile(r"\\(.)")
_DATE = re.compile(r"(\d{4})[.\-/](\d{1,2})[.\-/](\d{1,2})(?:\s+(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?)?")
_WHOLE = re.compile(r"-?(?:0[xX][\da-fA-F]+|\d+)")
_LONGEST_NUMBER = 400
_LARGEST = 1e300
Number = int | float
_OPERATIONS: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "|": lambda a, b: int(a) | int(b),
    "&": lambda a, b: int(a) & int(b),
    "^": lambda a, b: int(a) ^ int(b),
    "<<": lambda a, b: int(a) << int(b),
    ">>": lambda a, b: int(a) >> int(b),
    "%": lambda a, b: int(math.fmod(a, b)),
    "/": lambda a, b: int(a / b) if isinstance(a, int) and isinstance(b, int) else a / b,
}
_SIGNS: dict[str, Callable[[Number], Number]] = {"-": lambda a: -a, "+": lambda a: a, "~": lambda a: ~int(a)}
_MOST_SHIFT = 63
INTEGER_RANGES = {
    "char": (-(2**7), 2**7 - 1),
    "uchar": (0, 2**8 - 1),
    "short": (-(2**15), 2**15 - 1),
    "ushort": (0, 2**16 - 1),
    "int": (-(2**31), 2**31 - 1),
    "uint": (0, 2**32 - 1),
    "long": (-(2**63), 2**63 - 1),
    "ulong": (0, 2**64 - 1),
}
"""The least and the largest value of each type of whole numbers."""


def value_text(node: ast.Node | None, of_type: str, env: Env) -> str | None:
    """The value as text, None for what only the compiler can work out.

    Numbers in digits, `true` or `false`, texts without quotes, the name of an enumeration's value, times as
    `2024-01-31T10:00:00` (broker time), colours as `#RRGGBB`.
    """
    if node is None:
        return ""
    if of_type == "string":
        return _text(node)
    if isinstance(node, ast.Name) and (of_type in env.enums or of_type in table().enums):
        return node.text
    known = _Constants(env)
    if of_type == "color":
        return _colour(node, known)
    if of_type == "datetime":
        return _time(node, known)
    number = _number(node, known)
    if number is None:
        return None
    if of_type == "bool":
        return "true" if number else "false"
    if of_type in INTEGER_RANGES:
        return str(_wrapped(number, of_type))
    return f"{Decimal(repr(number)).normalize():f}"


def enum_values(node: ast.Enum) -> dict[str, str]:
    """The values of an enumeration by name; an expression that is not understood stays as it is written."""
    numbers: dict[str, Number] = {}
    texts: dict[str, str] = {}
    following: Number | None = 0
    for item in node.items:
        if item.value is not None:
            following = _number(item.value, numbers)
        if following is None:
            texts[item.name] = "" if item.value is None else print_expression(item.value)
            continue
        numbers[item.name] = _wrapped(following, "int")
        texts[item.name] = str(numbers[item.name])
        following = numbers[item.name] + 1
    return texts


class _Constants(Mapping[str, Number]):
    """The numbers behind the names of a program's own enumerations, worked out when asked for."""

    def __init__(self, env: Env) -> None:
        self._env = env

    def __getitem__(self, name: str) -> Number:
        enum = self._env.enums.get(self._env.constants[name].enum)
        text = enum_values(enum.node).get(name, "") if enum is not None else ""
        number = _literal(text) if text else None
        if number is None:
            raise KeyError(name)
        return number

    def __iter__(self) -> Iterator[str]:
        return iter(self._env.constants)

    def __len__(self) -> int:
        return len(self._env.constants)


def _text(node: ast.Node) -> str | None:
    """A text; adjacent ones were joined by the parser or stand as a sum."""
    if isinstance(node, ast.Literal) and node.text.startswith('"'):
        parts = re.findall(r'"((?:\\.|[^"\\])*)"', node.text)
        return "".join(_ESCAPE.sub(lambda found: _ESCAPES.get(found.group(1), found.group(0)), part) for part in parts)
    if isinstance(node, ast.Name) and node.text == "NULL":
        return ""
    if isinstance(node, ast.Binary):
        first, rest = _chain(node)
        parts = [_text(first)] + [_text(one.right) if one.op == "+" else None for one in rest]
        return None if None in parts else "".join(part for part in parts if part)
    return None


def _chain(node: ast.Node) -> tuple[ast.Node, list[ast.Binary]]:
    """The leftmost operand and the operations on it in order: long sums are deeper than Python's stack."""
    rest: list[ast.Binary] = []
    while isinstance(node, ast.Binary):
        rest.append(node)
        node = node.left
    return node, rest[::-1]


def _number(node: ast.Node, own: Mapping[str, Number]) -> Number | None:
    """The number of a constant expression; `own` are the constants of the program."""
    if isinstance(node, ast.Literal):
        return _literal(node.text)
    if isinstance(node, ast.Name):
        if node.text in {"true", "false"}:
            return int(node.text == "true")
        number = own.get(node.text)
        if number is not None:
            return number
        known = table().constant(node.text)
        return None if known is None or not known.value else _literal(known.value)
    if isinstance(node, ast.Cast):
        number = _number(node.value, own)
        return _wrapped(number, node.type.name) if number is not None and node.type.name in INTEGER_RANGES else number
    if isinstance(node, ast.Unary) and node.op in _SIGNS:
        number = _number(node.operand, own)
        return None if number is None else _SIGNS[node.op](number)
    if isinstance(node, ast.Binary):
        first, rest = _chain(node)
        value = _number(first, own)
        for one in rest:
            right = _number(one.right, own)
            if value is None or right is None:
                return None
            value = _result(one.op, value, right)
        return value
    return None


def _result(operator: str, left: Number, right: Number) -> Number | None:
    operation = _OPERATIONS.get(operator)
    if operation is None or (operator in {"/", "%"} and right == 0):
        return None
    if operator in {"<<", ">>"} and not 0 <= right <= _MOST_SHIFT:
        return None
    found = operation(left, right)
    return None if abs(found) > _LARGEST else found


def _wrapped(number: Number, of_type: str) -> int:
    """A number as a type of whole numbers holds it: what is too large begins anew at the other end."""
    least, most = INTEGER_RANGES[of_type]
    return (int(number) - least) % (most - least + 1) + least


def _literal(text: str) -> Number | None:
    if text in {"true", "false"}:
        return int(text == "true")
    if len(text) >= 3 and text[0] == text[-1] == "'":  # noqa: PLR2004 - two quotes and a character
        inner = _ESCAPE.sub(lambda found: _ESCAPES.get(found.group(1), found.group(1)), text[1:-1])
        return ord(inner) if len(inner) == 1 else None
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        if _WHOLE.fullmatch(text):
            return int(text, 16 if text.lstrip("-")[:2].lower() == "0x" else 10)
        value = float(text.rstrip("fF"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _colour(node: ast.Node, own: Mapping[str, Number]) -> str | None:
    """`#RRGGBB`; MQL5 keeps colours as 0xBBGGRR. `clrNONE` is an empty text."""
    if isinstance(node, ast.Literal) and node.text.startswith("C'"):
        parts = [part.strip() for part in node.text[2:-1].split(",")]
        try:
            red, green, blue = (int(part, 0) for part in parts)
        except ValueError:
            return None
        return f"#{red & 255:02x}{green & 255:02x}{blue & 255:02x}"
    number = _number(node, own)
    if number is None:
        return None
    whole = int(number)
    return "" if whole < 0 else f"#{whole & 255:02x}{whole >> 8 & 255:02x}{whole >> 16 & 255:02x}"


def _time(node: ast.Node, own: Mapping[str, Number]) -> str | None:
    if isinstance(node, ast.Literal) and node.text.startswith("D'"):
        match = _DATE.search(node.text)
        if match is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S")
        except ValueError:
            return None
    number = _number(node, own)
    if number is None or not 0 <= number < 32_535_244_800:  # noqa: PLR2004 - the year 3000, MQL5's last
        return None
    return "" if number == 0 else datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%S")
