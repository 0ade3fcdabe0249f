"""Programs to start from. Ours; each is free of findings and in house style."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Template:
    """A starting text: `name` is what a draft of it is called first."""

    name: str
    title: str
    about: str
    text: str


_OFFERED = (
    (
        "average-cross.mq5",
        "AverageCross.mq5",
        "Moving average cross",
        "Two averages, a stop from the range, risk in %.",
    ),
    (
        "session-breakout.mq5",
        "SessionBreakout.mq5",
        "Session breakout",
        "Stop orders around the first minutes of a day.",
    ),
    ("empty-expert.mq5", "NewExpert.mq5", "Empty Expert Advisor", "The event functions and nothing in them."),
    ("script.mq5", "ListPositions.mq5", "Script", "Runs once: lists the open positions."),
    ("include.mqh", "Volume.mqh", "Include", "Functions that several programs share."),
)


@cache
def templates() -> tuple[Template, ...]:
    """What a new draft may start from, the most used first."""
    folder = files(__package__) / "templates"
    return tuple(
        Template(name, title, about, (folder / file).read_text("utf-8")) for file, name, title, about in _OFFERED
    )
