"""A terminal's child process over the fake terminal, whose book is a file that outlives it.

Files beside the book are commands of the tests: `.freeze` stops the process at its next order, once, and `.locked`
holds the password without which there is no connection.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any

from agent.serve import serve
from agent.terminal.config import TerminalConfig
from agent.terminal.gateway import SendResult, TerminalUnavailable
from tests.agent.fake_terminal import Book, FakeTerminal


def load(path: Path) -> Book:
    """The book on disk."""
    return pickle.loads(path.read_bytes()) if path.exists() else Book()


def save(path: Path, book: Book) -> None:
    """Write the book whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(pickle.dumps(book))
    fresh.replace(path)


class FiledTerminal(FakeTerminal):
    """Reads its book before and writes it after every order."""

    def __init__(self, config: TerminalConfig) -> None:
        self.path = Path(config.state_file)
        self.password = config.password
        super().__init__(load(self.path), config.login, config.server)

    def _answer(self, what: dict[str, Any], execute: Any) -> SendResult:
        self.check()
        self.book = load(self.path)
        freeze = self.path.with_suffix(".freeze")
        if freeze.exists():
            freeze.unlink()
            os.kill(os.getpid(), signal.SIGSTOP)
        result = super()._answer(what, execute)
        self.book.sent = [*getattr(self.book, "sent", []), what]  # type: ignore[attr-defined]
        save(self.path, self.book)
        return result

    def connect(self) -> None:
        lock = self.path.with_suffix(".locked")
        if lock.exists() and lock.read_text() != self.password:
            raise TerminalUnavailable("Terminal: Authorization failed", -6)
        super().connect()

    def positions(self) -> Any:
        self.book = load(self.path)
        return super().positions()


if __name__ == "__main__":
    sys.exit(serve(FiledTerminal))
