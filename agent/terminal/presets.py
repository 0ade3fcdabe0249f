"""Inputs as the terminal writes them: one `name=value` a line, and `.set` files made of such lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str
"""An enumeration's value is its number, a date is seconds since 1970."""


def written(value: Value) -> str:
    """A value as the terminal writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if value != int(value) or abs(value) >= 1e15 else f"{value:.1f}"  # noqa: PLR2004  # beyond it repr is exact
    return str(value)


def input_lines(inputs: Mapping[str, Value]) -> list[str]:
    """`name=value` lines, in the order given."""
    return [f"{name}={written(value)}" for name, value in inputs.items()]


def preset(inputs: Mapping[str, Value], comment: str = "saved by ForexElite") -> str:
    """A `.set` for a live chart or a single test: values only, nothing to optimise."""
    return "\n".join([f"; {comment}", *input_lines(inputs), ""])


def read_preset(text: str) -> dict[str, str]:
    """Values of a `.set`, as text; of `value||start||step||stop||Y` only the value counts.

    A text with `||` in it is told from the optimiser's five fields by their form.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, value = line.partition("=")
        if not separator or line.startswith(";"):
            continue
        fields = value.split("||")
        is_range = len(fields) == 5 and fields[4] in {"Y", "N"}  # noqa: PLR2004  # value, start, step, stop, Y or N
        found[name.strip()] = fields[0] if is_range else value
    return found
