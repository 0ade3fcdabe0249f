"""Everything about a person: their archive, what they agreed to, and their erasure."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.compliance import FileKind
from forex_elite.domain.identity import Actor
from forex_elite.services import consents, onboarding, passwords
from forex_elite.services.compliance import erasure, files
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.compliance.rows import FileRow, file_row
from forex_elite.ui.pages.privacy.rows import ConsentRow, consent_row
from forex_elite.ui.session import public, requires


class PrivacyState(LoadingMixin, rx.State):
    """What the privacy settings show."""

    rows: list[FileRow] = []
    consents: list[ConsentRow] = []
    zone: str = "UTC"
    running: str = ""
    errors: dict[str, str] = {}
    busy: str = ""
    is_asking: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load archives and consents."""
        self.errors, self.is_asking = {}, False
        await self._fill(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """An archive went on, is ready, or failed."""
        await self._fill(actor)

    @rx.event
    @requires()
    async def export(self, actor: Actor) -> Any:
        """Ask for everything about oneself."""
        self.busy = "export"
        yield
        try:
            await files.request(actor, FileKind.PERSONAL, "zip")
            await self._fill(actor)
            yield handlers.toast("ok", "Your archive is being made", "You are told when it is ready.")
        finally:
            self.busy = ""

    @rx.event
    @requires()
    async def remove(self, actor: Actor, which: str) -> None:
        """Delete an archive; it can be made again."""
        await files.remove(actor, identifier(which, "file"))
        await self._fill(actor)

    @rx.event
    @requires()
    async def ask_erase(self, actor: Actor) -> None:
        """Ask before the person is erased, with what goes on without them."""
        found = await erasure.consequences(actor)
        parts = [
            figures.count(found.positions, "open position") if found.positions else "",
            figures.count(found.experts, "expert on a chart", "experts on charts") if found.experts else "",
        ]
        self.running = " and ".join(part for part in parts if part)
        self.errors, self.is_asking = {}, True

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Stay."""
        self.errors, self.is_asking = {}, False

    @rx.event
    @requires()
    async def erase(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Erase the person; the password proves that it is them."""
        self.errors, self.busy = {}, "erase"
        yield
        try:
            address = str(self.router.session.client_ip or "")
            await erasure.erase(actor, str(form.get("password", ""))[:300], address=address)
            self.is_asking = False
            yield rx.call_script("window.location.assign('/login')")
        except passwords.WrongCredentials as refusal:
            self.errors = {"password": refusal.message}
        except erasure.LastOwner as refusal:
            self.errors = {"password": refusal.message}
        finally:
            self.busy = ""

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            found = await files.list_files(actor)
            agreed = await consents.history(actor)
            zone_name = (await onboarding.get_preferences(actor)).time_zone
            self.zone = figures.zone_label(zone_name)
            self.rows = [file_row(one, zone_name) for one in found if one.kind is FileKind.PERSONAL]
            self.consents = [consent_row(one, place, zone_name) for place, one in enumerate(agreed)]
