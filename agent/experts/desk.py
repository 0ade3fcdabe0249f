"""The agent's desk for experts: takes their jobs from the supervisor, does them beside the trading, and tells results.

Jobs of one account are done in order; compiles of one installation and tests of one account too. None of it waits for
another account, and no order waits for any of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import BaseModel, ValidationError

from agent.backoff import Backoff
from agent.client import KeyRefused, LeaseLost, Rejected, ServerAway, ServerClient
from agent.clocks import Clock
from agent.config import TerminalSetup, account_key
from agent.experts import backtesting, compiling
from agent.experts.artifacts import Artifacts
from agent.experts.failure import JobFailed
from agent.experts.holding import Holding
from agent.experts.opening import open_program, open_tester
from agent.experts.station import Station
from agent.experts.ties import ChildProcess, Parting
from agent.guard_file import guard_place
from agent.protocol import (
    BacktestRequest,
    CompileRequest,
    Deployment,
    DeploymentReport,
    DeploymentState,
    DeploymentWish,
    Job,
    JobError,
    ResultStatus,
)
from agent.terminal.program import TerminalProgram
from agent.terminal.start_config import LogIn
from agent.terminal_process import HeldJob

log = logging.getLogger(__name__)

_ALWAYS: Final = frozenset({"compile", "deploy", "backtest"})
_CHANGES: Final = {
    "run": DeploymentState.RUNNING,
    "pause": DeploymentState.PAUSED,
    "stop": DeploymentState.STOPPED,
}
_MOST_REMEMBERED: Final = 50
_TROUBLE_S: Final = 30.0

Account = tuple[int, str]


class Report(Protocol):
    """How a result is told."""

    def __call__(
        self, held: HeldJob, status: ResultStatus, *, error: JobError | None, result: dict[str, Any] | None = None
    ) -> None:
        """`result` is what the job's payload type promises."""


@dataclass(slots=True)
class _Work:
    """A job in hand; `task` carries it out, `has_begun` once it is its turn."""

    held: HeldJob
    task: asyncio.Task[None] | None = None
    has_begun: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What is known of one account's terminal."""

    setup: TerminalSetup
    program: TerminalProgram
    station: Station


def takes(job: Job) -> bool:
    """Whether a job is about experts; `run`, `pause` and `stop` may also be about a whole account."""
    return job.type in _ALWAYS or (job.type in _CHANGES and job.payload.get("scope") == "deployment")


