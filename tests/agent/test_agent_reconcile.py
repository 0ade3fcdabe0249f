"""After a crash or a missing answer: what the terminal shows decides, and nothing is ever sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent.clocks import Deadline
from agent.execute import Executor, TradeJob
from agent.journal import Intent, Journal, Settlement
from agent.protocol import MANUAL_MAGIC, OrderType, ResultStatus, Side, TradePayload
from agent.settle import Reconciler
from agent.terminal.gateway import PendingOrder, SendClass, SendResult
from tests.agent.fake_terminal import FakeTerminal
from tests.agent.stepped_clock import SteppedClock

MAGIC, TAG = 77, "FE-abc"
OPEN = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.5}
SETTLE_S = 10.0


class Crash:
    """A journal as a crash left it, and the terminal as the next start finds it."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock(wall=datetime.now(UTC).timestamp())
        self.terminal = FakeTerminal()
        self.book = self.terminal.book
        self.journal = Journal(folder / "j.sqlite3")
        self.reconciler = Reconciler(self.terminal, self.journal, self.clock, SETTLE_S)

    def left(self, instruction: dict[str, Any], *steps: dict[str, Any], tag: str = TAG, magic: int = MAGIC) -> str:
        payload = TradePayload.model_validate({"instruction": instruction, "magic": magic, "tag": tag})
        job_id = str(uuid4())
        intent = Intent(job_id, payload.model_dump(mode="json"), magic, tag, "t1")
        for number, step in enumerate(steps, 1):
            self.journal.begin(intent, number, step, at=self.clock.wall())
        return job_id

    def left_open(self, **changes: Any) -> str:
        step = {"order_type": "market", "price": None, **OPEN}
        return self.left(OPEN, {**step, **changes})

    def look(self, job_id: str) -> Settlement | None:
        entry = self.journal.find(job_id)
        assert entry is not None
        return self.reconciler.settle(entry)

    def look_until_settled(self, job_id: str) -> tuple[ResultStatus, dict[str, Any], str]:
        settlement = self.look(job_id)
        while settlement is None:
            self.clock.pass_s(1)
            settlement = self.look(job_id)
        return settlement.status, settlement.result or {}, settlement.error.code if settlement.error else ""


@pytest.fixture
def crash(tmp_path: Path) -> Iterator[Crash]:
    crash = Crash(tmp_path)
    yield crash
    assert crash.terminal.sent == [], "reconciliation sent an order"
    crash.journal.close()


def test_an_executed_order_is_found_by_its_tag(crash: Crash) -> None:
    job = crash.left_open()
    position = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC, comment=TAG)
    settlement = crash.look(job)
    assert settlement is not None
    assert settlement.status is ResultStatus.COMPLETED
    assert settlement.result is not None
    assert settlement.result["position"] == position.ticket
    assert settlement.result["was_reconciled"]


def test_an_order_that_left_no_trace_is_judged_only_after_history_had_time(crash: Crash) -> None:
    job = crash.left_open()
    assert crash.look(job) is None
    crash.clock.pass_s(SETTLE_S - 1)
    assert crash.look(job) is None
    crash.clock.pass_s(1)
    status, _, code = crash.look_until_settled(job)
    assert (status, code) == (ResultStatus.FAILED, "never-reached")


def test_a_history_that_lags_does_not_hide_an_execution(crash: Crash) -> None:
    job = crash.left_open()
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC, comment=TAG)
    crash.book.history_lag_looks = 3
    assert crash.look_until_settled(job)[0] is ResultStatus.COMPLETED


def test_a_jump_of_the_wall_clock_does_not_shorten_the_wait(crash: Crash) -> None:
    job = crash.left_open()
    assert crash.look(job) is None
    crash.clock.wall_s += 3600
    assert crash.look(job) is None


