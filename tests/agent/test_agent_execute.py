"""The executor: what is sent, when it is refused, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent.clocks import Deadline
from agent.execute import Ending, Executor, TradeJob
from agent.journal import AlreadyJournalled, Journal
from agent.protocol import ResultStatus, Side, TradePayload
from agent.terminal.gateway import OrderInvalid, SendClass, SendResult, TerminalUnavailable
from tests.agent.fake_terminal import Book, FakeTerminal
from tests.agent.stepped_clock import SteppedClock

MAGIC, TAG = 77, "FE-abc"
BUY = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.5}


class Bench:
    """An executor with everything around it in sight."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock()
        self.terminal = FakeTerminal(Book())
        self.book = self.terminal.book
        self.journal = Journal(folder / "j.sqlite3")
        self.executor = Executor(self.terminal, self.journal, self.clock)

    def job(self, instruction: dict[str, Any], *, expires_s: float | None = 60.0, lease_s: float = 30.0) -> TradeJob:
        payload = TradePayload.model_validate({"instruction": instruction, "magic": MAGIC, "tag": TAG})
        expires = None if expires_s is None else Deadline.after(expires_s, self.clock)
        return TradeJob(uuid4(), uuid4(), payload, Deadline.after(lease_s, self.clock), expires)

    def run(self, instruction: dict[str, Any], **times: Any) -> Ending:
        return self.executor.run(self.job(instruction, **times))

    def outcome(self, instruction: dict[str, Any], **times: Any) -> tuple[ResultStatus, dict[str, Any], str]:
        settlement = self.run(instruction, **times).settlement
        assert settlement is not None
        return settlement.status, settlement.result or {}, settlement.error.code if settlement.error else ""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.journal.close()


def test_an_opened_position_is_told_with_its_numbers_and_times(bench: Bench) -> None:
    status, result, _ = bench.outcome(BUY)
    (position,) = bench.book.positions
    assert status is ResultStatus.COMPLETED
    assert (result["position"], result["volume_lots"], result["price"]) == (position.ticket, 0.5, position.open_price)
    assert result["sent_at"] is not None
    assert result["filled_at"] is not None
    assert (position.magic, position.comment) == (MAGIC, TAG)


def test_the_intent_is_on_disk_when_the_order_is_sent(bench: Bench) -> None:
    seen = []
    bench.terminal.on_send = lambda: seen.append(bench.journal.unresolved()[0].steps[0].what["do"])
    bench.run(BUY)
    assert seen == ["open"]
    assert bench.journal.unresolved() == []
    assert len(bench.journal.outbox()) == 1


def test_a_pending_order_is_placed(bench: Bench) -> None:
    status, result, _ = bench.outcome({**BUY, "order_type": "limit", "price": 1.05})
    assert status is ResultStatus.COMPLETED
    assert result["order"] == bench.book.orders[0].ticket
    assert (result["volume_lots"], result["price"]) == (0.0, 0.0)


@pytest.mark.parametrize(("wall_s", "steady_s"), [(61, 61), (3600, 0), (0, 61)])
def test_a_late_order_is_not_sent_and_leaves_no_intent(bench: Bench, wall_s: float, steady_s: float) -> None:
    job = bench.job(BUY)
    bench.clock.wall_s += wall_s
    bench.clock.steady_s += steady_s
    settlement = bench.executor.run(job).settlement
    assert settlement is not None
    assert settlement.error is not None
    assert (settlement.status, settlement.error.code) == (ResultStatus.NOT_SENT, "expired")
    assert bench.terminal.sent == []
    assert bench.journal.find(str(job.job_id)) is None


