"""The overview's state: one load, and a reload whenever something told of a change."""

from __future__ import annotations

import time
from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.people import Preferences
from forex_elite.services import accounts, onboarding, overview, series, strategies
from forex_elite.services.overview import Overview
from forex_elite.ui.components.sparkline import Curve
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.agents.rows import AgentRow, agent_row
from forex_elite.ui.pages.overview.rows import (
    AccountCard,
    PositionRow,
    PositionsHead,
    Strip,
    account_card,
    equity_curve,
    position_row,
    positions_head,
    strip,
)
from forex_elite.ui.pages.signals.rows import SignalRow, median_words, signal_row
from forex_elite.ui.session import requires
from forex_elite.ui.shell.state import ShellState, account_titles

POSITIONS = 50
SIGNALS = 8
CURVES_EVERY_S = 30.0


class OverviewState(LoadingMixin, rx.State):
    """What the overview shows; every list is short."""

    strip: Strip = Strip()
    cards: list[AccountCard] = []
    curves: dict[str, Curve] = {}
    _curves_at: float = 0.0
    positions: list[PositionRow] = []
    positions_head: PositionsHead = PositionsHead()
    positions_total: int = 0
    signals: list[SignalRow] = []
    signals_words: str = ""
    agents: list[AgentRow] = []
    topics: list[str] = ["signals", "trades", "agents", "accounts"]
    has_strategy: bool = False
    is_all_killed: bool = False
    is_any_killed: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> Any:
        """Load everything; the curves follow, so that nothing waits for them."""
        await self._reload(actor)
        return OverviewState.draw_curves

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> Any:
        """Something changed; what is on screen is brought up to date in place."""
        await self._reload(actor)
        is_due = time.monotonic() - self._curves_at >= CURVES_EVERY_S
        return OverviewState.draw_curves if is_due or len(self.cards) != len(self.curves) else None

    @rx.event
    @requires()
    async def draw_curves(self, actor: Actor) -> None:
        """Where the equity went; accounts are sampled every 30 s, so drawing oftener would show nothing new."""
        self._curves_at = time.monotonic()
        shown = {card.id for card in self.cards}
        listed = [account for account in await accounts.list_accounts(actor) if str(account.id) in shown]
        drawn = await series.equity_curves(actor, [account.id for account in listed])
        self.curves = {str(a.id): equity_curve(a, drawn.get(a.id, ())) for a in listed}

    async def _reload(self, actor: Actor) -> None:
        with self._loading():
            seen = await overview.load(actor)
            preferences = await onboarding.get_preferences(actor)
            self.has_strategy = bool(await strategies.list_strategies(actor))
            await self._show(seen, preferences)

    async def _show(self, seen: Overview, preferences: Preferences) -> None:
        chosen = (await self.get_state(ShellState)).account_id
        shown = [account for account in seen.accounts if not chosen or str(account.id) == chosen]
        opened = [trade for trade in seen.positions if not chosen or str(trade.account_id) == chosen]
        titles = account_titles(seen.accounts)
        zone_name = preferences.time_zone
        self.strip = strip(shown, seen.today, preferences)
        self.cards = [account_card(account, preferences) for account in shown]
        self.is_any_killed = any(account.is_killed for account in seen.accounts)
        self.is_all_killed = self.is_any_killed and all(account.is_killed for account in seen.accounts)
        self.positions = [position_row(trade, titles) for trade in opened[:POSITIONS]]
        self.positions_head = positions_head(opened)
        self.positions_total = len(opened)
        self.signals = [signal_row(signal, zone_name) for signal in seen.signals[:SIGNALS]]
        words = (f"{seen.today.total} today", median_words(seen.today))
        self.signals_words = " · ".join(part for part in words if part)
        self.agents = [agent_row(agent, zone_name) for agent in seen.agents]
        self.topics = ["signals", "trades", "agents", "accounts", *(f"account:{a.id}" for a in seen.accounts)]