def test_a_terminal_cut_off_from_its_broker_proves_nothing(crash: Crash) -> None:
    job = crash.left_open()
    crash.terminal.is_connected = False
    for _ in range(5):
        assert crash.look(job) is None
        crash.clock.pass_s(SETTLE_S)
    crash.terminal.is_connected = True
    assert crash.look(job) is None, "the wait begins when the connection is back"


def test_where_the_broker_replaces_comments_the_magic_number_finds_it(crash: Crash) -> None:
    crash.book.replaces_comments = True
    job = crash.left_open()
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    assert crash.look_until_settled(job)[0] is ResultStatus.COMPLETED


def test_an_order_by_hand_is_told_from_one_typed_into_the_terminal_without_its_comment(crash: Crash) -> None:
    crash.book.replaces_comments = True
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=0)
    job = crash.left(OPEN, {"order_type": "market", "price": None, **OPEN}, magic=MANUAL_MAGIC)
    ours = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MANUAL_MAGIC)
    status, result, _ = crash.look_until_settled(job)
    assert (status, result["position"]) == (ResultStatus.COMPLETED, ours.ticket)


def test_an_order_by_hand_that_never_arrived_is_not_seen_in_one_typed_into_the_terminal(crash: Crash) -> None:
    crash.book.replaces_comments = True
    job = crash.left(OPEN, {"order_type": "market", "price": None, **OPEN}, magic=MANUAL_MAGIC)
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=0)
    assert crash.look_until_settled(job)[2] == "never-reached"


@pytest.mark.parametrize(
    "other",
    [
        {"symbol": "GBPUSD"},
        {"side": Side.SELL},
        {"lots": 0.6},
        {"magic": 5},
        {"at": datetime.now(UTC) - timedelta(hours=2)},
        {"comment": "[sl 1.1]"},
    ],
)
def test_a_position_that_does_not_fit_the_order_is_not_taken_for_it(crash: Crash, other: dict[str, Any]) -> None:
    job = crash.left_open()
    values: dict[str, Any] = {"symbol": "EURUSD", "side": Side.BUY, "lots": 0.5, "magic": MAGIC, **other}
    crash.book.open(values.pop("symbol"), values.pop("side"), values.pop("lots"), **values)
    assert crash.look_until_settled(job)[2] == "never-reached"


def test_a_position_of_another_job_of_the_same_strategy_is_not_taken_for_it(crash: Crash) -> None:
    """Both jobs carry the magic number of the strategy; the broker replaced the comment, the journal knows better."""
    crash.book.replaces_comments = True
    other = crash.left_open()
    position = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    deal = crash.book.deals[-1]
    result = {"order": position.ticket, "deal": deal.ticket, "position": position.ticket}
    crash.journal.settle(other, Settlement(ResultStatus.COMPLETED, result))
    job = crash.left_open()
    assert crash.look_until_settled(job)[2] == "never-reached"


def test_another_jobs_tag_is_not_ours(crash: Crash) -> None:
    crash.left(OPEN, {"order_type": "market", "price": None, **OPEN}, tag="FE-other")
    job = crash.left_open()
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC, comment="FE-other")
    assert crash.look_until_settled(job)[2] == "never-reached"


def test_a_pending_order_is_found(crash: Crash) -> None:
    job = crash.left_open(order_type="limit", price=1.05)
    executor_terminal = FakeTerminal(crash.book)
    executor_terminal.open_trade(
        symbol="EURUSD",
        side=Side.BUY,
        order_type="limit",
        volume_lots=0.5,
        price=1.05,
        sl=None,
        tp=None,  # type: ignore[arg-type]
        deviation_points=0,
        magic=MAGIC,
        comment=TAG,
    )
    status, result, _ = crash.look_until_settled(job)
    assert status is ResultStatus.COMPLETED
    assert result["order"] == crash.book.orders[0].ticket


def test_a_partial_fill_is_told_as_partial_once_nothing_more_comes(crash: Crash) -> None:
    job = crash.left_open()
    crash.book.open("EURUSD", Side.BUY, 0.2, magic=MAGIC, comment=TAG)
    assert crash.look(job) is None
    status, result, _ = crash.look_until_settled(job)
    assert (status, result["is_partial"], result["volume_lots"]) == (ResultStatus.COMPLETED, True, 0.2)


