"""What one account's guard enforces and remembers, on disk, so that a restart without the server forgets nothing."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.guards import Latch, Memory
from agent.protocol import AccountConfig, Hold

log = logging.getLogger(__name__)


class _LatchOnDisk(BaseModel):
    model_config = ConfigDict(extra="ignore")
    hold: Hold
    day: datetime | None = None


class _OnDisk(BaseModel):
    model_config = ConfigDict(extra="ignore")
    config: AccountConfig | None = None
    peak: float | None = None
    resumed: int = 0
    latches: dict[str, _LatchOnDisk] = {}  # pydantic copies its defaults
    paid: float | None = None
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is kept."""

    config: AccountConfig | None = None
    memory: Memory = field(default_factory=Memory)


class GuardFile:
    """The file of one account; the reading thread changes the configuration, the working thread the rest."""

    def __init__(self, path: Path) -> None:
        self.is_lost = False
        """The file was there and could not be read: limits are unknown, and everything holds."""
        self._path = path
        self._lock = threading.Lock()
        self._kept = self._read()

    @property
    def kept(self) -> Kept:
        """What is in force now."""
        return self._kept

    def tell(self, config: AccountConfig, *, is_command: bool = False) -> bool:
        """Take a newer configuration, on disk before this returns; False when it is older than the one in force.

        A command may say something else at the same revision: it brings about what the server waits for.
        """
        with self._lock:
            known = self._kept.config
            newest = -1 if known is None or self.is_lost else known.revision
            if config.revision < newest or (config.revision == newest and not is_command):
                return config.revision == newest
            self._kept = Kept(config, self._kept.memory)
            self.is_lost = False
            self._write()
            return True

    def remember(self, memory: Memory) -> None:
        """Keep what was judged; written only when it changed."""
        with self._lock:
            if memory != self._kept.memory:
                self._kept = Kept(self._kept.config, memory)
                self._write()

    def _read(self) -> Kept:
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            return self._lose(error)
        try:
            found = _OnDisk.model_validate_json(text)
        except ValidationError as error:
            return self._lose(error)
        latches = {code: Latch(one.hold, one.day) for code, one in found.latches.items()}
        return Kept(found.config, Memory(found.peak, found.resumed, latches, found.paid, found.gap))

    def _lose(self, error: Exception) -> Kept:
        log.error("the limits kept in %s cannot be read; no entries until the server tells them: %s", self._path, error)
        self.is_lost = True
        return Kept()

    def _write(self) -> None:
        """Whole or not at all; raises OSError."""
        kept = self._kept
        found = _OnDisk(
            config=kept.config,
            peak=kept.memory.peak,
            resumed=kept.memory.resumed,
            paid=kept.memory.paid,
            gap=kept.memory.gap,
            latches={code: _LatchOnDisk(hold=one.hold, day=one.day) for code, one in kept.memory.latches.items()},
        )
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(found.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def guard_place(journal_file: str) -> Path:
    """Where the guard of an account keeps its file: beside the journal."""
    return Path(journal_file).with_suffix(".guard.json")
