"""`forex-elite audit verify`: whether the audit log is as it was written."""

from __future__ import annotations

import asyncio
import time

import typer

from forex_elite.cli import database
from forex_elite.cli.steps import Steps
from forex_elite.db import engine
from forex_elite.domain.audit import Verification
from forex_elite.services import audit
from forex_elite.settings import settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def main() -> None:
    """The audit log."""


@app.command()
def verify() -> None:
    """Check every record and every link; 1 and the broken places when something was changed, removed or inserted."""
    steps = Steps()
    with database.opened(steps) as owner_url:
        database.migrate(steps, owner_url)
        began = time.monotonic()
        found = asyncio.run(_verify(owner_url))
    took = time.monotonic() - began
    for link in found.broken:
        when = f"{link.at:%Y-%m-%d %H:%M:%S} UTC, record {link.record_id}, " if link.at else ""
        steps.say(f"[red]person {link.user_id}, number {link.seq}: {when}{link.what}[/red]")
    if found.broken:
        steps.say(f"[red]The audit log was tampered with: {len(found.broken)} broken link(s).[/red]")
        raise typer.Exit(1)
    words = f"All {found.records:,} records of {found.people:,} people are as they were written"
    steps.say(f"[green]{words}[/green] ({took:.1f} s)")


async def _verify(owner_url: str) -> Verification:
    await engine.connect(engine.app_url(owner_url, settings().signing_key()), pool_size=1)
    try:
        return await audit.verify()
    finally:
        await engine.disconnect()
