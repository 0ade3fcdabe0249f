"""Bulk closes, closing by an opposite position, flattening; and the agent's own break-even and trailing stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent import protecting
from agent.clocks import Deadline
from agent.execute import Executor, TradeJob
from agent.journal import Intent, Journal
from agent.protecting import Protector
from agent.protocol import OrderType, Protection, ResultStatus, Side, TradePayload
from agent.reports import Reports
from agent.settle import Reconciler
from agent.terminal.gateway import OpenPosition, OrderInvalid, SendClass, SendResult
from tests.agent.fake_terminal import Book, FakeTerminal
from tests.agent.paper import Clock as PaperClock
from tests.agent.paper import adapter, open_trade, paper, quotes
from tests.agent.stepped_clock import SteppedClock

TAG = "FE-abc"
TRAIL = {"trailing": {"trigger": 10, "distance": 10, "step": 5}}


class Desk:
    """An executor and a protector on one terminal and one journal, as in a terminal's child."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SteppedClock()
        self.terminal = FakeTerminal(Book())
        self.book = self.terminal.book
        self.said: list[dict[str, Any]] = []
        self.alive = 0
        self.start()

    def start(self) -> None:
        """As after a restart: everything but the disk and the broker is new."""
        self.journal = Journal(self.folder / "j.sqlite3")
        self.executor = Executor(self.terminal, self.journal, self.clock, self._is_alive)
        self.protector = Protector(self.terminal, self.journal, self.clock, self.said.append)
        self.reconciler = Reconciler(self.terminal, self.journal, self.clock, 1.0)

    def _is_alive(self) -> None:
        self.alive += 1

    def payload(self, instruction: dict[str, Any]) -> TradePayload:
        return TradePayload.model_validate({"instruction": instruction, "magic": 0, "tag": TAG})

    def do(self, **instruction: Any) -> tuple[ResultStatus, dict[str, Any], str]:
        job = TradeJob(uuid4(), uuid4(), self.payload(instruction), Deadline.after(30.0, self.clock))
        settlement = self.executor.run(job).settlement
        assert settlement is not None
        return settlement.status, settlement.result or {}, settlement.error.code if settlement.error else ""

    def hold(self, side: Side = Side.BUY, lots: float = 0.5, **changes: Any) -> OpenPosition:
        self.book.open("EURUSD", side, lots)
        self.book.positions[-1] = replace(self.book.positions[-1], **changes)
        return self.book.positions[-1]

    def price(self, price: float) -> None:
        self.book.positions = [replace(each, current_price=price) for each in self.book.positions]

    def stop(self) -> float:
        return self.book.positions[0].sl

    def look(self) -> None:
        self.protector.look(self.protector.terms())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


@pytest.mark.parametrize(("which", "closed"), [("all", {0, 1, 2}), ("profitable", {0}), ("losing", {1})])
def test_a_bulk_close_takes_the_named_positions_with_that_result_and_no_other(
    desk: Desk, which: str, closed: set[int]
) -> None:
    held = [desk.hold(profit=5.0, swap=-1.0), desk.hold(profit=1.0, swap=-2.0), desk.hold()]
    opened_since = desk.hold(profit=9.0)
    tickets = [each.ticket for each in held]

    status, result, _ = desk.do(do="close_many", tickets=[*tickets, 999], which=which)

    assert status is ResultStatus.COMPLETED
    assert set(result["closed"]) == {tickets[n] for n in closed}
    assert {each.ticket for each in desk.book.positions} == {opened_since.ticket, *tickets} - set(result["closed"])
    assert desk.alive == len(closed)


def test_one_refusal_in_a_bulk_close_is_told_and_the_others_go_through(desk: Desk) -> None:
    tickets = [desk.hold().ticket, desk.hold().ticket]
    desk.terminal.answers = [SendResult(SendClass.REFUSED, 10018, "Market closed")]

    status, result, _ = desk.do(do="close_many", tickets=tickets)

    assert (status, result["closed"], result["is_partial"]) == (ResultStatus.COMPLETED, tickets[1:], True)
    assert "Market closed" in result["failed"][0]


