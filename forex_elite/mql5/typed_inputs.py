"""Values of a program's inputs in the types of their declarations: read from forms, presets and `Input.value`.

A value is what the terminal is given: true or false, a number, a text; an enumeration's and a colour's number, a date
as seconds since 1970.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from forex_elite.errors import InvalidInput
from forex_elite.mql5.input_values import INTEGER_RANGES
from forex_elite.mql5.table import table
from forex_elite.mql5.views import Choice, Input

InputValue = bool | int | float | str
InputKind = Literal["bool", "integer", "number", "text", "date", "color", "choice"]

MAX_TEXT = 2_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_DATE = re.compile(r"(?:(\d{4})[.-](\d{1,2})[.-](\d{1,2}))(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")
_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_LATEST = 32_535_215_999
"""The last second MQL5's datetime knows: the end of the year 3000."""


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
    least, most = INTEGER_RANGES.get(one.type, (None, None))
    default = None if one.value is None else _read(one, one.value)[0]
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


def typed(inputs: Sequence[Input], given: Mapping[str, object], *, field: str = "inputs") -> dict[str, InputValue]:
    """The given values in the types of the declarations, in their order.

    Raises InputsRefused with every problem, also for names the program does not have; `field` is what holds them.
    """
    values, problems = fitting(inputs, given)
    if problems:
        name, problem = next(iter(problems.items()))
        raise InputsRefused(f"{name}: {problem}", field=f"{field}.{name}", extension={"problems": problems})
    return values


def fitting(inputs: Sequence[Input], given: Mapping[str, object]) -> tuple[dict[str, InputValue], dict[str, str]]:
    """The given values that fit the declarations, in their types and order; what is wrong with the others, by name."""
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
    return values, problems


def magic_of(inputs: Sequence[Input], values: Mapping[str, InputValue]) -> tuple[str, int | None]:
    """The input that holds the magic number, by its name, and its value; ("", None) when there is none."""
    for one in inputs:
        if "magic" in one.name.lower() and _kind(one) == "integer":
            value = values.get(one.name)
            found = value if value is not None else _read(one, one.value or "")[0]
            return one.name, int(found) if isinstance(found, int) else None
    return "", None


def _read(one: Input, given: object) -> tuple[InputValue | None, str]:
    """(value, "") or (None, what is wrong)."""
    match _kind(one):
        case "bool":
            return _bool(given)
        case "integer":
            return _integer(given, *INTEGER_RANGES.get(one.type, INTEGER_RANGES["int"]))
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
    if given == "":
        return 0, ""  # no date
    text = str(given).strip()
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
    words = "Use a colour like #ff8000, its parts like 255,128,0, its name like clrRed, or its number."
    text = str(given).strip()
    if text == "":
        return -1, ""  # clrNONE
    if match := _HEX.fullmatch(text):
        red, green, blue = (int(part, 16) for part in match.groups())
        return red | green << 8 | blue << 16, ""
    parts = text.split(",")
    if len(parts) == 3:  # noqa: PLR2004 - red, green, blue
        numbers = [_integer(part, 0, 255)[0] for part in parts]
        if None in numbers:
            return None, words
        return sum((part or 0) << 8 * place for place, part in enumerate(numbers)), ""
    named = table().constant(text)
    value, _ = _integer(named.value if named is not None and named.type == "color" else given, -1, 2**32 - 1)
    return value, "" if value is not None else words


def _choice(choices: Sequence[Choice], given: object) -> tuple[int | None, str]:
    text = str(given).strip()
    for one in choices:
        if text in {one.name, one.value} and one.value != "":
            return _integer(one.value, -(2**31), 2**31 - 1)
    return None, "Use one of: " + ", ".join(one.name for one in choices[:12]) + "."
