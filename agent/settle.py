"""Bring every intent without a result to its end: look, wait for lagging history, look again, and only then judge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agent.clocks import Clock, utc
from agent.journal import Entry, Journal, Settlement
from agent.outcome import StepDone, conclude, refused
from agent.plan import is_anything_left, of_many
from agent.protocol import CloseBy, CloseMany, CloseTrades, Flatten, OpenTrade, ProtectTrade, ResultStatus, TradePayload
from agent.reconcile import Finding, Look, Mark, look
from agent.terminal.gateway import OpenPosition, PendingOrder, SendClass, Terminal, Traces
from agent.terminal.tracing import belongs_by_tag

_SEARCH_BACK = timedelta(days=1)
_ENTRY_IN = 0
_INTERRUPTED = "the agent was interrupted; orders it had not begun were not sent"
_NEVER = "the order never reached the terminal"
_ELSEWHERE = "the position was closed or reduced by its stop or by somebody else"


class Reconciler:
    """Settles intents of one account from what its terminal shows; sends nothing, ever."""

    def __init__(self, terminal: Terminal, journal: Journal, clock: Clock, settle_s: float) -> None:
        self._terminal = terminal
        self._journal = journal
        self._clock = clock
        self._settle_s = settle_s
        self._first_looks: dict[str, float] = {}

    def settle(self, entry: Entry) -> Settlement | None:
        """How the job ended, or None while that cannot be told yet; raises TerminalUnavailable.

        "Nothing was found" only counts when it was seen at least `settle_s` apart by a terminal connected to its
        broker: history may lag behind an execution, and an order may still be on its way. Measured on the steady clock
        of this process, so that a jump of the wall clock cannot shorten it.
        """
        job_id = entry.intent.job_id
        if not self._terminal.account().is_connected:
            self._first_looks.pop(job_id, None)
            return None
        is_last_look = (
            self._clock.steady() - self._first_looks.setdefault(job_id, self._clock.steady()) >= self._settle_s
        )
        steps = self._judge(entry, is_last_look=is_last_look)
        if steps is None:
            return None
        del self._first_looks[job_id]
        return conclude(
            steps,
            was_reconciled=True,
            is_opening=entry.intent.payload["instruction"]["do"] == "open",
            interrupted=self._left_undone(entry, steps),
        )

    def search_unjournalled(self, payload: TradePayload) -> Settlement | None:
        """Whether a job missing from the journal was carried out after all, by an agent with another journal.

        Only the tag counts. None: the terminal shows nothing of it.
        """
        if not payload.tag:
            return None
        traces = self._terminal.traces(
            magic=payload.magic, tag=payload.tag, since=utc(self._clock.wall()) - _SEARCH_BACK
        )
        comments = [
            *(deal.comment for deal in traces.deals),
            *(position.comment for position in traces.positions),
            *(order.comment for order in traces.orders),
        ]
        if not any(belongs_by_tag(comment, payload.tag) for comment in comments):
            return None
        what = payload.instruction.model_dump(mode="json")
        if what["do"] == "open":
            found = look(what, 0.0, Mark(payload.magic, payload.tag), traces, (), ())
            if found.answer is not None:
                return conclude([StepDone(what, found.answer)], was_reconciled=True, is_opening=True)
        ours = [deal for deal in traces.deals if belongs_by_tag(deal.comment, payload.tag)]
        closed = sorted({deal.position for deal in ours if deal.entry != _ENTRY_IN})
        settlement = conclude([], was_reconciled=True, interrupted=_INTERRUPTED)
        result = {**(settlement.result or {}), "closed": closed}
        return Settlement(ResultStatus.COMPLETED if closed else ResultStatus.FAILED, result, settlement.error)

    def _judge(self, entry: Entry, *, is_last_look: bool) -> list[StepDone] | None:
        known: list[StepDone] = []
        seen: tuple[Mark, Traces, list[OpenPosition], list[PendingOrder]] | None = None
        for step in entry.steps:
            if step.answer is not None and step.answer["outcome"] != SendClass.UNKNOWN:
                known.append(StepDone.from_journal(step.what, step.began_wall, step.answer))
                continue
            if seen is None:
                seen = self._look_around(entry)
            found = look(step.what, step.began_wall, *seen)
            if found.finding is not Finding.FOUND and not is_last_look:
                return None
            known.append(_judged(step.what, step.began_wall, found))
        return known

    def _left_undone(self, entry: Entry, steps: list[StepDone]) -> str:
        """Words for orders of the job that were never begun, empty when there can be none."""
        if all(step.answer is not None for step in entry.steps):
            return ""
        match TradePayload.model_validate(entry.intent.payload).instruction:
            case OpenTrade():
                return "" if any(step.what["do"] == "open" for step in steps) else _INTERRUPTED
            case CloseTrades(percent=100.0, volume_lots=None) as order:
                return _INTERRUPTED if is_anything_left(order, entry.intent.magic, self._terminal.positions()) else ""
            case CloseMany() as order:
                return _INTERRUPTED if of_many(order, self._terminal.positions()) else ""
            case Flatten():
                return _INTERRUPTED if self._terminal.positions() or self._terminal.orders() else ""
            case CloseBy() | ProtectTrade():
                return ""
            case order:
                return "" if order.ticket is not None else _INTERRUPTED

    def _look_around(self, entry: Entry) -> tuple[Mark, Traces, list[OpenPosition], list[PendingOrder]]:
        intent = entry.intent
        traces = self._terminal.traces(magic=intent.magic, tag=intent.tag, since=utc(entry.began_wall) - _SEARCH_BACK)
        others = [
            other
            for other in self._journal.since(entry.began_wall - _SEARCH_BACK.total_seconds())
            if other.intent.job_id != intent.job_id
        ]
        mark = Mark(
            intent.magic,
            intent.tag,
            frozenset(other.intent.tag for other in others if other.intent.tag and other.intent.tag != intent.tag),
            frozenset(number for other in others for number in _numbers(other)),
        )
        return mark, traces, self._terminal.positions(), self._terminal.orders()


def _judged(what: dict[str, Any], began: float, found: Look) -> StepDone:
    if found.answer is not None:
        code = "" if found.answer.outcome is not SendClass.REFUSED else "order-filled"
        return StepDone(what, found.answer, code, began)
    if found.finding is Finding.PARTLY:
        return refused(what, "closed-elsewhere", _ELSEWHERE)
    return refused(what, "never-reached", _NEVER)


def _numbers(entry: Entry) -> set[int]:
    """Orders and deals another job is known to have made, and positions it opened."""
    found: set[int] = set()
    answers = [(step.what["do"], step.answer) for step in entry.steps if step.answer is not None]
    if entry.settlement is not None and entry.settlement.result is not None:
        answers.append((entry.intent.payload["instruction"]["do"], entry.settlement.result))
    for do, answer in answers:
        keys = ("order", "deal", "position") if do == "open" else ("order", "deal")
        found.update(int(answer[key]) for key in keys if answer.get(key))
    return found