class ExpertDesk:
    """All stations of this agent, and the jobs at work on them."""

    def __init__(
        self,
        state_dir: Path,
        client: ServerClient,
        clock: Clock,
        *,
        command: list[str],
        report: Report,
        send_line: Callable[[dict[str, Any]], None],
    ) -> None:
        """`command` starts this agent, which stands in for the simulator's programs."""
        self._client = client
        self._clock = clock
        self._command = command
        self._report = report
        self._send_line = send_line
        self._state_dir = state_dir
        self._artifacts = Artifacts(client, state_dir / "artifacts")
        self._builds = state_dir / "builds"
        self._work: dict[str, _Work] = {}
        self._done: OrderedDict[str, tuple[ResultStatus, JobError | None, dict[str, Any] | None]] = OrderedDict()
        self._lanes: dict[tuple[str, str], asyncio.Lock] = {}
        self._places: dict[Account, _Place] = {}
        self._watching: dict[Account, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._must_ask = asyncio.Event()

    def add(self, setup: TerminalSetup, child: ChildProcess) -> None:
        """Take on a terminal, before its child is started: one whose terminal must be started by us has to wait."""
        try:
            program = open_program(setup, self._command)
        except OSError as problem:
            log.error("no experts on account %s: %s", setup.terminal.login, problem)  # noqa: TRY400
            return
        if program is None:
            return
        station = Station(
            setup,
            program,
            child,
            self._artifacts,
            self._state_dir / "experts",
            send_line=self._send_line,
            hold=Holding(child, guard_place(setup.journal_file)).reason,
        )
        self._places[setup.account] = _Place(setup, program, station)
        if station.wishes.on_charts():
            station.hold_child()
        self._must_ask.set()
        self._watch(setup.account)

    async def remove(self, account: Account, parting: Parting) -> None:
        """Let go of a terminal whose child has ended: its jobs are given back, its experts no longer watched."""
        place = self._places.pop(account, None)
        if place is None:
            return
        tasks = [work.task for work in self._work.values() if work.task and _account(work.held.job) == account]
        if (watching := self._watching.pop(account, None)) is not None:
            tasks.append(watching)
        await _cancelled(tasks)
        try:
            await place.station.leave(parting)
        except (JobFailed, OSError) as problem:
            log.error("the experts of account %s are not cleared away: %s", account[0], problem)  # noqa: TRY400

    def reports(self) -> list[DeploymentReport]:
        """What every deployment on this agent does."""
        return [report for place in self._places.values() for report in place.station.reports()]

    # --- jobs in hand -----------------------------------------------------------------------------------------------

    def in_hand(self) -> list[HeldJob]:
        """Jobs whose leases are to be kept."""
        return [work.held for work in self._work.values()]

    def take(self, held: HeldJob) -> None:
        """Take a job. One that was done already, or is in hand, is answered under its new lease.

        A job the server merely asks about is carried out all the same: each of them only says what is to be.
        """
        known = self._work.get(held.job_id)
        if known is not None:
            known.held.lease_token, known.held.lease, known.held.lease_s = held.lease_token, held.lease, held.lease_s
            return
        if held.job_id in self._done:
            status, error, result = self._done[held.job_id]
            self._report(held, status, error=error, result=result)
            return
        work = self._work[held.job_id] = _Work(held)
        work.task = asyncio.create_task(self._carry_out(work))

    def withdraw(self, held: HeldJob) -> bool:
        """Drop a job whose lease is lost; True when it had not begun."""
        work = self._work.get(held.job_id)
        if work is None or work.has_begun:
            return False
        del self._work[held.job_id]
        if work.task is not None:
            work.task.cancel()
        return True

    def lease_moved(self, held: HeldJob) -> None:
        """Nothing here judges by the lease."""

    async def _carry_out(self, work: _Work) -> None:
        held = work.held
        status, error, result = ResultStatus.FAILED, None, None
        try:
            async with self._lane(held.job):
                self._refuse_late(held)
                work.has_begun = True
                result = await self._do(held.job)
            status = ResultStatus.COMPLETED
        except JobFailed as failure:
            error, result = JobError(code=failure.code, message=failure.message[:2000]), failure.result
        except asyncio.CancelledError:
            if self._work.pop(held.job_id, None) is not None:
                text = "the agent lets go of this terminal or stops; the job is given back"
                self._report(held, ResultStatus.NOT_SENT, error=JobError(code="agent-stopping", message=text))
            raise
        except Exception as problem:
            log.exception("job %s (%s) failed by a fault of the agent", held.job_id, held.job.type)
            error = JobError(code="agent-fault", message=f"{type(problem).__name__}: {problem}"[:2000])
        self._work.pop(held.job_id, None)
        self._done[held.job_id] = (status, error, result)
        while len(self._done) > _MOST_REMEMBERED:
            self._done.popitem(last=False)
        self._report(held, status, error=error, result=result)

    def _refuse_late(self, held: HeldJob) -> None:
        if held.expires is not None and held.expires.is_past(self._clock):
            raise JobFailed("expired", "it was too late when it was this job's turn; nothing was done")

    def _lane(self, job: Job) -> asyncio.Lock:
        place = self._place(job)
        kind = job.type if job.type in {"compile", "backtest"} else "charts"
        return self._lanes.setdefault((kind, place.setup.folder if place else ""), asyncio.Lock())

    def _place(self, job: Job) -> _Place | None:
        """The terminal of a job; a compile for no account in particular goes to the first."""
        if (account := _account(job)) is not None:
            return self._places.get(account)
        return next(iter(self._places.values()), None) if job.type == "compile" else None

    async def _do(self, job: Job) -> dict[str, Any]:
        place = self._place(job)
        if place is None:
            text = "the programs and files of this account's terminal cannot be reached from this agent"
            raise JobFailed("no-terminal-folder", text)
        try:
            return await self._work_of(job, place)
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise JobFailed("payload-invalid", f"{where}: {first['msg']}") from problem

    def _work_of(self, job: Job, place: _Place) -> Awaitable[dict[str, Any]]:
        if job.type == "compile":
            request = CompileRequest.model_validate(job.payload)
            folder = self._builds / job.id.hex[-12:]
            return compiling.compile_request(request, place.program, self._artifacts, folder)
        if job.type == "backtest":
            return self._backtest(BacktestRequest.model_validate(job.payload), place)
        deployment = Deployment.model_validate({**job.payload, "scope": "deployment"})
        if job.type == "deploy":
            return _told(place.station.deploy(deployment, job.id))
        return _told(place.station.change(deployment, _CHANGES[job.type], job.id))

    async def _backtest(self, request: BacktestRequest, place: _Place) -> dict[str, Any]:
        tester = await asyncio.to_thread(open_tester, place.setup, self._command)
        await asyncio.to_thread(backtesting.make_copy, place.program.folder, tester.folder)
        terminal = place.setup.terminal
        return await backtesting.backtest(request, tester, self._artifacts, LogIn(terminal.login, terminal.server))

    # --- the agent's life -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Restore every station, ask the server what it wants, and watch, until cancelled."""
        await asyncio.to_thread(self._artifacts.clear_old)
        async with asyncio.TaskGroup() as self._tasks:
            for account in self._places:
                self._watch(account)
            self._tasks.create_task(self._ask())

    def _watch(self, account: Account) -> None:
        if self._tasks is not None:
            self._watching[account] = self._tasks.create_task(self._keep(self._places[account].station))

    @staticmethod
    async def _keep(station: Station) -> None:
        while True:
            try:
                await station.restore()
                await station.watch()
            except Exception:  # trouble with one terminal's files must not end the agent
                log.exception("the experts of %s cannot be watched; tried again in a moment", station.folder.root)
                await asyncio.sleep(_TROUBLE_S)

    async def _ask(self) -> None:
        """Hear what the server wants whenever a terminal has come; an older server that cannot tell is left alone."""
        backoff = Backoff()
        while True:
            await self._must_ask.wait()
            self._must_ask.clear()
            try:
                self._adopt(await self._client.deployments())
            except (Rejected, LeaseLost, KeyRefused) as problem:
                log.info("the server tells no deployments: %s", problem)
            except ServerAway:
                self._must_ask.set()
                await asyncio.sleep(backoff.next_s())
            else:
                backoff.reset()

    def _adopt(self, told: list[DeploymentWish]) -> None:
        for account, place in self._places.items():
            try:
                place.station.adopt([one for one in told if account_key(one.login, one.server) == account])
            except JobFailed as problem:
                log.error("deployments told by the server are not kept: %s", problem.message)  # noqa: TRY400

    async def stop(self) -> None:
        """Give back what is in hand."""
        await _cancelled([work.task for work in self._work.values() if work.task is not None])


def _account(job: Job) -> Account | None:
    return None if job.account is None else account_key(job.account.login, job.account.server)


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _told(report: Awaitable[BaseModel]) -> dict[str, Any]:
    return (await report).model_dump(mode="json")
