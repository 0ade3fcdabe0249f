"""Everybody's agents as staff watch them: filters and a page of them, looked at again every few seconds."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.services import agents
from forex_elite.ui.pages.admin.queue.rows import WatchedAgentRow, watched_agent_row
from forex_elite.ui.paging import StaffPagingMixin
from forex_elite.ui.session import STAFF, requires

PAGE = 20


class WatchedAgentsState(StaffPagingMixin, rx.State):
    """What is filtered, and the page of agents."""

    part: str = ""
    standing: str = ""
    rows: list[WatchedAgentRow] = []
    words: str = ""

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load the newest agents without filters."""
        self.part, self.standing = "", ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """It is time to look again; an error is tried again with it."""
        await self._fill(actor)

    @rx.event
    @requires(*STAFF)
    async def look_for(self, actor: Actor, part: str) -> None:
        """Look for a part of an agent's name or its owner's e-mail address."""
        self.part = part[: agents.LONGEST_SEARCH]
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose(self, actor: Actor, standing: str) -> None:
        """Show agents of one standing only; empty means all."""
        self.standing = standing if standing in agents.STANDINGS else ""
        await self._fill_first(actor)

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            page, (total, online) = await agents.watch(
                actor, part=self.part, standing=self.standing, cursor=self._cursor(), limit=PAGE
            )
            self.rows = [watched_agent_row(one) for one in page.items]
            self.words = f"{online:,} of {total:,} online"
            self._turned(page.next_cursor)
