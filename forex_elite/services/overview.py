"""What the overview page shows, read in one transaction so that its figures agree with each other."""

from __future__ import annotations

from dataclasses import dataclass

from forex_elite import clock
from forex_elite.db import accounts as account_queries
from forex_elite.db import agents as agent_queries
from forex_elite.db import signals as signal_queries
from forex_elite.db import trades as trade_queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.signals import SignalCounts, SignalInfo, TradeInfo
from forex_elite.domain.terminals import AccountInfo, AgentInfo

RECENT_SIGNALS = 12


@dataclass(frozen=True, slots=True)
class Overview:
    """A person's accounts, open positions, newest signals and agents; `today` counts signals since midnight UTC."""

    accounts: tuple[AccountInfo, ...]
    positions: tuple[TradeInfo, ...]
    signals: tuple[SignalInfo, ...]
    today: SignalCounts
    agents: tuple[AgentInfo, ...]


@needs(Permission.ACCOUNT_READ)
async def load(actor: Actor) -> Overview:
    """The actor's overview."""
    now = clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    person = actor.person_id
    async with unit_of_work(actor) as uow:
        newest = await signal_queries.list_signals(
            uow, person, strategy_id=None, statuses=(), before=None, limit=RECENT_SIGNALS
        )
        return Overview(
            accounts=tuple(await account_queries.list_accounts(uow, person, now=now)),
            positions=tuple(await trade_queries.list_open(uow, person)),
            signals=newest.items,
            today=await signal_queries.count_since(uow, person, midnight, strategy_id=None),
            agents=tuple(await agent_queries.list_agents(uow, person, now=now)),
        )