def closing(ticket: int, lots: float = 0.5) -> dict[str, Any]:
    return {"do": "close", "ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume_lots": lots, "held_lots": lots}


def test_a_closing_is_found_by_its_deal(crash: Crash) -> None:
    position = crash.book.open("EURUSD", Side.BUY, 0.5)
    job = crash.left({"do": "close", "ticket": position.ticket}, closing(position.ticket))
    crash.book.close(position, 0.5, magic=MAGIC, comment=TAG)
    status, result, _ = crash.look_until_settled(job)
    assert (status, result["closed"]) == (ResultStatus.COMPLETED, [position.ticket])


def test_a_position_its_stop_closed_meanwhile_is_not_claimed_as_closed_by_us(crash: Crash) -> None:
    position = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    job = crash.left({"do": "close", "ticket": position.ticket}, closing(position.ticket))
    crash.book.close(position, 0.5, magic=MAGIC, comment="[sl 1.09]")
    assert crash.look_until_settled(job)[2] == "closed-elsewhere"


def test_a_position_still_open_was_not_closed(crash: Crash) -> None:
    position = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    job = crash.left({"do": "close", "ticket": position.ticket}, closing(position.ticket))
    assert crash.look_until_settled(job)[2] == "never-reached"


def test_an_interrupted_flatten_says_what_was_closed_and_that_more_is_left(crash: Crash) -> None:
    first, second, third = (crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC) for _ in range(3))
    job = crash.left({"do": "close"}, closing(first.ticket), closing(second.ticket))
    for position in (first, second):
        crash.book.close(position, 0.5, magic=MAGIC, comment=TAG)
    status, result, _ = crash.look_until_settled(job)
    assert (status, result["closed"]) == (ResultStatus.COMPLETED, [first.ticket, second.ticket])
    assert result["is_partial"]
    assert "interrupted" in result["failed"][0]
    assert [position.ticket for position in crash.book.positions] == [third.ticket]


def test_a_flatten_interrupted_after_its_last_order_is_complete(crash: Crash) -> None:
    position = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    job = crash.left({"do": "close"}, closing(position.ticket))
    crash.book.close(position, 0.5, magic=MAGIC, comment=TAG)
    status, result, _ = crash.look_until_settled(job)
    assert (status, result["failed"]) == (ResultStatus.COMPLETED, [])


def test_a_reversal_interrupted_between_its_orders_did_not_open(crash: Crash) -> None:
    position = crash.book.open("EURUSD", Side.SELL, 0.5, magic=MAGIC)
    job = crash.left({**OPEN, "close_opposite": True}, closing(position.ticket))
    crash.book.close(position, 0.5, magic=MAGIC, comment=TAG)
    status, result, code = crash.look_until_settled(job)
    assert (status, code, result["closed"]) == (ResultStatus.FAILED, "interrupted", [position.ticket])


@pytest.mark.parametrize(("sl", "code"), [(1.05, ""), (0.0, "never-reached")])
def test_a_modification_is_judged_by_the_levels_that_are_there(crash: Crash, sl: float, code: str) -> None:
    position = crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    step = {"do": "modify", "ticket": position.ticket, "symbol": "EURUSD", "sl": 1.05, "tp": 0.0}
    job = crash.left({"do": "modify", "ticket": position.ticket, "sl": {"kind": "price", "value": 1.05}}, step)
    FakeTerminal(crash.book).modify_position(position, sl=sl, tp=0.0)
    assert crash.look_until_settled(job)[2] == code


