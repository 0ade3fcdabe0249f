"""Which terminal's prices count: exactly one for each symbol, whichever terminals die and return."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.feeds import Feeds
from agent.protocol import AgentConfig

CONFIG = AgentConfig()


class Terminal:
    """As much of a terminal's process as prices need; it reports them while it is told to and is well."""

    def __init__(self, server: str) -> None:
        self.setup = SimpleNamespace(terminal=SimpleNamespace(server=server))
        self.is_ready = True
        self.is_feed = True

    def wish(self, wishes: dict[str, Any]) -> None:
        self.is_feed = wishes["is_feed"]


def heard(feeds: Feeds, terminals: list[Terminal], symbol: str) -> int:
    """How many terminals' prices of a symbol are sent on."""
    told = [{"symbol": symbol}]
    return sum(len(feeds.wanted(each, told)) for each in terminals if each.is_ready and each.is_feed)


def test_a_terminal_that_dies_and_returns_leaves_its_broker_one_source_of_prices() -> None:
    feeds, terminals = Feeds(), [Terminal("Prime"), Terminal("Prime")]
    first, second = terminals
    for first_is_well in (True, False, True):
        first.is_ready = first_is_well
        feeds.share(terminals, CONFIG)
        assert heard(feeds, terminals, "EURUSD") == 1
    assert second.is_feed, "the one that took over keeps it: no gap for the return of the other"


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
def test_while_any_terminal_is_well_a_symbol_has_one_source_once_wishes_were_shared(changes) -> None:
    feeds, terminals = Feeds(), [Terminal("Prime"), Terminal("Prime"), Terminal("Second"), Terminal("Second")]
    for which, is_well in changes:
        terminals[which].is_ready = is_well
        heard(feeds, terminals, "EURUSD")  # prices come at any time, also before the wishes are shared
        feeds.share(terminals, CONFIG)
        assert heard(feeds, terminals, "EURUSD") == any(each.is_ready for each in terminals)
