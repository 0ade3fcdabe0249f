"""What the browser sees of a command on its way to many accounts."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite.domain.automation import AccountAnswer, AlgoSettings, Answer, CommandRun, EaCommand, SafetyMode
from forex_elite.ui import figures

KEEP = "keep"
MODES = (
    (KEEP, "Keep as they are"),
    ("green", "Green: full size"),
    ("orange", "Orange: half size"),
    ("red", "Red: no entries"),
)
VERBS = {EaCommand.START: "Start", EaCommand.PAUSE: "Pause", EaCommand.STOP: "Stop"}
_MARKS = {
    Answer.WAITING: ("Waiting", "info", "spinner"),
    Answer.SUCCESS: ("Done", "up", "check"),
    Answer.FAILED: ("Failed", "crit", "ban"),
    Answer.TIMEOUT: ("Timed out", "warn", "clock"),
    Answer.OFFLINE: ("Offline", "warn", "wifi-off"),
}


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One account's answer."""

    id: str
    title: str
    word: str
    tone: str
    icon: str
    message: str


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """The settings that go with the next command, as they are typed."""

    safety_mode: str = KEEP
    max_lots: str = ""
    max_loss: str = ""


def answer_row(answer: AccountAnswer) -> AnswerRow:
    """An answer as its row."""
    word, tone, icon = _MARKS[answer.answer]
    title = f"{answer.login} {answer.broker}".strip()
    return AnswerRow(str(answer.account_id), title, word, tone, icon, answer.message)


def failed_words(run: CommandRun) -> str:
    """What the retry button says; empty while there is nothing to try again."""
    failed = len(run.answers) - run.succeeded
    if not run.is_final or not failed:
        return ""
    return f"Try the {failed} failed again" if failed > 1 else "Try the failed one again"


def read_figure(text: str, field: str) -> float | None:
    """A figure as typed; nothing is none. Raises InvalidInput."""
    value = figures.read(text, field)
    return None if value is None else float(value)


def read_settings(form: SettingsForm) -> AlgoSettings | None:
    """The settings to send; None leaves each account its own. Raises InvalidInput."""
    if form.safety_mode == KEEP:
        return None
    return AlgoSettings(
        read_figure(form.max_lots, "max_lots"), read_figure(form.max_loss, "max_loss"), SafetyMode(form.safety_mode)
    )
