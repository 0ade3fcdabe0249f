"""What a strategy is made of: one entry, any filters, a stop with any further exits, a size, one position or a grid."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, product

from forex_elite.errors import InvalidInput

MAX_NAME = 40
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .+-]*")


class Entry(StrEnum):
    """What opens a trade."""

    MA_CROSS = "ma_cross"
    RSI = "rsi"
    BOLLINGER = "bollinger"
    BREAKOUT = "breakout"
    MACD = "macd"


class Filter(StrEnum):
    """What keeps a trade from being opened."""

    TREND = "trend"
    SESSION = "session"
    SPREAD = "spread"
    NEWS = "news"


class Stop(StrEnum):
    """How far stop loss and take profit stand: fixed pips, or multiples of the average true range."""

    FIXED = "fixed"
    ATR = "atr"


class Exit(StrEnum):
    """What else ends a trade."""

    PARTIAL = "partial"
    BREAK_EVEN = "break_even"
    TRAIL = "trail"


class Sizing(StrEnum):
    """What decides the volume."""

    FIXED = "fixed"
    RISK = "risk"


class Positions(StrEnum):
    """How many trades at once."""

    ONE = "one"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the program starts with; it stays an input and can be changed later."""

    name: str
    label: str
    default: float
    minimum: float
    maximum: float
    is_whole: bool = False


def _whole(name: str, label: str, default: int, minimum: int, maximum: int) -> Parameter:
    return Parameter(name, label, default, minimum, maximum, is_whole=True)


PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    Entry.MA_CROSS: (
        _whole("fast_period", "Fast average, bars", 20, 1, 1000),
        _whole("slow_period", "Slow average, bars", 50, 2, 2000),
    ),
    Entry.RSI: (
        _whole("rsi_period", "RSI, bars", 14, 2, 500),
        Parameter("oversold", "Oversold below", 30, 1, 50),
        Parameter("overbought", "Overbought above", 70, 50, 99),
    ),
    Entry.BOLLINGER: (
        _whole("bands_period", "Bands, bars", 20, 2, 500),
        Parameter("bands_width", "Width, standard deviations", 2, 0.1, 10),
    ),
    Entry.BREAKOUT: (_whole("channel_bars", "Channel, bars", 20, 2, 1000),),
    Entry.MACD: (
        _whole("macd_fast", "Fast average, bars", 12, 1, 500),
        _whole("macd_slow", "Slow average, bars", 26, 2, 1000),
        _whole("macd_signal", "Signal line, bars", 9, 1, 500),
    ),
    Filter.TREND: (_whole("trend_period", "Trend average, bars", 200, 2, 2000),),
    Filter.SESSION: (
        _whole("session_start", "First hour, broker's time", 8, 0, 23),
        _whole("session_end", "First hour after it, broker's time", 18, 0, 23),
    ),
    Filter.SPREAD: (_whole("max_spread", "Widest spread, points", 20, 1, 10_000),),
    Filter.NEWS: (
        _whole("news_before", "Quiet before, minutes", 30, 0, 1440),
        _whole("news_after", "Quiet after, minutes", 30, 0, 1440),
    ),
    f"stop_{Stop.FIXED}": (
        Parameter("stop_pips", "Stop loss, pips", 30, 0.1, 100_000),
        Parameter("target_pips", "Take profit, pips (0: none)", 60, 0, 100_000),
    ),
    f"stop_{Stop.ATR}": (
        Parameter("stop_atr", "Stop loss, multiples of the ATR", 2, 0.1, 100),
        Parameter("target_atr", "Take profit, multiples of the ATR (0: none)", 4, 0, 100),
    ),
    "atr": (_whole("atr_period", "Average true range, bars", 14, 1, 500),),
    Exit.TRAIL: (Parameter("trail_atr", "Trailing stop, multiples of the ATR", 2.5, 0.1, 100),),
    Exit.BREAK_EVEN: (
        Parameter("break_even_at", "Starts at this multiple of the stop distance", 1, 0.1, 100),
        _whole("break_even_points", "Beyond the entry, points", 10, 0, 10_000),
    ),
    Exit.PARTIAL: (
        Parameter("partial_at", "Starts at this multiple of the stop distance", 1, 0.1, 100),
        Parameter("partial_percent", "Part of the volume, percent", 50, 1, 99),
    ),
    f"size_{Sizing.FIXED}": (Parameter("lots", "Volume, lots", 0.1, 0.001, 500),),
    f"size_{Sizing.RISK}": (Parameter("risk_percent", "Risk of a trade, percent of the balance", 1, 0.01, 10),),
    Positions.ONE: (),
    Positions.GRID: (
        _whole("grid_max", "Most trades at once", 4, 1, 20),
        Parameter("grid_step", "Distance, multiples of the stop distance", 0.5, 0.05, 20),
        Parameter("basket_profit", "Close all at this profit, percent of the balance", 2, 0.01, 100),
        Parameter("basket_loss", "Close all at this loss, percent of the balance", 5, 0.01, 100),
    ),
    "general": (_whole("magic", "Magic number", 20_250, 1, 2**31 - 1),),
}
"""The numbers each choice brings along, in the order of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A strategy as chosen; `numbers` overrides defaults of PARAMETERS by name."""

    name: str = "My strategy"
    entry: Entry = Entry.MA_CROSS
    filters: frozenset[Filter] = frozenset()
    stop: Stop = Stop.ATR
    exits: frozenset[Exit] = frozenset()
    sizing: Sizing = Sizing.RISK
    positions: Positions = Positions.ONE
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def needs_atr(self) -> bool:
        """Whether the program needs the average true range."""
        return self.stop is Stop.ATR or Exit.TRAIL in self.exits

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The numbers of these choices, in the order of the program's inputs."""
        keys: list[str] = [
            self.entry,
            *(one for one in Filter if one in self.filters),
            f"stop_{self.stop}",
            *(("atr",) if self.needs_atr else ()),
            *(one for one in Exit if one in self.exits),
            f"size_{self.sizing}",
            self.positions,
            "general",
        ]
        return tuple(parameter for key in keys for parameter in PARAMETERS[key])


