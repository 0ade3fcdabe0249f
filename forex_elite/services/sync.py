"""The synchronisation of accounts: asked for by a person, noted run by run, and counted when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from agent.protocol import JobError, TerminalHealth, TerminalState
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import accounts, queue, series
from forex_elite.db import sync as queries
from forex_elite.db.sync import Run
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.health import FAILURES_IN_A_ROW, AlertCode, difference
from forex_elite.domain.identity import Actor
from forex_elite.domain.jobs import JobStatus, JobType
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.series import SNAPSHOT_EVERY
from forex_elite.errors import Conflict, NotFound
from forex_elite.services import alerts, storable

_slots: dict[UUID, datetime] = {}
"""The span of 30 seconds of each account's last snapshot in this process; another one's is left alone by the table."""
_MOST_SLOTS = 100_000
SNAPSHOTS_FROM = timedelta(days=1)
"""What claims to be older comes from a clock that is wrong."""


class NoAgentForAccount(Conflict):
    """No agent reports this account; start the agent that has its terminal, or assign one on the accounts page."""

    code = "no-agent"


@dataclass(slots=True)
class Round:
    """One report of an agent while it is stored: what is to be kept over time, and how it went."""

    began: float = field(default_factory=perf_counter)
    snapshots: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)

    @property
    def duration_ms(self) -> int:
        """How long storing has taken so far."""
        return round((perf_counter() - self.began) * 1000)


@needs(Permission.ACCOUNT_SYNC)
async def request(actor: Actor, account_id: UUID) -> UUID:
    """Ask the account's agent to report everything now; returns the job's id, that of an open request if there is one.

    Raises NotFound, and NoAgentForAccount.
    """
    async with unit_of_work(actor) as uow:
        account = await accounts.find_account(uow, account_id, now=clock.now())
        if account is None or account.user_id != actor.person_id:
            raise NotFound("There is no such account.")
        if account.agent_id is None:
            raise NoAgentForAccount("No agent reports this account. Start or assign one first.")
        waiting = await queries.find_open_request(uow, account_id)
        if waiting is not None:
            return waiting
        job_id = uuid7()
        await uow.run(
            *queue.insert(
                job_id=job_id,
                user_id=account.user_id,
                agent_id=account.agent_id,
                account_id=account_id,
                job_type=JobType.SYNC,
                payload={},
            )
        )
        uow.tell(topics.jobs_for(account.agent_id))
        uow.tell(topics.of_person(account.user_id, "jobs"), {"id": str(job_id)})
        return job_id


async def note_request_ended(uow: UnitOfWork, job: Row, error: JobError | None) -> None:
    """Note a sync job that has ended among the runs of its account."""
    if job["account_id"] is None or job["status"] not in {JobStatus.COMPLETED, JobStatus.FAILED}:
        return
    is_failed = job["status"] == JobStatus.FAILED
    took = (job["finished_at"] - job["claimed_at"]).total_seconds() if job["claimed_at"] else 0.0
    run = Run(
        job["account_id"],
        "request",
        job["claimed_at"] or job["finished_at"],
        max(0, round(took * 1000)),
        status="failed" if is_failed else "ok",
        error=error.message if is_failed and error is not None else "",
    )
    await queries.add_runs(uow, job["user_id"], [run])
    uow.tell(topics.of_person(job["user_id"], f"account:{job['account_id']}"), {"id": str(job["account_id"])})


# --- what reports bring ----------------------------------------------------------------------------------------------


async def note_account(uow: UnitOfWork, user_id: UUID, found: Row, report: dict[str, Any], work: Round) -> None:
    """An account's figures were stored: keep a snapshot, check them against its deals, and end its failures."""
    account_id = found["id"]
    slot = datetime.fromtimestamp(
        report["reported_at"].timestamp() // SNAPSHOT_EVERY.total_seconds() * SNAPSHOT_EVERY.total_seconds(),
        report["reported_at"].tzinfo,
    )
    if _slots.get(account_id) != slot and clock.now() - slot < SNAPSHOTS_FROM:
        if len(_slots) > _MOST_SLOTS:
            _slots.clear()
        _slots[account_id] = slot
        work.snapshots = [row for row in work.snapshots if row[0] != account_id]
        work.snapshots.append((account_id, report))
    if found["failures"] >= FAILURES_IN_A_ROW:
        await alerts.close_alert(uow, user_id=user_id, code=AlertCode.ACCOUNT_FAILING, account_id=account_id)
    await _check_balance(uow, user_id, found, report)


