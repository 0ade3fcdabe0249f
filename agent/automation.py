"""What `run`, `pause` and `stop` jobs with scope `account` bring about, one plain function per command.

Each carries the whole configuration of the account, so that a command, the kill switch and a changed limit are one and
the same thing: the newest word, kept on disk before it is answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from agent.clocks import Clock, Deadline
from agent.guard_file import GuardFile
from agent.journal import Settlement
from agent.protocol import AccountConfig, Automation, AutomationCommand, JobError, ResultStatus

log = logging.getLogger(__name__)


def run(file: GuardFile, command: AutomationCommand) -> Settlement:
    """Let automated entries pass again, and experts run."""
    return _bring_about(file, command)


def pause(file: GuardFile, command: AutomationCommand) -> Settlement:
    """Let no automated entry pass and no expert run (`experts.holding`); what is open stays."""
    return _bring_about(file, command)


def stop(file: GuardFile, command: AutomationCommand) -> Settlement:
    """Let no automated entry pass and no expert run, and with the kill switch on no entry at all."""
    return _bring_about(file, command)


COMMANDS: dict[str, Callable[[GuardFile, AutomationCommand], Settlement]] = {"run": run, "pause": pause, "stop": stop}


def is_for_account(job_type: str, payload: dict[str, Any]) -> bool:
    """Whether a job is a command to the account's automation, to be obeyed at once, whatever its terminal does."""
    return job_type in COMMANDS and payload.get("scope", "account") == "account"


def obey(file: GuardFile, job: dict[str, Any], expires: list[float] | None, clock: Clock) -> Settlement:
    """Carry out a command, unless its time is over: nobody waits for it any more."""
    if expires is not None and Deadline(*expires).is_past(clock):
        text = "the command came too late and was not carried out"
        return Settlement(ResultStatus.FAILED, None, JobError(code="expired", message=text))
    try:
        command = AutomationCommand.model_validate(job["payload"])
    except ValidationError as error:
        fault = f"the command is not understood: {error.errors()[0]['msg']}"
        return Settlement(ResultStatus.FAILED, None, JobError(code="payload-invalid", message=fault))
    return COMMANDS[job["type"]](file, command)


def _bring_about(file: GuardFile, command: AutomationCommand) -> Settlement:
    try:
        is_taken = file.tell(command.account, is_command=True)
    except OSError as error:
        log.exception("the guard's file cannot be written; the command holds until the agent ends")
        text = f"in force, but it could not be kept for a restart: {error}"
        return Settlement(ResultStatus.FAILED, _status(file), JobError(code="not-kept", message=text))
    if not is_taken:
        text = "a newer setting of the account has come before this command"
        return Settlement(ResultStatus.FAILED, _status(file), JobError(code="superseded", message=text))
    return Settlement(ResultStatus.COMPLETED, _status(file))


def _status(file: GuardFile) -> dict[str, Any]:
    config = file.kept.config
    if config is None:
        return {"algo_status": Automation.RUNNING.value, "is_killed": False, "revision": -1}
    return {"algo_status": config.automation.value, "is_killed": config.killed, "revision": config.revision}


def take_up(file: GuardFile, account: dict[str, Any]) -> None:
    """Take what the server tells with its heartbeats; what cannot be kept on disk holds until the agent ends."""
    try:
        file.tell(AccountConfig.model_validate(account))
    except OSError:
        log.exception("the guard's file cannot be written; what the server told holds until the agent ends")
