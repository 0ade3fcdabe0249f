"""Queries about tests of deployed experts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.backtests import BacktestInfo, BacktestReport, BacktestTerms
from forex_elite.domain.paging import Page

# A list shows figures; the curves are most of what is stored, and travel when one test is opened.
_BACKTEST = """
    select b.id, b.deployment_id, b.version_id, v.number as version_number, b.job_id, b.terms, b.code, b.reason,
           case when b.status = 'waiting' then coalesce(j.status, 'pending') else b.status end as status,
           case when %(curves)s then b.outcome else b.outcome - 'curve' end as outcome,
           b.report_sha256, b.created_at, b.finished_at
    from ea_backtests b
    join ea_versions v on v.id = b.version_id
    left join jobs j on j.id = b.job_id
"""


def _info(row: Row) -> BacktestInfo:
    terms: dict[str, Any] = row["terms"]
    same = ("id", "deployment_id", "version_id", "version_number", "job_id", "status", "code", "reason")
    return BacktestInfo(
        **{name: row[name] for name in same},
        symbol=terms["symbol"],
        timeframe=terms["timeframe"],
        inputs=terms["inputs"],
        terms=BacktestTerms.read(terms),
        report=None if row["outcome"] is None else BacktestReport(**row["outcome"]),
        has_file=row["report_sha256"] is not None,
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )


async def add(uow: UnitOfWork, user_id: UUID, deployment: Row, terms: dict[str, Any], job_id: UUID) -> UUID:
    """Insert a test that waits for its job. `terms` with symbol, timeframe and inputs."""
    backtest_id = uuid7()
    await uow.run(
        "insert into ea_backtests (id, user_id, deployment_id, version_id, job_id, terms, status, code, reason, "
        "created_at) values (%s, %s, %s, %s, %s, %s, 'waiting', '', '', now())",
        (backtest_id, user_id, deployment["id"], deployment["version_id"], job_id, Jsonb(terms)),
    )
    return backtest_id


async def count_waiting(uow: UnitOfWork, user_id: UUID) -> int:
    """How many tests of a person have not ended."""
    return int(
        await uow.value("select count(*) from ea_backtests where user_id = %s and status = 'waiting'", (user_id,))
    )


async def lock_by_job(uow: UnitOfWork, job_id: UUID) -> Row | None:
    """The test a job carries out, held until the transaction ends; None when it has ended already."""
    return await uow.row(
        "select id, user_id, deployment_id from ea_backtests where job_id = %s and status = 'waiting' for update",
        (job_id,),
    )


async def finish(
    uow: UnitOfWork,
    backtest_id: UUID,
    *,
    outcome: dict[str, Any] | None,
    code: str = "",
    reason: str = "",
    report_sha256: str | None = None,
) -> None:
    """Note how a test ended; without an outcome it failed."""
    await uow.run(
        "update ea_backtests set status = %s, outcome = %s, code = %s, reason = %s, report_sha256 = %s, "
        "finished_at = now() where id = %s",
        (
            "failed" if outcome is None else "completed",
            None if outcome is None else Jsonb(outcome),
            code,
            reason,
            report_sha256,
            backtest_id,
        ),
    )


async def find(uow: UnitOfWork, user_id: UUID, backtest_id: UUID) -> BacktestInfo | None:
    """A person's own test with its curve."""
    row = await uow.row(
        _BACKTEST + "where b.user_id = %(user)s and b.id = %(id)s",
        {"curves": True, "user": user_id, "id": backtest_id},
    )
    return None if row is None else _info(row)


async def report_of(uow: UnitOfWork, user_id: UUID, backtest_id: UUID) -> bytes | None:
    """The tester's own report, byte for byte."""
    found = await uow.value(
        "select a.content from ea_backtests b join ea_artifacts a on a.user_id = b.user_id "
        "and a.sha256 = b.report_sha256 where b.user_id = %s and b.id = %s",
        (user_id, backtest_id),
    )
    return None if found is None else bytes(found)


async def list_backtests(
    uow: UnitOfWork, user_id: UUID, deployment_id: UUID, *, before: UUID | None, limit: int
) -> Page[BacktestInfo]:
    """A deployment's tests without their curves, newest first."""
    rows = await uow.rows(
        _BACKTEST
        + "where b.user_id = %(user)s and b.deployment_id = %(deployment)s "
        + "and (%(before)s::uuid is null or b.id < %(before)s) order by b.id desc limit %(limit)s",
        {"curves": False, "user": user_id, "deployment": deployment_id, "before": before, "limit": limit + 1},
    )
    items = tuple(_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)
