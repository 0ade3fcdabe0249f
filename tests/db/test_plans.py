"""The hot queries find their rows by index, with 50,000 rows of each kind present. Plans are looked at, never times."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, Engine, create_engine
from sqlalchemy.pool import NullPool

from forex_elite import clock
from forex_elite.db import (
    acceptance,
    accounts,
    agents,
    expert_jobs,
    history,
    logs,
    migrations,
    orders,
    people,
    positions,
    queue,
    settlement,
    signals,
    trade_record,
    trades,
)
from forex_elite.db.engine import app_url
from forex_elite.db.unit_of_work import IDENTITY_SQL, Row, UnitOfWork, identity_parameters
from forex_elite.domain.history import HistoryFilter
from forex_elite.domain.identity import Actor, service
from tests.conftest import SECRET_KEY
from tests.db.conftest import MakeDatabase
from tests.db.rows import Person, own_everything
from tests.db.rows import add_person as add_one

ROWS = 50_000
BIG = {"jobs", "tv_signals", "signal_executions", "trades", "symbols", "sessions", "trade_events", "system_logs"}


def copies(table: str, changes: str, source: str = "generate_series(1, {n}) n") -> str:
    return (
        f"insert into {table} select r.* from {table} t, {source}, lateral jsonb_populate_record(t, jsonb_build_object("
        f"'id', uuidv7(){changes})) r"
    )


MULTIPLY = (
    copies(
        "jobs",
        ", 'status', case when n % 100 = 0 then 'pending' else 'completed' end, "
        "'finished_at', case when n % 100 = 0 then null else now() - n * interval '1 minute' end",
    ),
    copies("tv_signals", ", 'n', n"),
    copies(
        "signal_executions",
        ", 'signal_id', g.id, 'job_id', null",
        "lateral (select id from tv_signals g where g.user_id = t.user_id and g.id <> t.signal_id) g",
    ),
    copies(
        "trades",
        ", 'ticket', 1000000000 + n, 'is_closed', n % 100 <> 0, 'close_time', now() - n * interval '1 minute'",
    ),
    copies("symbols", ", 'name', 'X' || n, 'canonical', 'X' || n"),
    copies(
        "system_logs", ", 'account_id', case when n % 2 = 0 then a.id end", "generate_series(1, {n}) n, mt5_accounts a"
    )
    + " where a.user_id = t.user_id",
    copies("sessions", ", 'token_hash', '\\x' || md5(n::text || t.id)"),
)
PEOPLE = 10


@pytest.fixture(scope="module")
def crowded(make_database: MakeDatabase) -> Iterator[tuple[URL, Person]]:
    """Ten people who share 50,000 rows of each kind evenly, and one of them."""
    url = make_database("forex_elite_crowd")
    migrations.upgrade(url, SECRET_KEY)
    engine: Engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        members = [add_one(connection, f"member{n}") for n in range(PEOPLE)]
        for member in members:
            own_everything(connection, member)
        connection.execute(text("set local session_replication_role = replica"))  # the copies need no checking
        for statement in MULTIPLY:
            connection.exec_driver_sql(statement.format(n=ROWS // PEOPLE - 1).replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        assert connection.execute(text("select count(*) from tv_signals")).scalar() == ROWS
    yield url, members[0]
    engine.dispose()


class Explaining(UnitOfWork):
    """Asks for the plan of every statement instead of running it."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], actor: Actor) -> None:
        super().__init__(connection, actor)
        self.scans: list[str] = []
        self.indexes: set[str] = set()
        self.nodes: set[str] = set()

    async def _explain(self, statement: str, parameters: Any = None) -> None:
        found = await (
            await self._connection.execute(f"explain (format json) {statement}".encode(), parameters)
        ).fetchone()
        assert found
        self._walk(found[0][0]["Plan"])

    def _walk(self, node: dict[str, Any]) -> None:
        self.nodes.add(node["Node Type"])
        self.indexes |= {node["Index Name"]} if "Index Name" in node else set()
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
            self.scans.append(f"{node['Relation Name']} filter {node.get('Filter')}")
        for below in node.get("Plans", ()):
            self._walk(below)

    async def rows(self, sql: str, parameters: Any = None) -> list[Row]:
        await self._explain(sql, parameters)
        return []

    async def row(self, sql: str, parameters: Any = None) -> Row | None:
        await self._explain(sql, parameters)
        return None

    async def value(self, sql: str, parameters: Any = None) -> Any:
        await self._explain(sql, parameters)
        return clock.now() if "_time from" in sql else 0

    async def run(self, sql: str, parameters: Any = None) -> int:
        await self._explain(sql, parameters)
        return 0


