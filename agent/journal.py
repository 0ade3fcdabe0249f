"""What this agent was about to do, is doing and did to one account, on disk before and after every order.

One SQLite file per account, written by the account's child process alone. The rules it stands for:

- a step is committed to disk before `order_send`, so whatever reached a terminal has a row here;
- a job id is carried out once: only a job that provably sent nothing may begin again;
- a result stays in the outbox until the server has acknowledged it or no longer wants it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from agent import protection_book
from agent.protocol import JobError, Protection, ResultStatus

_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    id TEXT PRIMARY KEY, payload TEXT NOT NULL, magic INTEGER NOT NULL, tag TEXT NOT NULL,
    lease_token TEXT NOT NULL, expires_wall REAL, began_wall REAL NOT NULL,
    status TEXT CHECK (status IN ('completed', 'failed', 'not_sent')), result TEXT, error TEXT, settled_wall REAL,
    delivery TEXT CHECK (delivery IN ('acknowledged', 'lease-lost')),
    CHECK ((status IS NULL) = (settled_wall IS NULL)),
    CHECK (delivery IS NULL OR status IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS job_open ON job (began_wall) WHERE status IS NULL;
CREATE INDEX IF NOT EXISTS job_outbox ON job (settled_wall) WHERE status IS NOT NULL AND delivery IS NULL;
CREATE TABLE IF NOT EXISTS step (
    job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE, number INTEGER NOT NULL, what TEXT NOT NULL,
    began_wall REAL NOT NULL, answer TEXT, PRIMARY KEY (job_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_KEEP_S = 30 * 86400.0


class JournalUnavailable(Exception):
    """The journal cannot be read or written (disk full, read-only, damaged); no order may be sent until it can."""


class AlreadyJournalled(Exception):
    """The job has begun before; its stored result answers it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A job as the journal keeps it when its first order is about to be sent; `expires_wall` is informative."""

    job_id: str
    payload: dict[str, Any]
    magic: int
    tag: str
    lease_token: str
    expires_wall: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One order of a job: what was to be sent, when (server's clock), and the answer if one was read."""

    number: int
    what: dict[str, Any]
    began_wall: float
    answer: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a job ended; never unknown, because unknown is an intent without one."""

    status: ResultStatus
    result: dict[str, Any] | None = None
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A job in the journal with its steps; without a settlement it is to be reconciled."""

    intent: Intent
    began_wall: float
    settlement: Settlement | None = None
    steps: tuple[Step, ...] = field(default=())


