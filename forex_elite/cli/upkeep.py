"""`forex-elite migrate` and `forex-elite create-user`: short commands on a database that may serve at the same time."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from forex_elite.cli import database
from forex_elite.cli.steps import Steps
from forex_elite.db import engine
from forex_elite.domain.people import Person
from forex_elite.services import people
from forex_elite.settings import settings


def migrate() -> None:
    """Bring the database to the newest schema and exit."""
    steps = Steps()
    with database.opened(steps) as owner_url:
        database.migrate(steps, owner_url)


def create_user(
    email: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True, help="The name others see.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            confirmation_prompt=True,
            hide_input=True,
            envvar="NEW_USER_PASSWORD",
            help="Asked for, or taken from NEW_USER_PASSWORD; as an option it would show in the process list.",
        ),
    ],
) -> None:
    """Make an account from the server's own command line. The very first account becomes super_admin."""
    steps = Steps()
    with database.opened(steps) as owner_url:
        database.migrate(steps, owner_url)
        person = asyncio.run(_register(owner_url, email, name, password))
    steps.say(f"[green]{person.email}[/green] can log in at {settings().url} as {person.role}.")


async def _register(owner_url: str, email: str, name: str, password: str) -> Person:
    await engine.connect(engine.app_url(owner_url, settings().signing_key()), pool_size=1)
    try:
        return (await people.register(email, password, name, by_operator=True)).person
    finally:
        await engine.disconnect()
