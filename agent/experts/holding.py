"""Whether an account's guard lets experts run. They trade by themselves, and no order of theirs passes the guard.

So whatever stops the account's trading takes them off their charts: the kill switch, automation that is paused or
stopped, and a limit that closes. One that only stops new entries leaves them: they may have positions to look after.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agent.experts.ties import ChildProcess
from agent.guard_file import GuardFile
from agent.protocol import Automation, Hold, LimitAction


class Holding:
    """The guard of one account as its child tells it; until the child has spoken, as it was kept on disk.

    The terminal is started before its child, and no expert may run for a moment that should not.
    """

    def __init__(self, child: ChildProcess, guard_file: Path) -> None:
        self._child = child
        self._before = _of_file(GuardFile(guard_file))

    def reason(self) -> str:
        """Why no expert may run now; empty when they may."""
        told = self._child.guard
        return self._before if told is None else _reason(told.automation, told.holds, is_killed=told.is_killed)


def _of_file(file: GuardFile) -> str:
    if file.is_lost:
        return "the agent has lost the account's limits"
    config = file.kept.config
    if config is None:
        return ""
    latched = [latch.hold for latch in file.kept.memory.latches.values()]
    return _reason(config.automation, latched, is_killed=config.killed)


def _reason(automation: Automation, holds: Iterable[Hold], *, is_killed: bool) -> str:
    if is_killed:
        return "the kill switch is on"
    if automation is not Automation.RUNNING:
        return f"automation is {automation.value} on this account"
    return next((hold.reason for hold in holds if hold.action is not LimitAction.STOP_ENTRIES), "")