def test_an_hour_of_sleep_between_the_journal_and_the_order_stops_the_order(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = bench.journal.begin

    def slow_begin(*args: Any, **named: Any) -> None:
        begin(*args, **named)
        bench.clock.wall_s += 3600

    monkeypatch.setattr(bench.journal, "begin", slow_begin)
    status, _, code = bench.outcome(BUY)
    assert (status, code) == (ResultStatus.NOT_SENT, "expired")
    assert bench.terminal.sent == []


def test_the_adapter_asks_once_more_right_before_order_send(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    reach = bench.terminal._reach

    def slow_preparation() -> None:
        reach()
        bench.clock.steady_s += 61

    monkeypatch.setattr(bench.terminal, "_reach", slow_preparation)
    status, _, code = bench.outcome(BUY)
    assert (status, code) == (ResultStatus.NOT_SENT, "expired")
    assert bench.terminal.sent == []


def test_an_order_whose_lease_ran_out_is_not_sent(bench: Bench) -> None:
    job = bench.job(BUY, expires_s=None, lease_s=10)
    bench.clock.pass_s(11)
    settlement = bench.executor.run(job).settlement
    assert settlement is not None
    assert settlement.error is not None
    assert (settlement.status, settlement.error.code) == (ResultStatus.NOT_SENT, "lease-lost")
    assert bench.terminal.sent == []


def test_without_a_journal_nothing_is_sent(bench: Bench) -> None:
    bench.journal.open()
    assert bench.journal._connection is not None
    bench.journal._connection.execute("PRAGMA query_only = ON")
    status, _, code = bench.outcome(BUY)
    assert (status, code) == (ResultStatus.NOT_SENT, "journal-unavailable")
    assert bench.terminal.sent == []


def test_a_result_that_cannot_be_saved_is_still_told(bench: Bench) -> None:
    def fill_the_disk() -> None:
        assert bench.journal._connection is not None
        bench.journal._connection.execute("PRAGMA query_only = ON")

    bench.terminal.on_send = fill_the_disk
    ending = bench.run(BUY)
    assert ending.settlement is not None
    assert ending.settlement.status is ResultStatus.COMPLETED
    assert not ending.is_saved


def test_the_same_job_is_never_sent_twice(bench: Bench) -> None:
    job = bench.job(BUY)
    bench.executor.run(job)
    with pytest.raises(AlreadyJournalled):
        bench.executor.run(job)
    assert len(bench.terminal.sent) == 1


def test_a_refusal_is_told_with_its_retcode_and_not_repeated(bench: Bench) -> None:
    bench.terminal.answers = [SendResult(SendClass.REFUSED, 10019, "No money")]
    status, result, code = bench.outcome(BUY)
    assert (status, code, result["retcode"]) == (ResultStatus.FAILED, "refused", 10019)
    assert len(bench.terminal.sent) == 1


def test_a_requote_is_asked_again_while_fresh(bench: Bench) -> None:
    requote = SendResult(SendClass.NEW_PRICE, 10004, "Requote")
    bench.terminal.answers = [requote, requote]
    status, _, _ = bench.outcome(BUY)
    assert status is ResultStatus.COMPLETED
    assert len(bench.terminal.sent) == 3
    (entry,) = bench.journal.outbox()
    assert len(entry.steps) == 3


def test_requotes_end_after_three_more_tries(bench: Bench) -> None:
    bench.terminal.answers = [SendResult(SendClass.NEW_PRICE, 10004, "Requote") for _ in range(9)]
    status, _, code = bench.outcome(BUY)
    assert (status, code) == (ResultStatus.FAILED, "requote")
    assert len(bench.terminal.sent) == 4


def test_a_requote_is_not_asked_again_when_it_has_become_late(bench: Bench) -> None:
    bench.terminal.answers = [SendResult(SendClass.NEW_PRICE, 10004, "Requote")]
    bench.terminal.on_send = lambda: bench.clock.pass_s(61)
    status, _, code = bench.outcome(BUY)
    assert (status, code) == (ResultStatus.NOT_SENT, "expired")
    assert len(bench.terminal.sent) == 1


def test_a_failure_before_the_wire_is_safe_to_offer_again(bench: Bench) -> None:
    bench.terminal.answers = [SendResult(SendClass.NOT_SENT, -10004, "No IPC connection")]
    job = bench.job(BUY)
    first = bench.executor.run(job).settlement
    assert first is not None
    assert first.status is ResultStatus.NOT_SENT
    second = bench.executor.run(job).settlement
    assert second is not None
    assert second.status is ResultStatus.COMPLETED
    assert len(bench.book.positions) == 1


@pytest.mark.parametrize(
    "answer",
    [SendResult(SendClass.UNKNOWN, 10012, "Timeout"), TerminalUnavailable("IPC timeout", -10005), OSError("x")],
)
def test_an_order_without_an_answer_is_unknown_and_never_repeated(bench: Bench, answer: Any) -> None:
    bench.terminal.answers = [answer]
    assert bench.run(BUY).settlement is None
    assert len(bench.terminal.sent) == 1
    assert len(bench.journal.unresolved()) == 1


def test_an_order_that_can_never_be_sent_fails_with_its_reason(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> SendResult:
        raise OrderInvalid("no symbol EURUSD")

    monkeypatch.setattr(bench.terminal, "open_trade", refuse)
    status, result, code = bench.outcome(BUY)
    assert (status, code) == (ResultStatus.FAILED, "order-invalid")
    assert "no symbol EURUSD" in result["retcode_text"]


def test_a_terminal_that_is_away_before_anything_was_sent_says_so(bench: Bench) -> None:
    bench.terminal.is_away = True
    with pytest.raises(TerminalUnavailable):
        bench.run({"do": "close", "symbol": "EURUSD"})
    assert bench.journal.unresolved() == []


def test_a_reversal_closes_the_other_side_of_its_own_magic_first(bench: Bench) -> None:
    own = bench.book.open("EURUSD", Side.SELL, 0.3, magic=MAGIC)
    foreign = bench.book.open("EURUSD", Side.SELL, 0.3, magic=5)
    other_symbol = bench.book.open("GBPUSD", Side.SELL, 0.3, magic=MAGIC)
    status, result, _ = bench.outcome({**BUY, "close_opposite": True})
    assert status is ResultStatus.COMPLETED
    assert result["closed"] == [own.ticket]
    assert [sent["do"] for sent in bench.terminal.sent] == ["close", "open"]
    assert {foreign.ticket, other_symbol.ticket} < {position.ticket for position in bench.book.positions}


def test_a_reversal_whose_closing_is_refused_opens_nothing(bench: Bench) -> None:
    bench.book.open("EURUSD", Side.SELL, 0.3, magic=MAGIC)
    bench.terminal.answers = [SendResult(SendClass.REFUSED, 10018, "Market closed")]
    status, result, code = bench.outcome({**BUY, "close_opposite": True})
    assert (status, code, result["closed"]) == (ResultStatus.FAILED, "refused", [])
    assert [sent["do"] for sent in bench.terminal.sent] == ["close"]


def test_closing_by_symbol_and_side_takes_only_its_own(bench: Bench) -> None:
    buys = [bench.book.open("EURUSD", Side.BUY, 0.1, magic=MAGIC) for _ in range(2)]
    bench.book.open("EURUSD", Side.SELL, 0.1, magic=MAGIC)
    bench.book.open("EURUSD", Side.BUY, 0.1, magic=5)
    status, result, _ = bench.outcome({"do": "close", "symbol": "EURUSD", "side": "buy"})
    assert (status, result["closed"]) == (ResultStatus.COMPLETED, [position.ticket for position in buys])
    assert result["volume_lots"] == pytest.approx(0.2)
    assert len(bench.book.positions) == 2


def test_flattening_closes_every_position_whoever_opened_it(bench: Bench) -> None:
    for magic in (MAGIC, 0, 5):
        bench.book.open("EURUSD", Side.BUY, 0.1, magic=magic)
    status, _, _ = bench.outcome({"do": "close", "any_magic": True})
    assert status is ResultStatus.COMPLETED
    assert bench.book.positions == []


def test_a_ticket_closes_that_position_even_of_another_magic(bench: Bench) -> None:
    position = bench.book.open("EURUSD", Side.BUY, 0.1, magic=5)
    status, result, _ = bench.outcome({"do": "close", "ticket": position.ticket})
    assert (status, result["closed"]) == (ResultStatus.COMPLETED, [position.ticket])


def test_half_a_position_is_closed_in_whole_volume_steps_rounded_down(bench: Bench) -> None:
    position = bench.book.open("EURUSD", Side.BUY, 0.15, magic=MAGIC)
    bench.outcome({"do": "close", "ticket": position.ticket, "percent": 50})
    assert bench.terminal.sent[0]["lots"] == pytest.approx(0.07)
    assert bench.book.positions[0].volume_lots == pytest.approx(0.08)


def test_a_part_smaller_than_the_smallest_volume_is_refused(bench: Bench) -> None:
    position = bench.book.open("EURUSD", Side.BUY, 0.01, magic=MAGIC)
    status, _, code = bench.outcome({"do": "close", "ticket": position.ticket, "percent": 50})
    assert (status, code) == (ResultStatus.FAILED, "volume-too-small")
    assert bench.terminal.sent == []


def test_a_volume_is_taken_from_the_oldest_positions_first(bench: Bench) -> None:
    for _ in range(3):
        bench.book.open("EURUSD", Side.BUY, 0.2, magic=MAGIC)
    bench.outcome({"do": "close", "symbol": "EURUSD", "volume_lots": 0.3})
    assert [sent["lots"] for sent in bench.terminal.sent] == [pytest.approx(0.2), pytest.approx(0.1)]


def test_one_refused_closing_does_not_stop_the_others_and_is_told(bench: Bench) -> None:
    positions = [bench.book.open("EURUSD", Side.BUY, 0.1, magic=MAGIC) for _ in range(3)]
    bench.terminal.answers = [None, SendResult(SendClass.REFUSED, 10018, "Market closed"), None]
    status, result, _ = bench.outcome({"do": "close"})
    assert status is ResultStatus.COMPLETED
    assert result["closed"] == [positions[0].ticket, positions[2].ticket]
    assert result["is_partial"]
    assert "Market closed" in result["failed"][0]


def test_closing_when_there_is_nothing_to_close_is_done_and_says_so(bench: Bench) -> None:
    status, result, _ = bench.outcome({"do": "close", "symbol": "EURUSD"})
    assert (status, result["retcode_text"]) == (ResultStatus.COMPLETED, "nothing to do")


def test_an_unknown_ticket_is_not_found(bench: Bench) -> None:
    for instruction in ({"do": "close", "ticket": 4}, {"do": "modify", "ticket": 4}):
        assert bench.outcome(instruction)[::2] == (ResultStatus.FAILED, "position-not-found")
    assert bench.outcome({"do": "cancel", "ticket": 4})[::2] == (ResultStatus.FAILED, "order-not-found")


@pytest.mark.parametrize(
    ("level", "side", "expected"),
    [
        ({"kind": "price", "value": 1.05}, Side.BUY, 1.05),
        ({"kind": "pips", "value": 20}, Side.BUY, 1.0982),
        ({"kind": "pips", "value": 20}, Side.SELL, 1.102),
        ({"kind": "percent", "value": 1}, Side.SELL, 1.111),
    ],
)
def test_a_stop_is_moved_to_a_price_a_distance_or_a_percentage(
    bench: Bench, level: dict[str, Any], side: Side, expected: float
) -> None:
    position = bench.book.open("EURUSD", side, 0.1, magic=MAGIC)
    status, _, _ = bench.outcome({"do": "modify", "ticket": position.ticket, "sl": level})
    assert status is ResultStatus.COMPLETED
    assert bench.book.positions[0].sl == pytest.approx(expected)


def test_levels_that_are_already_there_are_not_sent_again(bench: Bench) -> None:
    bench.book.open("EURUSD", Side.BUY, 0.1, magic=MAGIC)
    assert bench.outcome({"do": "modify", "symbol": "EURUSD", "remove_sl": True})[0] is ResultStatus.COMPLETED
    assert bench.terminal.sent == []


def test_pending_orders_of_a_symbol_are_cancelled(bench: Bench) -> None:
    for symbol in ("EURUSD", "GBPUSD"):
        bench.run({**BUY, "symbol": symbol, "order_type": "limit", "price": 1.05})
    status, _, _ = bench.outcome({"do": "cancel", "symbol": "EURUSD"})
    assert status is ResultStatus.COMPLETED
    assert [order.symbol for order in bench.book.orders] == ["GBPUSD"]


def test_times_are_told_on_the_servers_clock(bench: Bench) -> None:
    job = bench.job(BUY)
    job.server_ahead_s, job.claimed_at = 3600.0, bench.clock.wall() + 3600.0
    settlement = bench.executor.run(job).settlement
    assert settlement is not None
    assert settlement.result is not None
    assert settlement.result["sent_at"] == settlement.result["claimed_at"]