async def _check_balance(uow: UnitOfWork, user_id: UUID, found: Row, report: dict[str, Any]) -> None:
    if report.get("deals_sum") is None:
        return
    gap = difference(_money(report["balance"]), _money(report["deals_sum"]))
    if gap == found["difference"]:
        return
    account_id = found["id"]
    await queries.set_difference(uow, account_id, gap, at=clock.now())
    if gap is None:
        await alerts.close_alert(uow, user_id=user_id, code=AlertCode.BALANCE_DIFFERS, account_id=account_id)
        return
    message = (
        f"Account {report['login']}: the balance is {abs(gap):,.2f} {report['currency']} "
        f"{'more' if gap > 0 else 'less'} than its deals add up to."
    )
    await alerts.raise_alert(
        uow, user_id=user_id, code=AlertCode.BALANCE_DIFFERS, message=message, account_id=account_id, is_standing=True
    )


def _money(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.0001"))


async def finish_accounts(uow: UnitOfWork, user_id: UUID, work: Round) -> None:
    """Keep the snapshots of a report that are due, each a run of its account."""
    if work.snapshots:
        await series.store_snapshots(uow, user_id, work.snapshots)
        started, took = clock.now(), work.duration_ms
        runs = [Run(account_id, "account", started, took, stored=1) for account_id, _ in work.snapshots]
        await queries.add_runs(uow, user_id, runs)


async def note_trades(
    uow: UnitOfWork, user_id: UUID, account_id: UUID, work: Round, *, stored: int, refused: Sequence[JobError]
) -> None:
    """Note a report of trades among the runs of its account."""
    status = "ok" if not refused else "partial" if stored else "failed"
    error = refused[0].message if refused else ""
    run = Run(account_id, "trades", clock.now(), work.duration_ms, stored, len(refused), status, error)
    await queries.add_runs(uow, user_id, [run])


# --- what fails ------------------------------------------------------------------------------------------------------


async def note_unreachable(uow: UnitOfWork, user_id: UUID, agent_id: UUID, terminals: Sequence[TerminalHealth]) -> None:
    """Count a failed attempt for every account whose terminal its agent cannot reach."""
    failed = [
        (terminal.login, terminal.server, storable.text(terminal.detail or "the terminal cannot be reached")[:500])
        for terminal in terminals
        if terminal.state is TerminalState.UNREACHABLE
    ]
    await note_failed(uow, user_id, agent_id, failed)


async def note_failed(uow: UnitOfWork, user_id: UUID, agent_id: UUID, failed: Sequence[tuple[int, str, str]]) -> None:
    """Count a failed attempt for accounts (login, server, why); the third in a row raises an alert."""
    if not failed:
        return
    now = clock.now()
    rows = await queries.note_failures(uow, agent_id, failed, at=now)
    runs = [Run(row["id"], "account", now, 0, status="failed", error=row["sync_error"]) for row in rows]
    await queries.add_runs(uow, user_id, runs)
    for row in rows:
        uow.tell(topics.of_person(user_id, f"account:{row['id']}"), {"id": str(row["id"])})
        if row["sync_failures"] >= FAILURES_IN_A_ROW:
            await alerts.raise_alert(
                uow,
                user_id=user_id,
                code=AlertCode.ACCOUNT_FAILING,
                message=f"Account {row['login']} at {row['server']} cannot be brought up to date: {row['sync_error']}",
                account_id=row["id"],
                severity="critical",
                is_standing=True,
            )
