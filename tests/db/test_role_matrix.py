"""Every table with every role and a stranger, against tests/roles.py: raw SQL as the application's role."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from sqlmodel import SQLModel

from forex_elite.domain.identity import Role, service
from tests.db.rows import Person, become
from tests.roles import TABLES, Rows

EXPECTED = {table: kind for kind, names in TABLES.items() for table in names.split()}
CALLERS = ("stranger", "alice", "charlie", "ivy", "admin", "super_admin", "service")
"""Alice owns rows and is Ivy's only client, Bob owns rows, Charlie owns none; who is staff owns none either."""
ALL = frozenset({"alice", "bob"})
ALICE = frozenset({"alice"})
NONE = frozenset[str]()

READS = {
    Rows.OWN: {"alice": ALICE, "ivy": ALICE, "admin": ALL, "super_admin": ALL, "service": ALL},
    Rows.PRIVATE: {"alice": ALICE, "admin": ALL, "super_admin": ALL, "service": ALL},
    Rows.SEALED: {"alice": ALICE},
    Rows.PERSONAL: {"alice": ALICE, "service": ALL},
    Rows.SECRET: {"service": ALL},
    Rows.STANDINGS: {"alice": ALICE, "admin": ALL, "super_admin": ALL, "service": ALL},
    Rows.FEES: {"alice": ALICE, "super_admin": ALL, "service": ALL},
    Rows.PEOPLE: {"alice": ALICE, "ivy": ALICE, "admin": ALL, "super_admin": ALL, "service": ALL},
}
WRITES = READS | {
    Rows.OWN: READS[Rows.PRIVATE],
    Rows.PEOPLE: READS[Rows.PRIVATE],
    Rows.STANDINGS: READS[Rows.SECRET],
    Rows.FEES: {"super_admin": ALL, "service": ALL},
}
"""A broker writes nothing of its clients'. Tables without UPDATE are left out by the database itself."""
Connection = psycopg.Connection[Any]


def actor_of(caller: str, people: dict[str, Person]) -> Any:
    staff = {"admin": Role.ADMIN, "super_admin": Role.SUPER_ADMIN}
    if caller in staff:
        return Person(people["charlie"].id, staff[caller])
    return {"stranger": None, "service": service("a test")}.get(caller, people.get(caller))


def test_every_table_has_an_expectation() -> None:
    assert set(EXPECTED) == {table.name for table in SQLModel.metadata.tables.values()}, "see tests/roles.py"


@pytest.mark.parametrize("caller", CALLERS)
def test_every_table_shows_and_lets_change_what_the_table_names(
    app: Connection, people: dict[str, Person], caller: str
) -> None:
    names = {people[name].id: name for name in ALL}
    wrong = []
    become(app, actor_of(caller, people))
    for table, kind in EXPECTED.items():
        if kind not in READS or table == "login_attempts":
            continue
        column = "id" if table == "users" else "user_id"
        of = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
        rows = app.execute(sql.SQL("select {column} from {table}").format(**of))
        seen = {names[row[0]] for row in rows if row[0] in names}
        if seen != READS[kind].get(caller, NONE):
            wrong.append(f"{table}: {caller} sees {sorted(seen)}")
        changed = changed_rows(app, of, list(names))
        if changed is not None and changed != {
            person for person, name in names.items() if name in WRITES[kind].get(caller, NONE)
        }:
            wrong.append(f"{table}: {caller} changes {[names[person] for person in changed]}")

    assert wrong == []


def changed_rows(app: Connection, of: dict[str, Any], owners: list[Any]) -> set[Any] | None:
    """Whose rows an update touches; None where nobody may update."""
    statement = sql.SQL("update {table} set {column} = {column} where {column} = any(%s) returning {column}").format(
        **of
    )
    try:
        with app.transaction():
            return {row[0] for row in app.execute(statement, (owners,))}
    except errors.InsufficientPrivilege:
        return None


@pytest.mark.parametrize("caller", CALLERS)
def test_what_is_of_the_installation(app: Connection, people: dict[str, Person], caller: str) -> None:
    become(app, actor_of(caller, people))

    def counts(statement: bytes) -> bool:
        return app.execute(statement).rowcount > 0

    assert counts(b"select 1 from feature_settings") == (caller != "stranger")
    assert counts(b"update feature_settings set name = name") == (caller in {"admin", "super_admin"})
    assert counts(b"select 1 from login_attempts") == (caller == "service")
    assert counts(b"select 1 from ib_partners") == (caller in {"ivy", "super_admin", "service"})
    assert counts(b"update ib_partners set code = code") == (caller in {"super_admin", "service"})
    add_prize = (
        b"insert into leaderboard_prizes (id, kind, period, measure, board_currency, rank, amount, currency, "
        b"created_at) values (gen_random_uuid(), 'live', 'day', 'return', '', 9, 1, 'USD', now())"
    )
    note = b"insert into leaderboard_closings values ('day', '2026-01-01', now(), 0)"
    run = b"insert into ib_revenue_runs values ('2026-01-01', now(), 0, 0)"
    board = b"insert into leaderboard_boards values ('live', 'day', '2026-01-01', 'USD', 1, now())"
    assert may(app, add_prize) == (caller in {"admin", "super_admin", "service"})
    for statement in (note, run, board):
        assert may(app, statement) == (caller == "service")


def may(app: Connection, statement: bytes) -> bool:
    """Whether a row may be written; nothing stays written."""
    try:
        with app.transaction(force_rollback=True):
            return app.execute(statement).rowcount == 1
    except errors.InsufficientPrivilege:
        return False
