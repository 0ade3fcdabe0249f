"""`.set` files: values of inputs as the terminal saves and loads them."""

from __future__ import annotations

from collections.abc import Mapping

from forex_elite.errors import InvalidInput
from forex_elite.mql5.source import decode, encode
from forex_elite.mql5.typed_inputs import InputValue

MAX_LINES = 2_000
_RANGE_FIELDS = 5
"""value||start||step||stop||Y or N"""


class PresetUnreadable(InvalidInput):
    """The file is no preset: it needs lines of the form `name=value`."""

    code = "preset-unreadable"


def read(raw: bytes) -> dict[str, str]:
    """The values of a `.set` by name, as it writes them; of the optimiser's five fields the value alone.

    Raises PresetUnreadable.
    """
    values: dict[str, str] = {}
    lines = [line for line in decode(raw).splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise PresetUnreadable(f"A preset has at most {MAX_LINES} lines.", field="file")
    for line in lines:
        if line.lstrip().startswith((";", "#")):
            continue
        name, separator, value = line.partition("=")
        if not separator or not name.strip().replace("_", "a").isalnum():
            raise PresetUnreadable(f'"{line.strip()[:60]}" is not of the form name=value.', field="file")
        fields = value.split("||")
        is_range = len(fields) == _RANGE_FIELDS and fields[-1].strip() in {"Y", "N"}
        values[name.strip()] = fields[0] if is_range else value
    if not values:
        raise PresetUnreadable("The file holds no values.", field="file")
    return values


def write(values: Mapping[str, str], title: str) -> bytes:
    """A `.set` as the terminal writes it: UTF-16LE with a mark, lines ended by CR LF."""
    lines = [f"; {title}", *(f"{name}={value}" for name, value in values.items())]
    return encode("".join(f"{line}\r\n" for line in lines), "utf-16-le-sig")


def written(value: InputValue) -> str:
    """A value as a `.set` writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else repr(value)  # noqa: PLR2004
    return str(value)
