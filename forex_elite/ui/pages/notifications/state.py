"""One page of what a person was told, newest first."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.domain.notifications import EVENTS
from forex_elite.errors import InvalidInput
from forex_elite.services import alerts, onboarding
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.notifications.rows import NotificationRow, notification_row
from forex_elite.ui.paging import PagingMixin
from forex_elite.ui.session import requires
from forex_elite.ui.shell.state import ShellState

PAGE = 30


class NotificationsState(PagingMixin, rx.State):
    """What the notification centre shows."""

    rows: list[NotificationRow] = []
    only_unread: bool = False
    event: str = ""
    unread: int = 0
    words: str = ""
    new_count: int = 0

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the newest page."""
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Something happened; older pages and rows somebody is at stay as they are."""
        if self._cursors or is_held:
            page = await alerts.list_page(actor, is_unread=self.only_unread, event=self.event, limit=PAGE)
            known = {row.id for row in self.rows}
            self.new_count = 0 if self._cursors else sum(str(alert.id) not in known for alert in page.items)
            return
        await self._fill(actor)

    @rx.event
    @requires()
    async def show(self, actor: Actor, which: str) -> None:
        """All notifications, or unread ones only."""
        self.only_unread = which == "unread"
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def choose_event(self, actor: Actor, event: str) -> None:
        """Those of one kind of event only; empty is all."""
        if event and event not in {one.code for one in EVENTS}:
            raise InvalidInput("There is no such event.", field="event")
        self.event = event
        await self._fill_first(actor)

    @rx.event
    @requires()
    async def mark(self, actor: Actor, alert_id: str, is_read: bool) -> Any:
        """Mark one as read or unread."""
        wanted = identifier(alert_id, "notification")
        if is_read:
            await alerts.acknowledge(actor, wanted)
        else:
            await alerts.mark_unread(actor, wanted)
        await self._fill(actor)
        return ShellState.load

    @rx.event
    @requires()
    async def mark_all_read(self, actor: Actor) -> Any:
        """Mark everything as read."""
        touched = await alerts.acknowledge(actor)
        await self._fill(actor)
        return [ShellState.load, handlers.toast("ok", f"{figures.count(touched, 'notification')} marked as read")]

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            page = await alerts.list_page(
                actor, is_unread=self.only_unread, event=self.event, cursor=self._cursor(), limit=PAGE
            )
            told = await alerts.deliveries(actor, [alert.id for alert in page.items])
            zone_name = (await onboarding.get_preferences(actor)).time_zone
            self.unread = await alerts.count_unread(actor, with_notices=True)
            self.rows = [notification_row(alert, told.get(alert.id, ()), zone_name) for alert in page.items]
            self.words = figures.span(len(self._cursors) * PAGE, len(self.rows)) or "None"
            self.new_count = 0
            self._turned(page.next_cursor)
