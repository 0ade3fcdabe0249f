"""The paper broker: a drop-in for the `MetaTrader5` module, with a market, books on disk and faults on demand."""

from agent.simulator.account import BrokerTerms
from agent.simulator.books import BooksContent, read_books
from agent.simulator.faults import Fault, FaultKind
from agent.simulator.terminal import SimulatedTerminal

__all__ = ["BooksContent", "BrokerTerms", "Fault", "FaultKind", "SimulatedTerminal", "mt5", "read_books"]

mt5 = SimulatedTerminal
"""`mt5(terms, state_file=…)` gives the object to use in place of `import MetaTrader5 as mt5`."""
