"""Everybody's log lines: filters, a page of them, and whether new ones are followed."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput
from forex_elite.services import logs, onboarding
from forex_elite.ui import figures
from forex_elite.ui.pages.admin.logs.rows import LEVELS, LineRow, export_address, line_row
from forex_elite.ui.paging import StaffPagingMixin
from forex_elite.ui.session import STAFF, requires

PAGE = 100
TEXTS = frozenset({"person", "part", "source"})


class LogsState(StaffPagingMixin, rx.State):
    """What is filtered, and the page of lines."""

    person: str = ""
    part: str = ""
    source: str = ""
    level: str = ""
    is_following: bool = True
    rows: list[LineRow] = []
    zone: str = "UTC"
    export: str = "/api/admin/logs/download"
    _zone: str = "UTC"

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load the newest lines without filters."""
        self._zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._zone)
        self.person, self.part, self.source, self.level = "", "", "", ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Lines were stored; the first page shows them unless rows are held or they are not followed."""
        if "reload" in topics or (self.is_following and not is_held and not self._cursors):
            await self._fill(actor)

    @rx.event
    @requires(*STAFF)
    async def look_for(self, actor: Actor, field: str, text: str) -> None:
        """Filter by a part of an e-mail address or a message, or by a source."""
        if field not in TEXTS:
            raise InvalidInput("There is no such filter.", field=field)
        setattr(self, field, text[: logs.LONGEST_SEARCH])
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_level(self, actor: Actor, level: str) -> None:
        """Choose the mildest level shown; empty means all."""
        self.level = level if level in LEVELS else ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def follow(self, actor: Actor, is_following: bool) -> None:
        """Show new lines as they come, or hold the page still."""
        self.is_following = is_following
        await self._fill(actor)

    async def _fill(self, actor: Actor) -> None:
        wanted = logs.LogFilter(self.person, self.part, self.source, self.level or None)
        self.export = export_address(wanted)
        with self._loading():
            page = await logs.watch(actor, wanted, cursor=self._cursor(), limit=PAGE)
            self.rows = [line_row(line, self._zone) for line in page.items]
            self._turned(page.next_cursor)
