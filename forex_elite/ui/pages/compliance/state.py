"""Reports: ask for one, watch it being made, download it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite import clock
from forex_elite.domain.compliance import FileKind
from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput
from forex_elite.services import onboarding
from forex_elite.services.compliance import files
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.compliance.rows import FileRow, file_row
from forex_elite.ui.session import requires


def _report(kind: str) -> FileKind:
    if kind not in set(FileKind) - {FileKind.PERSONAL}:
        raise InvalidInput("There is no such report.", field="kind")
    return FileKind(kind)


class ComplianceState(LoadingMixin, rx.State):
    """What the compliance page shows."""

    rows: list[FileRow] = []
    month: str = ""
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the files; the month proposed is the present one (UTC)."""
        self.errors = {}
        self.month = f"{clock.now():%Y-%m}"
        await self._fill(actor)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """A file went on, is ready, or failed."""
        await self._fill(actor)

    @rx.event
    @requires()
    async def ask(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Ask for a report."""
        self.errors, self.is_busy = {}, True
        yield
        try:
            kind, file_format = str(form.get("kind", "")), str(form.get("format", ""))
            account = str(form.get("account", ""))
            await files.request(
                actor,
                _report(kind),
                file_format,
                month=str(form.get("month", "")),
                account_id=identifier(account, "account") if account else None,
            )
            await self._fill(actor)
            yield handlers.toast("ok", "The report is being made", "It appears below; you may leave the page.")
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def remove(self, actor: Actor, which: str) -> None:
        """Delete a file; it can be made again."""
        await files.remove(actor, identifier(which, "file"))
        await self._fill(actor)

    async def _fill(self, actor: Actor) -> None:
        with self._loading():
            found = await files.list_files(actor)
            zone_name = (await onboarding.get_preferences(actor)).time_zone
            self.rows = [file_row(one, zone_name) for one in found if one.kind is not FileKind.PERSONAL]
