"""`forex-elite demo`: the server with a trader, a strategy and an agent on a simulated terminal, ready for alerts."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Self
from uuid import UUID

from forex_elite import bus
from forex_elite.bus import topics
from forex_elite.cli import agent_process, run
from forex_elite.cli.agent_process import AgentSetup
from forex_elite.cli.steps import Steps
from forex_elite.domain.identity import Actor
from forex_elite.domain.people import DISCLAIMER_VERSION, EmailTaken, Preferences
from forex_elite.domain.strategies import StrategyDraft
from forex_elite.domain.terminals import AccountInfo
from forex_elite.domain.trading import SizingMode
from forex_elite.errors import ForexEliteError, NotFound, NotSignedIn
from forex_elite.services import accounts, agents, onboarding, people, strategies
from forex_elite.settings import settings

EMAIL = "trader@demo.test"
NAME = "Demo Trader"
AGENT = "Demo terminal"
STRATEGY = "Demo strategy"
LOGIN = 10_000_001
BROKER_SERVER = "ForexElite-Demo"
LOTS = 0.10
LISTENS_ON_LOOPBACK = {"127.0.0.1", "localhost", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
FIRST_REPORT_PATIENCE_S = 60.0
# Generous, so that somebody who plays with alerts meets the gate only on purpose.
PREFERENCES = Preferences(max_lots=Decimal(10), max_open_positions=100, daily_loss_percent=Decimal(20))


class DemoNotReady(ForexEliteError):
    """The simulated terminal's account did not appear; the agent's log says why."""

    code: ClassVar[str] = "demo-not-ready"


@dataclass(frozen=True)
class Credentials:
    """How to log in to the demo, kept in `demo.json` of the data folder between starts."""

    email: str
    password: str
    agent_id: UUID | None = None

    @classmethod
    def load(cls, path: Path) -> Self:
        """What an earlier start left, else a new trader with a new password."""
        try:
            known = json.loads(path.read_text())
            return cls(known["email"], known["password"], UUID(known["agent_id"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls(EMAIL, secrets.token_urlsafe(9))


def demo() -> None:
    """Run the server with the demo beside it until it is told to stop."""
    steps = Steps()
    companion = Demo(steps)
    run.serve(steps, companion)
    if companion.failure:
        raise companion.failure


class Demo:
    """The demo as a companion of the server."""

    def __init__(self, steps: Steps) -> None:
        self.failure: ForexEliteError | None = None
        self._steps = steps
        self._home = settings().home
        self._tasks: list[asyncio.Task[None]] = []

    async def arrive(self) -> None:
        """Prepare the demo beside the running server; its end is the one line that says how to log in."""
        self._tasks.append(asyncio.create_task(self._prepare(), name="demo"))

    async def leave(self) -> None:
        """Stop the agent before the server it talks to."""
        self._steps.say("\nStopping …")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _prepare(self) -> None:
        try:
            with self._steps.step("Preparing the demo") as step:
                credentials = Credentials.load(self._home / "demo.json")
                step.note("trader")
                actor, credentials = await _trader(credentials)
                step.note("agent")
                setup = await self._agent(actor, credentials)
                log = self._home / "logs" / "agent.log"
                self._tasks.append(asyncio.create_task(agent_process.keep_running(setup, log), name="demo-agent"))
                step.note("waiting for the simulated terminal")
                account = await _first_report(actor, log)
                webhook_url = await _webhook(actor, account.id)
            self._write(credentials, setup.agent_id, account.id, webhook_url)
        except ForexEliteError as error:
            self.failure = error
            os.kill(os.getpid(), signal.SIGTERM)
            return
        self._steps.say(
            f"\n[bold green]ForexElite is ready:[/bold green] {settings().url}  log in as "
            f"[bold]{credentials.email}[/bold] with password [bold]{credentials.password}[/bold]  "
            "[dim](Ctrl+C stops it)[/dim]"
        )

    async def _agent(self, actor: Actor, credentials: Credentials) -> AgentSetup:
        """The demo's agent with its key in a file; a lost key or agent is replaced."""
        folder = self._home / "agent"
        folder.mkdir(parents=True, exist_ok=True)
        key_file = folder / "pairing.key"
        known = {agent.id: agent.name for agent in await agents.list_agents(actor)}
        agent_id = credentials.agent_id if credentials.agent_id in known else None
        agent_id = agent_id or next((key for key, name in known.items() if name == AGENT), None)
        if agent_id is None:
            created, key = await agents.create(actor, AGENT)
            agent_id = created.id
            _write_private(key_file, key)
        elif not key_file.exists():
            _write_private(key_file, await agents.rotate_key(actor, agent_id))
        return AgentSetup(
            server=_beside(settings().host, settings().port),
            agent_id=agent_id,
            key_file=key_file,
            state_dir=folder / "state",
            login=LOGIN,
            broker_server=BROKER_SERVER,
        )

    def _write(self, credentials: Credentials, agent_id: UUID, account_id: UUID, webhook_url: str) -> None:
        _write_private(
            self._home / "demo.json",
            json.dumps(
                {
                    "url": settings().url,
                    "email": credentials.email,
                    "password": credentials.password,
                    "webhook_url": webhook_url,
                    "agent_id": str(agent_id),
                    "account_id": str(account_id),
                },
                indent=2,
            ),
        )


