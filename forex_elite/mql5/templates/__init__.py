"""Programs to start from: our own, documented, each clean in our front end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import Literal

from forex_elite.mql5.wizard import Choices, Entry, Exit, Filter, Positions, Sizing, Stop, write_program

Kind = Literal["expert", "indicator", "script", "library"]


@dataclass(frozen=True, slots=True)
class Template:
    """A program with what it is for; `file` is what a file of it is called first."""

    id: str
    title: str
    about: str
    kind: Kind
    file: str
    text: str


_WRITTEN: tuple[tuple[str, Kind], ...] = (
    ("blank.mq5", "expert"),
    ("blank_indicator.mq5", "indicator"),
    ("blank_script.mq5", "script"),
    ("blank_include.mqh", "library"),
    ("session_breakout.mq5", "expert"),
    ("trade_keeper.mq5", "expert"),
    ("equity_guard.mq5", "expert"),
    ("close_all.mq5", "script"),
)
_RECIPES = (
    (
        "trend_follower",
        Choices(
            name="Trend follower",
            entry=Entry.MA_CROSS,
            filters=frozenset({Filter.TREND, Filter.SPREAD}),
            exits=frozenset({Exit.TRAIL}),
        ),
    ),
    (
        "range_trader",
        Choices(
            name="Range trader",
            entry=Entry.BOLLINGER,
            filters=frozenset({Filter.SESSION, Filter.NEWS}),
            stop=Stop.FIXED,
            exits=frozenset({Exit.BREAK_EVEN}),
        ),
    ),
    (
        "breakout_hunter",
        Choices(
            name="Breakout hunter",
            entry=Entry.BREAKOUT,
            filters=frozenset({Filter.SPREAD, Filter.NEWS}),
            exits=frozenset({Exit.PARTIAL, Exit.TRAIL}),
        ),
    ),
    (
        "careful_grid",
        Choices(name="Careful grid", entry=Entry.RSI, positions=Positions.GRID, sizing=Sizing.RISK, stop=Stop.ATR),
    ),
)


@cache
def list_templates() -> tuple[Template, ...]:
    """All templates, the simplest first."""
    written = [_written(file, kind) for file, kind in _WRITTEN]
    return (*written, *(_recipe(name, choices) for name, choices in _RECIPES))


def _written(file: str, kind: Kind) -> Template:
    text = (files(__package__) / file).read_text("utf-8")
    title, *about = _head(text)
    return Template(file.partition(".")[0], title, " ".join(about), kind, file, text)


def _recipe(name: str, choices: Choices) -> Template:
    text = write_program(choices)
    head = _head(text)
    sentences = " ".join(head[3 : head.index("", 3)]).removeprefix("- ").replace(" - ", " ")
    return Template(name, choices.name, sentences, "expert", f"{choices.name}.mq5", text)


def _head(text: str) -> list[str]:
    """The lines in the frame at the top of a program."""
    framed = takewhile(lambda line: line.startswith("//|"), text.splitlines()[1:])
    return [line.strip("/|").strip() for line in framed]
