"""Partitions are made ahead and dropped in time, and figures over time are found without reading all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.engine import URL, Engine, create_engine
from sqlalchemy.pool import NullPool

from forex_elite import clock
from forex_elite.db import migrations, quotes, series
from forex_elite.db.engine import app_url
from forex_elite.db.pipeline import Answer
from forex_elite.db.unit_of_work import IDENTITY_SQL, Statement, UnitOfWork, identity_parameters
from forex_elite.domain.identity import service
from tests.conftest import SECRET_KEY
from tests.db.conftest import MakeDatabase
from tests.db.rows import Person, add_person, become, own_everything

COPIES = 4
FILL = (
    "set local session_replication_role = replica",
    "select keep_partitions(now() - interval '31 days')",
    "insert into mt5_accounts select r.* from mt5_accounts t, generate_series(1, {copies}) n, lateral "
    "jsonb_populate_record(t, jsonb_build_object('id', uuidv7(), 'login', 900000 + n)) r",
    "insert into account_snapshots (account_id, at, user_id, balance, credit, equity, margin, margin_free) "
    "select a.id, at, a.user_id, 1, 0, 1, 0, 1 from mt5_accounts a, generate_series("
    "date_bin('5 minutes', now() - interval '30 days', '2000-01-01+00'), now(), interval '5 minutes') at "
    "on conflict do nothing",
    "insert into account_rollups (account_id, step, at, user_id, first_at, last_at, balance, equity_open, equity_high, "
    "equity_low, equity_close, samples) select a.id, s.step, at, a.user_id, at, at, 1, 1, 1, 1, 1, 1 "
    "from mt5_accounts a, (values ('10min', '10 minutes'), ('hour', '1 hour'), ('day', '1 day')) s (step, width), "
    "generate_series(date_bin(s.width::interval, now() - interval '30 days', '2000-01-01+00'), now(), "
    "s.width::interval) at on conflict do nothing",
    "insert into broker_quotes (agent_id, symbol, at, user_id, bid, ask) select g.id, 'EURUSD', at, g.user_id, 1, 1 "
    "from mt5_agents g, generate_series(date_trunc('second', now()) - interval '1 day', now(), "
    "interval '10 seconds') at on conflict do nothing",
    "insert into quote_bars (agent_id, symbol, step_s, at, user_id, open, high, low, close, samples) "
    "select g.id, s.symbol, 60, at, g.user_id, 1, 1, 1, 1, 1 from mt5_agents g, (values ('EURUSD'), ('XAUUSD')) "
    "s (symbol), generate_series(date_trunc('minute', now()) - interval '9 days', now(), interval '1 minute') at "
    "on conflict do nothing",
)


@pytest.fixture(scope="module")
def filled(make_database: MakeDatabase) -> Iterator[tuple[URL, Person]]:
    """Two people with accounts and agents whose figures go back 30 days, and one of them."""
    url = make_database("forex_elite_series")
    migrations.upgrade(url, SECRET_KEY)
    engine: Engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        members = [add_person(connection, f"member{n}") for n in range(2)]
        for member in members:
            own_everything(connection, member)
        for statement in FILL:
            connection.exec_driver_sql(statement.format(copies=COPIES))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    yield url, members[0]
    engine.dispose()


class Plans(UnitOfWork):
    """Runs every statement and keeps how: which indexes, which tables were read whole, how many rows were touched."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], member: Person) -> None:
        super().__init__(connection, member.actor)
        self.scans: list[str] = []
        self.tables: set[str] = set()
        self.rows_read = 0.0

    async def run_all(self, statements: Sequence[Statement]) -> list[Answer]:
        for sql, parameters in statements:
            explained = await self._connection.execute(f"explain (analyze, format json) {sql}".encode(), parameters)
            found = await explained.fetchone()
            assert found
            self._walk(found[0][0]["Plan"])
        return await super().run_all(statements)

    def _walk(self, node: dict[str, Any]) -> None:
        name = node.get("Relation Name", "")
        if name and node["Actual Loops"]:
            self.tables.add(name)
            self.rows_read += node["Actual Rows"] * node["Actual Loops"]
            if node["Node Type"] == "Seq Scan":
                self.scans.append(name)
        for below in node.get("Plans", ()):
            self._walk(below)


@pytest.fixture
async def plans(filled: tuple[URL, Person]) -> AsyncIterator[Plans]:
    address = app_url(filled[0].render_as_string(hide_password=False), SECRET_KEY)
    connection = await psycopg.AsyncConnection.connect(address.render_as_string(hide_password=False))
    await connection.execute(IDENTITY_SQL.encode(), identity_parameters(filled[1].actor))
    yield Plans(connection, filled[1])
    await connection.rollback()
    await connection.close()


