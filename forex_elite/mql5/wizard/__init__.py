"""The strategy wizard: complete, commented Expert Advisors out of choices, without any model or network."""

from __future__ import annotations

from forex_elite.mql5.wizard.choices import (
    PARAMETERS,
    Choices,
    Entry,
    Exit,
    Filter,
    Parameter,
    Positions,
    Sizing,
    Stop,
    every_combination,
)
from forex_elite.mql5.wizard.program import write_program

__all__ = [
    "PARAMETERS",
    "Choices",
    "Entry",
    "Exit",
    "Filter",
    "Parameter",
    "Positions",
    "Sizing",
    "Stop",
    "every_combination",
    "write_program",
]
