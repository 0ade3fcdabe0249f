"""The child process of one terminal: it alone talks to the terminal and writes the account's journal.

One thing at a time: reconcile what a crash left open, then jobs in order, reports in between. A second thread reads
the supervisor's messages, so that leases move on while an order is being executed and a vanished supervisor is noticed.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from agent.clocks import Clock, Deadline
from agent.execute import AlreadyJournalled, Ending, Executor, TradeJob
from agent.journal import Journal, JournalUnavailable, Settlement
from agent.protocol import AgentIntervals, JobError, ResultStatus, TerminalHealth, TerminalState, TradePayload
from agent.reports import Reports
from agent.settle import Reconciler
from agent.terminal.gateway import Terminal, TerminalUnavailable
from agent.upkeep import Upkeep

log = logging.getLogger(__name__)

ALIVE_S = 2.0
PATIENCE_S = 20.0
"""How long a job waits for a terminal that cannot be reached before it is handed back."""
TRY_AGAIN_S = 1.0
_RETRY_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_LOOK_S = 0.25


@dataclass(slots=True)
class _Waiting:
    """A job that has arrived; `question` when the server asks what became of it, instead of giving it."""

    raw: dict[str, Any]
    trade: TradeJob | None
    question: str
    since: float


class Child:
    """The work of the child process, one `turn` after the other."""

    def __init__(
        self,
        terminal: Terminal,
        journal: Journal,
        clock: Clock,
        *,
        identity: tuple[int, str],
        say: Callable[[dict[str, Any]], None],
        settle_s: float,
    ) -> None:
        self.inbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.is_stopping = False
        self._terminal = terminal
        self._journal = journal
        self._clock = clock
        self._identity = identity
        self._say = say
        self._executor = Executor(terminal, journal, clock)
        self._reconciler = Reconciler(terminal, journal, clock, settle_s)
        self._reports = Reports(terminal, say)
        self._jobs: deque[_Waiting] = deque()
        self._leases: dict[str, Deadline] = {}
        self._trades: dict[str, TradeJob] = {}
        self._upkeep = Upkeep(journal, lambda fault: say({"say": "journal", "fault": fault}))
        self._is_connected = False
        self._failures = 0
        self._retry_at = 0.0
        self._look_at = 0.0
        self._pause_until = 0.0
        self._told = 0.0

    # --- messages -------------------------------------------------------------------------------------------------

    def receive(self, message: dict[str, Any] | None) -> None:
        """Take a message on the reading thread; only leases act at once. None: the supervisor is gone."""
        if message is not None and message.get("do") == "lease":
            lease = Deadline(*message["lease"])
            trade = self._trades.get(message["job_id"])
            if trade is None:
                self._leases[message["job_id"]] = lease  # the job itself is still in the inbox
            else:
                trade.lease = lease
            return
        self.inbox.put(message)

    def run(self) -> None:
        """Work until told to stop or until the supervisor is gone."""
        wait_s = 0.0
        while not self.is_stopping:
            self.take_messages(wait_s)
            if not self.is_stopping:
                wait_s = self.turn()
        self._hand_back_all()
        self._terminal.close()
        self._journal.close()

    def take_messages(self, wait_s: float) -> None:
        """Handle what has arrived, waiting up to `wait_s` for the first message."""
        timeout = wait_s
        while True:
            try:
                message = self.inbox.get(timeout=timeout) if timeout > 0 else self.inbox.get_nowait()
            except queue.Empty:
                return
            timeout = 0.0
            if message is None:
                self.is_stopping = True
                return
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        match message["do"]:
            case "job":
                self._accept(message)
            case "delivered":
                self._upkeep.delivered(message["job_id"], is_lease_lost=message["is_lease_lost"])
            case "wishes":
                wishes = self._reports.wishes
                wishes.intervals = AgentIntervals.model_validate(message["intervals"])
                wishes.symbols = tuple(message["symbols"])
                wishes.is_feed = message["is_feed"]
                wishes.floating_s = message["floating_s"]
            case "refresh":
                self._reports.everything_now()
            case "health":
                self._reports.health_now()
            case "closed_until":
                self._upkeep.closed_until(message["at"])
            case "stop":
                self.is_stopping = True

    def _accept(self, message: dict[str, Any]) -> None:
        raw = message["job"]
        waiting = _Waiting(raw, None, message["question"], self._clock.steady())
        if raw["type"] == "trade":
            try:
                payload = TradePayload.model_validate(raw["payload"])
            except ValidationError as error:
                fault = f"{error.error_count()} fields of the order are not understood: {error.errors()[0]['msg']}"
                self._tell(raw, Settlement(ResultStatus.FAILED, None, JobError(code="payload-invalid", message=fault)))
                return
            if not payload.tag:
                # Without a mark of its own nobody could say after a crash whether the order exists.
                payload = payload.model_copy(update={"tag": f"FE-{UUID(raw['id']).hex[-12:]}"})
            expires = message["expires"]
            waiting.trade = self._trades[raw["id"]] = TradeJob(
                UUID(raw["id"]),
                UUID(raw["lease_token"]),
                payload,
                self._leases.pop(raw["id"], Deadline(*message["lease"])),
                None if expires is None else Deadline(*expires),
                message["claimed_at"],
                message["server_ahead_s"],
            )
        self._jobs.append(waiting)

    # --- one turn -------------------------------------------------------------------------------------------------

    def turn(self) -> float:
        """Do what is due; returns how many seconds may pass until the next turn if no message comes."""
        now = time.monotonic()
        if now - self._told >= ALIVE_S:
            self._told = now
            self._say({"say": "alive"})
        self._keep_journal()
        self._hand_back_late()
        if not self._is_connected and not self._connect():
            return min(ALIVE_S, max(0.05, self._retry_at - time.monotonic()))
        try:
            if self._upkeep.unresolved:
                self._look()
            elif self._jobs and time.monotonic() >= self._pause_until:
                self._begin_next()
                return 0.0
            wait_s = self._reports.pump()
        except TerminalUnavailable as error:
            self._lost(error)
            return 0.05
        return min(ALIVE_S, wait_s, _LOOK_S if self._upkeep.unresolved else ALIVE_S)

    def _keep_journal(self) -> None:
        left = self._upkeep.read()
        if left is not None:
            outbox, closed_until = left
            for entry in outbox:
                assert entry.settlement is not None, "only settled jobs are in the outbox"
                self._tell_settled(entry.intent.job_id, entry.intent.lease_token, entry.settlement)
            self._reports.continue_history(closed_until)
        self._upkeep.catch_up()

    def _hand_back_late(self) -> None:
        """Hand back waiting jobs whose moment has passed or whose terminal stays away."""
        for waiting in list(self._jobs):
            is_tired = not self._is_connected and self._clock.steady() - waiting.since >= PATIENCE_S
            code = "terminal-unavailable" if is_tired else ""
            if waiting.trade is not None and not waiting.question:
                code = waiting.trade.lateness(self._clock) or code
            if code:
                self._jobs.remove(waiting)
                self._hand_back(waiting, code, "the job could not be done in time; nothing reached the terminal")

    def _hand_back_all(self) -> None:
        while self._jobs:
            self._hand_back(self._jobs.popleft(), "agent-stopping", "the agent is stopping; nothing was sent")

    def _hand_back(self, waiting: _Waiting, code: str, text: str) -> None:
        if waiting.question:
            self._leave_open(waiting, code)
        else:
            self._tell(waiting.raw, Settlement(ResultStatus.NOT_SENT, None, JobError(code=code, message=text)))

    def _connect(self) -> bool:
        if time.monotonic() < self._retry_at:
            return False
        try:
            self._terminal.connect()
            health = self._terminal.health()
        except TerminalUnavailable as error:
            self._lost(error)
            return False
        self._is_connected = True
        self._failures = 0
        self._say({"say": "health", "health": health.model_dump(mode="json")})
        self._reports.everything_now()
        return True

    def _lost(self, error: TerminalUnavailable) -> None:
        """Remember that the terminal is away; tell it, and try again after a growing pause."""
        pause = _RETRY_S[min(self._failures, len(_RETRY_S) - 1)]
        self._retry_at = time.monotonic() + (min(pause, 1.0) if self._jobs else pause)
        self._failures += 1
        if self._is_connected or self._failures == 1:
            log.warning("terminal %s at %s cannot be reached: %s (%s)", *self._identity, error, error.code)
        self._is_connected = False
        login, server = self._identity
        health = TerminalHealth(
            login=login, server=server, state=TerminalState.UNREACHABLE, detail=f"{error} ({error.code})"[:2000]
        )
        self._say({"say": "health", "health": health.model_dump(mode="json")})

    # --- reconciliation -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + _LOOK_S
        entry = self._upkeep.unresolved[0]
        settlement = self._reconciler.settle(entry)
        if settlement is None:
            return
        self._upkeep.unresolved.popleft()
        log.warning("job %s was reconciled: %s", entry.intent.job_id, settlement.status)
        self._upkeep.save(entry.intent.job_id, settlement)
        self._tell_settled(entry.intent.job_id, entry.intent.lease_token, settlement)
        self._reports.after_trade()

    # --- jobs -----------------------------------------------------------------------------------------------------

    def _begin_next(self) -> None:
        waiting = self._jobs[0]
        if waiting.trade is None:
            self._jobs.popleft()
            self._other(waiting.raw)
        else:
            self._begin_trade(waiting, waiting.trade)

    def _begin_trade(self, waiting: _Waiting, trade: TradeJob) -> None:
        """Answer from the journal where it knows the job; else a question gets its answer, an offer is executed."""
        job_id = str(trade.job_id)
        try:
            entry = self._upkeep.find(job_id)
        except JournalUnavailable as error:
            self._jobs.popleft()
            self._refuse_without_journal(waiting, error)
            return
        settlement = None if entry is None else entry.settlement
        if entry is not None and settlement is None:
            self._upkeep.resolve_again()
        elif settlement is not None and (waiting.question or settlement.status is not ResultStatus.NOT_SENT):
            self._jobs.popleft()
            self._upkeep.renew_lease(job_id, str(trade.lease_token))
            self._tell(waiting.raw, settlement)
        elif waiting.question:
            self._answer_question(waiting, trade)
            self._jobs.popleft()
        else:
            self._trade(waiting, trade)

    def _refuse_without_journal(self, waiting: _Waiting, error: JournalUnavailable) -> None:
        if waiting.question:
            self._leave_open(waiting, "journal-unavailable")
            return
        text = f"the agent's journal cannot be used, so nothing was sent: {error}"
        failure = JobError(code="journal-unavailable", message=text[:2000])
        self._tell(waiting.raw, Settlement(ResultStatus.NOT_SENT, None, failure))

    def _answer_question(self, waiting: _Waiting, trade: TradeJob) -> None:
        """A job that never began here: unless another journal's agent carried it out, nothing was sent."""
        found = self._reconciler.search_unjournalled(trade.payload)
        if found is None and waiting.question == "adopt":
            self._leave_open(waiting, "")
            return
        text = "the job never began; nothing reached the terminal"
        self._tell(
            waiting.raw,
            found or Settlement(ResultStatus.NOT_SENT, None, JobError(code="never-began", message=text)),
        )

    def _trade(self, waiting: _Waiting, trade: TradeJob) -> None:
        try:
            ending = self._executor.run(trade)
        except AlreadyJournalled:
            self._upkeep.resolve_again()
            return
        if self._may_try_again(waiting, ending):
            self._pause_until = time.monotonic() + TRY_AGAIN_S
            return
        self._jobs.popleft()
        self._end(waiting, ending)
        self._reports.after_trade()

    def _may_try_again(self, waiting: _Waiting, ending: Ending) -> bool:
        """Whether nothing left the terminal and there is still time: a broker connection may come back."""
        settlement = ending.settlement
        if settlement is None or settlement.status is not ResultStatus.NOT_SENT or not ending.is_saved:
            return False
        has_time = self._clock.steady() - waiting.since < PATIENCE_S
        return has_time and settlement.error is not None and settlement.error.code == "not-sent"

    def _end(self, waiting: _Waiting, ending: Ending) -> None:
        if ending.settlement is None:
            text = "the order was sent and no answer came; looking for it in the terminal"
            error = JobError(code="unknown", message=text)
            self._say(_result(waiting.raw["id"], waiting.raw["lease_token"], ResultStatus.UNKNOWN, None, error))
            self._upkeep.resolve_again()
            self._look_at = 0.0
            return
        if not ending.is_saved:
            self._upkeep.unsaved[waiting.raw["id"]] = ending.settlement
        if (reason := ending.settlement.error) is not None and reason.code == "journal-unavailable":
            self._upkeep.report(reason.message)
        self._tell(waiting.raw, ending.settlement)

    def _other(self, raw: dict[str, Any]) -> None:
        if raw["type"] != "sync":
            text = f"this agent cannot do {raw['type']} jobs yet"
            self._tell(raw, Settlement(ResultStatus.FAILED, None, JobError(code="not-supported", message=text)))
            return
        days = raw["payload"].get("days")
        since = datetime.now(UTC) - timedelta(days=min(float(days), 3650.0)) if isinstance(days, int | float) else None
        self._reports.sync(since)
        self._tell(raw, Settlement(ResultStatus.COMPLETED, {}))

    # --- telling --------------------------------------------------------------------------------------------------

    def _tell(self, raw: dict[str, Any], settlement: Settlement) -> None:
        self._trades.pop(raw["id"], None)
        self._leases.pop(raw["id"], None)
        self._tell_settled(raw["id"], raw["lease_token"], settlement)

    def _leave_open(self, waiting: _Waiting, code: str) -> None:
        """A question that cannot be answered now: the truth is "unknown", and the server will ask again."""
        self._trades.pop(waiting.raw["id"], None)
        if waiting.question == "adopt":
            self._say({"say": "later", "job_id": waiting.raw["id"]})
            return
        error = JobError(code=code, message="what became of the order cannot be looked up yet")
        self._say(_result(waiting.raw["id"], waiting.raw["lease_token"], ResultStatus.UNKNOWN, None, error))

    def _tell_settled(self, job_id: str, lease_token: str, settlement: Settlement) -> None:
        self._say(_result(job_id, lease_token, settlement.status, settlement.result, settlement.error))


def _result(
    job_id: str, lease_token: str, status: ResultStatus, result: dict[str, Any] | None, error: JobError | None
) -> dict[str, Any]:
    return {
        "say": "result",
        "job_id": job_id,
        "lease_token": lease_token,
        "status": status,
        "result": result,
        "error": None if error is None else error.model_dump(),
    }
