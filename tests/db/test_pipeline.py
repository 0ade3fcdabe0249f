"""Several statements in one round trip: all or none, under one identity, and the connection is as good afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from forex_elite.db import pipeline
from forex_elite.db.pipeline import send
from forex_elite.db.unit_of_work import IDENTITY_SQL

Connection = psycopg.AsyncConnection[Any]


@pytest.fixture
async def connection(app_dsn: str) -> AsyncIterator[Connection]:
    made = await psycopg.AsyncConnection.connect(app_dsn)
    await send(made, [("create temporary table notes (line text primary key)", None)])
    yield made
    await made.close()


async def test_answers_come_in_order_with_values_as_psycopg_reads_them(connection: Connection) -> None:
    first, second, third = await send(
        connection,
        [
            ("insert into notes values (%s), (%s)", ("a", "b")),
            ("select line, length(line) as size from notes where line >= %(from)s order by line", {"from": "a"}),
            ("select '{\"a\": 1}'::jsonb, now() where false", None),
        ],
    )

    assert first.count == 2
    assert second.rows() == [{"line": "a", "size": 1}, {"line": "b", "size": 1}]
    assert second.value() == "a"
    assert (third.rows(), third.row(), third.value()) == ([], None, None)


@pytest.mark.parametrize("again", [False, True])
async def test_one_that_fails_takes_the_others_along(connection: Connection, *, again: bool) -> None:
    statements = [
        ("insert into notes values (%s)", ("a",)),
        ("insert into notes values (%s)", ("a",)),
        ("insert into notes values (%s)", ("b",)),
    ]
    for _ in range(1 + again):  # the second time all of them are prepared
        with pytest.raises(errors.UniqueViolation, match="notes_pkey"):
            await send(connection, statements)

    assert (await send(connection, [("select count(*) from notes", None)]))[0].value() == 0
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


async def test_a_wrong_statement_can_be_put_right(connection: Connection) -> None:
    for _ in range(2):
        with pytest.raises(errors.UndefinedTable):
            await send(connection, [("select * from nowhere where line = %s", ("a",))])
    await send(connection, [("create temporary table nowhere (line text)", None)])

    assert (await send(connection, [("select * from nowhere where line = %s", ("a",))]))[0].rows() == []


async def test_an_identity_ends_with_its_round_trip(connection: Connection) -> None:
    who = ("select current_setting('app.role', true) as role", None)

    _, during = await send(connection, [(IDENTITY_SQL, ("", "service", "")), who])
    (after,) = await send(connection, [who])

    assert during.value() == "service"
    assert after.value() in {None, ""}


async def test_large_values_go_both_ways_at_once(connection: Connection) -> None:
    large = "x" * 3_000_000

    answers = await send(connection, [("select %s::text", (large,))] * 4)

    assert [answer.value() == large for answer in answers] == [True] * 4


async def test_a_connection_prepares_so_many_statements_and_no_more(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_PREPARED", 3)

    answers = [(await send(connection, [(f"select {n} + %s", (1,))]))[0].value() for n in (*range(9), *range(9))]

    assert answers == [n + 1 for n in (*range(9), *range(9))]
    prepared = "select count(*) from pg_prepared_statements"
    assert (await (await connection.execute(prepared)).fetchone()) == (3,)


async def test_a_connection_that_is_gone_says_so(connection: Connection, app_dsn: str) -> None:
    pid = connection.info.backend_pid
    async with await psycopg.AsyncConnection.connect(app_dsn, autocommit=True) as other:
        await other.execute("select pg_terminate_backend(%s)", (pid,))

    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            await send(connection, [("select 1", None)])
