"""The installation's health and everybody's alerts, looked at again every few seconds."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import ForexEliteError
from forex_elite.services import alerts, health, onboarding
from forex_elite.ui.pages.admin.health.rows import CheckRow, WatchedAlertRow, check_rows, watched_alert_row
from forex_elite.ui.session import STAFF, requires

PAGE = 50


class InstallationState(rx.State):
    """What answers, what is filtered, and the page of alerts."""

    checks: list[CheckRow] = []
    rows: list[WatchedAlertRow] = []
    part: str = ""
    severity: str = ""
    with_over: bool = False
    has_newer: bool = False
    has_older: bool = False
    is_loaded: bool = False
    error_code: str = ""
    _cursors: list[str] = []
    _next: str = ""
    _zone: str = "UTC"

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load everything, the alerts without filters."""
        self._zone = (await onboarding.get_preferences(actor)).time_zone
        self.part, self.severity, self.with_over, self._cursors = "", "", False, []
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """It is time to look again."""
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def look_for(self, actor: Actor, part: str) -> None:
        """Look for a part of an e-mail address."""
        self.part, self._cursors = part[: alerts.LONGEST_SEARCH], []
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_severity(self, actor: Actor, severity: str) -> None:
        """Show warnings or critical alerts only; empty means both."""
        self.severity, self._cursors = (severity if severity in alerts.SEVERITIES else ""), []
        await self._reload(actor)

    @rx.event
    @requires(*STAFF)
    async def show_over(self, actor: Actor, with_over: bool) -> None:
        """Show alerts whose cause is gone as well, or open ones alone."""
        self.with_over, self._cursors = with_over, []
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
        self.checks = check_rows(await health.look(actor))
        try:
            page = await alerts.watch(
                actor,
                part=self.part,
                severity=self.severity,
                is_open=not self.with_over,
                cursor=UUID(self._cursors[-1]) if self._cursors else None,
                limit=PAGE,
            )
        except ForexEliteError as error:
            self.error_code = error.code
        else:
            self.error_code = ""
            self.rows = [watched_alert_row(one, self._zone) for one in page.items]
            self._next = page.next_cursor or ""
            self.has_older, self.has_newer = bool(self._next), bool(self._cursors)
        self.is_loaded = True
