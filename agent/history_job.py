"""Answer a `history` job: the bars of a chart, read from the terminal."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from agent.journal import Settlement
from agent.protocol import HistoryPayload, JobError, ResultStatus
from agent.terminal.gateway import OrderInvalid, Terminal, TerminalUnavailable


def answer(terminal: Terminal, payload: dict[str, Any]) -> Settlement:
    """The bars wanted, or why there are none; a chart that waits is told at once, so nothing is tried again here."""
    try:
        outcome = terminal.bars(HistoryPayload.model_validate(payload))
    except ValidationError as error:
        return _failed("payload-invalid", str(error.errors()[0]["msg"]))
    except OrderInvalid as error:
        return _failed("symbol-unknown", str(error))
    except TerminalUnavailable as error:
        return _failed("terminal-unavailable", str(error))
    return Settlement(ResultStatus.COMPLETED, outcome.model_dump(mode="json"))


def _failed(code: str, text: str) -> Settlement:
    return Settlement(ResultStatus.FAILED, None, JobError(code=code, message=text[:2000]))
