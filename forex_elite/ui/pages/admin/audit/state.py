"""The audit log of everybody: filters, a page of records, and the one that is open."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput
from forex_elite.services import audit, onboarding
from forex_elite.ui import figures
from forex_elite.ui.pages.admin.audit.rows import RecordRow, record_row
from forex_elite.ui.paging import StaffPagingMixin
from forex_elite.ui.session import STAFF, public, requires

PAGE = 50
LONGEST_ACTION = 64


class AuditState(StaffPagingMixin, rx.State):
    """What is filtered, and the page of records."""

    action: str = ""
    person: str = ""
    rows: list[RecordRow] = []
    open_id: str = ""
    zone: str = "UTC"
    _zone: str = "UTC"

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load the newest records without filters."""
        self._zone = (await onboarding.get_preferences(actor)).time_zone
        self.zone = figures.zone_label(self._zone)
        self.action, self.person, self.open_id = "", "", ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_action(self, actor: Actor, action: str) -> None:
        """Show actions that begin so; empty means all."""
        self.action = action.strip()[:LONGEST_ACTION]
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_person(self, actor: Actor, user_id: str) -> None:
        """Show what was done to one person's things; empty means everybody's."""
        if user_id:
            try:
                user_id = str(UUID(user_id))
            except ValueError as malformed:
                raise InvalidInput("There is no such person.", field="person") from malformed
        self.person = user_id
        await self._fill_first(actor)

    @rx.event
    @public
    async def toggle(self, record_id: str) -> None:
        """Show or hide what a record says was before and after."""
        self.open_id = "" if self.open_id == record_id else record_id

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            page = await audit.list_records(
                actor,
                user_id=UUID(self.person) if self.person else None,
                action=self.action,
                cursor=self._cursor(),
                limit=PAGE,
            )
            self.rows = [record_row(entry, self._zone) for entry in page.items]
            self._turned(page.next_cursor)
