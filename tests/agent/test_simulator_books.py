"""The broker's books: a broker forgets nothing because a process of ours died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.simulator import BrokerTerms, Fault, FaultKind, SimulatedTerminal, read_books
from agent.simulator import faults as fault_plans
from agent.simulator.account import BooksMismatch
from agent.simulator.books import Books, BooksContent
from tests.agent.paper import Clock, market_order, paper, pending_order, quotes

ROOT = Path(__file__).parents[2]
FLAT = {"EURUSD": quotes((0, 1.1, 1.1001))}

HOST = """
import sys
from agent.simulator import SimulatedTerminal
api = SimulatedTerminal(state_file=sys.argv[1])
assert api.initialize()
ORDER = {"action": 1, "symbol": "EURUSD", "volume": 0.01, "type": 0, "type_filling": 0, "comment": "child"}
print("ready", flush=True)
for line in sys.stdin:
    result = api.order_send(ORDER)
    if line.strip() == "close" and result.order:
        result = api.order_send(ORDER | {"type": 1, "position": result.order})
    print(result.order, result.deal, flush=True)
"""


@contextmanager
def host(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that hosts the broker and sends an order for every line it is given."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOST, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def ask(child: subprocess.Popen[str], word: str = "open") -> str:
    """Have the child send an order; its answer, or an empty line if it died."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(word + "\n")
    child.stdin.flush()
    return child.stdout.readline()


def assert_sound(books: BooksContent) -> None:
    """What must hold for books at any instant."""
    total = sum(deal.profit + deal.commission + deal.swap + deal.fee for deal in books.deals)
    assert books.balance == round(total, 2)
    assert {deal.order for deal in books.deals[1:]} <= {order.ticket for order in books.history_orders}
    opened = {deal.position_id for deal in books.deals if deal.position_id}
    closed = {deal.position_id for deal in books.deals if deal.entry == 1}
    assert {position.identifier for position in books.positions} == opened - closed
    tickets = [deal.ticket for deal in books.deals]
    assert tickets == sorted(set(tickets))


def test_a_new_account_begins_with_its_balance_as_a_deal(tmp_path: Path) -> None:
    SimulatedTerminal(BrokerTerms(balance=2500.0), state_file=tmp_path / "books")
    books = read_books(tmp_path / "books")
    assert (books.balance, [(deal.type, deal.profit) for deal in books.deals]) == (2500.0, [(2, 2500.0)])


def test_no_books_yet_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_books(tmp_path / "nothing")


def test_another_process_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    clock = Clock()
    first = paper(clock, state_file=tmp_path / "books", prices=FLAT)
    kept = market_order(first, sl=1.05, magic=(1 << 64) - 1, comment="kept")
    pending = pending_order(first, first.ORDER_TYPE_BUY_LIMIT, 1.05)
    first.switch(algo_trading=False)
    second = paper(clock, state_file=tmp_path / "books", prices=FLAT)
    assert second.positions_get() == first.positions_get()
    assert second.positions_get()[0].magic == (1 << 64) - 1
    assert [each.ticket for each in second.orders_get()] == [pending.order]
    assert second.terminal_info().trade_allowed is False
    second.switch(algo_trading=True)
    closed = market_order(second, buy=False, position=kept.order)
    assert closed.order == pending.order + 1
    assert first.positions_get() == ()


def test_terms_are_those_of_the_first_start(tmp_path: Path) -> None:
    SimulatedTerminal(BrokerTerms(balance=500.0, seed=9), state_file=tmp_path / "books")
    again = SimulatedTerminal(BrokerTerms(balance=9999.0, seed=1), state_file=tmp_path / "books")
    assert (again.account.terms.balance, again.account.terms.seed) == (500.0, 9)


def test_books_of_another_account_are_not_taken_up(tmp_path: Path) -> None:
    SimulatedTerminal(BrokerTerms(login=1), state_file=tmp_path / "books")
    with pytest.raises(BooksMismatch):
        SimulatedTerminal(BrokerTerms(login=2), state_file=tmp_path / "books")


def test_two_terminals_on_one_account_see_each_others_trades(tmp_path: Path) -> None:
    clock = Clock()
    one, two = (paper(clock, state_file=tmp_path / "books", prices=FLAT) for _ in range(2))
    tickets = [market_order(api).order for api in (one, two, one, two)]
    assert len(set(tickets)) == 4
    assert [each.ticket for each in one.positions_get()] == [each.ticket for each in two.positions_get()] == tickets
    assert one.account_info() == two.account_info()
    assert_sound(read_books(tmp_path / "books"))