def check(choices: Choices) -> dict[str, float]:
    """The numbers of a strategy by name, defaults filled in. Raises InvalidInput for the first that does not fit."""
    if not _NAME.fullmatch(choices.name) or len(choices.name) > MAX_NAME or choices.name != choices.name.strip(" ."):
        raise InvalidInput(
            f"Name the program with 1 to {MAX_NAME} letters, digits, blanks, dots, plus, minus or underscores.",
            field="name",
        )
    known = {parameter.name: parameter for parameter in choices.parameters}
    if unknown := next((name for name in choices.numbers if name not in known), None):
        raise InvalidInput(f'"{unknown[:40]}" is no number of these choices.', field=f"numbers.{unknown[:40]}")
    numbers = {name: float(choices.numbers.get(name, one.default)) for name, one in known.items()}
    for name, value in numbers.items():
        one = known[name]
        if not (math.isfinite(value) and one.minimum <= value <= one.maximum) or (
            one.is_whole and not value.is_integer()
        ):
            kind = "a whole number" if one.is_whole else "a number"
            raise InvalidInput(
                f"{one.label}: use {kind} from {one.minimum:g} to {one.maximum:g}.", field=f"numbers.{name}"
            )
    for fast, slow in (("fast_period", "slow_period"), ("macd_fast", "macd_slow"), ("oversold", "overbought")):
        if fast in numbers and numbers[fast] >= numbers[slow]:
            raise InvalidInput(
                f'Use less than {numbers[slow]:g}, or raise "{known[slow].label}" first.', field=f"numbers.{fast}"
            )
    return numbers


def every_combination() -> Iterator[Choices]:
    """All strategies the wizard can write, with default numbers."""
    filter_sets = [frozenset(some) for n in range(len(Filter) + 1) for some in combinations(Filter, n)]
    exit_sets = [frozenset(some) for n in range(len(Exit) + 1) for some in combinations(Exit, n)]
    for entry, filters, stop, exits, sizing, positions in product(
        Entry, filter_sets, Stop, exit_sets, Sizing, Positions
    ):
        yield Choices(entry=entry, filters=filters, stop=stop, exits=exits, sizing=sizing, positions=positions)
