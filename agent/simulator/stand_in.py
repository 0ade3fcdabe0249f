"""Stand-ins for compiled programs: what the simulated MetaEditor writes and the simulated terminal loads.

They hold no code. A stand-in says which source it was made of; one with `builtin` names something the simulated tester
can do by itself.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

BUILTIN: Final = "moving-average-cross"
BUILTIN_PATH: Final = "Examples/Simulated Moving Average"
"""What the simulated tester can do by itself, and where every simulated installation has it under MQL5/Experts."""
_MARK: Final = b"EX5 of the ForexElite simulator\n"


@dataclass(frozen=True, slots=True)
class StandIn:
    """A compiled program as the simulator knows it."""

    name: str
    source_sha256: str = ""
    builtin: str = ""

    def content(self) -> bytes:
        """The bytes of its `.ex5`; the same program gives the same bytes."""
        return _MARK + json.dumps(asdict(self), sort_keys=True).encode()


def read_stand_in(path: Path) -> StandIn | None:
    """The stand-in in a file; None for a missing file and for anything else, a real `.ex5` for example."""
    try:
        raw = path.read_bytes()
        if not raw.startswith(_MARK):
            return None
        return StandIn(**json.loads(raw[len(_MARK) :]))
    except (OSError, ValueError, TypeError):
        return None