async def test_a_days_balance_reads_ten_minutes_and_no_snapshots(plans: Plans, filled: tuple[URL, Person]) -> None:
    now, account = clock.now(), filled[1].account_id
    assert account

    found = await series.balance(
        plans, account, since=now - timedelta(days=1), until=now, step=timedelta(minutes=10), rolled_up="10min"
    )

    assert found
    assert found[0] == "USD"
    assert len(found[1]) == 144
    assert plans.scans in ([], ["mt5_accounts"])  # a table of ten rows
    assert plans.tables == {"mt5_accounts", "account_rollups"}
    assert plans.rows_read <= 144 + 1


async def test_a_curve_reads_one_snapshot_a_point(plans: Plans, filled: tuple[URL, Person]) -> None:
    now, step = clock.now(), timedelta(minutes=6)
    account = filled[1].account_id
    assert account

    found = await series.sample(plans, [account], since=now - timedelta(days=1), until=now, step=step)

    assert len(found) > 200
    assert plans.scans == []
    assert plans.rows_read <= 2 * 241
    assert len([table for table in plans.tables if table.startswith("account_snapshots")]) <= 2


async def test_a_weeks_results_read_days_and_no_snapshots(plans: Plans, filled: tuple[URL, Person]) -> None:
    found = await series.day_results(plans, filled[1].id, since=clock.now().date() - timedelta(days=6))

    assert len(found) == 7
    assert not [table for table in plans.tables if table.startswith("account_snapshots")]
    assert plans.rows_read <= (COPIES + 1) * 40 + 200


async def test_bars_read_minutes_of_their_symbol_and_span_alone(plans: Plans, filled: tuple[URL, Person]) -> None:
    now = clock.now()

    found = await quotes.bars(
        plans, filled[1].id, "EURUSD", since=now - timedelta(days=1), until=now, width=timedelta(minutes=5)
    )

    assert len(found) >= 288
    assert not [table for table in plans.scans if table.startswith("quote_bars")]
    assert not [table for table in plans.tables if table.startswith("broker_quotes")]
    assert plans.rows_read <= 1440 + 100


# --- partitions ------------------------------------------------------------------------------------------------------


def partitions(url: URL, table: str) -> list[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
                "where i.inhparent = cast(:name as regclass) order by 1"
            ),
            {"name": table},
        )
        return list(found.scalars())


async def test_partitions_are_made_ahead_once_and_dropped_when_their_time_is_over(make_database: MakeDatabase) -> None:
    url = make_database("forex_elite_partitions")
    migrations.upgrade(url, SECRET_KEY)
    address = url.render_as_string(hide_password=False)
    today = clock.now().date()
    assert f"broker_quotes_{today + timedelta(days=7):%Y%m%d}" in partitions(url, "broker_quotes")
    assert await series.keep_partitions(address) == 0
    engine = create_engine(url, poolclass=NullPool)
    old, kept = today - timedelta(days=92), today - timedelta(days=80)
    with engine.begin() as connection:
        for day in (old, kept):
            connection.exec_driver_sql(
                f"create table series.broker_quotes_{day:%Y%m%d} partition of broker_quotes "
                f"for values from ('{day}T00:00Z') to ('{day + timedelta(days=1)}T00:00Z')"
            )

    assert await series.keep_partitions(address) == 1

    names = partitions(url, "broker_quotes")
    assert f"broker_quotes_{kept:%Y%m%d}" in names
    assert f"broker_quotes_{old:%Y%m%d}" not in names


def test_the_application_reaches_partitions_through_their_parents_alone(
    app: psycopg.Connection[Any], people: dict[str, Person]
) -> None:
    become(app, service("test"))
    name = partitions_of(app)
    for statement in (f"select 1 from series.{name}", "select keep_partitions()", "create table series.x ()"):
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute(statement.encode())


def partitions_of(app: psycopg.Connection[Any]) -> str:
    row = app.execute("select relname from pg_class where relname like 'account_snapshots_2%' limit 1").fetchone()
    assert row
    return str(row[0])


def test_figures_over_time_go_with_their_account_and_agent(
    app: psycopg.Connection[Any], people: dict[str, Person]
) -> None:
    bob = people["bob"]
    become(app, bob)
    app.execute("delete from mt5_accounts where id = %s", (bob.account_id,))
    app.execute("delete from mt5_agents where id = %s", (bob.agent_id,))

    for table in ("account_snapshots", "account_rollups", "sync_runs", "broker_quotes", "quote_bars", "alerts"):
        row = app.execute(f"select count(*) from {table} where user_id = %s".encode(), (bob.id,)).fetchone()
        assert row == (0,), table


def test_a_balance_operation_is_never_changed(app: psycopg.Connection[Any], people: dict[str, Person]) -> None:
    become(app, people["alice"])

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("update balance_operations set amount = 1")