def test_a_stop_is_booked_once_however_many_processes_play_the_market(tmp_path: Path) -> None:
    clock = Clock()
    fall = {"EURUSD": quotes((0, 1.1, 1.1001), (60, 1.08, 1.0801))}
    one, two = (paper(clock, state_file=tmp_path / "books", prices=fall) for _ in range(2))
    market_order(one, sl=1.09)
    assert two.positions_total() == 1
    clock.forward(minutes=5)
    assert one.positions_get() == two.positions_get() == ()
    books = read_books(tmp_path / "books")
    assert [deal.entry for deal in books.deals[1:]] == [0, 1]


def test_a_stop_hit_while_no_process_lived_is_booked_at_its_time(tmp_path: Path) -> None:
    clock = Clock()
    fall = {"EURUSD": quotes((0, 1.1, 1.1001), (60, 1.08, 1.0801))}
    first = paper(clock, state_file=tmp_path / "books", prices=fall)
    opened = market_order(first, sl=1.09)
    clock.forward(hours=5)
    out = paper(clock, state_file=tmp_path / "books", prices=fall).history_deals_get(position=opened.order)[-1]
    assert (out.price, out.time - first.history_deals_get(0, 4e9)[0].time) == (1.08, 60)


def test_a_change_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = paper(Clock(), state_file=tmp_path / "books", prices=FLAT)
    before = read_books(tmp_path / "books")
    monkeypatch.setattr(Books, "finish_order", lambda *_: 1 / 0)
    assert market_order(api) is None
    monkeypatch.undo()
    assert read_books(tmp_path / "books") == before
    assert api.positions_get() == ()
    assert market_order(api).order == 51_000_001


# --- killed processes -----------------------------------------------------------------------------------------------


def test_what_was_answered_before_a_kill_is_in_the_books(tmp_path: Path) -> None:
    path = tmp_path / "books"
    with host(path) as child:
        answers = [ask(child, "close" if number % 3 == 0 else "open") for number in range(30)]
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    books = read_books(path)
    assert_sound(books)
    assert {int(answer.split()[1]) for answer in answers} <= {deal.ticket for deal in books.deals}
    with host(path) as child:
        order = int(ask(child).split()[0])
    after = read_books(path)
    assert order == max(each.ticket for each in books.history_orders) + 1
    assert len(after.positions) == len(books.positions) + 1
    assert_sound(after)


def test_books_are_sound_at_whatever_moment_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "books"
    for round_number in range(4):
        with host(path) as child:
            assert child.stdin is not None
            child.stdin.write("close\n" * 2000)  # more than it can do before it is killed
            child.stdin.flush()
            assert child.stdout is not None
            for _ in range(3 + 7 * round_number):
                child.stdout.readline()
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        assert_sound(read_books(path))


@pytest.mark.parametrize(("kind", "positions"), [(FaultKind.CRASH_BEFORE, 0), (FaultKind.CRASH_AFTER, 1)])
def test_a_planned_crash_kills_once_before_or_after_the_fill(tmp_path: Path, kind: FaultKind, positions: int) -> None:
    path = tmp_path / "books"
    with host(path) as child:
        fault_plans.plan(path, Fault(kind))
        assert ask(child) == ""
        assert child.wait() == -signal.SIGKILL
    assert len(read_books(path).positions) == positions
    with host(path) as child:
        assert ask(child) != ""
    assert len(read_books(path).positions) == positions + 1


def test_faults_and_switches_reach_a_broker_in_another_process(tmp_path: Path) -> None:
    path = tmp_path / "books"
    with host(path) as child:
        fault_plans.plan(path, Fault(FaultKind.REFUSE, code=10006, skip=1))
        assert ask(child) != "0 0\n"
        assert ask(child) == "0 0\n"
        fault_plans.switch(path, market_open=False)
        assert ask(child) == "0 0\n"
        fault_plans.switch(path, market_open=True)
        fault_plans.plan(path, Fault(FaultKind.REFUSE, code=10006, times=None))
        assert ask(child) == "0 0\n"
        fault_plans.clear(path)
        assert ask(child) != "0 0\n"


def test_unknown_switches_are_refused(tmp_path: Path) -> None:
    SimulatedTerminal(state_file=tmp_path / "books")
    with pytest.raises(ValueError, match="no such switch"):
        fault_plans.switch(tmp_path / "books", sunshine=True)