def _beside(host: str, port: int) -> str:
    """The server's address for a program on the same machine; the public one may lead through a proxy and TLS."""
    return f"http://{'127.0.0.1' if host in LISTENS_ON_LOOPBACK else host}:{port}"


async def _trader(credentials: Credentials) -> tuple[Actor, Credentials]:
    """Log in, or register and pass the onboarding; a forgotten or changed password makes another demo trader."""
    try:
        grant = await people.log_in(credentials.email, credentials.password)
    except NotSignedIn:
        try:
            grant = await people.register(credentials.email, credentials.password, NAME)
        except EmailTaken:
            credentials = Credentials(f"trader-{secrets.token_hex(3)}@demo.test", secrets.token_urlsafe(9))
            grant = await people.register(credentials.email, credentials.password, NAME)
    actor = Actor(grant.person.id, grant.person.role, grant.person.ib_id, grant.session_id)
    if not grant.person.is_onboarded:
        await onboarding.complete(actor, DISCLAIMER_VERSION, PREFERENCES)
    await people.log_out(actor)
    return actor, credentials


async def _first_report(actor: Actor, log: Path) -> AccountInfo:
    """The simulated account, online and enabled for trading. Raises DemoNotReady."""
    try:
        async with asyncio.timeout(FIRST_REPORT_PATIENCE_S), bus.current().subscribe() as reports:
            await reports.add([topics.of_person(actor.person_id, "agents")])
            while True:
                for account in await accounts.list_accounts(actor):
                    if account.login == LOGIN and account.is_online:
                        if not account.is_enabled:
                            await accounts.toggle(actor, account.id)
                        return account
                await reports.next(timeout_s=1)
    except TimeoutError as error:
        raise DemoNotReady(f"The simulated terminal did not report within a minute; see {log}.") from error


async def _webhook(actor: Actor, account_id: UUID) -> str:
    """The address of the demo's strategy, which trades the simulated account."""
    for known in await strategies.list_strategies(actor):
        if known.name == STRATEGY and account_id in known.account_ids:
            try:
                return (await strategies.get(actor, known.id))[1].url
            except NotFound:
                continue
    draft = StrategyDraft(
        name=STRATEGY, account_ids=(account_id,), sizing_mode=SizingMode.FIXED_LOTS, sizing_value=LOTS
    )
    return (await strategies.create(actor, draft))[1].url


def _write_private(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner alone from the first byte."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)
