"""API tokens on the settings page: listed, made, shown once, revoked."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import Refused
from forex_elite.services import api_tokens, onboarding
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.pages.settings.rows import SCOPE_FIELD, TokenRow, token_row
from forex_elite.ui.session import public, requires

LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until I revoke it"))


class TokensState(rx.State):
    """The live tokens, and the dialog that is open: `create`, `shown` or `revoke`."""

    rows: list[TokenRow] = []
    dialog: str = ""
    subject_id: str = ""
    subject_name: str = ""
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the list."""
        self._forget()
        await self._reload(actor)

    @rx.event
    @public
    async def open_create(self) -> None:
        """Ask what the token is for."""
        self._forget()
        self.dialog = "create"

    @rx.event
    @public
    async def close(self) -> Any:
        """Close what is open; a token that was shown is gone."""
        self._forget()
        return handlers.hand_over(api_token="")

    @rx.event
    @requires()
    async def create(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Make the token and show it this once."""
        self.is_busy, self.errors = True, {}
        yield
        try:
            days = str(form.get("days", ""))
            scopes = [
                name.removeprefix(SCOPE_FIELD) for name, on in form.items() if name.startswith(SCOPE_FIELD) and on
            ]
            info, token = await api_tokens.create(
                actor, str(form.get("name", "")), scopes, days=int(days) if days in {"30", "90", "365"} else None
            )
            self.subject_name, self.dialog = info.name, "shown"
            await self._reload(actor)
            yield handlers.hand_over(api_token=token)
        except Refused as refusal:
            self.errors = handlers.problems_of(refusal)
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def ask_revoke(self, actor: Actor, token_id: str) -> None:
        """Ask before a token ends."""
        for row in self.rows:
            if row.id == token_id:
                self.subject_id, self.subject_name, self.dialog = row.id, row.name, "revoke"

    @rx.event
    @requires()
    async def revoke(self, actor: Actor) -> Any:
        """End the token at once."""
        name = self.subject_name
        await api_tokens.revoke(actor, identifier(self.subject_id, "token"))
        self._forget()
        await self._reload(actor)
        return handlers.toast("ok", f"Token {name} revoked", "Programs that use it are refused from now on.")

    def _forget(self) -> None:
        self.dialog, self.subject_id, self.subject_name, self.errors = "", "", "", {}

    async def _reload(self, actor: Actor) -> None:
        zone = (await onboarding.get_preferences(actor)).time_zone
        self.rows = [token_row(info, zone) for info in await api_tokens.list_tokens(actor)]