def test_two_opposite_positions_are_closed_by_each_other(desk: Desk) -> None:
    buy, sell = desk.hold(lots=0.5), desk.hold(Side.SELL, 0.2)

    status, result, _ = desk.do(do="close_by", ticket=buy.ticket, by=sell.ticket)

    assert (status, result["closed"], result["volume_lots"]) == (ResultStatus.COMPLETED, [buy.ticket, sell.ticket], 0.2)
    assert [(each.ticket, each.volume_lots) for each in desk.book.positions] == [(buy.ticket, 0.3)]
    assert desk.do(do="close_by", ticket=buy.ticket, by=sell.ticket)[2] == "position-not-found"


def test_flattening_cancels_before_it_closes_and_asks_for_no_magic_number(desk: Desk) -> None:
    desk.do(do="open", symbol="EURUSD", side="buy", volume_lots=0.1, order_type="limit", price=1.05)
    desk.hold(magic=5)
    desk.hold(Side.SELL, magic=0)
    desk.terminal.sent.clear()

    status, _, _ = desk.do(do="flatten")

    assert status is ResultStatus.COMPLETED
    assert [each["do"] for each in desk.terminal.sent] == ["cancel", "close", "close"]
    assert desk.book.positions == desk.book.orders == []


@pytest.mark.parametrize(
    ("left", "status", "code"),
    [({}, ResultStatus.FAILED, "never-reached"), ({"buy": 0.3}, ResultStatus.COMPLETED, "")],
)
def test_an_interrupted_close_by_is_told_from_the_volumes(
    desk: Desk, left: dict[str, float], status: ResultStatus, code: str
) -> None:
    buy, sell = desk.hold(lots=0.5), desk.hold(Side.SELL, 0.2)
    payload = desk.payload({"do": "close_by", "ticket": buy.ticket, "by": sell.ticket})
    what = {"do": "close_by", "ticket": buy.ticket, "by": sell.ticket, "held_lots": 0.5, "by_lots": 0.2}
    desk.journal.begin(Intent("job", payload.model_dump(mode="json"), 0, TAG, "t"), 1, what, at=desk.clock.wall())
    if left:
        desk.book.positions = [replace(buy, volume_lots=left["buy"])]
    entry = desk.journal.find("job")
    assert entry is not None

    settlement = desk.reconciler.settle(entry)
    if settlement is None:
        desk.clock.pass_s(1)
        settlement = desk.reconciler.settle(entry)

    assert settlement is not None
    assert (settlement.status, settlement.error.code if settlement.error else "") == (status, code)
    assert desk.terminal.sent == []


def test_a_protection_is_set_replaced_and_taken_off(desk: Desk) -> None:
    ticket = desk.hold().ticket

    assert desk.do(do="protect", ticket=ticket, protection=TRAIL)[0] is ResultStatus.COMPLETED
    assert desk.journal.protections() == {ticket: Protection.model_validate(TRAIL)}
    desk.do(do="protect", ticket=ticket, protection={"break_even": {"trigger": 7}})
    assert desk.journal.protections()[ticket].trailing is None
    desk.do(do="protect", ticket=ticket)
    assert desk.journal.protections() == {}
    assert desk.do(do="protect", ticket=404, protection=TRAIL)[2] == "position-not-found"
    assert desk.terminal.sent == []


def test_the_stop_is_moved_in_steps_and_every_move_is_journalled(desk: Desk) -> None:
    ticket = desk.hold(open_price=1.1, tp=1.2).ticket
    desk.do(do="protect", ticket=ticket, protection=TRAIL)

    for price, stop in [(1.1009, 0.0), (1.1010, 1.1), (1.1014, 1.1), (1.1015, 1.1005), (1.0950, 1.1005)]:
        desk.price(price)
        desk.look()
        assert desk.stop() == stop

    assert desk.book.positions[0].tp == 1.2
    assert [(what["from"], what["to"], (answer or {})["outcome"]) for what, answer in desk.journal.moves(ticket)] == [
        (0.0, 1.1, "done"),
        (1.1, 1.1005, "done"),
    ]
    assert all(each["line"]["source"] == "protection" for each in desk.said)


