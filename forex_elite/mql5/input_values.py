"""Values of a program's inputs: read from forms, presets and initialisers, checked against the declared types.

A value is what the terminal is given: true or false, a number, a text; an enumeration's and a colour's number, a date
as seconds since 1970.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from forex_elite.errors import InvalidInput
from forex_elite.mql5.table import table
from forex_elite.mql5.views import Choice, Input

InputValue = bool | int | float | str
InputKind = Literal["bool", "integer", "number", "text", "date", "color", "choice"]

MAX_TEXT = 2_000
_RANGES = {
    "char": (-(2**7), 2**7 - 1),
    "uchar": (0, 2**8 - 1),
    "short": (-(2**15), 2**15 - 1),
    "ushort": (0, 2**16 - 1),
    "int": (-(2**31), 2**31 - 1),
    "uint": (0, 2**32 - 1),
    "long": (-(2**63), 2**63 - 1),
    "ulong": (0, 2**64 - 1),
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_DATE = re.compile(r"(?:(\d{4})[.-](\d{1,2})[.-](\d{1,2}))(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")
_LATEST = 32_535_215_999
"""The last second MQL5's datetime knows: the end of the year 3000."""
_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


@dataclass(frozen=True, slots=True)
class InputField:
    """One input as a form shows it; `default` None where the initialiser is no plain value."""

    name: str
    label: str
    group: str
    type: str
    kind: InputKind
    default: InputValue | None
    default_text: str
    choices: tuple[Choice, ...]
    minimum: int | None
    maximum: int | None
    is_static: bool
    line: int


class InputsRefused(InvalidInput):
    """Some inputs have values their types do not take; `problems` in the answer says which and why."""

    code = "ea-inputs-refused"


def fields_of(inputs: Sequence[Input]) -> tuple[InputField, ...]:
    """The form of a program's inputs."""
    return tuple(_field(one) for one in inputs)


def _field(one: Input) -> InputField:
    least, most = _RANGES.get(one.type, (None, None))
    default, _ = _read(one, _initial(one.default))
    return InputField(
        one.name, one.label, one.group, one.type, _kind(one), default, one.default, one.choices, least, most,
        one.is_static, one.line,
    )  # fmt: skip


def _kind(one: Input) -> InputKind:
    if one.choices:
        return "choice"
    plain: dict[str, InputKind] = {
        "bool": "bool",
        "double": "number",
        "float": "number",
        "string": "text",
        "datetime": "date",
        "color": "color",
    }
    return plain.get(one.type, "integer")


def typed(inputs: Sequence[Input], given: Mapping[str, object]) -> dict[str, InputValue]:
    """The given values in the types of the declarations, in their order.

    Raises InputsRefused with every problem, also for names the program does not have.
    """
    known = {one.name: one for one in inputs}
    problems = {name: "The program has no such input." for name in given if name not in known}
    values: dict[str, InputValue] = {}
    for name, one in known.items():
        if name in given:
            value, problem = _read(one, given[name])
            if value is None:
                problems[name] = problem
            else:
                values[name] = value
    if problems:
        name, problem = next(iter(problems.items()))
        raise InputsRefused(f"{name}: {problem}", field=f"inputs.{name}", extension={"problems": problems})
    return values


def magic_of(inputs: Sequence[Input], values: Mapping[str, InputValue]) -> tuple[str, int | None]:
    """The input that holds the magic number, by its name, and its value; ("", None) when there is none."""
    for one in inputs:
        if "magic" in one.name.lower() and _kind(one) == "integer":
            value = values.get(one.name)
            found = value if value is not None else _read(one, _initial(one.default))[0]
            return one.name, int(found) if isinstance(found, int) else None
    return "", None


def _read(one: Input, given: object) -> tuple[InputValue | None, str]:
    """(value, "") or (None, what is wrong)."""
    match _kind(one):
        case "bool":
            return _bool(given)
        case "integer":
            return _integer(given, *_RANGES.get(one.type, _RANGES["int"]))
        case "number":
            return _number(given)
        case "text":
            text = str(given)
            if not isinstance(given, str) or len(text) > MAX_TEXT or _UNPRINTABLE.search(text):
                return None, f"Use one line of at most {MAX_TEXT} characters."
            return text, ""
        case "date":
            return _date(given)
        case "color":
            return _color(given)
        case "choice":
            return _choice(one.choices, given)


def _bool(given: object) -> tuple[bool | None, str]:
    known = {"true": True, "false": False, "1": True, "0": False}
    value = known.get(str(given).strip().lower())
    return value, "" if value is not None else "Use true or false."


def _integer(given: object, least: int, most: int) -> tuple[int | None, str]:
    words = f"Use a whole number from {least} to {most}."
    if isinstance(given, bool):
        return None, words
    if isinstance(given, float):
        given = int(given) if given.is_integer() else str(given)
    try:
        value = given if isinstance(given, int) else int(str(given).strip(), 0)
    except ValueError:
        return None, words
    return (value, "") if least <= value <= most else (None, words)


def _number(given: object) -> tuple[float | None, str]:
    try:
        value = math.nan if isinstance(given, bool) else float(str(given).strip())
    except ValueError:
        value = math.nan
    return (value, "") if math.isfinite(value) else (None, "Use a number, with a point for decimals.")


def _date(given: object) -> tuple[int | None, str]:
    words = "Use a date like 2025.01.31 08:30, or seconds since 1970."
    text = str(given).strip().removeprefix("D'").removesuffix("'")
    found = _DATE.fullmatch(text)
    if found:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()), ""
        except ValueError:
            return None, words
    value, _ = _integer(given, 0, _LATEST)
    return value, "" if value is not None else words


def _color(given: object) -> tuple[int | None, str]:
    words = "Use a colour's name like clrRed, its parts like 255,0,0, or its number."
    text = str(given).strip().removeprefix("C'").removesuffix("'")
    parts = text.split(",")
    if len(parts) == 3:  # noqa: PLR2004 - red, green, blue
        numbers = [_integer(part, 0, 255)[0] for part in parts]
        red, green, blue = numbers
        if red is not None and green is not None and blue is not None:
            return red | green << 8 | blue << 16, ""
        return None, words
    named = table().constant(text)
    value, _ = _integer(named.value if named is not None and named.type == "color" else given, -1, 2**32 - 1)
    return value, "" if value is not None else words


def _choice(choices: Sequence[Choice], given: object) -> tuple[int | None, str]:
    text = str(given).strip()
    for one in choices:
        if text in {one.name, one.value} and one.value != "":
            return _integer(one.value, -(2**31), 2**31 - 1)
    return None, "Use one of: " + ", ".join(one.name for one in choices[:12]) + "."


def _initial(text: str) -> object:
    """What an initialiser's text says: a text without its quotes, the result of plain arithmetic, else as it is."""
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    try:
        return _calculated(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, OverflowError, KeyError):
        return text


def _calculated(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=sign, right=right):
            first, second = _calculated(left), _calculated(right)
            if isinstance(sign, ast.Div) and isinstance(first, int) and isinstance(second, int):
                return int(first / second)
            return _OPERATORS[type(sign)](first, second)
        case ast.UnaryOp(op=sign, operand=operand):
            return _OPERATORS[type(sign)](_calculated(operand))
    raise ValueError
