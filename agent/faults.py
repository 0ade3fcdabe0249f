"""Crash points for the crash tests: dead code unless `FOREX_ELITE_AGENT_CRASH=<point>:<marker file>` is set."""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "FOREX_ELITE_AGENT_CRASH"
BEFORE_SEND = "before_send"
AFTER_SEND = "after_send"
AFTER_JOURNAL = "after_journal"


def reach(point: str) -> None:
    """Kill the whole process group here, supervisor and children, if asked to and not done before."""
    asked, _, marker = os.environ.get(VARIABLE, "").partition(":")
    if asked != point or not marker:
        return
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return
    os.killpg(os.getpgrp(), signal.SIGKILL)
