"""One page of closed trades, and the filters over it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reflex as rx

from forex_elite.domain.history import HistoryFilter
from forex_elite.domain.identity import Actor
from forex_elite.errors import ForexEliteError, InvalidInput
from forex_elite.services import accounts, history, onboarding
from forex_elite.ui import figures, handlers
from forex_elite.ui.pages.history.rows import (
    TotalRow,
    TradeRow,
    Wanted,
    export_address,
    is_choice,
    page_words,
    read_filter,
    source_choices,
    total_row,
    trade_row,
    wanted_of,
)
from forex_elite.ui.paging import PagingMixin
from forex_elite.ui.session import requires
from forex_elite.ui.shell.state import ShellState, account_titles

PAGE = 50


class HistoryState(PagingMixin, rx.State):
    """What is filtered, the page of rows, and what all of the filtered trades add up to."""

    wanted: Wanted = Wanted()
    is_filtered: bool = False
    symbols: list[str] = []
    sources: list[tuple[str, str]] = []
    rows: list[TradeRow] = []
    totals: list[TotalRow] = []
    zone: str = "UTC"
    words: str = ""
    export: str = "/api/trades/export.csv"
    new_count: int = 0
    errors: dict[str, str] = {}
    _time_zone: str = "UTC"
    _newest: list[tuple[str, bool]] = []

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the newest page, filtered as the address says."""
        self._time_zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._time_zone)
        self.wanted = wanted_of(self.router.url.query_parameters)
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Trades were closed; on the first page they are shown unless rows are held."""
        if "reload" in topics:
            self._cursors = []
        elif await self._is_unchanged(actor):
            return
        await self._fill(actor, keep_order=is_held or bool(self._cursors))

    @rx.event
    @requires()
    async def choose(self, actor: Actor, field: str, value: str) -> Any:
        """Filter by one more property; empty means all."""
        if not is_choice(field, value):
            raise InvalidInput("There is no such filter.", field=field)
        self.wanted = replace(self.wanted, **{field: value[:32]})
        await self._fill_first(actor)
        return handlers.keep_in_address(self.wanted.query)

    @rx.event
    @requires()
    async def clear(self, actor: Actor) -> Any:
        """All trades again."""
        self.wanted = Wanted()
        await self._fill_first(actor)
        return handlers.keep_in_address({})

    @rx.event
    @requires()
    async def show_new(self, actor: Actor) -> None:
        """Back to the top, with what was closed meanwhile."""
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def retry(self, actor: Actor) -> Any:
        """Try again after an error."""
        await self._fill(actor)

    async def _is_unchanged(self, actor: Actor) -> bool:
        """Whether nothing was closed since. Open positions are told of all the time; the totals read every trade."""
        try:
            asked = read_filter(self.wanted, (await self.get_state(ShellState)).account_id, self._time_zone)
            page = await history.list_closed(actor, asked, limit=1)
        except ForexEliteError:
            return False
        newest = [(str(trade.id), not trade.is_told) for trade in page.items]
        return newest == self._newest

    async def _fill(self, actor: Actor, *, keep_order: bool = False) -> None:
        self.errors = {}
        try:
            asked = read_filter(self.wanted, (await self.get_state(ShellState)).account_id, self._time_zone)
            await self._load(actor, asked, keep_order=keep_order)
        except InvalidInput as refusal:
            self.errors = {str(refusal.details.get("field", "")): refusal.message}
        except ForexEliteError as error:
            self.error_code = error.code
        else:
            self.error_code = ""
        self.is_filtered = self.wanted.is_any
        self.is_loaded = True

    async def _load(self, actor: Actor, asked: HistoryFilter, *, keep_order: bool) -> None:
        page = await history.list_closed(actor, asked, cursor=self._cursor(), limit=PAGE)
        shown = {row.id for row in self.rows}
        unseen = sum(str(trade.id) not in shown for trade in page.items)
        if keep_order and self.rows and unseen:
            self.new_count = 0 if self._cursors else unseen
            return
        totals = await history.totals(actor, asked)
        choices = await history.choices(actor)
        titles = account_titles(await accounts.list_accounts(actor))
        self.symbols, self.sources = list(choices.symbols), source_choices(choices)
        self.rows = [trade_row(trade, titles, self._time_zone) for trade in page.items]
        self.totals = [total_row(total) for total in totals]
        self.export = export_address(asked)
        self.words = page_words(len(self._cursors) * PAGE, len(page.items), totals)
        self.new_count = 0
        self._turned(page.next_cursor)
        if not self._cursors:
            self._newest = [(row.id, row.is_incomplete) for row in self.rows[:1]]