@pytest.fixture
async def connection(crowded: tuple[URL, Person]) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    address = app_url(crowded[0].render_as_string(hide_password=False), SECRET_KEY)
    made = await psycopg.AsyncConnection.connect(address.render_as_string(hide_password=False))
    yield made
    await made.rollback()
    await made.close()


async def explaining(connection: psycopg.AsyncConnection[Any], actor: Actor) -> Explaining:
    await connection.execute(IDENTITY_SQL.encode(), identity_parameters(actor))
    return Explaining(connection, actor)


async def test_an_agent_claims_by_index(connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]) -> None:
    member = crowded[1]
    assert member.agent_id
    uow = await explaining(connection, member.actor)

    await uow.row(*queue.claim(member.agent_id, now=clock.now()))
    await queue.count_unknown(uow, member.agent_id)
    await queue.take_unsettled(uow, member.agent_id, include_running=False)
    await queue.finish(uow, uuid4(), member.agent_id, uuid4(), status="completed", result=None, error=None)

    assert uow.scans == []
    assert uow.indexes & {"ix_jobs_claim", "ix_jobs_expiry"}  # both hold pending jobs alone


async def test_the_timers_find_late_and_lost_jobs_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    uow = await explaining(connection, service("timers"))

    await queue.expire_pending(uow, now=clock.now())
    await queue.reap_lost(uow, now=clock.now(), repeatable=["sync"])

    assert uow.scans == []


async def test_an_alerts_snapshot_is_read_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    uow = await explaining(connection, service("webhook"))
    question = acceptance.Question(
        secret=b"s" * 32,
        fingerprint=b"f" * 32,
        signal_id=uuid4(),
        window_s=60,
        canonical="EURUSD",
        wanted="EURUSD",
        is_entry=True,
    )
    reads = acceptance.reads([question, replace(question, fingerprint=b"g" * 32, signal_id=uuid4())])

    for statement, parameters in reads:
        await uow.run(statement, parameters)

    assert uow.scans == []


@pytest.mark.parametrize("before", [None, UUID(int=2**127)])
@pytest.mark.parametrize("is_filtered", [False, True])
async def test_the_feed_is_read_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person], before: UUID | None, *, is_filtered: bool
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)

    await signals.list_signals(
        uow,
        member.id,
        strategy_id=member.strategy_id if is_filtered else None,
        statuses=("pending",) if is_filtered else (),
        before=before,
        limit=50,
    )
    assert uow.indexes & {
        "ix_tv_signals_feed",
        "ix_tv_signals_strategy",
        "uq_tv_signals_owner",
        "ix_tv_signals_user_id",
    }
    for more in ("", signals._TRADE):
        await uow.rows(signals._EXECUTIONS.format(more=more), ([uuid4() for _ in range(50)],))

    assert uow.scans == []


async def test_a_result_finds_its_execution_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    uow = await explaining(connection, crowded[1].actor)

    await uow.run(
        settlement._SETTLE,
        {
            "job": uuid4(),
            "status": "executed",
            "code": "",
            "reason": "",
            "symbol": "EURUSD",
            "price": 1,
            "lots": 1,
            "requested": None,
            "order": "",
            "sent": None,
            "filled": None,
            "reported": None,
        },
    )

    assert uow.scans == []


