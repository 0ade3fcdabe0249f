"""The paper broker: a drop-in for the `MetaTrader5` module, with a market, books on disk and faults on demand.

Names are looked up when they are asked for: the supervisor handles simulated programs without loading the market.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.simulator.account import BrokerTerms
    from agent.simulator.books import BooksContent, read_books
    from agent.simulator.faults import Fault, FaultKind
    from agent.simulator.terminal import SimulatedTerminal
    from agent.simulator.terminal import SimulatedTerminal as mt5  # noqa: N813  # named after the module it stands in for

__all__ = ["BooksContent", "BrokerTerms", "Fault", "FaultKind", "SimulatedTerminal", "mt5", "read_books"]

_HOMES = {
    "BooksContent": "books",
    "BrokerTerms": "account",
    "Fault": "faults",
    "FaultKind": "faults",
    "SimulatedTerminal": "terminal",
    "read_books": "books",
}


def __getattr__(name: str) -> Any:
    """The name from its module; `mt5(terms, state_file=…)` gives the object to use for `import MetaTrader5 as mt5`."""
    wanted = "SimulatedTerminal" if name == "mt5" else name
    if wanted not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[wanted]}"), wanted)
