"""A clock that moves only when told to."""

from __future__ import annotations

from agent.clocks import Clock


class SteppedClock(Clock):
    """Both clocks in the hands of a test."""

    def __init__(self, wall: float = 1_790_000_000.0, steady: float = 5_000.0) -> None:
        self.wall_s = wall
        self.steady_s = steady

    def wall(self) -> float:
        return self.wall_s

    def steady(self) -> float:
        return self.steady_s

    def pass_s(self, seconds: float) -> None:
        """Time goes by, awake."""
        self.wall_s += seconds
        self.steady_s += seconds