def test_a_move_is_on_disk_before_it_is_sent_and_without_a_journal_nothing_is_sent(desk: Desk) -> None:
    ticket = desk.hold(open_price=1.1, current_price=1.102).ticket
    desk.do(do="protect", ticket=ticket, protection=TRAIL)
    seen: list[Any] = []
    desk.terminal.on_send = lambda: seen.extend(desk.journal.moves(ticket))
    desk.look()
    assert [answer for _, answer in seen] == [None]

    assert desk.journal._connection is not None
    desk.journal._connection.execute("PRAGMA query_only = ON")
    desk.price(1.11)
    desk.look()
    assert len(desk.terminal.sent) == 1


def test_protection_goes_on_after_a_restart(desk: Desk) -> None:
    ticket = desk.hold(open_price=1.1).ticket
    desk.do(do="protect", ticket=ticket, protection=TRAIL)
    desk.journal.close()
    desk.start()
    desk.price(1.103)
    desk.look()
    assert desk.stop() == 1.102


@pytest.mark.parametrize("order_type", [OrderType.MARKET, OrderType.LIMIT])
def test_an_opening_order_brings_its_protection_along(desk: Desk, order_type: OrderType) -> None:
    price = 1.05 if order_type is OrderType.LIMIT else None
    order = {"symbol": "EURUSD", "side": "buy", "volume_lots": 0.1, "order_type": order_type, "price": price}
    _, result, _ = desk.do(do="open", **order, protection=TRAIL)
    if order_type is OrderType.LIMIT:  # filled: the position carries the order's number
        desk.book.positions.append(replace(desk.hold(), ticket=result["order"], open_price=1.05))
        desk.book.positions.pop(0)

    (ticket,) = desk.journal.protections()
    assert ticket == desk.book.positions[0].ticket
    desk.price(1.2)
    desk.look()
    assert desk.stop() == pytest.approx(1.199)


def test_the_protection_of_an_order_found_after_a_crash_is_taken_up(desk: Desk) -> None:
    order = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.5, "protection": TRAIL}
    payload = desk.payload(order).model_dump(mode="json")
    step = {**order, "order_type": "market", "price": None}
    desk.journal.begin(Intent("job", payload, 0, TAG, "t"), 1, step, at=desk.clock.wall())
    position = desk.book.open("EURUSD", Side.BUY, 0.5, comment=TAG)
    (entry,) = desk.journal.unresolved()

    settlement = desk.reconciler.settle(entry)
    assert settlement is not None
    assert desk.journal.protections() == {}
    desk.journal.settle("job", settlement)

    assert list(desk.journal.protections()) == [position.ticket]


def test_a_refused_move_is_tried_again_after_a_pause_and_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    monkeypatch.setattr(protecting.time, "monotonic", lambda: now[0])
    ticket = desk.hold(open_price=1.1, current_price=1.102).ticket
    desk.do(do="protect", ticket=ticket, protection=TRAIL)
    desk.terminal.answers = [SendResult(SendClass.REFUSED, 10018, "Market closed")] * 2

    for seconds, sent in [(0.0, 1), (0.5, 1), (1.1, 2), (1.1, 2), (1.1, 3)]:
        now[0] += seconds
        desk.look()
        assert len(desk.terminal.sent) == sent

    assert desk.stop() == 1.101
    assert sum("cannot be moved" in record.message for record in caplog.records) == 1


def test_a_position_that_is_gone_is_forgotten_only_after_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(protecting.time, "monotonic", lambda: now[0])
    ticket = desk.hold().ticket
    desk.do(do="protect", ticket=ticket, protection=TRAIL)
    desk.book.positions.clear()

    for seconds, left in [(0.0, 1), (3599.0, 1), (1.1, 0)]:
        now[0] += seconds
        desk.look()
        assert len(desk.journal.protections()) == left


