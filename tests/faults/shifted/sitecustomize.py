"""Started with this folder on its path, a process sees a wall clock that is off by as many seconds as a file says."""

from __future__ import annotations

import os
import time
from pathlib import Path

_real = time.time
_shift = Path(os.environ["FOREX_ELITE_TEST_SHIFT"])


def _shifted() -> float:
    return _real() + float(_shift.read_text() or 0)


time.time = _shifted
