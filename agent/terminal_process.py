"""The supervisor's side of one terminal: its child process, kept alive, and the queue of jobs waiting for it.

Jobs of one account are carried out in the order they were claimed, one at a time. A child that says nothing for too
long is killed and started again after a pause; what became of the job it was doing is asked of the next child, which
knows it from the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agent.backoff import Backoff
from agent.clocks import Clock, Deadline
from agent.config import TerminalSetup
from agent.pipe import MAX_LINE, decode, encode
from agent.protocol import GuardReport, Job, TerminalHealth, TerminalState

log = logging.getLogger(__name__)

STARTING_S = 120.0
"""A terminal may take a minute to answer its first call."""
STOPPING_S = 3.0
HOLD_S = 60.0
WELL_S = 20.0
"""A child whose terminal was well for so long starts again without delay when it dies; others after growing pauses."""
MAX_WAITING = 32
_OVERSLEPT_S = 5.0
_STAGGER_S = 20.0


@dataclass(slots=True)
class HeldJob:
    """A job in this agent's hands, from its claim until its result is on the way."""

    job: Job
    lease: Deadline
    lease_s: float
    expires: Deadline | None
    claimed_at: float
    lease_token: UUID
    question: str = ""
    """Empty for an offered job; `settle` or `adopt` when the server asks what became of one."""

    @property
    def job_id(self) -> str:
        """The job's id as messages write it."""
        return str(self.job.id)