def test_a_cancellation_is_judged_by_the_order_being_gone_or_filled(crash: Crash) -> None:
    gone = crash.left({"do": "cancel", "ticket": 9}, {"do": "cancel", "ticket": 9, "symbol": "EURUSD"})
    assert crash.look_until_settled(gone)[0] is ResultStatus.COMPLETED
    position = crash.book.open("EURUSD", Side.BUY, 0.5)
    ticket = position.ticket
    filled = crash.left({"do": "cancel", "ticket": ticket}, {"do": "cancel", "ticket": ticket, "symbol": "EURUSD"})
    assert crash.look_until_settled(filled)[2] == "order-filled"


@pytest.mark.parametrize("is_executed", [True, False])
def test_an_order_without_an_answer_is_settled_the_same_way(crash: Crash, is_executed: bool) -> None:
    terminal = FakeTerminal(crash.book)
    unknown = SendResult(SendClass.UNKNOWN, 10012, "Timeout")
    terminal.answers = [OSError("pipe broke")] if is_executed else [unknown]
    payload = TradePayload.model_validate({"instruction": OPEN, "magic": MAGIC, "tag": TAG})
    job = TradeJob(uuid4(), uuid4(), payload, Deadline.after(30, crash.clock))
    assert Executor(terminal, crash.journal, crash.clock).run(job).settlement is None
    status, _, code = crash.look_until_settled(str(job.job_id))
    expected = (ResultStatus.COMPLETED, "") if is_executed else (ResultStatus.FAILED, "never-reached")
    assert (status, code) == expected


def test_a_job_another_machine_carried_out_is_found_by_its_tag(crash: Crash) -> None:
    payload = TradePayload.model_validate({"instruction": OPEN, "magic": MAGIC, "tag": TAG})
    assert crash.reconciler.search_unjournalled(payload) is None
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC)
    assert crash.reconciler.search_unjournalled(payload) is None, "the magic number alone proves nothing"
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC, comment=TAG)
    found = crash.reconciler.search_unjournalled(payload)
    assert found is not None
    assert found.status is ResultStatus.COMPLETED


def test_a_job_another_machine_carried_out_is_found_where_the_broker_cuts_comments(crash: Crash) -> None:
    tag = "FE-AZrQx1uHdK6lq0J3hVn5Yg"
    crash.book.open("EURUSD", Side.BUY, 0.5, magic=MAGIC, comment=tag[:22])

    found = crash.reconciler.search_unjournalled(
        TradePayload.model_validate({"instruction": OPEN, "magic": MAGIC, "tag": tag})
    )

    assert found is not None, "told as never begun it would be handed out again"
    assert found.status is ResultStatus.COMPLETED


MOVE = {"do": "modify_order", "ticket": 1002, "price": 1.05, "sl": 1.04, "tp": 0.0}


@pytest.mark.parametrize(
    ("found", "status", "code"),
    [
        ({"price": 1.05, "sl": 1.04}, ResultStatus.COMPLETED, ""),
        ({"price": 1.06, "sl": 1.04}, ResultStatus.FAILED, "never-reached"),
        ({"price": 1.05, "sl": 0.0}, ResultStatus.FAILED, "never-reached"),
        ("filled", ResultStatus.FAILED, "order-filled"),
        (None, ResultStatus.FAILED, "order-filled"),
    ],
)
def test_a_change_of_an_order_is_judged_by_the_order_itself(
    tmp_path: Path, found: Any, status: ResultStatus, code: str
) -> None:
    crash = Crash(tmp_path)
    if isinstance(found, dict):
        terms = {"price": 1.06, "sl": 0.0, "tp": 0.0, **found}
        now = datetime.now(UTC)
        crash.book.orders.append(
            PendingOrder(1002, "EURUSD", Side.BUY, OrderType.LIMIT, 0.1, magic=0, comment="", placed_at=now, **terms)
        )
    elif found == "filled":
        crash.book.open("EURUSD", Side.BUY, 0.1)
    job_id = crash.left({"do": "modify_order", "ticket": 1002, "price": 1.05}, {"symbol": "EURUSD", **MOVE})

    told, _, why = crash.look_until_settled(job_id)

    assert (told, why) == (status, code)
    assert crash.terminal.sent == []
