"""Analytics of the closed trades of a period, one account currency at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite import clock
from forex_elite.domain.history import Analytics, HistoryFilter
from forex_elite.domain.identity import Actor
from forex_elite.services import analytics, onboarding
from forex_elite.ui import figures
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.analytics.rows import (
    MOST_SLICES,
    PERIODS,
    Figure,
    Point,
    SliceRow,
    Week,
    curve_of,
    figures_of,
    hour_names,
    month_words,
    months_of,
    slice_rows,
    weekday_names,
    weeks_of,
)
from forex_elite.ui.session import requires
from forex_elite.ui.shell.state import ShellState


class AnalyticsState(LoadingMixin, rx.State):
    """The figures of the chosen period and currency."""

    period: str = "90"
    currency: str = ""
    currencies: list[str] = []
    figures: list[Figure] = []
    curve: list[Point] = []
    curve_words: str = ""
    by_symbol: list[SliceRow] = []
    by_hour: list[SliceRow] = []
    by_weekday: list[SliceRow] = []
    by_source: list[SliceRow] = []
    weeks: list[Week] = []
    month: str = ""
    month_words: str = ""
    has_earlier: bool = False
    has_later: bool = False
    note: str = ""
    zone: str = "UTC"
    is_busy: bool = False
    _time_zone: str = "UTC"
    _months: list[str] = []

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> Any:
        """Examine the last 90 days."""
        self._time_zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._time_zone)
        self.is_busy = True
        yield
        await self._examine(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Another account was chosen above; open positions alone change nothing here."""
        if "reload" in topics:
            await self._examine(actor)

    @rx.event
    @requires()
    async def choose_period(self, actor: Actor, period: str) -> Any:
        """Another period, counted back from now."""
        self.period = period if period in dict(PERIODS) else "90"
        self.is_busy = True
        yield
        await self._examine(actor)

    @rx.event
    @requires()
    async def choose_currency(self, actor: Actor, currency: str) -> None:
        """The accounts of another currency."""
        self.currency = currency if currency in self.currencies else self.currency
        await self._examine(actor)

    @rx.event
    @requires()
    async def choose_month(self, actor: Actor, step: int) -> None:
        """The month before or after, of those with trades."""
        if self.month in self._months:
            at = self._months.index(self.month) + (1 if step == 1 else -1)
            if 0 <= at < len(self._months):
                self.month = self._months[at]
                await self._examine(actor)

    @rx.event
    @requires()
    async def retry(self, actor: Actor) -> None:
        """Try again after an error."""
        await self._examine(actor)

    async def _examine(self, actor: Actor) -> None:
        chosen = (await self.get_state(ShellState)).account_id
        since = None if self.period == "all" else clock.now() - timedelta(days=int(self.period))
        wanted = HistoryFilter(account_id=UUID(chosen) if chosen else None, since=since)
        try:
            with self._loading():
                found = await analytics.examine(actor, wanted, zone=figures.zone(self._time_zone).key)
                self._show({one.currency: one for one in found})
        finally:
            self.is_busy = False

    def _show(self, found: dict[str, Analytics]) -> None:
        self.currencies = list(found)
        if self.currency not in found:
            self.currency = next(iter(sorted(found, key=lambda one: -found[one].total.count)), "")
        one = found.get(self.currency)
        if one is None:
            self.figures, self.curve, self._months, self.month = [], [], [], ""
            return
        self.figures, self.curve, self.note = figures_of(one), curve_of(one), one.ratios.note
        self.curve_words = (
            f"Balance by closed trades from {figures.money(one.start_balance, one.currency)} to "
            f"{figures.money(one.start_balance + one.total.net, one.currency)} {one.currency}"
        )
        self.by_symbol = slice_rows(one.by_symbol[:MOST_SLICES], one.currency)
        self.by_hour = slice_rows(one.by_hour, one.currency, hour_names(one.by_hour))
        self.by_weekday = slice_rows(one.by_weekday, one.currency, weekday_names())
        self.by_source = slice_rows(one.by_source[:MOST_SLICES], one.currency)
        self._months = months_of(one)
        self.month = self.month if self.month in self._months else self._months[-1]
        self.month_words, self.weeks = month_words(self.month), weeks_of(one, self.month)
        self.has_earlier, self.has_later = self.month != self._months[0], self.month != self._months[-1]
