"""The health page: alerts, accounts, agents and the newest runs of the synchronisation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.health import Health
from forex_elite.domain.identity import Actor
from forex_elite.services import account_health, alerts, onboarding, sync
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.health.rows import (
    AccountHealthRow,
    AgentHealthRow,
    AlertRow,
    RunRow,
    account_health_row,
    agent_health_row,
    alert_row,
    run_row,
)
from forex_elite.ui.session import public, requires
from forex_elite.ui.shell.state import account_titles


class HealthState(LoadingMixin, rx.State):
    """What the health page shows."""

    alerts: list[AlertRow] = []
    accounts: list[AccountHealthRow] = []
    agents: list[AgentHealthRow] = []
    runs: list[RunRow] = []
    words: str = ""
    zone: str = "UTC"
    unread: int = 0
    show_all_runs: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load everything."""
        await self._reload(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Something changed, or it is time to look again."""
        await self._reload(actor)

    @rx.event
    @requires()
    async def sync_now(self, actor: Actor, account_id: str) -> Any:
        """Have an account's agent report everything now."""
        await sync.request(actor, identifier(account_id, "account"))
        await self._reload(actor)
        if any(one.id == account_id and one.tone == "crit" for one in self.accounts):
            words = "It is not reachable now: its agent reports everything as soon as it returns."
            return handlers.toast("warn", "Sync is waiting", words)
        return handlers.toast("info", "Sync is on its way", "The agent reports everything of this account now.")

    @rx.event
    @requires()
    async def acknowledge(self, actor: Actor, alert_id: str) -> None:
        """Note that an alert has been seen."""
        await alerts.acknowledge(actor, identifier(alert_id, "alert"))
        await self._reload(actor)

    @rx.event
    @requires()
    async def acknowledge_all(self, actor: Actor) -> Any:
        """Note that all alerts have been seen."""
        touched = await alerts.acknowledge(actor)
        await self._reload(actor)
        return handlers.toast("ok", f"{figures.count(touched, 'alert')} acknowledged")

    @rx.event
    @public
    async def toggle_runs(self) -> None:
        """Show all of the newest runs, or the first few."""
        self.show_all_runs = not self.show_all_runs

    async def _reload(self, actor: Actor) -> None:
        with self._loading():
            found = await account_health.load(actor)
            zone_name = (await onboarding.get_preferences(actor)).time_zone
            self._show(found, zone_name)

    def _show(self, found: Health, zone_name: str) -> None:
        titles = account_titles(one.account for one in found.accounts)
        self.alerts = [alert_row(alert, zone_name) for alert in found.alerts]
        self.accounts = [account_health_row(one) for one in found.accounts]
        self.agents = [agent_health_row(one) for one in found.agents]
        self.runs = [run_row(run, place, titles, zone_name) for place, run in enumerate(found.runs)]
        self.unread = found.unread
        self.zone = figures.zone_label(zone_name)
        reachable = sum(one.is_reachable for one in found.accounts)
        self.words = f"{reachable} of {figures.count(len(found.accounts), 'account')} reachable"
