"""What a terminal's child tells unasked: everything that happened, nothing twice, nothing needlessly."""

from __future__ import annotations

from typing import Any

import pytest

from agent.protocol import Side
from agent.reports import Reports
from tests.agent.fake_terminal import FakeTerminal


class Listener:
    """Reports over a fake terminal, and what they said."""

    def __init__(self, terminal: FakeTerminal | None = None) -> None:
        self.terminal = terminal or FakeTerminal()
        self.book = self.terminal.book
        self.said: list[dict[str, Any]] = []
        self.reports = Reports(self.terminal, self.said.append)

    def hear(self, *names: str) -> list[dict[str, Any]]:
        """Do all reports, or the named ones, once; what was said."""
        self.said.clear()
        every = self.reports._every()
        for name in names or every:
            every[name][1]()
        return list(self.said)

    def told(self, kind: str, *names: str) -> list[dict[str, Any]]:
        return [message for message in self.hear(*names) if message["say"] == kind]


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_the_first_round_tells_everything(listener: Listener) -> None:
    assert {message["say"] for message in listener.hear()} >= {"open", "account", "health", "ticks"}


def test_a_pump_does_one_report_at_a_time(listener: Listener) -> None:
    assert listener.reports.pump() == 0.0
    assert len(listener.said) <= 1


def test_pumping_comes_to_rest(listener: Listener) -> None:
    for _ in range(20):
        if listener.reports.pump() > 0.0:
            break
    assert listener.reports.pump() > 0.0


def test_unchanged_prices_positions_and_figures_are_not_told_again(listener: Listener) -> None:
    listener.hear()
    assert listener.hear("prices", "positions", "account", "closed") == []


def test_a_new_position_is_told_at_once_and_so_are_its_accounts_figures(listener: Listener) -> None:
    listener.hear()
    position = listener.book.open("EURUSD", Side.BUY, 0.1, magic=7, comment="FE-1")
    (told,) = listener.told("open", "positions")
    assert [row["ticket"] for row in told["open"]] == [position.ticket]
    assert len(listener.told("account", "account")) == 1


def test_the_last_position_going_away_is_told_as_an_empty_list(listener: Listener) -> None:
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    listener.hear()
    listener.book.close(position, 0.1, magic=0, comment="")
    (told,) = listener.told("open", "positions")
    assert told["open"] == []


def test_a_closed_trade_is_told_once(listener: Listener) -> None:
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    listener.hear()
    listener.book.close(position, 0.1, magic=0, comment="")
    (told,) = listener.told("closed", "closed_now")
    assert [row["ticket"] for row in told["closed"]] == [position.ticket]
    assert listener.told("closed", "closed_now", "closed", "closed_again") == []


def test_a_closing_makes_the_history_due_at_once(listener: Listener) -> None:
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    for _ in range(20):
        listener.reports.pump()
    listener.book.close(position, 0.1, magic=0, comment="")
    listener.reports.after_trade()
    listener.said.clear()
    for _ in range(6):
        listener.reports.pump()
    assert any(message["say"] == "closed" for message in listener.said)


def test_what_a_partial_close_made_is_told_with_the_position_that_stays_open(listener: Listener) -> None:
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    listener.hear()
    deal = listener.book.close(position, 0.04, magic=0, comment="")
    listener.hear("closed_now")
    (told,) = listener.told("open", "positions")
    assert [(row["volume"], row["partial_closes"]) for row in told["open"]] == [
        (
            0.06,
            [
                {
                    "deal": deal.ticket,
                    "done_at": deal.done_at.isoformat().replace("+00:00", "Z"),
                    "volume": 0.04,
                    "price": deal.price,
                    "amount": deal.profit,
                }
            ],
        )
    ]
    assert listener.told("open", "positions") == []


def test_partial_closes_from_before_the_agent_started_are_told_with_the_first_report() -> None:
    terminal = FakeTerminal()
    position = terminal.book.open("EURUSD", Side.BUY, 0.1)
    terminal.book.close(position, 0.04, magic=0, comment="")
    listener = Listener(terminal)
    (told,) = listener.told("open", "positions")
    assert [len(row["partial_closes"]) for row in told["open"]] == [1]


def test_a_position_opened_and_reduced_between_two_looks_is_told_with_what_that_made(listener: Listener) -> None:
    listener.hear()
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    listener.book.close(position, 0.04, magic=0, comment="")
    listener.hear("closed")
    (told,) = listener.told("open", "positions")
    assert [len(row["partial_closes"]) for row in told["open"]] == [1]


def test_a_trade_closed_between_two_looks_at_the_positions_is_still_told(listener: Listener) -> None:
    listener.hear()
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    listener.book.close(position, 0.1, magic=0, comment="")
    (told,) = listener.told("closed", "closed")
    assert [row["ticket"] for row in told["closed"]] == [position.ticket]


def test_a_sync_tells_closed_trades_again(listener: Listener) -> None:
    position = listener.book.open("EURUSD", Side.BUY, 0.1)
    listener.book.close(position, 0.1, magic=0, comment="")
    listener.hear()
    listener.said.clear()
    listener.reports.sync(position.opened_at)
    assert any(message["say"] == "closed" for message in listener.said)


def test_a_terminal_that_is_no_feed_gives_no_prices(listener: Listener) -> None:
    listener.reports.wishes.is_feed = False
    assert "prices" not in listener.reports._every()
