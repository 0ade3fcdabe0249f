"""An account's whole past is told, in batches, each once stored, and what moved its balance is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import silence
from agent.backfill import POSITIONS_AT_ONCE, BackFill
from agent.protocol import Side
from agent.reports import Reports
from agent.silence import Silence
from agent.terminal.balance_check import Deals, DealsSum
from agent.terminal.broker_time import BrokerClock
from agent.terminal.gateway import Deal
from tests.agent.fake_terminal import FakeTerminal

NOW = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)


def closing(number: int, at: datetime) -> Deal:
    return Deal(2 * number, number, number, "EURUSD", Side.SELL, 1, 0.1, 1.1, 1.0, 0, 0, 0, 0, "", at, kind=1)


def deposit(number: int, at: datetime, amount: float = 500.0, kind: int = 2) -> Deal:
    return Deal(2 * number + 1, 0, 0, "", None, 0, 0, 0, amount, 0, 0, 0, 0, "Deposit", at, kind=kind)


def told_by(terminal: FakeTerminal, mark: str | None = None) -> tuple[list[dict[str, Any]], BackFill]:
    """Every batch of a back-fill whose batches are stored at once."""
    said: list[dict[str, Any]] = []
    past = BackFill(terminal, said.append, NOW)
    past.resume(mark)
    while past.is_due:
        past.step()
        past.stored(said[-1]["mark"])
    return said, past


@settings(max_examples=40, deadline=None)
@given(
    ages=st.lists(st.integers(1, 60 * 24 * 4000), max_size=3 * POSITIONS_AT_ONCE),
    crowd=st.integers(0, 3 * POSITIONS_AT_ONCE),
)
def test_the_whole_past_is_told_newest_first(ages: list[int], crowd: int) -> None:
    terminal = FakeTerminal()
    minutes = [*ages, *([777] * crowd)]  # many at one instant cannot be told apart by time
    terminal.book.deals = [closing(n + 1, NOW - timedelta(minutes=age)) for n, age in enumerate(minutes)]
    terminal.book.deals.append(deposit(10_000, NOW - timedelta(days=3999)))

    said, past = told_by(terminal)

    assert {row["ticket"] for batch in said for row in batch["closed"]} == set(range(1, len(minutes) + 1))
    assert [row["kind"] for batch in said for row in batch["operations"]][:1] == ["deposit"]
    newest = [max(row["close_time"] for row in batch["closed"]) for batch in said if batch["closed"]]
    assert newest == sorted(newest, reverse=True)
    assert not past.is_due


def test_the_next_batch_waits_until_the_last_one_is_stored() -> None:
    terminal = FakeTerminal()
    terminal.book.deals = [closing(n, NOW - timedelta(hours=n)) for n in range(1, 200)]
    said: list[dict[str, Any]] = []
    past = BackFill(terminal, said.append, NOW)

    past.step()
    assert not past.is_due
    past.stored("of another batch")
    assert not past.is_due
    past.stored(said[-1]["mark"])

    assert past.is_due
    assert len(said[0]["closed"]) == POSITIONS_AT_ONCE


def test_a_new_run_goes_on_where_the_last_one_was_stored() -> None:
    terminal = FakeTerminal()
    terminal.book.deals = [closing(n, NOW - timedelta(hours=n)) for n in range(1, 200)]
    said: list[dict[str, Any]] = []
    first = BackFill(terminal, said.append, NOW)
    first.step()
    first.stored(said[0]["mark"])
    first.step()  # told, and lost with the agent

    again, done = told_by(terminal, said[0]["mark"])

    tickets = [row["ticket"] for row in said[0]["closed"]] + [row["ticket"] for b in again for row in b["closed"]]
    assert set(tickets) == set(range(1, 200))
    assert again[0]["closed"] == said[1]["closed"]
    assert done.began == NOW
    assert told_by(terminal, again[-1]["mark"])[0] == []


def test_a_deposit_is_told_once_and_at_once() -> None:
    terminal = FakeTerminal()
    said: list[dict[str, Any]] = []
    reports = Reports(terminal, said.append)
    every = reports._every()
    terminal.book.deals.append(deposit(5, datetime.now(UTC), -20.5))

    every["closed_now"][1]()
    every["closed"][1]()

    (told,) = [message for message in said if message["say"] == "operations"]
    assert [(row["kind"], row["amount"]) for row in told["operations"]] == [("withdrawal", -20.5)]


@pytest.mark.parametrize(
    ("kind", "amount", "name"),
    [
        (2, 5, "deposit"),
        (2, -5, "withdrawal"),
        (3, 5, "credit"),
        (5, -1, "correction"),
        (15, 2, "dividend"),
        (99, 1, "other"),
    ],
)
def test_every_kind_of_operation_has_a_name(kind: int, amount: float, name: str) -> None:
    from agent.terminal.history import balance_operation

    told = balance_operation(deposit(1, NOW, amount, kind))

    assert told is not None
    assert told.kind == name
    assert balance_operation(closing(1, NOW)) is None


# --- the sum of all deals --------------------------------------------------------------------------------------------


class History:
    """Deals as the package hands them out, and how often all of them were asked for."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.whole = 0
        self.now = NOW
        self.sum = DealsSum(self.read, BrokerClock(), lambda: self.now)

    def read(self, since: datetime, until: datetime) -> list[Any]:
        self.whole += since.year == 2000
        return [row for row in self.rows if row.time_msc >= since.timestamp() * 1000 - 5]

    def told(self, balance: float) -> float | None:
        deals = self.sum.of(balance, 2)
        return None if deals is None else deals.booked

    def book(self, profit: float, kind: int = 0, fee: float = 0.0) -> None:
        self.now += timedelta(hours=1)
        at = int(self.now.timestamp() * 1000)
        self.rows.append(SimpleNamespace(time_msc=at, type=kind, profit=profit, swap=0.0, commission=0.0, fee=fee))


