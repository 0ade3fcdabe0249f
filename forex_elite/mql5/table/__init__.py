"""The one table of MQL5's own functions, enumerations, constants and structures.

Diagnostics, completions, hover, signature help and the later engine all read it. Values marked `=` are known, `~` are
believed, and names without either have no recorded value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Engine = Literal["pure", "runtime", "ignored", "refused"]
Certainty = Literal["known", "believed", "unknown"]

_SECTION = re.compile(r"//= (.+?) \| (\w+)\s*\Z")
_LINE = re.compile(r"([^;]*?\b(\w+)\(.*?\);) // (.*)\Z")
_MARKS = re.compile(r"\s*//(class=(\w+)|check)")
_ITEM = re.compile(r"(\w+\*?)(?:([=~])(\S+))?\Z")
_NOT_IN_INDICATORS = frozenset(
    {"OrderSend", "OrderSendAsync", "Sleep", "MessageBox", "ExpertRemove", "WebRequest", "PlaySound"}
)
_ONLY_INDICATORS = frozenset(
    {"SetIndexBuffer", "IndicatorSetDouble", "IndicatorSetInteger", "IndicatorSetString", "PlotIndexSetDouble"}
    | {"PlotIndexSetInteger", "PlotIndexSetString", "PlotIndexGetInteger"}
)


@dataclass(frozen=True, slots=True)
class BuiltinFunction:
    """One form of a standard function. `engine` says what the later execution engine does with a call."""

    name: str
    declaration: str
    summary: str
    area: str
    engine: Engine
    must_check: bool
    allowed_in: str


@dataclass(frozen=True, slots=True)
class BuiltinConstant:
    """A constant or enumeration value; `type` names the enumeration, or the plain type."""

    name: str
    type: str
    value: str
    certainty: Certainty
    summary: str


@dataclass(frozen=True, slots=True)
class BuiltinEnum:
    """A standard enumeration and its values in order."""

    name: str
    summary: str
    items: tuple[str, ...]


class Table:
    """All of it, by name."""

    def __init__(self) -> None:
        self.functions: dict[str, list[BuiltinFunction]] = {}
        self.events: dict[str, list[BuiltinFunction]] = {}
        self.constants: dict[str, BuiltinConstant] = {}
        self.enums: dict[str, BuiltinEnum] = {}
        self.structures: dict[str, tuple[str, str]] = {}
        self.families: tuple[str, ...] = ()
        for name in ("functions_core", "functions_market", "functions_more"):
            self._functions(_read(name), self.functions)
        self._functions("//= Events | runtime\n" + _read("events"), self.events)
        for name in ("enums", "constants", "colors"):
            self._values(_read(name), enums=name == "enums")
        for line in _read("structures").splitlines():
            declaration, _, summary = line.partition(" // ")
            self.structures[declaration.split()[1]] = (declaration, summary)

    def constant(self, name: str) -> BuiltinConstant | None:
        """A constant by name, also of the families that are known by prefix only."""
        found = self.constants.get(name)
        if found is None and name[:1].isupper():
            found = self.constants.get(f"clr{name}")  # colours are also known without their prefix
        if found is None and name.startswith(self.families):
            return BuiltinConstant(name, "int", "", "unknown", "A constant of a known family.")
        return found

    def _functions(self, text: str, into: dict[str, list[BuiltinFunction]]) -> None:
        area, engine = "", "runtime"
        for line in text.splitlines():
            section = _SECTION.match(line)
            if section:
                area, engine = section.groups()
                continue
            marks = dict(_MARKS.findall(line))
            match = _LINE.match(_MARKS.sub("", line).rstrip())
            assert match is not None, line
            declaration, name, summary = match.groups()
            own = next((value for key, value in marks.items() if key.startswith("class=")), "") or engine
            into.setdefault(name, []).append(
                BuiltinFunction(name, declaration, summary, area, _engine(own), "check" in marks, _allowed(name))
            )

    def _values(self, text: str, *, enums: bool) -> None:
        kind = summary = ""
        families: list[str] = []
        for line in text.splitlines():
            if not line.startswith(" "):
                kind, _, summary = line.partition(" | ")
                continue
            names: list[str] = []
            for item in line.split():
                match = _ITEM.match(item)
                assert match is not None, item
                name, mark, value = match.groups()
                if name.endswith("*"):
                    families.append(name[:-1])
                    continue
                certainty: Certainty = "known" if mark == "=" else "believed" if mark else "unknown"
                self.constants.setdefault(name, BuiltinConstant(name, kind, value or "", certainty, summary))
                names.append(name)
            if enums:
                self.enums[kind] = BuiltinEnum(kind, summary, tuple(names))
        self.families += tuple(families)


def _engine(word: str) -> Engine:
    assert word in {"pure", "runtime", "ignored", "refused"}, word
    return word  # type: ignore[return-value]


def _allowed(name: str) -> str:
    if name in _NOT_IN_INDICATORS:
        return "experts, scripts and services"
    return "indicators" if name in _ONLY_INDICATORS else "every program"


def _read(name: str) -> str:
    return (files(__package__) / f"{name}.txt").read_text("utf-8")


@cache
def table() -> Table:
    """The table, read once for each process."""
    return Table()