class Journal:
    """The journal of one account."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._answers: list[tuple[str, str, int]] = []
        self._protections: dict[int, Protection] | None = None

    def open(self) -> None:
        """Open or create the file; every other method does so by itself."""
        with self._guarded():
            self._connect()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def begin(self, intent: Intent, number: int, what: dict[str, Any], *, at: float) -> None:
        """Commit to disk that order `number` of the job is about to be sent at `at`; only after this may it be sent.

        Raises AlreadyJournalled when the first step of a job that may have sent something comes again.
        """
        with self._transaction() as db:
            if number == 1:
                db.execute("DELETE FROM job WHERE id = ? AND status = 'not_sent'", (intent.job_id,))
                inserted = db.execute(
                    "INSERT INTO job (id, payload, magic, tag, lease_token, expires_wall, began_wall)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (
                        intent.job_id,
                        _json(intent.payload),
                        intent.magic,
                        intent.tag,
                        intent.lease_token,
                        intent.expires_wall,
                        at,
                    ),
                ).rowcount
                if not inserted:
                    raise AlreadyJournalled(intent.job_id)
            self._write_answers(db)
            db.execute(
                "INSERT INTO step (job_id, number, what, began_wall) VALUES (?, ?, ?, ?)",
                (intent.job_id, number, _json(what), at),
            )
        self._answers.clear()

    def answered(self, job_id: str, number: int, answer: dict[str, Any]) -> None:
        """Note the answer to a step; it is committed together with what follows it (next step or settlement)."""
        self._answers.append((_json(answer), job_id, number))

    def flush_answers(self) -> None:
        """Commit noted answers that nothing followed, because another step's answer is unknown."""
        if self._answers:
            with self._transaction() as db:
                self._write_answers(db)
            self._answers.clear()

    def settle(self, job_id: str, settlement: Settlement) -> None:
        """Commit how the job ended and put it into the outbox."""
        now = time.time()
        with self._transaction() as db:
            self._write_answers(db)
            is_first = db.execute(
                "UPDATE job SET status = ?, result = ?, error = ?, settled_wall = ?, delivery = NULL"
                " WHERE id = ? AND status IS NULL",
                (
                    settlement.status,
                    None if settlement.result is None else _json(settlement.result),
                    None if settlement.error is None else settlement.error.model_dump_json(),
                    now,
                    job_id,
                ),
            ).rowcount
            if is_first:
                protection_book.settled(db, job_id, settlement.status, settlement.result, at=now)
        self._answers.clear()
        self._protections = None

    def find(self, job_id: str) -> Entry | None:
        """The entry of a job, or None: then nothing of it was ever sent from this journal."""
        return next(iter(self._entries("id = ?", (job_id,))), None)

    def unresolved(self) -> list[Entry]:
        """Intents without a settlement, oldest first: to be reconciled before anything else happens."""
        return self._entries("status IS NULL", ())

    def outbox(self) -> list[Entry]:
        """Settled jobs the server has not yet acknowledged, oldest first."""
        return self._entries("status IS NOT NULL AND delivery IS NULL", ())

    def since(self, wall: float) -> list[Entry]:
        """Everything begun since, to tell this job's traces in the terminal from those of others."""
        return self._entries("began_wall >= ?", (wall,))

    def renew_lease(self, job_id: str, lease_token: str) -> None:
        """Keep the token under which the server now expects the result, and put the result back into the outbox."""
        with self._transaction() as db:
            db.execute("UPDATE job SET lease_token = ?, delivery = NULL WHERE id = ?", (lease_token, job_id))

    def delivered(self, job_id: str, *, is_lease_lost: bool = False) -> None:
        """Take a result out of the outbox: the server has it, or no longer accepts it under this lease."""
        with self._transaction() as db:
            db.execute(
                "UPDATE job SET delivery = ? WHERE id = ? AND status IS NOT NULL",
                ("lease-lost" if is_lease_lost else "acknowledged", job_id),
            )

    def mark(self, name: str) -> str | None:
        """A remembered value, such as how far closed trades were acknowledged."""
        with self._guarded():
            row = self._connect().execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def set_mark(self, name: str, value: str) -> None:
        """Remember a value."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO mark VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )

    def forget_old(self) -> None:
        """Drop delivered jobs and moves of stops older than 30 days; no server offers a job that long."""
        oldest = time.time() - _KEEP_S
        with self._transaction() as db:
            db.execute("DELETE FROM job WHERE delivery IS NOT NULL AND settled_wall < ?", (oldest,))
            db.execute("DELETE FROM protection_move WHERE began_wall < ?", (oldest,))

    # --- protections ------------------------------------------------------------------------------------------------

    def protections(self) -> dict[int, Protection]:
        """Break-even and trailing stops by position ticket, of pending orders by theirs."""
        if self._protections is None:
            with self._guarded():
                self._protections = protection_book.read(self._connect())
        return self._protections

    def forget_protection(self, ticket: int) -> None:
        """Drop the protection of a position that is gone."""
        with self._transaction() as db:
            db.execute("DELETE FROM protection WHERE ticket = ?", (ticket,))
        self._protections = None

    def begin_move(self, ticket: int, what: dict[str, Any], *, at: float) -> int:
        """Commit to disk that a stop is about to be moved; only after this may it be."""
        with self._transaction() as db:
            return protection_book.begin_move(db, ticket, what, at=at)

    def end_move(self, number: int, answer: dict[str, Any]) -> None:
        """Commit what the terminal answered to a move."""
        with self._transaction() as db:
            protection_book.end_move(db, number, answer)

    def moves(self, ticket: int) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
        """Every move of a position's stop with its answer, oldest first."""
        with self._guarded():
            return protection_book.moves(self._connect(), ticket)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _entries(self, condition: str, values: tuple[Any, ...]) -> list[Entry]:
        with self._guarded():
            db = self._connect()
            rows = db.execute(
                "SELECT id, payload, magic, tag, lease_token, expires_wall, began_wall, status, result, error"  # noqa: S608
                f" FROM job WHERE {condition} ORDER BY began_wall, id",
                values,
            ).fetchall()
            return [_entry(row, _steps(db, row[0])) for row in rows]

    def _write_answers(self, db: sqlite3.Connection) -> None:
        db.executemany("UPDATE step SET answer = ? WHERE job_id = ? AND number = ?", self._answers)

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            db = sqlite3.connect(self._path, isolation_level=None, timeout=2.0)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA foreign_keys = ON")
                db.executescript(_SCHEMA + protection_book.SCHEMA)
            except BaseException:
                db.close()
                raise
            self._connection = db
        return self._connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise JournalUnavailable(f"{self._path}: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guarded():
            db = self._connect()
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _steps(db: sqlite3.Connection, job_id: str) -> tuple[Step, ...]:
    rows = db.execute(
        "SELECT number, what, began_wall, answer FROM step WHERE job_id = ? ORDER BY number", (job_id,)
    ).fetchall()
    return tuple(
        Step(number, orjson.loads(what), began, None if answer is None else orjson.loads(answer))
        for number, what, began, answer in rows
    )


def _entry(row: tuple[Any, ...], steps: tuple[Step, ...]) -> Entry:
    job_id, payload, magic, tag, lease_token, expires_wall, began_wall, status, result, error = row
    settlement = None
    if status is not None:
        settlement = Settlement(
            ResultStatus(status),
            None if result is None else orjson.loads(result),
            None if error is None else JobError.model_validate_json(error),
        )
    intent = Intent(job_id, orjson.loads(payload), magic, tag, lease_token, expires_wall)
    return Entry(intent, began_wall, settlement, steps)
