"""Settings: profile, appearance, limits, password, sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput
from forex_elite.services import onboarding, passwords, people, sessions
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.settings.rows import SessionRow, session_row
from forex_elite.ui.preferences import RiskRow, read_risk, risk_row
from forex_elite.ui.session import SessionState, public, requires


class SettingsState(rx.State):
    """The forms of the settings page; each has its own errors and busy mark."""

    display_name: str = ""
    email: str = ""
    member_since: str = ""
    risk: RiskRow = RiskRow()
    disclaimer: str = ""
    rows: list[SessionRow] = []
    errors: dict[str, str] = {}
    busy: str = ""
    is_loaded: bool = False
    is_asking_others: bool = False
    password_form: int = 0

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load all sections."""
        self.errors = {}
        person = await people.get_profile(actor)
        preferences = await onboarding.get_preferences(actor)
        self.display_name, self.email = person.display_name, person.email
        self.member_since = person.created_at.strftime("%d %b %Y").lstrip("0")
        self.risk = risk_row(preferences)
        self.disclaimer = preferences.disclaimer_version
        await self._load_sessions(actor)
        self.is_loaded = True

    @rx.event
    @requires()
    async def save_profile(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Change the display name."""
        self.busy, self.errors = "profile", {}
        yield
        try:
            await people.rename(actor, str(form.get("display_name", "")))
            self.display_name = (await people.get_profile(actor)).display_name
            yield [SessionState.load, handlers.toast("ok", "Name saved")]
        except InvalidInput as refusal:
            self.errors = {"display_name": refusal.message}
        finally:
            self.busy = ""

    @rx.event
    @requires()
    async def choose_appearance(self, actor: Actor, theme: str, palette: str) -> None:
        """Store theme and palette with the person; the page has applied them already."""
        preferences = await onboarding.get_preferences(actor)
        await onboarding.save_preferences(actor, replace(preferences, theme=theme, pnl_palette=palette))

    @rx.event
    @requires()
    async def save_risk(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Store limits and time zone."""
        self.busy, self.errors = "risk", {}
        yield
        try:
            wanted = read_risk(form, await onboarding.get_preferences(actor))
            self.risk = risk_row(await onboarding.save_preferences(actor, wanted))
            await self._load_sessions(actor)
            yield [SessionState.load, handlers.toast("ok", "Limits saved", "They hold from the next alert on.")]
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.busy = ""

    @rx.event
    @requires()
    async def change_password(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Change the password and end the other sessions."""
        self.errors = {}
        if form.get("new") != form.get("again"):
            self.errors = {"again": "The two new passwords differ."}
            return
        self.busy = "password"
        yield
        try:
            ended = await people.change_password(actor, str(form.get("current", "")), str(form.get("new", "")))
            self.password_form += 1
            await self._load_sessions(actor)
            yield handlers.toast("ok", "Password changed", f"Other sessions ended: {ended}.")
        except passwords.WrongCredentials as refusal:
            self.errors = {"current": refusal.message}
        except InvalidInput as refusal:
            self.errors = {"new": refusal.message}
        finally:
            self.busy = ""

    @rx.event
    @requires()
    async def revoke(self, actor: Actor, session_id: str) -> Any:
        """End one session; ending the present one logs out."""
        wanted = identifier(session_id, "session")
        await sessions.revoke(actor, wanted)
        if wanted == actor.session_id:
            return rx.redirect("/login")
        await self._load_sessions(actor)
        return handlers.toast("ok", "Session ended")

    @rx.event
    @public
    async def ask_revoke_others(self) -> None:
        """Ask before all other sessions end."""
        self.is_asking_others = True

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave the sessions as they are."""
        self.is_asking_others = False

    @rx.event
    @requires()
    async def revoke_others(self, actor: Actor) -> Any:
        """End all sessions but this one."""
        ended = await sessions.revoke_others(actor)
        self.is_asking_others = False
        await self._load_sessions(actor)
        return handlers.toast("ok", "Other sessions ended", str(ended))

    async def _load_sessions(self, actor: Actor) -> None:
        self.rows = [session_row(info, self.risk.time_zone) for info in await sessions.list_sessions(actor)]