class TerminalProcess:
    """One terminal and its child."""

    def __init__(
        self,
        setup: TerminalSetup,
        command: list[str],
        clock: Clock,
        *,
        hear: Callable[[TerminalProcess, dict[str, Any]], None],
        lose: Callable[[TerminalProcess, HeldJob], None],
        ahead_s: Callable[[], float],
    ) -> None:
        self.setup = setup
        self.waiting: deque[HeldJob] = deque()
        self.commands: dict[str, HeldJob] = {}
        """Commands to the account's automation: the child obeys them beside whatever job it is doing."""
        self.guard: GuardReport | None = None
        self.current: HeldJob | None = None
        self.idle = asyncio.Event()
        self.idle.set()
        self.health = self._health(TerminalState.STARTING, "starting")
        self.journal_fault = ""
        self.starts = 0
        self._command = command
        self._clock = clock
        self._hear = hear
        self._lose = lose
        self._ahead_s = ahead_s
        self._process: asyncio.subprocess.Process | None = None
        self._backoff = Backoff(first_s=1.0, most_s=60.0)
        self._heard = 0.0
        self._well_since: float | None = None
        self._patience_s = STARTING_S
        self._is_stopping = False
        self._wishes: dict[str, Any] | None = None
        self._enforced: dict[str, Any] | None = None
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._health_told = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        """The child answers and its terminal is connected."""
        return self.health.state in {TerminalState.READY, TerminalState.TRADING_OFF}

    @property
    def pid(self) -> int | None:
        """The child's process id, for the watchdog and for tests."""
        return None if self._process is None else self._process.pid

    def told_health(self) -> TerminalHealth:
        """What the heartbeat says of this terminal; a journal that cannot be written means no trading."""
        health = self.health.model_copy(update={"guard": self.guard})
        if not self.journal_fault:
            return health
        detail = f"journal not writable, no order will be sent: {self.journal_fault}"
        return health.model_copy(update={"state": TerminalState.TRADING_OFF, "detail": detail[:2000]})

    # --- jobs -----------------------------------------------------------------------------------------------------

    def offer(self, held: HeldJob) -> bool:
        """Take a job into the queue; False when too many wait already."""
        if len(self.waiting) >= MAX_WAITING and not held.question:
            return False
        self.waiting.append(held)
        self._dispatch()
        return True

    def command(self, held: HeldJob) -> None:
        """Hand the child a command at once; one whose child is not there yet gets it at its start."""
        self.commands[held.job_id] = held
        self._send_command(held)

    def finish_current(self, job_id: str) -> HeldJob | None:
        """The child is done with a job: hand it over and give the child the next one."""
        if job_id in self.commands:
            return self.commands.pop(job_id)
        done = self.current if self.current is not None and self.current.job_id == job_id else None
        if done is not None:
            self.current = None
            self.idle.set()
            self._dispatch()
        return done

    def find(self, job_id: str) -> HeldJob | None:
        """A job in hand here, waiting or being done."""
        return next((held for held in self.in_hand() if held.job_id == job_id), None)

    def in_hand(self) -> list[HeldJob]:
        """All jobs waiting for the child or being done by it."""
        return [*([self.current] if self.current else []), *self.waiting, *self.commands.values()]

    def withdraw(self, held: HeldJob) -> bool:
        """Take a job back that the child has not been given; False when it has."""
        with contextlib.suppress(ValueError):
            self.waiting.remove(held)
            return True
        return False

    def lease_moved(self, held: HeldJob) -> None:
        """Let the child know that the job it has may take longer."""
        if held is self.current:
            self._send({"do": "lease", "job_id": held.job_id, "lease": [held.lease.steady, held.lease.wall]})

    def _dispatch(self) -> None:
        if self._process is None or self.current is not None or not self.waiting or not self._may_run.is_set():
            return
        held = self.current = self.waiting.popleft()
        self.idle.clear()
        self._send(
            {
                "do": "job",
                "job": _told(held),
                "question": held.question,
                "lease": [held.lease.steady, held.lease.wall],
                "expires": None if held.expires is None else [held.expires.steady, held.expires.wall],
                "claimed_at": held.claimed_at,
                "server_ahead_s": self._ahead_s(),
            }
        )

    def _send_command(self, held: HeldJob) -> None:
        expires = None if held.expires is None else [held.expires.steady, held.expires.wall]
        self._send({"do": "command", "job": _told(held), "expires": expires})

    # --- messages -------------------------------------------------------------------------------------------------

    def enforce(self, account: dict[str, Any]) -> None:
        """Tell the child what the account's guard is to enforce, now and after every restart."""
        if account != self._enforced:
            self._enforced = account
            self._send({"do": "guard", "account": account})

    def wish(self, wishes: dict[str, Any]) -> None:
        """Tell the child what is to be reported how often, now and after every restart."""
        if wishes != self._wishes:
            self._wishes = wishes
            self._send({"do": "wishes", **wishes})

    def delivered(self, job_id: str, *, is_lease_lost: bool) -> None:
        """The server has a result, or does not want it under this lease."""
        self._send({"do": "delivered", "job_id": job_id, "is_lease_lost": is_lease_lost})

    def refresh(self) -> None:
        """Have everything reported now."""
        self._send({"do": "refresh"})

    def closed_until(self, at: str) -> None:
        """The server has all trades closed until then."""
        self._send({"do": "closed_until", "at": at})

    def filled(self, mark: str) -> None:
        """The server has the batch of the past with this mark."""
        self._send({"do": "filled", "mark": mark})

    def _send(self, message: dict[str, Any]) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(encode(message))

    # --- the process ----------------------------------------------------------------------------------------------

    async def run(self, may_start: asyncio.Semaphore) -> None:
        """Keep a child running until stopped; `may_start` staggers the start of many."""
        try:
            await self._keep_running(may_start)
        finally:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()  # its sign that nobody listens any more

    async def _keep_running(self, may_start: asyncio.Semaphore) -> None:
        while not self._is_stopping:
            await self._may_run.wait()
            async with may_start:
                if self._is_stopping:
                    return
                process = await self._start()
                await self._first_words(process)
            await self._listen(process)
            self._process = None
            if self._is_stopping:
                return
            if not self._may_run.is_set() and self.current is None:
                continue
            self._after_death(process.returncode)
            if self._well_since is not None and self._clock.steady() - self._well_since >= WELL_S:
                self._backoff.reset()
            await asyncio.sleep(self._backoff.next_s())

    async def _start(self) -> asyncio.subprocess.Process:
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows: a console's Ctrl+C stays with us
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE,
            creationflags=flags,
        )
        self.starts += 1
        self._well_since = None
        self._heard, self._patience_s = self._clock.steady(), STARTING_S
        self._process = process
        self._send({"do": "start", "setup": self.setup.as_json()})
        if self._wishes is not None:
            self._send({"do": "wishes", **self._wishes})
        if self._enforced is not None:
            self._send({"do": "guard", "account": self._enforced})
        for held in self.commands.values():
            self._send_command(held)
        return process

    async def _first_words(self, process: asyncio.subprocess.Process) -> None:
        """Wait for its terminal to answer, or long enough that the next may start."""
        self._dispatch()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STAGGER_S):
                while self._patience_s == STARTING_S and await self._hear_line(process):
                    pass

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        watch = asyncio.create_task(self._watch(process))
        try:
            while await self._hear_line(process):
                pass
        finally:
            watch.cancel()
        await process.wait()

    async def _hear_line(self, process: asyncio.subprocess.Process) -> bool:
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
            message = decode(line) if line else None
        except ValueError:
            log.exception("terminal %s: its process sent something unreadable", self.setup.terminal.login)
            kill(process.pid)
            return False
        if message is None:
            return False
        self._heard = self._clock.steady()
        if message["say"] == "health":
            self.health = TerminalHealth.model_validate(message["health"])
            self._health_told.set()
            self._well_since = (self._well_since or self._heard) if self.is_ready else None
            self._patience_s = self.setup.stall_s
        elif message["say"] == "guard":
            self.guard = GuardReport.model_validate(message["guard"])
        elif message["say"] == "journal":
            self.journal_fault = str(message["fault"])
        self._hear(self, message)
        return True

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        while True:
            silent_s = self._clock.steady() - self._heard
            if silent_s >= self._patience_s:
                log.error("terminal %s: no sign of life for %.0f s, restarting it", self.setup.terminal.login, silent_s)
                kill(process.pid)
                return
            pause = min(1.0, self._patience_s - silent_s)
            await asyncio.sleep(pause)
            if self._clock.steady() - self._heard - silent_s > pause + _OVERSLEPT_S:
                # This process stood still too (machine asleep), so the child's silence proves nothing.
                self._heard = self._clock.steady()

    def _after_death(self, code: int | None) -> None:
        log.warning("terminal %s: its process ended (%s)", self.setup.terminal.login, code)
        if self.health.state is not TerminalState.UNREACHABLE:
            self.health = self._health(TerminalState.UNREACHABLE, f"its process ended ({code}); restarting")
        if (held := self.current) is not None:
            self.current = None
            self.idle.set()
            held.question = held.question or "settle"
            self.waiting.appendleft(held)
            self._lose(self, held)

    def forbid(self) -> None:
        """Start no child until `release`."""
        self._may_run.clear()

    async def hold(self) -> None:
        """End the child in order and start no other until `release`: its terminal is being restarted.

        The job it does now is finished first; others wait. A child that asked for a closed terminal would start it by
        itself, without our configuration.
        """
        self._may_run.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.idle.wait(), HOLD_S)
        if self._process is not None:
            self.health = self._health(TerminalState.STARTING, "the terminal is being restarted")
            await self._end(self._process)

    def release(self) -> None:
        """Let the child run again."""
        self._may_run.set()

    async def ask_health(self, within_s: float) -> TerminalHealth | None:
        """What the terminal itself says now; None when its child does not answer in time."""
        self._health_told.clear()
        self._send({"do": "health"})
        try:
            await asyncio.wait_for(self._health_told.wait(), within_s)
        except TimeoutError:
            return None
        return self.health

    async def stop(self) -> None:
        """Let the child close its terminal and end; kill it if it does not within seconds."""
        self._is_stopping = True
        if self._process is not None:
            await self._end(self._process)
            self.health = self._health(TerminalState.UNREACHABLE, "the agent was stopped")

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._send({"do": "stop"})
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOPPING_S)
        except TimeoutError:
            kill(process.pid)
            await process.wait()

    def _health(self, state: TerminalState, detail: str) -> TerminalHealth:
        return TerminalHealth(
            login=self.setup.terminal.login, server=self.setup.terminal.server, state=state, detail=detail
        )


def _told(held: HeldJob) -> dict[str, Any]:
    job = held.job
    return {"id": held.job_id, "type": job.type, "payload": job.payload, "lease_token": str(held.lease_token)}


def kill(pid: int) -> None:
    """End a process at once, whatever it is doing."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