def test_a_position_whose_order_is_being_looked_for_is_left_alone(desk: Desk) -> None:
    ticket = desk.hold(open_price=1.1, current_price=1.102).ticket
    desk.do(do="protect", ticket=ticket, protection=TRAIL)
    modify = desk.payload({"do": "modify", "ticket": ticket}).model_dump(mode="json")
    what = {"do": "modify", "ticket": ticket, "sl": 1.05, "tp": 0.0}
    desk.journal.begin(Intent("job", modify, 0, TAG, "t"), 1, what, at=0.0)

    desk.protector.pump(desk.journal.unresolved())

    assert desk.terminal.sent == []


def test_trailing_by_atr_waits_for_the_atr(desk: Desk) -> None:
    ticket = desk.hold(open_price=1.1, current_price=1.11).ticket
    desk.do(do="protect", ticket=ticket, protection={"trailing": {"unit": "atr", "distance": 2}})
    desk.look()
    assert desk.stop() == 0.0
    desk.terminal.range = Decimal("0.0015")
    desk.look()
    assert desk.stop() == 1.107


def test_open_positions_are_reported_with_their_protection(desk: Desk) -> None:
    ticket = desk.hold().ticket
    reports = Reports(desk.terminal, desk.said.append, desk.protector.terms)
    reports._positions()
    desk.do(do="protect", ticket=ticket, protection=TRAIL)
    reports._positions()

    told = [each["open"][0]["protection"] for each in desk.said]
    assert told[0] is None
    assert Protection.model_validate(told[1]) == Protection.model_validate(TRAIL)


# --- on the simulated terminal ----------------------------------------------------------------------------------------

PRICES = {"EURUSD": quotes((0, 1.1, 1.1001), (3600, 1.104, 1.1041), (7200, 1.102, 1.1021))}


def test_the_simulated_broker_closes_by_and_the_balance_stays_the_sum_of_its_deals() -> None:
    clock = PaperClock()
    api = paper(clock, prices=PRICES)
    terminal = adapter(api, clock)
    open_trade(terminal, volume_lots=0.3)
    open_trade(terminal, side=Side.SELL, volume_lots=0.1)
    buy, sell = terminal.positions()

    result = terminal.close_by(buy, sell, magic=0, comment=TAG)

    assert (result.outcome, result.volume_lots) == (SendClass.DONE, 0.1)
    (left,) = terminal.positions()
    assert (left.ticket, left.volume_lots) == (buy.ticket, 0.2)


def test_trailing_on_the_simulated_terminal_moves_the_stop_and_the_stop_closes_the_position(tmp_path: Path) -> None:
    clock = PaperClock()
    terminal = adapter(paper(clock, prices=PRICES), clock)
    open_trade(terminal)
    (position,) = terminal.positions()
    protector = Protector(terminal, Journal(tmp_path / "j.sqlite3"), SteppedClock(), lambda _: None)
    terms = {position.ticket: Protection.model_validate({"trailing": {"trigger": 20, "distance": 15, "step": 5}})}
    protector.look(terms)
    assert terminal.positions()[0].sl == 0.0
    clock.forward(hours=1)
    protector.look(terms)
    assert terminal.positions()[0].sl == pytest.approx(1.1025)
    clock.forward(hours=1)
    assert terminal.positions() == []


def test_the_range_is_read_from_the_terminals_closed_bars() -> None:
    clock = PaperClock()
    terminal = adapter(paper(clock, prices=PRICES), clock)
    clock.forward(hours=3)

    found = terminal.average_true_range("EURUSD", "H1", 2)

    assert found == pytest.approx(Decimal("0.003"), abs=Decimal("0.0011"))


def test_a_netting_account_has_nothing_to_close_by() -> None:
    clock = PaperClock()
    terminal = adapter(paper(clock, prices=PRICES, margin_mode=0), clock)
    open_trade(terminal)
    (position,) = terminal.positions()

    with pytest.raises(OrderInvalid, match="hedging"):
        terminal.close_by(position, replace(position, ticket=9, side=Side.SELL), magic=0, comment=TAG)
