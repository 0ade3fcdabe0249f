"""From the answers to a job's orders to what the trader is told; the same rules after a crash as without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agent.clocks import utc
from agent.journal import Settlement
from agent.protocol import JobError, ResultStatus, TradeOutcome
from agent.terminal.gateway import SendClass, SendResult

FILLED = frozenset({SendClass.DONE, SendClass.PARTIAL, SendClass.PLACED})
_CLOSING = frozenset({"close", "close_by"})
_NONE = SendResult(SendClass.DONE, 0, "")


@dataclass(frozen=True, slots=True)
class StepDone:
    """One order of a job and its answer. `code` names the reason when nothing was done; times on the server's clock."""

    what: dict[str, Any]
    answer: SendResult
    code: str = ""
    began: float = 0.0
    answered: float = 0.0

    @property
    def is_done(self) -> bool:
        """The terminal did what was asked, wholly or in part."""
        return self.answer.outcome in FILLED

    def as_json(self) -> dict[str, Any]:
        """The form kept in the journal, without what the step row already holds."""
        return {**asdict(self.answer), "code": self.code, "answered": self.answered}

    @classmethod
    def from_journal(cls, what: dict[str, Any], began: float, answer: dict[str, Any]) -> StepDone:
        """Read back what `as_json` wrote."""
        values = dict(answer)
        code, answered = str(values.pop("code")), float(values.pop("answered"))
        values["outcome"] = SendClass(values["outcome"])
        return cls(what, SendResult(**values), code, began, answered)


def refused(what: dict[str, Any], code: str, text: str, *, outcome: SendClass = SendClass.REFUSED) -> StepDone:
    """A step for which no order was sent, or none arrived."""
    return StepDone(what, SendResult(outcome, 0, text), code)


def is_unknown(steps: Sequence[StepDone]) -> bool:
    """Whether any answer is missing, so that only the terminal itself can tell."""
    return any(step.answer.outcome is SendClass.UNKNOWN for step in steps)


def conclude(
    steps: Sequence[StepDone],
    *,
    claimed_at: float | None = None,
    was_reconciled: bool = False,
    is_opening: bool = False,
    interrupted: str = "",
) -> Settlement:
    """The end of a job from its steps.

    An opening job stands and falls with its opening order; any other job is completed when at least one of its orders
    was carried out (the others are listed in `failed`) or when there was nothing to do. `interrupted` says why steps
    may be missing.
    """
    last = list({(step.what["do"], step.what.get("ticket")): step for step in steps}.values())
    opening = next((step for step in last if step.what["do"] == "open"), None)
    closings = [step for step in last if step.what["do"] in _CLOSING and step.is_done]
    failures = [step for step in last if not step.is_done]
    failed = [_words(step) for step in failures] + ([interrupted] if interrupted else [])
    main = opening.answer if opening is not None and opening.is_done else _sum(closings if not is_opening else [])
    told = opening or next(iter(failures or reversed(last)), None)
    outcome = TradeOutcome(
        retcode=told.answer.retcode if told else 0,
        retcode_text=told.answer.text if told else interrupted or "nothing to do",
        order=main.order,
        deal=main.deal,
        position=main.position,
        volume_lots=main.volume_lots,
        price=main.price,
        requested_price=main.requested_price or None,
        is_partial=main.outcome is SendClass.PARTIAL or (not is_opening and bool(failed)),
        closed=[int(step.what[key]) for step in closings for key in ("ticket", "by") if key in step.what],
        failed=failed,
        claimed_at=None if claimed_at is None else utc(claimed_at),
        sent_at=utc(steps[0].began) if steps and steps[0].began else None,
        filled_at=_filled_at(last),
        was_reconciled=was_reconciled,
    ).model_dump(mode="json")
    is_done = opening is not None and opening.is_done if is_opening else len(failures) < len(last) or not failed
    if is_done:
        return Settlement(ResultStatus.COMPLETED, outcome)
    blame = next(iter(failures), None)
    error = JobError(code="interrupted", message=interrupted)
    if blame is not None:
        error = JobError(code=blame.code or "refused", message=_words(blame)[:2000])
    is_untouched = not any(step.is_done for step in last) and not interrupted
    if failures and is_untouched and all(step.answer.outcome is SendClass.NOT_SENT for step in failures):
        return Settlement(ResultStatus.NOT_SENT, outcome, error)
    return Settlement(ResultStatus.FAILED, outcome, error)


def _sum(steps: Sequence[StepDone]) -> SendResult:
    if len(steps) == 1:
        return steps[0].answer
    lots = sum(step.answer.volume_lots for step in steps)
    price = sum(step.answer.price * step.answer.volume_lots for step in steps) / lots if lots else 0.0
    return SendResult(SendClass.DONE, 0, "", volume_lots=round(lots, 8), price=price) if steps else _NONE


def _filled_at(steps: Sequence[StepDone]) -> Any:
    times = [step.answered for step in steps if step.is_done and step.answered]
    return utc(max(times)) if times else None


_DOING = {
    "open": "Opening",
    "close": "Closing",
    "close_by": "Closing by its opposite",
    "modify": "Changing SL and TP of",
    "modify_order": "Changing the pending order of",
    "cancel": "Cancelling the pending order of",
    "protect": "Protecting",
}


def _words(step: StepDone) -> str:
    what, answer = step.what, step.answer
    subject = f"{_DOING.get(str(what['do']), what['do'])} {what.get('symbol', '')}".strip()
    number = f" #{what['ticket']}" if what.get("ticket") else ""
    code = f" ({answer.retcode})" if answer.retcode else ""
    return f"{subject}{number}: {answer.text}{code}"


def result_message(
    job_id: str, lease_token: str, status: ResultStatus, result: dict[str, Any] | None, error: JobError | None
) -> dict[str, Any]:
    """What the child says of a job that has ended."""
    return {
        "say": "result",
        "job_id": job_id,
        "lease_token": lease_token,
        "status": status,
        "result": result,
        "error": None if error is None else error.model_dump(),
    }