def test_the_sum_of_all_deals_is_found_and_then_only_added_to() -> None:
    history = History()
    history.book(1000.0, kind=2)
    history.book(50.0, kind=3)  # credit is no part of the balance
    assert history.told(1000.0) == 1000.0
    balance = 1000.0
    for n in range(20):
        history.book(0.1 * n, fee=-0.05)
        balance = round(balance + 0.1 * n - 0.05, 2)
        assert history.told(balance) == balance
        assert history.told(balance) == balance

    assert history.whole == 1


def test_what_was_paid_in_and_out_is_told_beside_the_sum_and_costs_are_no_payment() -> None:
    history = History()
    for profit, kind in ((1000.0, 2), (50.0, 3), (20.0, 6), (-5.0, 5), (30.0, 0), (-7.0, 7)):
        history.book(profit, kind)
    assert history.sum.of(1038.0, 2) == Deals(1038.0, 1065.0)
    history.book(-300.0, kind=2)
    assert history.sum.of(738.0, 2) == Deals(738.0, 765.0)


def test_a_difference_is_told_when_two_whole_readings_agree_and_costs_nothing_while_it_stays() -> None:
    history = History()
    history.book(1000.0, kind=2)
    assert history.told(1000.0) == 1000.0
    history.book(10.0)

    assert history.told(1035.0) is None
    assert history.told(1035.0) is None  # not yet the time to look again
    history.now += timedelta(seconds=3)
    assert history.told(1035.0) == 1010.0
    assert history.whole == 3
    for n in range(5):  # the same difference at every later balance
        history.book(1.0)
        assert history.told(1036.0 + n) == 1011.0 + n

    assert history.whole == 3


def test_deals_that_come_late_end_the_difference() -> None:
    history = History()
    history.book(1000.0, kind=2)
    assert history.told(1010.0) is None
    history.book(10.0)
    assert history.told(1010.0) == 1010.0  # an hour later, though the balance has not moved


# --- a silent feed ---------------------------------------------------------------------------------------------------


def test_a_feed_that_fell_silent_is_asked_for_anew_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(silence.time, "monotonic", lambda: now)
    quiet = Silence()
    asked = []
    for second in range(600):
        now = float(second)
        if quiet.is_to_be_broken(has_news=second == 100):
            asked.append(second)

    assert asked == [30, 90, 130, 190, 310, 550]


def test_the_terminal_is_told_to_subscribe_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(silence.time, "monotonic", lambda: now)
    terminal = FakeTerminal()
    reports = Reports(terminal, lambda message: None)
    reports.wishes.symbols = ("EURUSD",)
    reports._prices()
    reports._prices()
    assert terminal.resubscribed == []
    now = 31.0

    reports._prices()

    assert terminal.resubscribed == [["EURUSD"]]
