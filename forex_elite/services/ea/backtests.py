"""Tests of deployed experts in the Strategy Tester beside their account's terminal."""

from __future__ import annotations

from uuid import UUID

from agent.protocol import BacktestRequest
from forex_elite.db.ea import backtests as queries
from forex_elite.db.ea import deployments as deployment_queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.ea.backtests import BacktestInfo, BacktestTerms
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobType
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, NotFound
from forex_elite.services import audit, expert_jobs
from forex_elite.services.ea.outcomes import tell_tests

MAX_WAITING = 10
"""Tests of one person at once: each keeps a terminal's processor busy for minutes."""


class TooManyTests(Conflict):
    """So many tests are under way already; wait for one to end, or cancel one."""

    code = "too-many-tests"


@needs(Permission.DEPLOYMENT_COMMAND)
async def start(actor: Actor, deployment_id: UUID, terms: BacktestTerms) -> BacktestInfo:
    """Queue a test of what is deployed: its version, symbol, timeframe and inputs.

    Raises NotFound, AgentGone, TooManyTests.
    """
    async with unit_of_work(actor) as uow:
        row = await deployment_queries.lock(uow, actor.person_id, deployment_id)
        if row is None:
            raise NotFound("There is no such deployment.")
        if row["agent_id"] is None:
            raise expert_jobs.AgentGone("This account has no agent any more.")
        if await queries.count_waiting(uow, actor.person_id) >= MAX_WAITING:
            raise TooManyTests(f"{MAX_WAITING} tests are under way already. Wait for one to end.")
        what = {name: row[name] for name in ("symbol", "timeframe", "inputs")}
        message = BacktestRequest(expert=row["expert"], sha256=row["sha256"], **what, **terms.written())
        job_id = await expert_jobs.enqueue(
            uow, row["user_id"], row["agent_id"], row["account_id"], JobType.BACKTEST, message
        )
        backtest_id = await queries.add(uow, actor.person_id, row, {**terms.written(), **what}, job_id)
        subject = ("deployment", deployment_id)
        await audit.record(uow, actor, "deployments.backtest", subject=subject, after=terms.written())
        tell_tests(uow, row["user_id"], deployment_id)
        found = await queries.find(uow, actor.person_id, backtest_id)
    assert found is not None
    return found


@needs(Permission.DEPLOYMENT_READ)
async def get(actor: Actor, backtest_id: UUID) -> BacktestInfo:
    """One test with its curve. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id, backtest_id)
    if found is None:
        raise NotFound("There is no such test.")
    return found


@needs(Permission.DEPLOYMENT_READ)
async def report(actor: Actor, backtest_id: UUID) -> bytes:
    """The tester's report as it wrote it. Raises NotFound while there is none."""
    async with unit_of_work(actor) as uow:
        content = await queries.report_of(uow, actor.person_id, backtest_id)
    if content is None:
        raise NotFound("This test has no report.")
    return content


@needs(Permission.DEPLOYMENT_READ)
async def list_backtests(
    actor: Actor, deployment_id: UUID, *, cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[BacktestInfo]:
    """A deployment's tests, newest first, without their curves; nothing for a deployment that is not the actor's."""
    async with unit_of_work(actor) as uow:
        return await queries.list_backtests(
            uow, actor.person_id, deployment_id, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )
