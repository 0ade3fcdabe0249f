"""The feed: filters, pages by cursor, what is new, and the alert that is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import Page
from forex_elite.domain.signals import SignalInfo
from forex_elite.services import onboarding, signals, strategies
from forex_elite.ui import figures
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.signals.rows import TABS, SignalRow, signal_row, speed_words, tab_counts
from forex_elite.ui.pages.signals.view import ExecutionRow, SignalView, signal_view
from forex_elite.ui.paging import PagingMixin
from forex_elite.ui.session import requires

PAGE = 25
_INTO_VIEW = (
    "innerWidth < 768 && requestAnimationFrame(() => document.querySelector('.signal-detail')?.scrollIntoView())"
)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class SignalsState(PagingMixin, rx.State):
    """One page of the feed and one alert in detail."""

    rows: list[SignalRow] = []
    counts: dict[str, int] = {}
    tab: str = "all"
    strategy_id: str = ""
    choices: list[tuple[str, str]] = []
    zone: str = "UTC"
    speed: str = ""
    words: str = ""
    new_count: int = 0
    view: SignalView = SignalView()
    execution: ExecutionRow = ExecutionRow("", "", "", "", "", "", "", "", "", "", "", "")
    _time_zone: str = "UTC"

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the first page; `?id=` opens that alert, `?strategy=` filters."""
        query = self.router.url.query_parameters
        self.strategy_id = str(_uuid(query.get("strategy", "")) or "")
        self.tab = query.get("tab", "all") if query.get("tab", "all") in TABS else "all"
        self._time_zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._time_zone)
        self.choices = [(str(one.id), one.name) for one in await strategies.list_strategies(actor)]
        await self._fill_first(actor)
        wanted = _uuid(query.get("id", ""))
        if wanted is None and self.rows:
            wanted = _uuid(self.rows[0].id)
        await self._open(actor, wanted)

    @rx.event
    @requires()
    async def choose_tab(self, actor: Actor, tab: str) -> None:
        """Show only the alerts that ended this way."""
        self.tab = tab if tab in TABS else "all"
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def choose_strategy(self, actor: Actor, strategy_id: str) -> None:
        """Show only one strategy's alerts; empty shows all."""
        self.strategy_id = str(_uuid(strategy_id) or "")
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def show_new(self, actor: Actor) -> None:
        """Back to the top, with what has come in meanwhile."""
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def open_signal(self, actor: Actor, signal_id: str) -> Any:
        """Show one alert in detail; on a phone it is below the list and comes into view."""
        await self._open(actor, identifier(signal_id, "signal"))
        return rx.call_script(_INTO_VIEW)

    @rx.event
    @requires()
    async def choose_execution(self, actor: Actor, execution_id: str) -> None:
        """Show what another account did with the alert."""
        for execution in self.view.executions:
            if execution.id == execution_id:
                self.execution = execution

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Signals came in or went on: rows on screen are brought up to date; new ones wait while rows are held.

        A trade is told by the terminal, a moment after the fill that made it.
        """
        if topics == ["trades"]:
            if any(one.fill != figures.MISSING and not one.trade_id for one in self.view.executions):
                await self._open(actor, _uuid(self.view.id))
            return
        await self._fill(actor, keep_order=is_held or bool(self._cursors))
        wanted = _uuid(self.view.id) or (_uuid(self.rows[0].id) if self.rows else None)
        await self._open(actor, wanted)

    async def _fill(self, actor: Actor, *, keep_order: bool = False) -> None:
        with self._loading():
            chosen = _uuid(self.strategy_id)
            page = await signals.list_signals(
                actor, strategy_id=chosen, statuses=TABS[self.tab], cursor=self._cursor(), limit=PAGE
            )
            counts = await signals.summary(actor, strategy_id=chosen)
            self.counts, self.speed = tab_counts(counts), speed_words(counts)
            self._show(page, keep_order=keep_order)

    def _show(self, page: Page[SignalInfo], *, keep_order: bool) -> None:
        fresh = [signal_row(signal, self._time_zone) for signal in page.items]
        shown = {row.id for row in self.rows}
        unseen = sum(row.id not in shown for row in fresh)
        if keep_order and not self._cursors and self.rows and unseen:
            by_id = {row.id: row for row in fresh}
            self.rows = [by_id.get(row.id, row) for row in self.rows]
            self.new_count = unseen
            return
        self.rows = fresh
        self.new_count = 0
        self.words = figures.span(len(self._cursors) * PAGE, len(fresh))
        self._turned(page.next_cursor)

    async def _open(self, actor: Actor, signal_id: UUID | None) -> None:
        if signal_id is None:
            self.view = SignalView()
            return
        detail = await signals.get_signal(actor, signal_id)
        view = signal_view(detail, self._time_zone)
        kept = [one for one in view.executions if one.id == self.execution.id]
        self.view = view
        self.execution = kept[0] if kept else view.executions[0]

    @rx.event
    @requires()
    async def retry(self, actor: Actor) -> Any:
        """Try the list again after an error."""
        await self._fill(actor)
