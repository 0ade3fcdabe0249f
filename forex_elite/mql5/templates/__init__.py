"""Programs to start from: our own, documented, each clean in our front end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from forex_elite.mql5.wizard import Choices, Entry, Exit, Filter, Positions, Sizing, Stop, write_program


@dataclass(frozen=True, slots=True)
class Template:
    """A program with what it is for; `kind` is expert or script."""

    id: str
    title: str
    about: str
    kind: str
    file: str
    text: str


_WRITTEN = ("blank", "session_breakout", "trade_keeper", "equity_guard", "close_all")
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
    written = [_written(name) for name in _WRITTEN]
    return (*written, *(_recipe(name, choices) for name, choices in _RECIPES))


def _written(name: str) -> Template:
    text = (files(__package__) / f"{name}.mq5").read_text("utf-8")
    head = [line.strip("/|").strip() for line in text.splitlines() if line.startswith("//|")]
    end = next(n for n, line in enumerate(text.splitlines()) if line.startswith("#property"))
    about = " ".join(head[1 : end - 2])
    kind = "script" if "OnStart()" in text else "expert"
    return Template(name, head[0], about, kind, f"{name}.mq5", text)


def _recipe(name: str, choices: Choices) -> Template:
    text = write_program(choices)
    head = [line.strip("/|").strip() for line in text.splitlines() if line.startswith("//|")]
    sentences = " ".join(head[3 : head.index("", 3)]).removeprefix("- ").replace(" - ", " ")
    return Template(name, choices.name, sentences, "expert", f"{choices.name}.mq5", text)
