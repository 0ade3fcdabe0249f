"""Whether an account's figures can be trusted, in one reading for the health page and its route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from forex_elite import clock
from forex_elite.db import accounts as account_queries
from forex_elite.db import agents as agent_queries
from forex_elite.db import alerts as alert_queries
from forex_elite.db import sync as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.health import AccountHealth, AgentHealth, Health, SyncRunInfo
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.terminals import AccountInfo, DataAge
from forex_elite.services.watch import is_feed_silent

RUNS_LISTED = 30
ALERTS_LISTED = 30
RUNS_FROM = timedelta(days=7)


def _issues(account: AccountInfo, last_run: SyncRunInfo | None) -> Iterator[str]:
    """What is wrong with an account, in sentences, worst first."""
    if account.agent_id is None:
        yield "No agent reports it."
    elif not account.is_online:
        yield "Its agent or terminal is not reachable; figures are the last ones reported."
    if account.sync_failures:
        times = f"{account.sync_failures} times in a row" if account.sync_failures > 1 else "once"
        yield f"Bringing it up to date failed {times}: {account.sync_error.rstrip('.')}."
    if account.data_age is not DataAge.FRESH:
        yield f"Its data is {account.data_age.value}." if account.synced_at else "It has never been reported."
    if account.balance_difference is not None:
        since = account.balance_differs_since
        gap = account.balance_difference
        amount = f"{abs(gap):,.2f} {account.currency} {'more' if gap > 0 else 'less'}"
        day = f", since {since:%Y-%m-%d} (UTC)" if since else ""
        yield f"Its balance is {amount} than its deals add up to{day}."
    if not account.is_trade_allowed and account.is_online:
        yield "Trading is switched off in its terminal."
    if last_run is not None and last_run.refused:
        yield f"{last_run.refused} rows of its last report were refused: {last_run.error}"


@needs(Permission.ALERT_READ)
async def load(actor: Actor) -> Health:
    """The actor's agents, accounts, newest runs and alerts."""
    now = clock.now()
    since = now - RUNS_FROM
    person = actor.person_id
    async with unit_of_work(actor) as uow:
        listed = await account_queries.list_accounts(uow, person, now=now)
        last = await queries.last_runs(uow, [account.id for account in listed], since=since)
        syncing = await queries.open_requests(uow, person)
        agents = await agent_queries.list_agents(uow, person, now=now)
        ticks = await queries.last_ticks(uow, person)
        runs = await queries.list_runs(uow, person, since=since, limit=RUNS_LISTED)
        alerts = await alert_queries.list_newest(uow, person, limit=ALERTS_LISTED)
        unread = await alert_queries.count_unread(uow, person)
    return Health(
        agents=tuple(
            AgentHealth(agent, ticks.get(agent.id), agent.is_online and is_feed_silent(ticks.get(agent.id), now))
            for agent in agents
        ),
        accounts=tuple(_health(account, last.get(account.id), syncing) for account in listed),
        runs=tuple(runs),
        alerts=tuple(alerts),
        unread=unread,
        oldest_at=_oldest([account.synced_at for account in listed]),
    )


def _health(account: AccountInfo, last_run: SyncRunInfo | None, syncing: set[UUID]) -> AccountHealth:
    return AccountHealth(
        account=account,
        is_reachable=account.is_online,
        failures=account.sync_failures,
        last_error=account.sync_error,
        last_run=last_run,
        is_syncing=account.id in syncing,
        issues=tuple(_issues(account, last_run)),
    )


def _oldest(times: list[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)
