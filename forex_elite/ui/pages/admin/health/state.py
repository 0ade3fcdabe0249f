"""The installation's health and everybody's alerts, looked at again every few seconds."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.services import alerts, health, onboarding
from forex_elite.ui.pages.admin.health.rows import CheckRow, WatchedAlertRow, check_rows, watched_alert_row
from forex_elite.ui.paging import StaffPagingMixin
from forex_elite.ui.session import STAFF, requires

PAGE = 50


class InstallationState(StaffPagingMixin, rx.State):
    """What answers, what is filtered, and the page of alerts."""

    checks: list[CheckRow] = []
    rows: list[WatchedAlertRow] = []
    part: str = ""
    severity: str = ""
    with_over: bool = False
    _zone: str = "UTC"

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load everything, the alerts without filters."""
        self._zone = (await onboarding.get_preferences(actor)).time_zone
        self.part, self.severity, self.with_over = "", "", False
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """It is time to look again."""
        await self._fill(actor)

    @rx.event
    @requires(*STAFF)
    async def look_for(self, actor: Actor, part: str) -> None:
        """Look for a part of an e-mail address."""
        self.part = part[: alerts.LONGEST_SEARCH]
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_severity(self, actor: Actor, severity: str) -> None:
        """Show warnings or critical alerts only; empty means both."""
        self.severity = severity if severity in alerts.SEVERITIES else ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def show_over(self, actor: Actor, with_over: bool) -> None:
        """Show alerts whose cause is gone as well, or open ones alone."""
        self.with_over = with_over
        await self._fill_first(actor)

    async def _fill(self, actor: Actor) -> None:
        self.checks = check_rows(await health.look(actor))
        with self._loading():
            page = await alerts.watch(
                actor,
                part=self.part,
                severity=self.severity,
                is_open=not self.with_over,
                cursor=self._cursor(),
                limit=PAGE,
            )
            self.rows = [watched_alert_row(one, self._zone) for one in page.items]
            self._turned(page.next_cursor)
