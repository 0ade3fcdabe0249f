"""A command on its way: asked, answered account by account, and tried again where it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.automation import AlgoSettings, CommandRun, EaCommand
from forex_elite.domain.identity import Actor
from forex_elite.errors import InvalidInput, NotFound
from forex_elite.services import ea_commands
from forex_elite.ui import handlers
from forex_elite.ui.automation.rows import (
    MODES,
    VERBS,
    AnswerRow,
    SettingsForm,
    answer_row,
    failed_words,
    read_settings,
)
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.session import public, requires

_LONGEST = 20


class AutomationState(rx.State):
    """The last command with its answers, and the settings for the next one."""

    is_open: bool = False
    is_final: bool = True
    title: str = ""
    summary: str = ""
    answers: list[AnswerRow] = []
    retry: str = ""
    settings: SettingsForm = SettingsForm()
    errors: dict[str, str] = {}
    _run: CommandRun | None = None

    @rx.event
    @requires()
    async def command_all(self, actor: Actor, command: str) -> Any:
        """Ask every enabled account, with the settings as typed."""
        return await self._begin(actor, command, with_settings=True)

    @rx.event
    @requires()
    async def command_group(self, actor: Actor, command: str, group_id: str) -> Any:
        """Ask the enabled accounts of a group, with the settings as typed."""
        return await self._begin(actor, command, group_id=identifier(group_id, "group"), with_settings=True)

    @rx.event
    @requires()
    async def command_account(self, actor: Actor, command: str, account_id: str) -> Any:
        """Ask one account; its settings stay."""
        return await self._begin(actor, command, accounts=[identifier(account_id, "account")])

    @rx.event
    @requires()
    async def try_again(self, actor: Actor) -> Any:
        """Ask those again that have not confirmed it, with the same settings."""
        run = self._run
        if run is None or not run.is_final:
            return None
        failed = [one.account_id for one in run.answers if not one.is_success]
        return await self._ask(actor, run.command, failed, None, run.settings)

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Something ended somewhere: see who has answered."""
        if self._run is not None and not self._run.is_final:
            self._show(await ea_commands.look(actor, self._run))

    @rx.event
    @public
    async def fill(self, field: str, value: str) -> None:
        """Type a setting."""
        is_mode = field == "safety_mode"
        if field in SettingsForm.__slots__ and (not is_mode or value in {mode for mode, _ in MODES}):
            self.settings = replace(self.settings, **{field: value[:_LONGEST]})

    @rx.event
    @public
    async def close(self) -> None:
        """Close the answers; what is under way goes on."""
        self.is_open = False

    async def _begin(
        self,
        actor: Actor,
        command: str,
        *,
        accounts: Sequence[UUID] | None = None,
        group_id: UUID | None = None,
        with_settings: bool = False,
    ) -> Any:
        self.errors = {}
        try:
            settings = read_settings(self.settings) if with_settings else None
            return await self._ask(actor, EaCommand(command), accounts, group_id, settings)
        except InvalidInput as refusal:
            self.errors = handlers.problems_of(refusal)
            return None
        except ValueError as unknown:
            raise NotFound("There is no such command.") from unknown

    async def _ask(
        self,
        actor: Actor,
        command: EaCommand,
        accounts: Sequence[UUID] | None,
        group_id: UUID | None,
        settings: AlgoSettings | None,
    ) -> Any:
        self._show(await ea_commands.begin(actor, command, account_ids=accounts, group_id=group_id, settings=settings))
        self.is_open = True
        return handlers.reload_page_data()

    def _show(self, run: CommandRun) -> None:
        self._run = run
        self.title = f"{VERBS[run.command]} automation"
        self.summary = run.message
        self.answers = [answer_row(one) for one in run.answers]
        self.is_final = run.is_final
        self.retry = failed_words(run)
