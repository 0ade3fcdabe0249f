"""When a feed has been silent for too long and the broker should be asked for its prices anew."""

from __future__ import annotations

import time

SILENT_S = 30.0
LONGEST_PAUSE_S = 600.0
"""A closed market is silent too; asking anew does no harm then, and is done less and less often."""


class Silence:
    """How long no price has changed."""

    def __init__(self) -> None:
        self._pause_s = SILENT_S
        self._again_at: float | None = None

    def is_to_be_broken(self, *, has_news: bool) -> bool:
        """Note whether prices changed; true when they have not for so long that they should be asked for anew."""
        now = time.monotonic()
        if has_news or self._again_at is None:
            self._pause_s = SILENT_S
            self._again_at = now + SILENT_S
            return False
        if now < self._again_at:
            return False
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        self._again_at = now + self._pause_s
        return True
