"""The supervisor: claims jobs, hands them to their terminals, and sees that the server hears what became of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from agent.assigned import Assigned
from agent.automation import is_for_account
from agent.backoff import Backoff
from agent.client import KeyRefused, LeaseLost, Rejected, ServerAway, ServerClient
from agent.clocks import Clock
from agent.config import AgentConfig as LocalConfig
from agent.config import TerminalSetup, account_key
from agent.experts.desk import ExpertDesk, takes
from agent.feeds import Feeds
from agent.heartbeat import Pulse
from agent.leases import Holder, Leases
from agent.log_relay import LogRelay
from agent.outbox import Outbox
from agent.protocol import DeploymentReport, HeartbeatReply, Job, JobError, ResultStatus, TerminalHealth
from agent.terminal_process import HeldJob, TerminalProcess
from agent.uploads import Uploads
from agent.vps.attendance import Attendance

log = logging.getLogger(__name__)

POLL_S = 25
POLL_WHILE_OPEN_S = 2
"""Shorter polls while the fate of a job is open, so that its lease is renewed soon."""
UNSETTLED_S = 60.0
STARTS_AT_ONCE = 4
REST_S = 1.0
FINISHING_S = 3.0


@dataclass(slots=True)
class _Claims:
    """What the claim loop knows of itself."""

    ask_unsettled_at: float = 0.0
    is_fresh_start: bool = True
    is_any_lost: bool = True
    """A claim's answer may have been lost, so that the server counts a job as ours of which we know nothing."""
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """One agent: `run` works until `stop` is called, then winds down and returns."""

    def __init__(
        self, config: LocalConfig, client: ServerClient, command: list[str], clock: Clock, launcher: Path | None = None
    ) -> None:
        self._config = config
        self._client = client
        self._clock = clock
        self._pulse = Pulse(client, clock, terminals=self._healths, told=self._listen_to, deployments=self._deployments)
        self._claims = _Claims()
        self._stopped = asyncio.Event()
        self.is_swapping = False
        """It ends to make room for a new release."""
        self._adopting: asyncio.Task[None] | None = None
        self._feeds = Feeds()
        self._command = command
        self.terminals = {terminal.account: self._process(terminal) for terminal in config.terminals}
        self._servers = {setup.account: setup.terminal.server for setup in config.terminals}
        self._uploads = Uploads(client, self._servers, closed_stored=self._closed_stored, past_stored=self._past_stored)
        self._logs = LogRelay(client)
        self._attendance = None
        if launcher is not None:
            self._attendance = Attendance(launcher, client, self._pulse, is_idle=self._is_idle, swap=self._swap)
        self._experts = ExpertDesk(
            config.state_dir, client, clock, command=command[:-1], report=self._report, send_line=self._logs.add
        )
        for terminal in self.terminals.values():
            self._experts.add(terminal.setup, terminal)
        self._assigned = Assigned(
            config.state_dir,
            client,
            self.terminals,
            self._servers,
            self._experts,
            make=self._process,
            give_back=self._give_back,
        )
        self._leases = Leases(client, clock, self._holders, expired=self._expired)
        self._outbox = Outbox(
            client, self._pulse.key_good, delivered=self._delivered, refuse_key=self._pulse.refuse_key
        )

    def _process(self, setup: TerminalSetup) -> TerminalProcess:
        return TerminalProcess(
            setup,
            self._command,
            self._clock,
            hear=self._hear,
            lose=self._lose,
            ahead_s=lambda: self._pulse.server_clock.ahead_of_wall_s,
        )

    def stop(self) -> None:
        """Begin to wind down: nothing more is claimed."""
        self._stopped.set()

    def _swap(self) -> None:
        self.is_swapping = True
        self.stop()

    def _is_idle(self) -> bool:
        return not any(holder.in_hand() for holder in self._holders())

    def _holders(self) -> list[Holder]:
        return [*self.terminals.values(), self._experts]

    async def run(self) -> None:
        """Work until stopped; then finish or hand back what is in hand, report, and close the terminals."""
        may_start = asyncio.Semaphore(STARTS_AT_ONCE)
        lasting: list[asyncio.Task[None]] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                claiming = tasks.create_task(self._claim_loop())
                lasting += [
                    tasks.create_task(self._pulse.run()),
                    tasks.create_task(self._leases.run()),
                    tasks.create_task(self._uploads.run()),
                    tasks.create_task(self._logs.run()),
                    tasks.create_task(self._assigned.run(may_start)),
                    tasks.create_task(self._experts.run()),
                ]
                if self._attendance is not None:
                    lasting.append(tasks.create_task(self._attendance.run()))
                children = [tasks.create_task(terminal.run(may_start)) for terminal in self.terminals.values()]
                await self._stopped.wait()
                log.info("stopping: no more jobs are claimed")
                claiming.cancel()
                await asyncio.wait([claiming])
                await self._wind_down(children)
                for task in [*lasting, *children]:
                    task.cancel()
        finally:
            self._outbox.close()
            if self._adopting is not None:
                self._adopting.cancel()

    # --- claiming -------------------------------------------------------------------------------------------------

    async def _claim_loop(self) -> None:
        while True:
            await self._pulse.key_good.wait()
            started = self._clock.steady()
            try:
                await self._anchored()
                if self._clock.steady() >= self._claims.ask_unsettled_at:
                    await self._ask_unsettled(may_settle=True)
                until_asking_s = self._claims.ask_unsettled_at - self._clock.steady()
                job = await self._client.next_job(round(min(POLL_S, max(POLL_WHILE_OPEN_S, until_asking_s))))
            except ServerAway as error:
                self._claims.is_any_lost = True
                await self._rest(error)
            except KeyRefused as error:
                self._pulse.refuse_key(error)
            except (Rejected, LeaseLost) as error:
                await self._rest(error)
            else:
                self._answered()
                if job is not None:
                    self._take(job)
                elif self._clock.steady() - started < REST_S:
                    await asyncio.sleep(REST_S)

    async def _anchored(self) -> None:
        """The first heartbeat comes before the first claim: without the server's clock no age can be judged."""
        if self._claims.is_fresh_start:
            await self._pulse.beat()
            self._claims.is_fresh_start = False

    async def _rest(self, error: Exception) -> None:
        """Pause before the server is asked again, until it answers a heartbeat at the latest."""
        pause = self._claims.backoff.next_s()
        log.warning("the server cannot be asked for jobs, again in %.0f s: %s", pause, error)
        # A claim may have been lost on the way; the server is asked for it before the next one.
        self._claims.ask_unsettled_at = 0.0
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._claims.hurry.wait(), pause)

    def _answered(self) -> None:
        self._claims.backoff.reset()
        self._outbox.hurry()

    def _take(self, job: Job, question: str = "") -> None:
        held = self._hold(job, question)
        if takes(job):
            self._experts.take(held)
            return
        account = None if job.account is None else account_key(job.account.login, job.account.server)
        if job.type == "sync" and account is None:
            self._take_sync(held)
            return
        terminal = None if account is None else self.terminals.get(account)
        if terminal is not None and is_for_account(job.type, job.payload):
            terminal.command(held)
            return
        if terminal is None and question:
            log.warning("job %s belongs to an account without a terminal here; its fate stays open", held.job_id)
            return
        if terminal is None:
            text = "no terminal of this agent is logged in to the account of this job"
            self._report(held, ResultStatus.FAILED, error=JobError(code="no-terminal", message=text))
            return
        known = terminal.find(held.job_id)
        if known is not None:
            known.lease_token, known.lease, known.lease_s = held.lease_token, held.lease, held.lease_s
            terminal.lease_moved(known)
        elif not terminal.offer(held):
            text = "too many jobs wait for this terminal"
            self._report(held, ResultStatus.NOT_SENT, error=JobError(code="busy", message=text))

    def _take_sync(self, held: HeldJob) -> None:
        """A sync of no account in particular: of all of them; it is done when the first has reported."""
        for number, terminal in enumerate(list(self.terminals.values())):
            if number:
                terminal.refresh()
            else:
                terminal.offer(held)
        if not self.terminals:
            text = "this agent has no terminal yet"
            self._report(held, ResultStatus.FAILED, error=JobError(code="no-terminal", message=text))

    def _hold(self, job: Job, question: str) -> HeldJob:
        expires = None
        if job.expires_at is not None:
            expires = self._pulse.server_clock.deadline(job.expires_at, job.server_time)
        return HeldJob(
            job=job,
            lease=self._pulse.server_clock.deadline(job.lease_expires_at, job.server_time),
            lease_s=max(3.0, (job.lease_expires_at - job.server_time).total_seconds()),
            expires=expires,
            claimed_at=self._clock.wall() + self._pulse.server_clock.ahead_of_wall_s,
            lease_token=job.lease_token,
            question=question,
        )

    async def _ask_unsettled(self, *, may_settle: bool) -> None:
        """Ask which jobs the server wonders about.

        Only between polls (`may_settle`) can a job unknown to us not be on its way; only then does it count as one
        that never began.
        """
        claims = self._claims
        claims.ask_unsettled_at = self._clock.steady() + UNSETTLED_S
        is_any_lost = claims.is_any_lost and may_settle
        jobs = await self._client.unsettled(include_running=is_any_lost)
        claims.is_any_lost = claims.is_any_lost and not is_any_lost
        for job in jobs:
            log.warning("the server asks what became of job %s", job.id)
            self._take(job, "settle" if may_settle else "adopt")

    async def _adopt(self) -> None:
        """Ask at once under which lease the server wants a result, whatever the claim loop waits for."""
        try:
            await self._ask_unsettled(may_settle=False)
        except (ServerAway, KeyRefused, Rejected, LeaseLost) as error:
            log.warning("the server cannot be asked for open jobs: %s", error)
            self._ask_soon()

    def _ask_soon(self) -> None:
        self._claims.ask_unsettled_at = min(self._claims.ask_unsettled_at, self._clock.steady() + POLL_WHILE_OPEN_S)

    # --- terminals ------------------------------------------------------------------------------------------------

    def _hear(self, terminal: TerminalProcess, message: dict[str, Any]) -> None:
        account = terminal.setup.account
        match message["say"]:
            case "result":
                self._heard_result(terminal, message)
            case "later":
                terminal.finish_current(message["job_id"])
                self._ask_soon()
            case "ticks":
                self._uploads.ticks(self._feeds.wanted(terminal, message["ticks"]))
            case "account" | "open" | "closed" | "operations" | "filled":
                self._uploads.hear(account, message)
            case "log":
                self._logs.add({**message["line"], "login": terminal.setup.terminal.login})
            case "health":
                self._feeds.share(self.terminals.values(), self._pulse.config)

    def _heard_result(self, terminal: TerminalProcess, message: dict[str, Any]) -> None:
        held = terminal.finish_current(message["job_id"])
        token = UUID(message["lease_token"]) if held is None else held.lease_token
        body = {name: message[name] for name in ("status", "result", "error")}
        account = terminal.setup.account
        is_sync = held is not None and held.job.type == "sync"
        self._outbox.put(
            message["job_id"],
            token,
            body,
            account=account,
            after=(lambda: self._uploads.flushed(account)) if is_sync else None,
        )

    def _closed_stored(self, account: tuple[int, str], at: str) -> None:
        if (terminal := self.terminals.get(account)) is not None:  # the account may have left meanwhile
            terminal.closed_until(at)

    def _past_stored(self, account: tuple[int, str], mark: str) -> None:
        if (terminal := self.terminals.get(account)) is not None:
            terminal.filled(mark)

    def _healths(self) -> list[TerminalHealth]:
        return [terminal.told_health() for terminal in self.terminals.values()]

    def _deployments(self) -> list[DeploymentReport]:
        return self._experts.reports()

    def _listen_to(self, told: HeartbeatReply) -> None:
        self._uploads.prices_s = max(0.05, told.config.intervals.prices_s)
        self._feeds.share(self.terminals.values(), told.config)
        self._assigned.told(told.config.accounts)
        self._claims.hurry.set()
        self._claims.hurry.clear()
        if told.unknown_jobs:
            self._ask_soon()

    def _lose(self, terminal: TerminalProcess, held: HeldJob) -> None:
        """A child died with a job: nobody knows what became of it until the next child has looked."""
        if held.job.type == "trade":
            error = JobError(
                code="unknown", message=f"terminal {terminal.setup.terminal.login} was restarted in the middle"
            )
            self._report(held, ResultStatus.UNKNOWN, error=error)

    # --- leases and results ---------------------------------------------------------------------------------------

    def _expired(self, held: HeldJob) -> None:
        text = "the signal was too old before its terminal was free; nothing was sent"
        self._report(held, ResultStatus.NOT_SENT, error=JobError(code="expired", message=text))

    def _report(
        self, held: HeldJob, status: ResultStatus, *, error: JobError | None, result: dict[str, Any] | None = None
    ) -> None:
        of = held.job.account
        account = None if of is None else account_key(of.login, of.server)
        body = {"status": status, "result": result, "error": None if error is None else error.model_dump()}
        self._outbox.put(held.job_id, held.lease_token, body, account=account)

    def _delivered(self, job_id: str, account: tuple[int, str] | None, *, is_lease_lost: bool) -> None:
        """The server has a result, or wants it under another lease, which it tells when asked."""
        if is_lease_lost and (self._adopting is None or self._adopting.done()):
            self._adopting = asyncio.create_task(self._adopt())
        if account in self.terminals:
            self.terminals[account].delivered(job_id, is_lease_lost=is_lease_lost)

    # --- the end --------------------------------------------------------------------------------------------------

    async def _wind_down(self, children: list[asyncio.Task[None]]) -> None:
        for terminal in self.terminals.values():
            self._give_back(terminal)
        await self._experts.stop()
        for terminal in self.terminals.values():
            await self._within(FINISHING_S, terminal.idle.wait)
        await asyncio.gather(*(terminal.stop() for terminal in self.terminals.values()))
        if children:
            await asyncio.wait(children, timeout=1.0)
        await self._within(FINISHING_S, self._outbox.empty)
        await self._say_goodbye()

    def _give_back(self, terminal: TerminalProcess) -> None:
        """Hand back what waits for a terminal that is about to end; the server asks its questions again."""
        for held in list(terminal.waiting):
            terminal.withdraw(held)
            if not held.question:
                text = "the agent is stopping; nothing was sent"
                self._report(held, ResultStatus.NOT_SENT, error=JobError(code="agent-stopping", message=text))

    async def _say_goodbye(self) -> None:
        try:
            async with asyncio.timeout(2.0):
                await self._pulse.beat(is_last=True)
                await self._logs.send()
        except (TimeoutError, ServerAway, KeyRefused, Rejected) as error:
            log.info("the last heartbeat did not reach the server: %s", error)

    async def _within(self, seconds: float, wait: Callable[[], Coroutine[Any, Any, object]]) -> None:
        try:
            await asyncio.wait_for(wait(), seconds)
        except TimeoutError:
            log.warning("winding down takes longer than %.0f s; the journal keeps what is left", seconds)
