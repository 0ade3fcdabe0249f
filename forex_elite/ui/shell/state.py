"""What the top bar shows on every page: accounts to choose from, agents online, symbols of the ticker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx

from forex_elite import clock
from forex_elite.domain.health import AlertInfo
from forex_elite.domain.identity import Actor
from forex_elite.domain.terminals import ALARM_AFTER, AccountInfo, AgentInfo
from forex_elite.services import accounts, agents, alerts, prices
from forex_elite.ui import figures, handlers
from forex_elite.ui.automation.state import AutomationState
from forex_elite.ui.kill_switch.state import KillSwitchState
from forex_elite.ui.session import requires

TICKER = (
    "EURUSD",
    "GBPUSD",
    "USDJPY",
    "XAUUSD",
    "AUDUSD",
    "USDCAD",
    "USDCHF",
    "GBPJPY",
    "EURJPY",
    "NZDUSD",
    "US30",
    "BTCUSD",
)
"""Shown in the strip after the symbols with open positions, as far as the accounts' brokers have them."""


SHOWN = 24
BELL_ITEMS = 5


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account as the switcher lists it."""

    id: str
    title: str
    login: str


@dataclass(frozen=True, slots=True)
class BellItem:
    """An alert as the bell lists it."""

    id: str
    message: str
    tone: str
    icon: str
    at: str


def bell_item(alert: AlertInfo) -> BellItem:
    """An alert that is not acknowledged yet."""
    is_critical = alert.severity == "critical"
    return BellItem(
        id=str(alert.id),
        message=alert.message,
        tone="crit" if is_critical else "warn",
        icon="alert" if is_critical else "triangle",
        at=figures.iso(alert.raised_at),
    )


def account_title(account: AccountInfo) -> str:
    """What people call the account: its name, else its broker, else its server."""
    return account.name or account.broker or account.server


def account_titles(accounts: Iterable[AccountInfo]) -> dict[str, str]:
    """Titles by id; where several accounts bear one, as a trader's own name, the login tells them apart."""
    known = [(account, account_title(account)) for account in accounts]
    bearers = Counter(title for _, title in known)
    return {str(account.id): title if bearers[title] == 1 else f"{title} {account.login}" for account, title in known}


def silent_agents(known: Sequence[AgentInfo], now: datetime) -> str:
    """Who has not been heard of for ten minutes, in words; empty while nobody is missed."""
    names = [a.name for a in known if a.last_heartbeat_at is not None and now - a.last_heartbeat_at >= ALARM_AFTER]
    if len(names) > 1:
        return f"{len(names)} agents have been silent for more than 10 min."
    return f"Agent {names[0]} has been silent for more than 10 min." if names else ""


class ShellState(rx.State):
    """The frame's own data."""

    choices: list[AccountChoice] = []
    account_id: str = ""
    agents_online: int = 0
    agents_total: int = 0
    alarm: str = ""
    symbols: list[str] = []
    alerts: list[BellItem] = []
    unread: int = 0
    is_loaded: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load what the frame shows; a dialog of the frame that was open on the page before is not opened again."""
        for kind in (KillSwitchState, AutomationState):
            (await self.get_state(kind)).is_open = False
        await self._reload(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> Any:
        """Agents, accounts or alerts have changed; a new alert is said aloud."""
        known = {item.id for item in self.alerts}
        await self._reload(actor)
        fresh = [item for item in self.alerts if item.id not in known]
        return (
            handlers.toast("warn", fresh[0].message, "See the notification centre.")
            if "alerts" in topics and fresh
            else None
        )

    @rx.event
    @requires()
    async def acknowledge_alerts(self, actor: Actor) -> Any:
        """Note that all alerts have been seen."""
        await alerts.acknowledge(actor)
        await self._reload(actor)
        return handlers.reload_page_data()

    @rx.event
    @requires()
    async def select_account(self, actor: Actor, account_id: str) -> Any:
        """Show one account only, or all with an empty id; an id that is not the actor's shows all."""
        self.account_id = account_id if any(choice.id == account_id for choice in self.choices) else ""
        return handlers.reload_page_data()

    async def _reload(self, actor: Actor) -> None:
        listed = await accounts.list_accounts(actor)
        self.choices = [AccountChoice(str(a.id), account_title(a), str(a.login)) for a in listed]
        if all(choice.id != self.account_id for choice in self.choices):
            self.account_id = ""
        known = await agents.list_agents(actor)
        self.agents_total = len(known)
        self.agents_online = sum(agent.is_online for agent in known)
        self.symbols = list((await prices.watch_list(actor, TICKER))[:SHOWN])
        self.alarm = silent_agents(known, clock.now())
        newest = await alerts.list_alerts(actor)
        self.alerts = [bell_item(alert) for alert in newest if alert.acknowledged_at is None][:BELL_ITEMS]
        self.unread = await alerts.count_unread(actor)
        self.is_loaded = True
