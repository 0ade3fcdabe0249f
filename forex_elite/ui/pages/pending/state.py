"""The pending orders on screen, and the changes of them whose answer is awaited."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.ticket import OrderState
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import accounts, onboarding, orders
from forex_elite.ui import figures
from forex_elite.ui.pages.pending.rows import PendingRow, pending_row
from forex_elite.ui.pages.positions.awaited import AwaitedOrdersMixin, in_place
from forex_elite.ui.pages.positions.state import number
from forex_elite.ui.paging import PagingMixin
from forex_elite.ui.session import public, requires
from forex_elite.ui.shell.state import ShellState, account_titles

PAGE = 50
LEVELS = {"price", "sl", "tp"}
NO_ROW = PendingRow("", "", "", "", "", "", "", "", "", "", "", "ask", 5, "", "")


class PendingState(PagingMixin, AwaitedOrdersMixin, rx.State):
    """One page of pending orders of the account chosen above, or of all."""

    rows: list[PendingRow] = []
    topics: list[str] = ["trades", "jobs", "accounts"]
    zone: str = "UTC"
    words: str = ""
    subject: PendingRow = NO_ROW
    is_asking: bool = False
    is_busy: bool = False
    _time_zone: str = "UTC"

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the first page."""
        self.is_asking = False
        self._time_zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._time_zone)
        await self._fill_first(actor)

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
        self._sent(asked.id, row.id, doing)
        await self._fill(actor)

    async def _fill(self, actor: Actor, *, is_held: bool = False) -> None:
        chosen = (await self.get_state(ShellState)).account_id
        account_id = UUID(chosen) if chosen else None
        with self._loading():
            page = await orders.list_pending(actor, account_id, cursor=self._cursor(), limit=PAGE)
            titles = account_titles(await accounts.list_accounts(actor))
            fresh = [self._marked(pending_row(order, titles, self._time_zone)) for order in page.items]
            if is_held and fresh:
                fresh = in_place(self.rows, fresh, "Gone")
            self.words = figures.span(len(self._cursors) * PAGE, len(page.items))
            self._turned(page.next_cursor)
            if fresh != self.rows:
                self.rows = fresh
