"""Growing pauses with jitter, so that many agents do not come back at the same moment."""

from __future__ import annotations

import random


class Backoff:
    """Doubles from `first_s` to `most_s`; each pause is between half and all of it."""

    def __init__(self, *, first_s: float = 1.0, most_s: float = 30.0) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def next_s(self) -> float:
        """How long to wait before the next try, seconds."""
        pause, self._next_s = self._next_s, min(self._most_s, self._next_s * 2)
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 jitter, not a secret

    def reset(self) -> None:
        """Start small again after a success."""
        self._next_s = self._first_s
