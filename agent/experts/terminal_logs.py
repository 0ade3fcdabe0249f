"""Journal and experts' log of one terminal on their way to the platform, each line with level, time and deployment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from agent.experts.wishes import Wishes
from agent.terminal import text_files
from agent.terminal.folder import TerminalFolder
from agent.terminal.log_tail import LogEntry, LogTail, Place, loaded_expert

MOST_A_SECOND: Final = 50
"""An expert may print on every tick; the rest stays in the terminal's own files and is counted here."""
_KEEP_EVERY_S: Final = 5.0
_LONGEST: Final = 2000
_SOURCE: Final = 64


class TerminalLogs:
    """Follows both logs and remembers across restarts how far it has read."""

    def __init__(
        self,
        folder: TerminalFolder,
        wishes: Wishes,
        places: Path,
        *,
        account: tuple[int, str],
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        self.loaded: dict[str, datetime] = {}
        """Experts the journal has said are loaded and not removed since, with the time of that line."""
        self._wishes = wishes
        self._places = places
        self._account = account
        self._send = send
        kept = _read_places(places)
        self._tails = {
            "journal": LogTail(folder.journal, kept.get("journal")),
            "experts": LogTail(folder.experts_log, kept.get("experts")),
        }
        self._kept = dict(kept)
        self._kept_at = 0.0
        self._room = float(MOST_A_SECOND)
        self._refilled_at = time.monotonic()
        self._left_out = 0

    def read(self) -> list[LogEntry]:
        """Read on, send what there is room for, and answer every new line."""
        entries = []
        for name, tail in self._tails.items():
            for entry in tail.read():
                if name == "journal":
                    self._note(entry)
                self._tell(name, entry)
                entries.append(entry)
        if self._left_out and self._take_room():
            self._say("warning", "agent", f"{self._left_out} more lines are in the terminal's own logs on the VPS")
            self._left_out = 0
        self._keep()
        return entries

    def _note(self, entry: LogEntry) -> None:
        if expert := loaded_expert(entry):
            self.loaded[expert] = entry.at
        elif entry.message.endswith(" removed"):
            self.loaded.pop(entry.program, None)

    def _tell(self, name: str, entry: LogEntry) -> None:
        if not self._take_room():
            self._left_out += 1
            return
        wish = self._wishes.of_expert(entry.program) if entry.program else None
        self._say(
            entry.level,
            name if name == "journal" else entry.source,
            f"{entry.source}: {entry.message}" if name == "journal" else entry.message,
            at=entry.at,
            deployment_id=None if wish is None else str(wish.deployment.deployment_id),
        )

    def _say(self, level: str, source: str, message: str, *, at: datetime | None = None, **more: Any) -> None:
        login, server = self._account
        self._send(
            {
                "at": (at or datetime.now().astimezone()).isoformat(),
                "level": level,
                "source": source[:_SOURCE],
                "message": message[:_LONGEST],
                "login": login,
                "server": server,
                **more,
            }
        )

    def _take_room(self) -> bool:
        now = time.monotonic()
        self._room = min(MOST_A_SECOND * 10.0, self._room + (now - self._refilled_at) * MOST_A_SECOND)
        self._refilled_at = now
        if self._room < 1:
            return False
        self._room -= 1
        return True

    def _keep(self) -> None:
        """Write the places down now and then; after a crash some lines are sent twice, none is lost."""
        places = {name: tail.place for name, tail in self._tails.items()}
        now = time.monotonic()
        if places == self._kept or now - self._kept_at < _KEEP_EVERY_S:
            return
        self._kept, self._kept_at = places, now
        rows = {name: [place.day.isoformat(), place.position] for name, place in places.items()}
        text_files.write_bytes(self._places, json.dumps(rows).encode())


def _read_places(path: Path) -> dict[str, Place]:
    try:
        rows = json.loads(path.read_bytes())
        return {name: Place(date.fromisoformat(day), int(position)) for name, (day, position) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
