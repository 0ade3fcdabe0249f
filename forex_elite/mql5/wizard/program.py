"""A program out of its parts: each choice is a `.part` file with sections, put together in the order MQL5 is read."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from forex_elite.mql5.wizard.choices import Choices, Exit, Filter, Positions, Sizing, check

_WIDTH = 66
_LINE = "//+" + "-" * _WIDTH + "+"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a program: the text of each of its sections by name."""

    name: str
    sections: dict[str, str] = field(default_factory=dict)

    def lines(self, section: str) -> list[str]:
        """The lines of a section, none when the part has no such section."""
        return self.sections.get(section, "").splitlines()


@cache
def read_part(name: str) -> Part:
    """A part from its file."""
    sections: dict[str, list[str]] = {}
    section: list[str] = []
    text = (files(__package__) / "parts" / f"{name}.part").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("//= "):
            section = sections.setdefault(line[4:].strip(), [])
        else:
            section.append(line)
    return Part(name, {name: "\n".join(lines) for name, lines in sections.items()})


def parts_of(choices: Choices) -> list[Part]:
    """The parts of a strategy in the order of its inputs; what manages open trades comes with the first exit."""
    names = [f"entry_{choices.entry}"]
    names += [f"filter_{one}" for one in Filter if one in choices.filters]
    names.append(f"stop_{choices.stop}")
    if choices.needs_atr:
        names.append("atr")
    names += [f"exit_{one}" for one in Exit if one in choices.exits]
    names += [f"size_{choices.sizing}", f"positions_{choices.positions}", "frame"]
    if choices.exits:
        names.append("manage")
    if choices.exits & {Exit.BREAK_EVEN, Exit.PARTIAL}:
        names.append("manage_profit")
    if choices.exits & {Exit.BREAK_EVEN, Exit.TRAIL}:
        names.append("manage_stop")
    return [read_part(name) for name in names]


def write_program(choices: Choices) -> str:
    """The source of an Expert Advisor, complete and commented. Raises InvalidInput for numbers that do not fit."""
    numbers = check(choices)
    parts = parts_of(choices)
    text = "\n".join(
        [
            *_header(choices, parts),
            "#include <Trade/Trade.mqh>",
            "",
            *_SIDES,
            "",
            *(line for part in parts for line in part.lines("inputs")),
            "",
            "CTrade trade; // sends the orders",
            "datetime last_bar = 0; // opening time of the bar that was looked at last",
            *(line for part in parts for line in part.lines("globals")),
            *_on_init(parts),
            *_on_deinit(parts),
            *_on_tick(parts),
            *(line for part in parts for line in part.lines("functions")),
            _LINE,
            "",
        ]
    )
    return _filled(text, choices, parts, numbers)


_SIDES = (
    "enum ENUM_SIDES",
    "  {",
    "   SIDES_BOTH, // Buy and sell",
    "   SIDES_LONG, // Buy only",
    "   SIDES_SHORT // Sell only",
    "  };",
)


def _filled(text: str, choices: Choices, parts: list[Part], numbers: dict[str, float]) -> str:
    """The text with its marks replaced: numbers, the filters' calls, the exits' calls, the share of a grid's trade."""
    allows = [line for part in parts for line in part.lines("allow")]
    manage = [line for part in parts for line in part.lines("manage")]
    is_shared = choices.sizing is Sizing.RISK and choices.positions is Positions.GRID
    marks = {
        "filters": "".join(f" && {call}" for call in allows),
        "manage": "\n".join(manage),
        "share": " / InpGridMax" if is_shared else "",
        "comment": choices.name[:27],
    }
    whole = {parameter.name for parameter in choices.parameters if parameter.is_whole}
    for name, value in numbers.items():
        marks[name] = str(int(value)) if name in whole else _decimal(value)
    for name, value_text in marks.items():
        text = text.replace("{" + name + "}", value_text)
    return text


def _decimal(value: float) -> str:
    text = f"{value:.10f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _header(choices: Choices, parts: list[Part]) -> list[str]:
    about = [" ".join(part.lines("about")) for part in parts if part.lines("about")]
    lines = [f"{choices.name}.mq5", "Written by the ForexElite strategy wizard.", ""]
    for sentence in about:
        lines += textwrap.wrap(sentence, _WIDTH - 6, initial_indent="- ", subsequent_indent="  ")
    lines += ["", "Try it in the strategy tester and on a demo account first:", "no program can promise a profit."]
    box = [f"//| {line.ljust(_WIDTH - 2)} |" for line in lines]
    return [
        _LINE,
        *box,
        _LINE,
        '#property copyright "Made with ForexElite"',
        '#property version "1.00"',
        f'#property description "{about[0]}"',
        "",
    ]


def _box(sentence: str) -> list[str]:
    return [_LINE, f"//| {sentence.ljust(_WIDTH - 2)} |", _LINE]


def _on_init(parts: list[Part]) -> list[str]:
    handles = [handle for part in parts for handle in part.lines("handles")]
    lines = [*_box("Checks the inputs and prepares what the program needs"), "int OnInit()", "  {"]
    for check_line in (line for part in parts for line in part.lines("check")):
        condition, _, words = check_line.rpartition(" | ")
        lines += [
            f"   if({condition})",
            "     {",
            f'      Print("{words}");',
            "      return(INIT_PARAMETERS_INCORRECT);",
            "     }",
        ]
    lines += [line for part in parts for line in part.lines("init")]
    if handles:
        missing = " || ".join(f"{handle} == INVALID_HANDLE" for handle in handles)
        lines += [
            f"   if({missing})",
            "     {",
            '      Print("An indicator could not be made: ", GetLastError());',
            "      return(INIT_FAILED);",
            "     }",
        ]
    return [
        *lines,
        "   trade.SetExpertMagicNumber(InpMagic);",
        "   trade.SetDeviationInPoints(InpDeviation);",
        "   trade.SetTypeFillingBySymbol(_Symbol);",
        "   return(INIT_SUCCEEDED);",
        "  }",
    ]


def _on_deinit(parts: list[Part]) -> list[str]:
    handles = [handle for part in parts for handle in part.lines("handles")]
    if not handles:
        return []
    return [
        *_box("Gives back the indicators"),
        "void OnDeinit(const int reason)",
        "  {",
        *(f"   IndicatorRelease({handle});" for handle in handles),
        "  }",
    ]


def _on_tick(parts: list[Part]) -> list[str]:
    every_tick = [line for part in parts for line in part.lines("tick")]
    every_bar = [line for part in parts for line in part.lines("bar")]
    acts = [line for part in parts for line in part.lines("act")]
    comment = ["   // Open trades are looked after on every tick."] if every_tick else []
    return [
        *_box("Called on every new price"),
        "void OnTick()",
        "  {",
        *comment,
        *every_tick,
        "   // Signals are taken from closed bars only, so that they do not come and go.",
        "   if(!IsNewBar())",
        "      return;",
        *every_bar,
        "   int signal = Signal();",
        "   if(signal == 0)",
        "      return;",
        *acts,
        "  }",
    ]
