"""Orders sent from a row of a list: the row says what is being done to it, and a toast how it ended."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.services import orders
from forex_elite.ui import handlers
from forex_elite.ui.pages.pending.rows import PendingRow
from forex_elite.ui.pages.positions.rows import PositionRow, outcome_words
from forex_elite.ui.session import requires

Row = TypeVar("Row", bound=PositionRow | PendingRow)


class AwaitedOrdersMixin(rx.State, mixin=True):
    """Orders whose answer is awaited, and what the rows they came from say meanwhile and after a refusal."""

    _watched: dict[str, str] = {}
    """Order to row; an order may belong to no row."""
    _doing: dict[str, str] = {}
    _faults: dict[str, str] = {}

    @abstractmethod
    async def _fill(self, actor: Actor, *, is_held: bool = False) -> None:
        """Load the rows; those that are held stay where they are."""

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> Any:
        """Rows or orders went on; rows under the pointer stay where they are, and what is gone is shown as gone."""
        events = await self._settle(actor) if self._watched else []
        if topics == ["jobs"] and not events:
            return None
        await self._fill(actor, is_held=is_held)
        return events

    def _sent(self, order_id: UUID | None, row_id: str, doing: str) -> None:
        """An order went out for a row (None: it was refused at once)."""
        self._faults.pop(row_id, None)
        if order_id is not None:
            self._watched[str(order_id)], self._doing[row_id] = row_id, doing

    async def _settle(self, actor: Actor) -> list[Any]:
        """Toasts for the orders that ended since the last look."""
        events = []
        for order in await orders.find_all(actor, [UUID(order_id) for order_id in self._watched]):
            if order.is_open:
                continue
            row_id = self._watched.pop(str(order.id), "")
            self._doing.pop(row_id, None)
            kind, title, detail = outcome_words(order)
            if kind == "crit" and row_id:
                self._faults[row_id] = detail
            events.append(handlers.toast(kind, title, detail, order.code if kind == "crit" else ""))
        return events

    def _marked(self, row: Row) -> Row:
        return replace(row, doing=self._doing.get(row.id, ""), fault=self._faults.get(row.id, ""))


def in_place(shown: list[Row], fresh: list[Row], gone: str) -> list[Row]:
    """The new rows without moving those on screen: what is gone stays and says so, what is new comes last."""
    by_id = {row.id: row for row in fresh}
    kept = [by_id.pop(row.id, None) or replace(row, doing=gone) for row in shown]
    return [*kept, *by_id.values()]
