"""The agents page: list, pair, rotate a key, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reflex as rx

from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import agents, onboarding
from forex_elite.settings import settings
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.agents.rows import KEY_MARK, AgentRow, StartForm, agent_row, is_in_clear, start_command
from forex_elite.ui.session import public, requires

_LONGEST = 80


class AgentsState(LoadingMixin, rx.State):
    """The actor's agents and the dialog that is open, if any."""

    rows: list[AgentRow] = []
    dialog: str = ""
    subject_id: str = ""
    subject_name: str = ""
    subject_accounts: str = ""
    is_subject_online: bool = False
    errors: dict[str, str] = {}
    is_busy: bool = False
    start: StartForm = StartForm()
    command: str = ""
    is_in_clear: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the list; `?new=1` opens the dialog for a new agent."""
        self._forget()
        await self._reload(actor)
        if self.router.url.query_parameters.get("new") == "1":
            self.dialog = "create"

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """An agent came, went or was changed elsewhere."""
        await self._reload(actor)

    @rx.event
    @requires()
    async def open_create(self, actor: Actor) -> None:
        """Ask for the name of a new agent."""
        self._forget()
        self.dialog = "create"

    @rx.event
    @requires()
    async def create(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Make the agent and show its key this once."""
        self.is_busy = True
        self.errors = {}
        yield
        try:
            made, key = await agents.create(actor, str(form.get("name", "")), str(form.get("kind", "dedicated")))
            self._explain_start(str(made.id), made.name)
            await self._reload(actor)
            yield handlers.hand_over(pairing_key=key)
        except InvalidInput as refusal:
            self.errors = {handlers.field_of(refusal): refusal.message}
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def ask_rotate(self, actor: Actor, agent_id: str) -> None:
        """Ask before the old key dies."""
        self._choose(agent_id, "rotate")

    @rx.event
    @requires()
    async def rotate(self, actor: Actor) -> Any:
        """Replace the key and show the new one this once."""
        self.is_busy = True
        yield
        try:
            key = await agents.rotate_key(actor, identifier(self.subject_id, "agent"))
            self._explain_start(self.subject_id, self.subject_name)
            await self._reload(actor)
            yield handlers.hand_over(pairing_key=key)
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def ask_delete(self, actor: Actor, agent_id: str) -> None:
        """Ask before the agent is deleted."""
        self._choose(agent_id, "delete")

    @rx.event
    @requires()
    async def delete(self, actor: Actor) -> Any:
        """Delete the agent; its accounts keep their history."""
        self.is_busy = True
        yield
        try:
            name = self.subject_name
            await agents.delete(actor, identifier(self.subject_id, "agent"))
            self._forget()
            await self._reload(actor)
            yield handlers.toast("ok", f"Agent {name} deleted", "Its accounts keep their history and show as stored.")
        finally:
            self.is_busy = False

    @rx.event
    @public
    async def fill_start(self, field: str, value: str) -> None:
        """Say which terminal the agent shall stand beside, and write its command anew."""
        if field in StartForm.__slots__ and self.dialog == "key":
            self.start = replace(self.start, **{field: value.strip()[:_LONGEST]})
            self._write_command()

    @rx.event
    @public
    async def close_dialog(self) -> Any:
        """Close what is open; a key that was shown is gone."""
        self._forget()
        return handlers.hand_over(pairing_key="")

    def _forget(self) -> None:
        self.dialog = ""
        self.errors = {}
        self.command = ""
        self.start = StartForm()
        self.subject_id = ""
        self.subject_name = ""
        self.subject_accounts = ""

    def _choose(self, agent_id: str, dialog: str) -> None:
        for row in self.rows:
            if row.id == agent_id:
                self._forget()
                self.subject_id, self.subject_name, self.subject_accounts = row.id, row.name, row.accounts
                self.dialog = dialog
                return
        raise NotFound("There is no such agent.")

    def _explain_start(self, agent_id: str, name: str) -> None:
        self.subject_id, self.subject_name = agent_id, name
        self._write_command()
        self.dialog = "key"

    def _write_command(self) -> None:
        url = settings().public_url.rstrip("/") or self.router.url.origin or settings().url
        self.is_in_clear = is_in_clear(url)
        self.command = start_command(url, self.subject_id, KEY_MARK, self.start)

    async def _reload(self, actor: Actor) -> None:
        with self._loading():
            preferences = await onboarding.get_preferences(actor)
            self.rows = [agent_row(agent, preferences.time_zone) for agent in await agents.list_agents(actor)]
            self.is_subject_online = any(row.id == self.subject_id and row.is_online for row in self.rows)
