"""The pending orders on screen, and the changes of them whose answer is awaited."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.ticket import OrderState
from forex_elite.errors import ForexEliteError, InvalidInput, NotFound
from forex_elite.services import accounts, onboarding, orders
from forex_elite.ui import figures, handlers
from forex_elite.ui.pages.pending.rows import PendingRow, pending_row
from forex_elite.ui.pages.positions.rows import outcome_words
from forex_elite.ui.pages.positions.state import number
from forex_elite.ui.session import public, requires
from forex_elite.ui.shell.state import ShellState, account_title

PAGE = 50
LEVELS = {"price", "sl", "tp"}
NO_ROW = PendingRow("", "", "", "", "", "", "", "", "", "", "", "ask", 5, "", "")


class PendingState(rx.State):
    """One page of pending orders of the account chosen above, or of all."""

    rows: list[PendingRow] = []
    topics: list[str] = ["trades", "jobs", "accounts"]
    zone: str = "UTC"
    words: str = ""
    has_newer: bool = False
    has_older: bool = False
    subject: PendingRow = NO_ROW
    is_asking: bool = False
    is_busy: bool = False
    is_loaded: bool = False
    error_code: str = ""
    _time_zone: str = "UTC"
    _cursors: list[str] = []
    _next: str = ""
    _watched: dict[str, str] = {}
    _doing: dict[str, str] = {}
    _faults: dict[str, str] = {}

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the first page."""
        self._cursors, self.is_asking = [], False
        self._time_zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._time_zone)
        await self._fill(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> Any:
        """Orders went on; rows under the pointer stay where they are, and what is gone is shown as gone."""
        events = await self._settle(actor) if self._watched else []
        if topics == ["jobs"] and not events:
            return None
        await self._fill(actor, is_held=is_held)
        return events

    @rx.event
    @requires()
    async def newer(self, actor: Actor) -> None:
        """The page before."""
        self._cursors = self._cursors[:-1]
        await self._fill(actor)

    @rx.event
    @requires()
    async def older(self, actor: Actor) -> None:
        """The next page."""
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._fill(actor)

    @rx.event
    @requires()
    async def save_level(self, actor: Actor, order_id: str, which: str, text: str) -> None:
        """Change the price, the stop loss or the take profit in its cell; empty removes a level, never the price."""
        row = self._row(order_id)
        value = number(text, which)
        if which not in LEVELS or (which == "price" and not value):
            raise InvalidInput("A pending order needs its price.", field="price")
        change = orders.change_pending(actor, UUID(row.account_id), int(row.ticket), **{which: value or 0.0})
        await self._order(actor, row, "Changing", change)

    @rx.event
    @requires()
    async def ask_cancel(self, actor: Actor, order_id: str) -> None:
        """Ask before an order is taken away."""
        self.subject, self.is_asking = self._row(order_id), True

    @rx.event
    @public
    async def dismiss(self) -> None:
        """Let it wait."""
        self.is_asking = False

    @rx.event
    @requires()
    async def cancel(self, actor: Actor) -> Any:
        """Cancel the order that was asked about."""
        row = self._row(self.subject.id)
        self.is_busy = True
        yield
        try:
            await self._order(
                actor, row, "Cancelling", orders.cancel_pending(actor, UUID(row.account_id), int(row.ticket))
            )
        finally:
            self.is_busy, self.is_asking = False, False

    # --- inside -----------------------------------------------------------------------------------------------------

    def _row(self, order_id: str) -> PendingRow:
        found = next((row for row in self.rows if row.id == order_id), None)
        if found is None:
            raise NotFound("There is no such pending order any more.")
        return found

    async def _order(self, actor: Actor, row: PendingRow, doing: str, asking: Awaitable[OrderState]) -> None:
        asked = await asking
        self._faults.pop(row.id, None)
        self._watched[str(asked.id)], self._doing[row.id] = row.id, doing
        await self._fill(actor)

    async def _settle(self, actor: Actor) -> list[Any]:
        """Toasts for the changes that ended since the last look."""
        events = []
        for order in await orders.find_all(actor, [UUID(order_id) for order_id in self._watched]):
            if order.is_open:
                continue
            row_id = self._watched.pop(str(order.id), "")
            self._doing.pop(row_id, None)
            kind, title, detail = outcome_words(order)
            if kind == "crit":
                self._faults[row_id] = detail
            events.append(handlers.toast(kind, title, detail, order.code if kind == "crit" else ""))
        return events

    async def _fill(self, actor: Actor, *, is_held: bool = False) -> None:
        chosen = (await self.get_state(ShellState)).account_id
        cursor = UUID(self._cursors[-1]) if self._cursors else None
        try:
            page = await orders.list_pending(actor, UUID(chosen) if chosen else None, cursor=cursor, limit=PAGE)
            titles = {str(one.id): account_title(one) for one in await accounts.list_accounts(actor)}
        except ForexEliteError as error:
            self.error_code, self.is_loaded = error.code, True
            return
        self.error_code, self.is_loaded = "", True
        fresh = [self._marked(pending_row(order, titles, self._time_zone)) for order in page.items]
        if is_held and fresh:
            by_id = {row.id: row for row in fresh}
            kept = [by_id.pop(row.id, None) or replace(row, doing="Gone") for row in self.rows]
            fresh = [*kept, *by_id.values()]
        self._next, self.has_older, self.has_newer = (
            page.next_cursor or "", page.next_cursor is not None, bool(self._cursors),
        )  # fmt: skip
        first = len(self._cursors) * PAGE + 1
        self.words = f"{first} to {first + len(page.items) - 1}" if page.items else ""
        if fresh != self.rows:
            self.rows = fresh

    def _marked(self, row: PendingRow) -> PendingRow:
        return replace(row, doing=self._doing.get(row.id, ""), fault=self._faults.get(row.id, ""))
