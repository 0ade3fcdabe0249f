"""The journal: committed before, settled after, never twice, and nothing lost in between."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.journal import AlreadyJournalled, Intent, Journal, JournalUnavailable, Settlement
from agent.protocol import JobError, ResultStatus

OPEN = {"do": "open", "symbol": "EURUSD"}


def intent(job_id: str | None = None, **changes: object) -> Intent:
    values = {"payload": {"tag": "FE-1"}, "magic": 7, "tag": "FE-1", "lease_token": "t1", **changes}
    return Intent(job_id or str(uuid4()), **values)  # type: ignore[arg-type]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "j.sqlite3")
    yield journal
    journal.close()


def test_an_intent_is_on_disk_before_begin_returns(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    program = (
        "import os, sys; from pathlib import Path; from agent.journal import Intent, Journal\n"
        "Journal(Path(sys.argv[1])).begin(Intent('j1', {}, 7, 'FE-1', 't1'), 1, {'do': 'open'}, at=5.0)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    died = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert died.returncode == -9
    journal = Journal(path)
    (entry,) = journal.unresolved()
    assert entry.intent.job_id == "j1"
    assert entry.steps[0].what == {"do": "open"}
    assert entry.steps[0].answer is None
    journal.close()


def test_a_job_that_may_have_sent_something_never_begins_again(journal: Journal) -> None:
    job = intent()
    journal.begin(job, 1, OPEN, at=1.0)
    with pytest.raises(AlreadyJournalled):
        journal.begin(job, 1, OPEN, at=2.0)
    journal.settle(job.job_id, Settlement(ResultStatus.COMPLETED, {"order": 5}))
    with pytest.raises(AlreadyJournalled):
        journal.begin(job, 1, OPEN, at=3.0)
    journal.delivered(job.job_id)
    with pytest.raises(AlreadyJournalled):
        journal.begin(job, 1, OPEN, at=4.0)


def test_a_job_that_sent_nothing_may_begin_again_and_starts_clean(journal: Journal) -> None:
    job = intent()
    journal.begin(job, 1, OPEN, at=1.0)
    journal.answered(job.job_id, 1, {"outcome": "not_sent"})
    journal.settle(job.job_id, Settlement(ResultStatus.NOT_SENT))
    journal.begin(job, 1, OPEN, at=2.0)
    (entry,) = journal.unresolved()
    assert [(step.number, step.answer) for step in entry.steps] == [(1, None)]


def test_an_answer_is_committed_with_what_follows_it(journal: Journal) -> None:
    job = intent()
    journal.begin(job, 1, OPEN, at=1.0)
    journal.answered(job.job_id, 1, {"outcome": "new_price"})
    journal.begin(job, 2, OPEN, at=2.0)
    (entry,) = journal.unresolved()
    assert [step.answer for step in entry.steps] == [{"outcome": "new_price"}, None]


def test_a_settled_job_stays_in_the_outbox_until_it_is_delivered(journal: Journal) -> None:
    job = intent()
    journal.begin(job, 1, OPEN, at=1.0)
    assert journal.outbox() == []
    error = JobError(code="refused", message="no money")
    journal.settle(job.job_id, Settlement(ResultStatus.FAILED, {"retcode": 10019}, error))
    (entry,) = journal.outbox()
    assert entry.settlement == Settlement(ResultStatus.FAILED, {"retcode": 10019}, error)
    journal.delivered(job.job_id)
    assert journal.outbox() == []
    assert journal.find(job.job_id) is not None


def test_a_result_asked_for_under_a_new_lease_goes_out_again(journal: Journal) -> None:
    job = intent()
    journal.begin(job, 1, OPEN, at=1.0)
    journal.settle(job.job_id, Settlement(ResultStatus.COMPLETED))
    journal.delivered(job.job_id, is_lease_lost=True)
    journal.renew_lease(job.job_id, "t2")
    assert [entry.intent.lease_token for entry in journal.outbox()] == ["t2"]


def test_a_settlement_is_final(journal: Journal) -> None:
    job = intent()
    journal.begin(job, 1, OPEN, at=1.0)
    journal.settle(job.job_id, Settlement(ResultStatus.COMPLETED, {"order": 1}))
    journal.settle(job.job_id, Settlement(ResultStatus.FAILED))
    entry = journal.find(job.job_id)
    assert entry is not None
    assert entry.settlement == Settlement(ResultStatus.COMPLETED, {"order": 1})


def test_an_undelivered_job_is_never_forgotten_and_an_old_delivered_one_is(journal: Journal, tmp_path: Path) -> None:
    kept, dropped = intent(), intent()
    for job in (kept, dropped):
        journal.begin(job, 1, OPEN, at=1.0)
        journal.settle(job.job_id, Settlement(ResultStatus.COMPLETED))
    journal.delivered(dropped.job_id)
    with sqlite3.connect(tmp_path / "j.sqlite3") as db:
        db.execute("UPDATE job SET settled_wall = 1.0")
    db.close()
    journal.forget_old()
    assert journal.find(kept.job_id) is not None
    assert journal.find(dropped.job_id) is None


def test_a_full_disk_refuses_the_intent_and_leaves_no_half_of_it(journal: Journal) -> None:
    journal.open()
    db = journal._connection
    assert db is not None
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalUnavailable, match="full"):
        journal.begin(intent("big", payload={"text": "x" * 200_000}), 1, OPEN, at=1.0)
    db.execute("PRAGMA max_page_count = 1000000")
    assert journal.find("big") is None
    journal.begin(intent("big"), 1, OPEN, at=1.0)


def test_a_file_that_is_no_journal_refuses_everything(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    path.write_bytes(b"this is not a database, " * 50)
    journal = Journal(path)
    with pytest.raises(JournalUnavailable):
        journal.begin(intent(), 1, OPEN, at=1.0)
    with pytest.raises(JournalUnavailable):
        journal.unresolved()
    journal.close()


def test_a_folder_that_does_not_exist_refuses_everything(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailable):
        Journal(tmp_path / "missing" / "j.sqlite3").begin(intent(), 1, OPEN, at=1.0)


class JournalLife(RuleBasedStateMachine):
    """Any order of beginnings, endings, deliveries and crashes: what was begun is known, what is open is open."""

    jobs = st.sampled_from(["a", "b", "c"])

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.journal = Journal(self.folder / "j.sqlite3")
        self.state: dict[str, str] = {}
        self.delivered: set[str] = set()

    @rule(job=jobs)
    def begin(self, job: str) -> None:
        if self.state.get(job, "not_sent") == "not_sent":
            self.journal.begin(intent(job), 1, OPEN, at=1.0)
            self.state[job] = "open"
            self.delivered.discard(job)
        else:
            with pytest.raises(AlreadyJournalled):
                self.journal.begin(intent(job), 1, OPEN, at=1.0)

    @rule(job=jobs, status=st.sampled_from(["completed", "failed", "not_sent"]))
    def settle(self, job: str, status: str) -> None:
        self.journal.settle(job, Settlement(ResultStatus(status)))
        if self.state.get(job) == "open":
            self.state[job] = status

    @rule(job=jobs)
    def deliver(self, job: str) -> None:
        self.journal.delivered(job)
        if self.state.get(job, "open") != "open":
            self.delivered.add(job)

    @rule()
    def crash(self) -> None:
        self.journal.close()
        self.journal = Journal(self.folder / "j.sqlite3")

    @invariant()
    def open_jobs_are_unresolved(self) -> None:
        found = {entry.intent.job_id for entry in self.journal.unresolved()}
        assert found == {job for job, state in self.state.items() if state == "open"}

    @invariant()
    def undelivered_results_are_in_the_outbox(self) -> None:
        found = {entry.intent.job_id for entry in self.journal.outbox()}
        assert found == {job for job, state in self.state.items() if state != "open" and job not in self.delivered}

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)


JournalLife.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestJournalLife = JournalLife.TestCase
