"""The child process's work, turn by turn: order of things, questions, faults of terminal and journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent.child import PATIENCE_S, Child
from agent.clocks import Deadline
from agent.guard_file import GuardFile
from agent.journal import Intent, Journal, Settlement
from agent.protocol import ResultStatus, Side
from agent.terminal.gateway import SendClass, SendResult
from tests.agent.fake_terminal import FakeTerminal
from tests.agent.stepped_clock import SteppedClock

OPEN = {"do": "open", "symbol": "EURUSD", "side": "buy", "volume_lots": 0.5}


class Bench:
    """A child without its process."""

    def __init__(self, folder: Path, terminal: FakeTerminal | None = None) -> None:
        self.folder = folder
        self.clock = SteppedClock()
        self.terminal = terminal or FakeTerminal()
        self.journal = Journal(folder / "j.sqlite3")
        self.said: list[dict[str, Any]] = []
        self.child = Child(
            self.terminal,
            self.journal,
            self.clock,
            identity=(5001, "Fake-Demo"),
            say=self.said.append,
            settle_s=0.0,
            guard_file=GuardFile(folder / "j.guard.json"),
        )

    def offer(
        self,
        instruction: dict[str, Any] = OPEN,
        *,
        job_id: str = "",
        question: str = "",
        kind: str = "trade",
        payload: dict[str, Any] | None = None,
        expires_s: float = 60.0,
    ) -> str:
        job_id = job_id or str(uuid4())
        lease, expires = Deadline.after(30, self.clock), Deadline.after(expires_s, self.clock)
        default = {"instruction": instruction, "magic": 7, "tag": "FE-" + job_id[:8]}
        self.child.receive(
            {
                "do": "job",
                "job": {
                    "id": job_id,
                    "type": kind,
                    "payload": default if payload is None else payload,
                    "lease_token": str(uuid4()),
                },
                "question": question,
                "lease": [lease.steady, lease.wall],
                "expires": [expires.steady, expires.wall],
                "claimed_at": 0.0,
                "server_ahead_s": 0.0,
            }
        )
        return job_id

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            self.child.take_messages(0.0)
            self.child.turn()

    def results(self) -> list[tuple[str, str]]:
        return [
            (message["status"], (message["error"] or {}).get("code", ""))
            for message in self.said
            if message["say"] == "result"
        ]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.journal.close()


def test_a_job_is_done_and_its_changes_are_reported(bench: Bench) -> None:
    bench.offer()
    bench.turn(9)
    assert bench.results() == [("completed", "")]
    kinds = [message["say"] for message in bench.said]
    after = kinds[kinds.index("result") :]
    assert {"open", "account"} <= set(after)


def test_an_open_intent_is_settled_before_the_next_job(bench: Bench) -> None:
    payload = {"instruction": {**OPEN, "order_type": "market", "price": None}, "magic": 7, "tag": "FE-old"}
    step = {**OPEN, "order_type": "market", "price": None}
    bench.journal.begin(Intent("old", payload, 7, "FE-old", "t1"), 1, step, at=bench.clock.wall())
    bench.terminal.book.open("EURUSD", Side.BUY, 0.5, magic=7, comment="FE-old")
    bench.offer()
    bench.turn(4)
    told = [message["job_id"] for message in bench.said if message["say"] == "result"]
    assert told[0] == "old"
    assert bench.results() == [("completed", ""), ("completed", "")]
    assert len(bench.terminal.sent) == 1


def test_results_an_earlier_run_could_not_deliver_are_told_at_the_start(bench: Bench) -> None:
    bench.journal.begin(Intent("old", {}, 7, "FE-old", "t1"), 1, OPEN, at=1.0)
    bench.journal.settle("old", Settlement(ResultStatus.COMPLETED, {"order": 5}))
    bench.turn()
    (result,) = [message for message in bench.said if message["say"] == "result"]
    assert (result["job_id"], result["lease_token"], result["result"]) == ("old", "t1", {"order": 5})


def test_a_delivered_result_is_not_told_again_after_a_restart(bench: Bench, tmp_path: Path) -> None:
    job_id = bench.offer()
    bench.turn(2)
    bench.child.receive({"do": "delivered", "job_id": job_id, "is_lease_lost": False})
    bench.turn(2)
    bench.journal.close()
    later = Bench(tmp_path, bench.terminal)
    later.turn(2)
    assert later.results() == []
    later.journal.close()


def test_the_same_job_offered_again_is_answered_from_the_journal(bench: Bench) -> None:
    job_id = bench.offer()
    bench.turn(2)
    bench.offer(job_id=job_id)
    bench.turn(2)
    assert bench.results() == [("completed", ""), ("completed", "")]
    assert len(bench.terminal.sent) == 1


def test_a_job_that_sent_nothing_is_done_when_it_is_offered_again(bench: Bench) -> None:
    bench.terminal.answers = [SendResult(SendClass.NOT_SENT, -10004, "No IPC connection")]
    bench.terminal.on_send = lambda: bench.clock.pass_s(PATIENCE_S)
    job_id = bench.offer()
    bench.turn(2)
    bench.offer(job_id=job_id)
    bench.turn(2)
    assert bench.results() == [("not_sent", "not-sent"), ("completed", "")]


def test_what_provably_was_not_sent_is_tried_again_while_there_is_time(bench: Bench) -> None:
    bench.terminal.answers = [SendResult(SendClass.NOT_SENT, -10004, "No IPC connection")]
    bench.offer()
    bench.turn(3)
    assert bench.results() == []
    bench.child._pause_until = 0.0
    bench.turn()
    assert bench.results() == [("completed", "")]
    assert len(bench.terminal.book.positions) == 1


def test_an_order_without_a_mark_gets_one_of_its_own(bench: Bench) -> None:
    bench.offer(payload={"instruction": OPEN, "magic": 0, "tag": ""})
    bench.turn(2)
    assert bench.terminal.book.positions[0].comment.startswith("FE-")


def test_a_question_about_a_job_that_never_began_is_answered_and_nothing_is_sent(bench: Bench) -> None:
    bench.offer(question="settle")
    bench.turn(2)
    assert bench.results() == [("not_sent", "never-began")]
    assert bench.terminal.sent == []


def test_a_question_between_polls_about_an_unknown_job_is_left_open(bench: Bench) -> None:
    job_id = bench.offer(question="adopt")
    bench.turn(2)
    assert {"say": "later", "job_id": job_id} in bench.said
    assert bench.results() == []


def test_a_question_about_a_done_job_gets_its_result_under_the_new_lease(bench: Bench) -> None:
    job_id = bench.offer()
    bench.turn(2)
    bench.offer(job_id=job_id, question="settle")
    bench.turn(2)
    first, second = [message for message in bench.said if message["say"] == "result"]
    assert first["result"] == second["result"]
    assert first["lease_token"] != second["lease_token"]


def test_an_order_without_an_answer_is_told_as_unknown_and_then_settled(bench: Bench) -> None:
    bench.terminal.answers = [OSError("pipe broke")]
    bench.offer()
    bench.turn(3)
    assert bench.results() == [("unknown", "unknown"), ("completed", "")]


def test_a_job_waits_for_a_terminal_that_is_away_and_is_handed_back_when_it_stays_away(bench: Bench) -> None:
    bench.terminal.is_away = True
    bench.offer()
    bench.turn(2)
    assert bench.results() == []
    bench.clock.pass_s(PATIENCE_S)
    bench.turn()
    assert bench.results() == [("not_sent", "terminal-unavailable")]
    assert [m["health"]["state"] for m in bench.said if m["say"] == "health"] == ["unreachable"]


def test_a_job_that_became_late_while_the_terminal_was_away_is_handed_back(bench: Bench) -> None:
    bench.terminal.is_away = True
    bench.offer(expires_s=5)
    bench.turn()
    bench.clock.pass_s(6)
    bench.turn()
    assert bench.results() == [("not_sent", "expired")]


def test_an_unreadable_journal_refuses_orders_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "j.sqlite3").write_bytes(b"not a database " * 100)
    bench = Bench(tmp_path)
    bench.offer()
    bench.offer(question="settle")
    bench.turn(4)
    refused, asked = bench.results()
    assert refused == ("not_sent", "journal-unavailable")
    assert asked == ("unknown", "journal-unavailable"), "without a journal nobody may say it never began"
    assert any(message["say"] == "journal" and message["fault"] for message in bench.said)
    assert bench.terminal.sent == []
    bench.journal.close()


def test_a_full_disk_stops_orders_until_there_is_room_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.turn()
    db = bench.journal._connection
    assert db is not None
    db.execute("PRAGMA query_only = ON")
    bench.offer()
    bench.turn(2)
    assert bench.results() == [("not_sent", "journal-unavailable")]
    db.execute("PRAGMA query_only = OFF")
    bench.child._upkeep._probe_at = 0.0
    bench.turn()
    faults = [message["fault"] for message in bench.said if message["say"] == "journal"]
    assert faults[0] != ""
    assert faults[-1] == ""


def test_a_result_the_full_disk_refused_is_told_and_saved_later(bench: Bench) -> None:
    bench.turn()
    db = bench.journal._connection
    assert db is not None
    bench.terminal.on_send = lambda: db.execute("PRAGMA query_only = ON")
    job_id = bench.offer()
    bench.turn(2)
    assert bench.results() == [("completed", "")]
    bench.offer(job_id=job_id)
    bench.turn(2)
    assert len(bench.terminal.sent) == 1
    db.execute("PRAGMA query_only = OFF")
    bench.child._upkeep._probe_at = 0.0
    bench.turn()
    assert bench.journal.unresolved() == []


def test_a_lease_moves_on_while_the_job_waits(bench: Bench) -> None:
    bench.terminal.is_away = True
    job_id = bench.offer(expires_s=600)
    bench.turn()
    bench.clock.pass_s(15)
    lease = Deadline.after(30, bench.clock)
    bench.child.receive({"do": "lease", "job_id": job_id, "lease": [lease.steady, lease.wall]})
    bench.terminal.is_away = False
    bench.clock.pass_s(20)
    bench.child._retry_at = 0.0
    bench.child._jobs[0].since = bench.clock.steady()
    bench.turn(2)
    assert bench.results() == [("completed", "")]


@pytest.mark.parametrize(("kind", "code"), [("compile", "not-supported"), ("history", "payload-invalid")])
def test_work_the_agent_cannot_do_fails_in_clear_words(bench: Bench, kind: str, code: str) -> None:
    bench.offer(kind=kind, payload={})
    bench.turn()
    assert bench.results() == [("failed", code)]


def test_a_sync_reports_everything_and_then_its_result(bench: Bench) -> None:
    bench.turn()
    bench.said.clear()
    bench.offer(kind="sync", payload={"days": 30})
    bench.turn()
    kinds = [message["say"] for message in bench.said]
    assert {"open", "account", "health", "ticks"} <= set(kinds[: kinds.index("result")])


def test_an_order_nobody_understands_is_refused_before_anything_else(bench: Bench) -> None:
    bench.offer(payload={"instruction": {"do": "open", "symbol": "EURUSD", "volume_lots": "NaN"}, "tag": "x"})
    bench.turn()
    assert bench.results() == [("failed", "payload-invalid")]


def test_what_waits_is_handed_back_when_the_child_is_told_to_stop(bench: Bench) -> None:
    bench.terminal.is_away = True
    bench.offer()
    bench.turn()
    bench.child.receive({"do": "stop"})
    bench.child.run()
    assert bench.results() == [("not_sent", "agent-stopping")]
    assert bench.terminal.is_closed
