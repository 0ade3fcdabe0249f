"""Automation on an account: whether alerts and Expert Advisors may open positions, and with which settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from forex_elite.domain.jobs import JobType
from forex_elite.errors import InvalidInput

COMMAND_WITHIN_S = 30
"""So long each account has to answer a command; what has not begun by then does not begin."""


class Automation(StrEnum):
    """Running: automated entries pass. Paused or stopped: none does; a stop also takes Expert Advisors off."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class SafetyMode(StrEnum):
    """Green: sizes as computed. Orange: every automated entry at half its size. Red: no automated entry at all."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"


class EaCommand(StrEnum):
    """What a person asks of the automation on their accounts."""

    START = "start_ea"
    PAUSE = "pause_ea"
    STOP = "stop_ea"

    @property
    def job(self) -> JobType:
        """The job that carries it to the agent."""
        return {EaCommand.START: JobType.RUN, EaCommand.PAUSE: JobType.PAUSE, EaCommand.STOP: JobType.STOP}[self]

    @property
    def wanted(self) -> Automation:
        """What the automation is then."""
        return {
            EaCommand.START: Automation.RUNNING,
            EaCommand.PAUSE: Automation.PAUSED,
            EaCommand.STOP: Automation.STOPPED,
        }[self]


@dataclass(frozen=True, slots=True)
class AlgoSettings:
    """The trader's settings for automated entries.

    `max_lots`: a larger entry is refused. `max_loss`: account money one entry may lose at its stop; entries without a
    stop are then refused. None is no limit.
    """

    max_lots: float | None = None
    max_loss: float | None = None
    safety_mode: SafetyMode = SafetyMode.GREEN

    def written(self) -> dict[str, object]:
        """As stored and as told to agents."""
        return {"max_lots": self.max_lots, "max_loss": self.max_loss, "safety_mode": self.safety_mode.value}


def read_settings(stored: Mapping[str, Any]) -> AlgoSettings:
    """What `AlgoSettings.written` wrote; what is missing is no limit, and green."""
    lots, loss = stored.get("max_lots"), stored.get("max_loss")
    return AlgoSettings(
        None if lots is None else float(lots),
        None if loss is None else float(loss),
        SafetyMode(stored.get("safety_mode", SafetyMode.GREEN)),
    )


def check_settings(settings: AlgoSettings) -> AlgoSettings:
    """Return the settings or refuse the first out of range. Raises InvalidInput."""
    for name, most, unit in (("max_lots", 10_000, "lots"), ("max_loss", 1e9, "money")):
        value = getattr(settings, name)
        if value is not None and not (math.isfinite(value) and 0.01 <= value <= most):  # noqa: PLR2004
            raise InvalidInput(f"Use 0.01 to {most:,.0f} {unit}, or nothing for no limit.", field=name)
    return settings


class Answer(StrEnum):
    """What became of a command on one account."""

    WAITING = "waiting"
    SUCCESS = "success"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """One account's answer to a command; `job_id` is None when it could not even be asked."""

    account_id: UUID
    login: int
    broker: str
    answer: Answer
    message: str
    job_id: UUID | None = None

    @property
    def is_success(self) -> bool:
        """The agent has confirmed it."""
        return self.answer is Answer.SUCCESS

    @property
    def is_final(self) -> bool:
        """Nothing more will come."""
        return self.answer is not Answer.WAITING


@dataclass(frozen=True, slots=True)
class CommandRun:
    """A command on its way to some accounts, or answered by all of them."""

    command: EaCommand
    settings: AlgoSettings | None
    asked_at: datetime
    answers: tuple[AccountAnswer, ...]

    @property
    def is_final(self) -> bool:
        """Every account has answered, failed or run out of time."""
        return all(one.is_final for one in self.answers)

    @property
    def succeeded(self) -> int:
        """How many accounts confirmed it."""
        return sum(one.is_success for one in self.answers)

    @property
    def message(self) -> str:
        """One line of truth about all accounts together."""
        verb = {EaCommand.START: "Started", EaCommand.PAUSE: "Paused", EaCommand.STOP: "Stopped"}[self.command]
        total = len(self.answers)
        accounts = "account" if total == 1 else "accounts"
        if not self.is_final:
            return f"{self.succeeded} of {total} {accounts} answered so far"
        if self.succeeded == total:
            return f"{verb} on {total} {accounts}"
        if self.succeeded == 0:
            return f"{verb} on none of {total} {accounts}"
        return f"{verb} on {self.succeeded} of {total} {accounts}; {total - self.succeeded} failed"


@dataclass(frozen=True, slots=True)
class KillState:
    """The kill switch of one account: when it took hold at the server, and when the agent confirmed it."""

    account_id: UUID
    login: int
    server: str
    name: str
    killed_at: datetime | None
    confirmed_at: datetime | None
    has_agent: bool
    is_agent_online: bool
    cancelled: int = 0
    """Entries that were queued and not yet claimed, and were cancelled by it."""
    flatten_job_id: UUID | None = None