async def test_accounts_positions_and_sessions_are_found_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)
    await accounts.list_accounts(uow, member.id, now=clock.now())
    await trades.list_open(uow, member.id)
    await trades.list_trades(uow, member.id, account_id=None, before=None, limit=50)

    server = await explaining(connection, service("look-up"))
    await people.find_signed_in(server, now=clock.now(), token_hash=b"t" * 32)
    await agents.find_agent_by_key(server, uuid4(), b"k" * 32)

    assert uow.scans + server.scans == []


@pytest.mark.parametrize("of", ["", "account_id", "deployment_id"])
async def test_log_lines_are_read_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person], of: str
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)
    asked: dict[str, Any] = {"account_id": None, "deployment_id": None, **({of: member.account_id} if of else {})}

    await logs.list_logs(uow, member.id, **asked, levels=None, before=None, limit=50)

    assert uow.scans == []


async def test_what_is_wanted_of_deployments_is_read_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    member = crowded[1]
    assert member.agent_id
    uow = await explaining(connection, member.actor)

    await expert_jobs.last_changes(uow, member.agent_id)

    assert uow.scans == []


async def test_a_days_counts_read_that_day_alone(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)

    await signals.count_since(uow, member.id, clock.now() + timedelta(hours=1), strategy_id=None)

    assert uow.scans == []


@pytest.mark.parametrize("before", [None, UUID(int=2**127)])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "ix_trades_closed"),
        ({"symbol": "EURUSD"}, "ix_trades_symbol_closed"),
        ({"magic": 7}, "ix_trades_magic_closed"),
        ({"account_id": "mine"}, "ix_trades_account_closed"),
    ],
)
async def test_a_page_of_the_history_is_read_by_index_in_its_order(
    connection: psycopg.AsyncConnection[Any],
    crowded: tuple[URL, Person],
    before: UUID | None,
    wanted: dict[str, Any],
    index: str,
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)
    asked = HistoryFilter(**{**wanted, **({"account_id": member.account_id} if "account_id" in wanted else {})})

    await history.list_closed(uow, member.id, asked, before=before, limit=50)

    assert uow.scans == []
    assert uow.indexes & {index, "ix_trades_closed"}
    assert "Sort" not in uow.nodes


async def test_sums_over_the_history_read_one_persons_trades_alone(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)

    await history.totals(uow, member.id, HistoryFilter())
    await history.slices(uow, member.id, HistoryFilter(symbol="EURUSD"), zone="UTC")
    await history.drawdowns(uow, member.id, HistoryFilter(account_id=member.account_id))
    await history.balances(uow, member.id, None, None)
    await history.choices(uow, member.id)

    assert uow.scans == []


async def test_open_positions_and_orders_about_them_are_found_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    member = crowded[1]
    assert member.account_id
    uow = await explaining(connection, member.actor)

    await positions.list_open(uow, member.id, account_id=None, symbol=None, after=uuid4(), limit=50)
    await positions.floating(uow, member.id, account_id=None)
    await positions.list_matching(uow, member.id, account_ids=None, symbol=None)
    await positions.under_way(uow, member.account_id, revocable="flatten", is_revocable=False)
    await positions.find(uow, member.id, uuid4())
    await orders.find_all(uow, member.id, [uuid4()])
    await orders.find_jobs(uow, member.id, [uuid4()])
    await orders.list_pending(uow, member.id, after=None, limit=50)

    assert uow.scans == []


async def test_the_record_of_a_trade_is_read_by_index(
    connection: psycopg.AsyncConnection[Any], crowded: tuple[URL, Person]
) -> None:
    member = crowded[1]
    uow = await explaining(connection, member.actor)

    for statement, parameters in trade_record.statements(member.id, uuid4()):
        await uow.run(statement, parameters)

    assert uow.scans == []
    assert uow.indexes >= {"ix_trade_events_position", "uq_jobs_owner", "ix_signal_executions_job"}
