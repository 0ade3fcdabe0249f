"""The trade that is open in detail. Nothing of it is loaded before somebody asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx

from forex_elite import clock
from forex_elite.domain.identity import Actor
from forex_elite.services import onboarding, trades
from forex_elite.ui import figures
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.positions.state import REFRESH
from forex_elite.ui.session import public, requires
from forex_elite.ui.trade.rows import TradeView, trade_view


class TradeState(LoadingMixin, rx.State):
    """The panel over a list of trades."""

    is_open: bool = False
    title: str = ""
    zone: str = "UTC"
    view: TradeView = TradeView()
    _trade_id: str = ""
    _shown_at: datetime | None = None

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> Any:
        """Open the trade of the page's address, `?trade=`; without one nothing is open."""
        self.is_open, self.view = False, TradeView()
        wanted = self.router.url.query_parameters.get("trade", "")
        if wanted:
            self._begin(wanted, "Trade")
            yield
            await self._fill(actor)

    @rx.event
    @requires()
    async def open(self, actor: Actor, trade_id: str, title: str) -> Any:
        """Show one trade; the list keeps its place behind it."""
        self._begin(trade_id, title)
        yield
        await self._fill(actor)

    @rx.event
    @requires()
    async def retry(self, actor: Actor) -> None:
        """Try again after an error."""
        await self._fill(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """A terminal reported, or an order went on."""
        if self.is_open:
            await self._fill(actor)

    @rx.event
    @public
    async def close(self) -> None:
        """Back to the list."""
        self.is_open, self.view, self._trade_id = False, TradeView(), ""

    def _begin(self, trade_id: str, title: str) -> None:
        self._trade_id, self.title = trade_id, title[:64]
        self.view, self.is_loaded, self.error_code = TradeView(), False, ""
        self.is_open = True

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            zone_name = (await onboarding.get_preferences(actor)).time_zone
            record = await trades.get(actor, identifier(self._trade_id, "trade"))
            view = trade_view(record, zone_name)
            self.zone = figures.zone_label(zone_name)
            now = clock.now()
            is_old = self._shown_at is None or now - self._shown_at >= REFRESH
            if is_old or view.firm() != self.view.firm():
                self.view, self.title, self._shown_at = view, view.title, now
