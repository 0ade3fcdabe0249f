"""What the trading page keeps on the server: its account, and what the person chose. No price is in it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.services import onboarding
from forex_elite.ui import handlers
from forex_elite.ui.session import requires
from forex_elite.ui.shell.state import ShellState


class TradingState(rx.State):
    """The person's choices; everything else the page asks for itself."""

    account_id: str = ""
    is_one_click: bool = False
    risk_percent: str = "1.00"
    is_loaded: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the choices, and settle on an account: one cannot trade on all at once."""
        preferences = await onboarding.get_preferences(actor)
        self.is_one_click = preferences.is_one_click
        self.risk_percent = f"{preferences.default_risk_percent:.2f}"
        await self._settle()
        self.is_loaded = True

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Another account was chosen, or the first one has come."""
        await self._settle()

    @rx.event
    @requires()
    async def choose_one_click(self, actor: Actor, on: bool) -> Any:
        """Let orders leave without being asked about, or ask again."""
        await onboarding.set_one_click(actor, on=on is True)
        self.is_one_click = on is True
        if self.is_one_click:
            return handlers.toast("warn", "One-click trading is on", "Orders leave at the first click.")
        return handlers.toast("ok", "One-click trading is off", "Every order is asked about.")

    @rx.event
    @requires()
    async def choose_account(self, actor: Actor, account_id: str) -> None:
        """Trade on another account; where the other pages show one account, they show it too."""
        shell = await self.get_state(ShellState)
        if any(choice.id == account_id for choice in shell.choices):
            self.account_id = account_id
            if shell.account_id:
                shell.account_id = account_id

    async def _settle(self) -> None:
        """The account the other pages show; where they show all, the one traded on before, or the first."""
        shell = await self.get_state(ShellState)
        known = [choice.id for choice in shell.choices]
        wished = (shell.account_id, self.account_id, *known)
        self.account_id = next((one for one in wished if one in known), "")
