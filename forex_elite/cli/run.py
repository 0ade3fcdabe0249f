"""`forex-elite run`: database, migrations, pages, server; everything stops in the opposite order."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Protocol

from forex_elite.cli import claims, database, frontend, server
from forex_elite.cli.steps import Steps
from forex_elite.settings import settings


class Companion(Protocol):
    """What comes and goes with the server; both run on its event loop."""

    async def arrive(self) -> None:
        """The server takes requests now."""

    async def leave(self) -> None:
        """The server is about to stop."""


class Announcement:
    """Says where the server is."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    async def arrive(self) -> None:
        """Print the one line that ends the start-up."""
        self._steps.say(
            f"\n[bold green]ForexElite is ready:[/bold green] {settings().url}  [dim](Ctrl+C stops it)[/dim]"
        )

    async def leave(self) -> None:
        """Print that the stop was heard."""
        self._steps.say("\nStopping …")


def build() -> None:
    """Build the pages ahead of a start, if a source has changed."""
    server.leave_on_signals()
    mark = frontend.fingerprint()
    if not frontend.is_built(mark):
        with frontend.Build(mark, settings().home / "logs" / "build.log") as under_way:
            watch(Steps(), under_way)


def watch(steps: Steps, build: frontend.Build) -> None:
    """Show a build until it is done. Raises FrontEndNotBuilt."""
    with steps.step("Building the pages (only after a change)") as step:
        for line in build.lines():
            step.note(line)


def run() -> None:
    """Run the server until it is told to stop."""
    steps = Steps()
    serve(steps, Announcement(steps))


def serve(steps: Steps, companion: Companion) -> None:
    """Start everything, serve, stop everything. Raises PortTaken and AlreadyRunning before anything slow starts."""
    server.leave_on_signals()
    listener = claims.port(settings().host, settings().port)
    os.environ["PORT"] = str(listener.getsockname()[1])
    settings.cache_clear()
    with listener, ExitStack() as started:
        if not settings().redis_url:  # with Redis several servers may share one data folder
            started.enter_context(claims.data_folder(settings().home, settings().url))
        mark = frontend.fingerprint()
        under_way = None
        if not frontend.is_built(mark):
            under_way = started.enter_context(frontend.Build(mark, settings().home / "logs" / "build.log"))
        owner_url = started.enter_context(database.opened(steps))
        database.migrate(steps, owner_url)
        if under_way:
            watch(steps, under_way)
        with steps.step("Starting the server"):
            config = server.load()
        server.serve(config, listener, on_ready=companion.arrive, on_stop=companion.leave)
