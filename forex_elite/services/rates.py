"""Token buckets per key, in the memory of this process: enough to stop a flood, nothing to look up."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

from forex_elite.errors import TooManyRequests

MAX_KEYS = 20_000


class RateLimit:
    """`burst` at once, then `per_second`; the longest unused keys are forgotten first."""

    def __init__(self, *, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, key: bytes, refusal: type[TooManyRequests]) -> None:
        """Take one token or raise `refusal`, saying when the next one is there."""
        now = time.monotonic()
        tokens, at = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - at) * self._per_second)
        self._buckets[key] = (max(tokens - 1, 0.0) if tokens >= 1 else tokens, now)
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        if tokens < 1:
            wait_s = math.ceil((1 - tokens) / self._per_second)
            raise refusal("Too many requests; slow down.", retry_after_s=wait_s)
