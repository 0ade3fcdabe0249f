"""Lists in pages by cursor, as the states of pages share them: where one is, and the way back and on."""

from __future__ import annotations

from abc import abstractmethod
from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.session import STAFF, requires


class CursorMixin(LoadingMixin, mixin=True):
    """Where one is in a list. The state has `_fill` to load the page there, and handlers that turn to another."""

    has_previous: bool = False
    has_next: bool = False
    _cursors: list[str] = []
    _next: str = ""

    @abstractmethod
    async def _fill(self, actor: Actor) -> None:
        """Load the page after `_cursor` and say so by `_turned`."""

    def _cursor(self) -> UUID | None:
        """The row the page comes after, None on the first page."""
        return UUID(self._cursors[-1]) if self._cursors else None

    def _turned(self, next_cursor: str | None) -> None:
        """The page is on screen, and this is where the next one begins, if there is one."""
        self._next = next_cursor or ""
        self.has_previous, self.has_next = bool(self._cursors), bool(self._next)

    async def _fill_first(self, actor: Actor) -> None:
        self._cursors = []
        await self._fill(actor)

    async def _fill_previous(self, actor: Actor) -> None:
        self._cursors = self._cursors[:-1]
        await self._fill(actor)

    async def _fill_next(self, actor: Actor) -> None:
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._fill(actor)


class PagingMixin(CursorMixin, mixin=True):
    """A list anybody signed in may turn."""

    @rx.event
    @requires()
    async def previous_page(self, actor: Actor) -> None:
        """The page before."""
        await self._fill_previous(actor)

    @rx.event
    @requires()
    async def next_page(self, actor: Actor) -> None:
        """The next page."""
        await self._fill_next(actor)


class StaffPagingMixin(CursorMixin, mixin=True):
    """A list staff alone may turn."""

    @rx.event
    @requires(*STAFF)
    async def previous_page(self, actor: Actor) -> None:
        """The page before."""
        await self._fill_previous(actor)

    @rx.event
    @requires(*STAFF)
    async def next_page(self, actor: Actor) -> None:
        """The next page."""
        await self._fill_next(actor)
