"""The simulated terminal: an object with the functions, constants and structures of the `MetaTrader5` module.

Like the module it holds one connection, keeps `last_error` for the last call only, answers None or False on an error
and an empty tuple where there is nothing, and refuses what the real functions refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from agent.simulator import constants
from agent.simulator.account import Account, BrokerTerms
from agent.simulator.books import Books
from agent.simulator.broker import Broker
from agent.simulator.faults import Fault
from agent.simulator.instruments import Instrument
from agent.simulator.replay import Recording
from agent.simulator.server_time import utc_now_ms
from agent.simulator.shortcuts import Shortcuts
from agent.simulator.structures import STRUCTURES
from agent.simulator.views import Installation


class SimulatedTerminal(Shortcuts):
    """A paper broker behind the API of the `MetaTrader5` module.

    `state_file` keeps the broker's books; without one they end with the object. `recordings` are replayed at `speed` in
    place of the random market, `instruments` added to the broker's own. `now_ms` is the clock (UTC milliseconds),
    `first_quote_s` how long a newly selected symbol has no quotes, `delay_s` the time a request takes to the server.
    """

    __version__ = "5.0.6231"

    def __init__(
        self,
        terms: BrokerTerms | None = None,
        *,
        state_file: str | Path | None = None,
        recordings: Mapping[str, Recording] | None = None,
        speed: float = 1.0,
        now_ms: Callable[[], int] = utc_now_ms,
        instruments: Iterable[Instrument] = (),
        installation: Installation | None = None,
        first_quote_s: float = 0.0,
        delay_s: float = 0.0,
    ) -> None:
        books = Books(state_file)
        terms = BrokerTerms(**kept) if (kept := books.get("terms")) and terms is None else terms or BrokerTerms()
        account = Account(terms, books, now_ms(), recordings, speed, instruments)
        super().__init__(account, Broker(account), installation or Installation(), now_ms, first_quote_s, delay_s)

    def plan(self, *faults: Fault) -> None:
        """Plan faults for coming calls."""
        with self.books.transaction():
            for fault in faults:
                self.books.put_fault(asdict(fault))

    def switch(self, **changes: bool) -> None:
        """Turn switches, by field names of `Switches`."""
        self._switch(**changes)


for _name in constants.NAMES:
    setattr(SimulatedTerminal, _name, getattr(constants, _name))
for _structure in STRUCTURES:
    setattr(SimulatedTerminal, _structure.__name__, _structure)
