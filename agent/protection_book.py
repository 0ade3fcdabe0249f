"""Protections of positions on disk, in the account's journal: they outlive the agent and need no server.

A protection is written in the transaction that settles the job it came with, so that an order that was filled is never
without the protection it was sent with, whatever is interrupted when. Moves of a stop are written before and after.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson
from pydantic import ValidationError

from agent.protocol import Protection, ResultStatus

SCHEMA = """
CREATE TABLE IF NOT EXISTS protection (
    ticket INTEGER PRIMARY KEY, terms TEXT NOT NULL, job_id TEXT NOT NULL, set_wall REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS protection_move (
    number INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, what TEXT NOT NULL, began_wall REAL NOT NULL, answer TEXT
);
CREATE INDEX IF NOT EXISTS protection_move_ticket ON protection_move (ticket, number);
"""


def settled(
    db: sqlite3.Connection, job_id: str, status: ResultStatus, result: dict[str, Any] | None, *, at: float
) -> None:
    """Set or clear what a completed job says of a position's protection.

    The position of a pending order carries the order's number once it is filled.
    """
    if status is not ResultStatus.COMPLETED:
        return
    row = db.execute("SELECT payload FROM job WHERE id = ?", (job_id,)).fetchone()
    instruction = orjson.loads(row[0]).get("instruction", {}) if row else {}
    terms = instruction.get("protection")
    match instruction.get("do"):
        case "protect":
            ticket = instruction["ticket"]
        case "open" if terms is not None:
            ticket = (result or {}).get("position") or (result or {}).get("order")
        case _:
            return
    if ticket is None:
        return
    db.execute("DELETE FROM protection WHERE ticket = ?", (ticket,))
    if terms is not None:
        db.execute(
            "INSERT INTO protection (ticket, terms, job_id, set_wall) VALUES (?, ?, ?, ?)",
            (ticket, orjson.dumps(terms).decode(), job_id, at),
        )


def read(db: sqlite3.Connection) -> dict[int, Protection]:
    """All protections by position (or order) ticket; one that this agent cannot read is left out."""
    found: dict[int, Protection] = {}
    for ticket, terms in db.execute("SELECT ticket, terms FROM protection ORDER BY ticket"):
        try:
            found[ticket] = Protection.model_validate_json(terms)
        except ValidationError:  # written by a newer agent
            continue
    return found


def begin_move(db: sqlite3.Connection, ticket: int, what: dict[str, Any], *, at: float) -> int:
    """Note that a stop is about to be moved; returns the number of the move."""
    cursor = db.execute(
        "INSERT INTO protection_move (ticket, what, began_wall) VALUES (?, ?, ?)",
        (ticket, orjson.dumps(what).decode(), at),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end_move(db: sqlite3.Connection, number: int, answer: dict[str, Any]) -> None:
    """Note what the terminal answered."""
    db.execute("UPDATE protection_move SET answer = ? WHERE number = ?", (orjson.dumps(answer).decode(), number))


def moves(db: sqlite3.Connection, ticket: int) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Every move of a position's stop with its answer (None: it was interrupted), oldest first."""
    rows = db.execute("SELECT what, answer FROM protection_move WHERE ticket = ? ORDER BY number", (ticket,))
    return [(orjson.loads(what), None if answer is None else orjson.loads(answer)) for what, answer in rows]
