"""Progress on the terminal: one line per step, with its outcome and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class Step:
    """A step under way; `note` says what it is doing now, `result` what its final line adds."""

    def __init__(self, title: str, status: Status | None) -> None:
        self._title = title
        self._status = status
        self.result = ""

    def note(self, text: str) -> None:
        """Show what the step is doing at this moment (on a terminal only)."""
        if self._status:
            self._status.update(f"{escape(self._title)} [dim]{escape(text)}[/dim]")


class Steps:
    """The steps of one start-up, in order."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Time a block of work: a spinner while it runs, then one line with a tick or, after an exception, a cross."""
        began = time.monotonic()
        status = self.console.status(escape(title)) if self.console.is_terminal else None
        step = Step(title, status)
        if status:
            status.start()
        else:
            self.console.print(f"  {escape(title)} …")
        mark = "[red]✗[/red]"
        try:
            yield step
            mark = "[green]✓[/green]"
        finally:
            if status:
                status.stop()
            result = f" [dim]{escape(step.result)}[/dim]" if step.result else ""
            self.console.print(f"{mark} {escape(title)}{result} [dim]{time.monotonic() - began:.1f} s[/dim]")

    def say(self, markup: str) -> None:
        """Print a line of rich markup."""
        self.console.print(markup)
