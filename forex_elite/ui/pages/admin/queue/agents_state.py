"""Everybody's agents as staff watch them: filters and a page of them, looked at again every few seconds."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import ForexEliteError
from forex_elite.services import agents
from forex_elite.ui.pages.admin.queue.rows import WatchedAgentRow, watched_agent_row
from forex_elite.ui.session import STAFF, requires

PAGE = 20


class WatchedAgentsState(rx.State):
    """What is filtered, and the page of agents."""

    part: str = ""
    standing: str = ""
    rows: list[WatchedAgentRow] = []
    words: str = ""
    has_newer: bool = False
    has_older: bool = False
    is_loaded: bool = False
    error_code: str = ""
    _cursors: list[str] = []
    _next: str = ""

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load the newest agents without filters."""
        self.part, self.standing, self._cursors = "", "", []
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """It is time to look again; an error is tried again with it."""
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def look_for(self, actor: Actor, part: str) -> None:
        """Look for a part of an agent's name or its owner's e-mail address."""
        self.part, self._cursors = part[: agents.LONGEST_SEARCH], []
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def choose(self, actor: Actor, standing: str) -> None:
        """Show agents of one standing only; empty means all."""
        self.standing, self._cursors = (standing if standing in agents.STANDINGS else ""), []
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def newer(self, actor: Actor) -> None:
        """The page before."""
        self._cursors = self._cursors[:-1]
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def older(self, actor: Actor) -> None:
        """The next page."""
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._reload(actor)

    async def _reload(self, actor: Actor) -> None:
        try:
            page, (total, online) = await agents.watch(
                actor,
                part=self.part,
                standing=self.standing,
                cursor=UUID(self._cursors[-1]) if self._cursors else None,
                limit=PAGE,
            )
        except ForexEliteError as error:
            self.error_code = error.code
        else:
            self.error_code = ""
            self.rows = [watched_agent_row(one) for one in page.items]
            self.words = f"{online:,} of {total:,} online"
            self._next = page.next_cursor or ""
            self.has_older, self.has_newer = bool(self._next), bool(self._cursors)
        self.is_loaded = True
