"""People as staff manage them: a page of them, and the dialog that is open, if any."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor, Role
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import onboarding, users
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.admin.users.rows import UserRow, user_row
from forex_elite.ui.pages.settings.rows import SessionRow, session_row
from forex_elite.ui.paging import StaffPagingMixin
from forex_elite.ui.session import STAFF, public, requires

PAGE = 50
STOPPING = "New entries are stopped. Agents and queue tells when each agent has taken its experts off."
DIALOGS = frozenset({"role", "suspend", "reinstate", "log-out", "sessions"})


class UsersState(StaffPagingMixin, rx.State):
    """Filters, the page of people, and whom the open dialog is about."""

    part: str = ""
    role: str = ""
    standing: str = ""
    rows: list[UserRow] = []
    dialog: str = ""
    subject_id: str = ""
    subject_name: str = ""
    subject_role: str = ""
    sessions: list[SessionRow] = []
    errors: dict[str, str] = {}
    is_busy: bool = False
    _zone: str = "UTC"

    @rx.event
    @requires(*STAFF)
    async def load(self, actor: Actor) -> None:
        """Load the newest page without filters."""
        self._zone = (await onboarding.get_preferences(actor)).time_zone
        self.part, self.role, self.standing, self.dialog = "", "", "", ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def retry(self, actor: Actor) -> None:
        """Try again after an error."""
        await self._fill(actor)

    @rx.event
    @requires(*STAFF)
    async def search(self, actor: Actor, part: str) -> None:
        """Look for a part of a name or an e-mail address."""
        self.part = part[: users.LONGEST_SEARCH]
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_role(self, actor: Actor, role: str) -> None:
        """Show one role only; empty means all."""
        if role and role not in {one.value for one in users.ROLES}:
            raise InvalidInput("There is no such role.", field="role")
        self.role = role
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def choose_standing(self, actor: Actor, standing: str) -> None:
        """Show active or suspended people only; empty means all."""
        self.standing = standing if standing in {"active", "suspended"} else ""
        await self._fill_first(actor)

    @rx.event
    @requires(*STAFF)
    async def ask(self, actor: Actor, dialog: str, user_id: str) -> None:
        """Open a dialog about a person on the page."""
        row = next((one for one in self.rows if one.id == user_id), None)
        if row is None or dialog not in DIALOGS:
            raise NotFound("There is no such person.")
        self.subject_id, self.subject_name, self.subject_role, self.errors = row.id, row.name, row.role, {}
        if dialog == "sessions":
            found = await users.list_sessions(actor, identifier(user_id, "person"))
            self.sessions = [session_row(one, self._zone) for one in found]
        self.dialog = dialog

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave the person as they are."""
        self.dialog, self.sessions, self.errors = "", [], {}

    @rx.event
    @requires(Role.SUPER_ADMIN)
    async def set_role(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Give the person another role."""
        wanted = str(form.get("role", ""))
        if wanted not in {one.value for one in users.ROLES}:
            raise InvalidInput("There is no such role.", field="role")
        self.is_busy = True
        yield
        try:
            await users.set_role(actor, identifier(self.subject_id, "person"), Role(wanted))
            yield await self._done(actor, "Role changed", f"{self.subject_name} has to log in again.")
        finally:
            self.is_busy = False

    @rx.event
    @requires(*STAFF)
    async def suspend(self, actor: Actor) -> Any:
        """Shut the person out."""
        self.is_busy = True
        yield
        try:
            await users.suspend(actor, identifier(self.subject_id, "person"))
            yield await self._done(actor, f"{self.subject_name} is suspended", STOPPING)
        finally:
            self.is_busy = False

    @rx.event
    @requires(*STAFF)
    async def reinstate(self, actor: Actor) -> Any:
        """Let the person in again."""
        self.is_busy = True
        yield
        try:
            await users.reinstate(actor, identifier(self.subject_id, "person"))
            yield await self._done(actor, f"{self.subject_name} can log in again")
        finally:
            self.is_busy = False

    @rx.event
    @requires(*STAFF)
    async def log_out(self, actor: Actor) -> Any:
        """End all sessions of the person."""
        self.is_busy = True
        yield
        try:
            ended = await users.log_out(actor, identifier(self.subject_id, "person"))
            yield await self._done(actor, f"{figures.count(ended, 'session')} ended")
        finally:
            self.is_busy = False

    async def _done(self, actor: Actor, title: str, detail: str = "") -> Any:
        self.dialog = ""
        await self._fill(actor)
        return handlers.toast("ok", title, detail)

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            page = await users.list_users(
                actor,
                part=self.part,
                role=Role(self.role) if self.role else None,
                is_active={"active": True, "suspended": False}.get(self.standing),
                cursor=self._cursor(),
                limit=PAGE,
            )
            self.rows = [user_row(one, actor, self._zone) for one in page.items]
            self._turned(page.next_cursor)
