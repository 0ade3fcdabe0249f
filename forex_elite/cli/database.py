"""The database of a command: the one named by DATABASE_URL, else the embedded one for as long as the command runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from forex_elite.cli.steps import Steps
from forex_elite.db import embedded, migrations
from forex_elite.settings import settings


@contextmanager
def opened(steps: Steps) -> Iterator[str]:
    """Yield the owner's address; from here on `settings().database_url` names it as well."""
    if address := settings().database_url:
        yield address
        return
    with steps.step("Starting PostgreSQL") as step:
        server = embedded.start(settings().home)
        step.result = f"embedded, in {server.place.folder}"
    try:
        os.environ["DATABASE_URL"] = server.owner_url
        settings.cache_clear()
        yield server.owner_url
    finally:
        with steps.step("Stopping PostgreSQL"):
            server.stop()
        del os.environ["DATABASE_URL"]
        settings.cache_clear()


def migrate(steps: Steps, owner_url: str) -> None:
    """Bring the schema up to date and let the application role log in."""
    with steps.step("Migrating the database"):
        migrations.upgrade(owner_url, settings().signing_key())
