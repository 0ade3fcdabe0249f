"""What ties a station to the process that trades on its terminal, and how the two part."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from agent.protocol import GuardReport, TerminalHealth


class ChildProcess(Protocol):
    """The process that trades on this terminal, as its supervisor holds it."""

    guard: GuardReport | None
    """What its guard has said last."""

    def forbid(self) -> None:
        """Start none for now."""

    async def hold(self) -> None:
        """End it and start no other for now."""

    def release(self) -> None:
        """Let it run again."""

    async def ask_health(self, within_s: float) -> TerminalHealth | None:
        """What the terminal says of itself now."""


class Parting(StrEnum):
    """Why a terminal's process ends for good."""

    RESTARTED = "restarted"
    """Another process takes its place at once; the terminal goes on as it is."""
    MOVED = "moved"
    """The account trades in another folder from now on; what is wanted of its experts stays."""
    TAKEN = "taken"
    """The account is no longer this agent's, and neither are the experts on it."""
