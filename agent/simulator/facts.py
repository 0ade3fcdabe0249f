"""What a simulated installation says of its account, and the files by which window and process are known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from agent.terminal import text_files

FACTS: Final = "simulated.json"
LOCK: Final = "running.lock"
PID: Final = "running.pid"
CLOSE: Final = "window-close"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the installation knows of its account."""

    login: int
    server: str
    books: str
    """File of the broker's books; empty when they are in another process's memory."""
    symbols: tuple[str, ...]
    simulation: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Leave it in the installation's folder."""
        text_files.write_bytes(folder / FACTS, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, folder: Path) -> Facts:
        """Read what `write` left."""
        values = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        return cls(**{**values, "symbols": tuple(values["symbols"])})
