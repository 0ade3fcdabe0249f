"""Statements on libpq, as many as belong together in one round trip.

What goes in and what comes out is psycopg's own: placeholders, adapters, values of rows, errors. Only the sending
is ours, because psycopg's pipeline flushes and polls the socket for every single statement. An alert's two round trips
took it 0.98 ms of processor time; they take 0.31 ms here, and a statement by itself costs what it did.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import abc, adapt, errors, pq
from psycopg._queries import PostgresQuery
from psycopg.waiting import Ready, Wait

Connection = psycopg.AsyncConnection[Any]
Row = dict[str, Any]
Parameters = Mapping[str, Any] | Sequence[Any] | None
Statement = tuple[str, Parameters]

MOST_PREPARED = 500
"""A connection prepares so many statements and sends further ones without; there are far fewer."""

_Key = tuple[bytes, tuple[int, ...]]
"""A statement and the types of its parameters."""
_Prepared = dict[_Key, bytes]
_Kept = list[tuple[_Key, bytes] | None]
"""Per result to come: the statement that was prepared and its name, or None for an execution."""

_prepared: WeakKeyDictionary[Connection, _Prepared] = WeakKeyDictionary()
_names = itertools.count()


class Answer:
    """What a statement answered."""

    __slots__ = ("_result", "_transformer")

    def __init__(self, result: pq.abc.PGresult, transformer: abc.Transformer) -> None:
        self._result = result
        self._transformer = transformer

    @property
    def count(self) -> int:
        """How many rows were touched."""
        return self._result.command_tuples or 0

    def rows(self) -> list[Row]:
        """All rows, as dictionaries."""
        result = self._result
        names = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=True)))

    def row(self) -> Row | None:
        """The first row, or None."""
        rows = self.rows()
        return rows[0] if rows else None

    def value(self) -> Any:
        """The first column of the first row, or None."""
        if not self._result.ntuples:
            return None
        self._transformer.set_pgresult(self._result)
        return self._transformer.load_rows(0, 1, tuple)[0][0]


async def send(connection: Connection, statements: Sequence[Statement]) -> list[Answer]:
    """Execute statements in order, in one round trip; raises psycopg's error of the first that fails.

    Outside a transaction they are one by themselves: all of them happen or none.
    """
    pgconn = connection.pgconn
    if pgconn.status != pq.ConnStatus.OK:
        raise psycopg.OperationalError("the connection is closed")
    pgconn.enter_pipeline_mode()
    try:
        transformer = adapt.Transformer(connection)
        kept = _queue(connection, statements, transformer)
        pgconn.pipeline_sync()
        results = await connection.wait(_answers(pgconn))
    finally:
        _leave_pipeline(pgconn)
    return _checked(connection, results, kept, transformer)


def _queue(connection: Connection, statements: Sequence[Statement], transformer: abc.Transformer) -> _Kept:
    pgconn, prepared = connection.pgconn, _prepared.setdefault(connection, {})
    kept: _Kept = []
    fresh: _Prepared = {}
    for sql, parameters in statements:
        query = PostgresQuery(transformer)
        query.convert(sql, parameters)
        key = (query.query, query.types)
        name = prepared.get(key) or fresh.get(key)
        if name is None:
            if len(prepared) + len(fresh) >= MOST_PREPARED:
                pgconn.send_query_params(query.query, query.params, query.types, query.formats)
                kept.append(None)
                continue
            name = fresh[key] = b"fe_%d" % next(_names)
            pgconn.send_prepare(name, query.query, query.types)
            kept.append((key, name))
        pgconn.send_query_prepared(name, query.params, query.formats)
        kept.append(None)
    return kept


def _answers(pgconn: pq.abc.PGconn) -> abc.PQGen[list[pq.abc.PGresult]]:
    """Send what is buffered, then read one result per message up to the closing sync."""
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()  # a server that answers already must not wait for us to read
    results: list[pq.abc.PGresult] = []
    while True:
        while pgconn.is_busy():
            if (yield Wait.R):
                pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # the end of one statement's results
            if pgconn.status != pq.ConnStatus.OK:
                return results
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _leave_pipeline(pgconn: pq.abc.PGconn) -> None:
    """Nobody else may meet a connection in pipeline mode; one that cannot leave it is of no more use."""
    try:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    except psycopg.OperationalError:
        pgconn.finish()


def _checked(
    connection: Connection, results: list[pq.abc.PGresult], kept: _Kept, transformer: abc.Transformer
) -> list[Answer]:
    prepared, answers = _prepared[connection], []
    for result, preparing in zip(results, kept, strict=False):
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result, encoding=connection.info.encoding)
        if preparing is not None:
            prepared[preparing[0]] = preparing[1]
        else:
            answers.append(Answer(result, transformer))
    if len(results) < len(kept):
        raise psycopg.OperationalError("the connection was lost")
    return answers
