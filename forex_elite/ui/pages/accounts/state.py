"""The accounts page: the list, groups, and one account's forms. Passwords never come here, see `password.jsx`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.account_setup import AccountSetup
from forex_elite.domain.identity import Actor
from forex_elite.domain.terminals import ENABLED_LIMIT
from forex_elite.errors import InvalidInput
from forex_elite.services import account_setup, accounts, agents, onboarding
from forex_elite.ui import handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.loading import LoadingMixin
from forex_elite.ui.pages.accounts.forms import (
    DayRow,
    LimitRow,
    SetupForm,
    day_rows,
    limit_rows,
    merged,
    read_symbols,
    setup_form,
)
from forex_elite.ui.pages.accounts.rows import (
    AccountRow,
    GroupRow,
    Option,
    account_row,
    agent_options,
    group_options,
    group_row,
)
from forex_elite.ui.session import public, requires
from forex_elite.ui.shell.state import account_title

TABS = ("place", "limits", "hours", "symbols")


def _id(text: str) -> UUID:
    return identifier(text, "account")


def _typed(form: dict[str, Any], name: str) -> str:
    """What a field holds; one that is not on the page comes as None."""
    return str(form.get(name) or "").strip()


def _chosen(form: dict[str, Any], name: str) -> UUID | None:
    text = _typed(form, name)
    return identifier(text, name.removesuffix("_id")) if text else None


class AccountsState(LoadingMixin, rx.State):
    """The actor's accounts and groups, and the dialog that is open, if any."""

    rows: list[AccountRow] = []
    groups: list[GroupRow] = []
    agents: list[Option] = []
    group_choices: list[Option] = []
    enabled_words: str = ""
    dialog: str = ""
    tab: str = "place"
    form: SetupForm = SetupForm()
    limits: list[LimitRow] = []
    days: list[DayRow] = []
    has_hours: bool = False
    group_id: str = ""
    group_name: str = ""
    version: int = 0
    errors: dict[str, str] = {}
    is_busy: bool = False

    @rx.event
    @requires()
    async def load(self, actor: Actor) -> None:
        """Load the list; `?new=1` opens the form for an account, `?id=` the set-up of one."""
        self.dialog = ""
        await self._reload(actor)
        query = self.router.url.query_parameters
        if query.get("new") == "1":
            self.dialog = "add"
        elif query.get("id", "") and any(row.id == query["id"] for row in self.rows):
            await self._open(actor, query["id"], "place")

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """Something changed elsewhere; a form that is open is left alone."""
        await self._reload(actor)

    @rx.event
    @public
    async def ask_add(self) -> None:
        """Show the form for a new account."""
        self.dialog = "add"

    @rx.event
    @requires()
    async def saved(self, actor: Actor, account_id: str, words: str) -> Any:
        """The browser has stored an account or a password through the API."""
        self.dialog = ""
        await self._reload(actor)
        return [handlers.toast("ok", words[:120]), handlers.reload_page_data()]

    @rx.event
    @requires()
    async def toggle(self, actor: Actor, account_id: str) -> Any:
        """Enable an account for trading, or disable it; the sixth is refused."""
        done = await accounts.toggle(actor, _id(account_id))
        await self._reload(actor)
        state = "enabled for trading" if done.is_enabled else "disabled"
        return handlers.toast("ok", f"{account_title(done.account)} {done.account.login} is {state}")

    @rx.event
    @requires()
    async def open_setup(self, actor: Actor, account_id: str, tab: str) -> None:
        """Show one account's forms."""
        await self._open(actor, account_id, tab)

    @rx.event
    @public
    async def show_tab(self, tab: str) -> None:
        """Turn to another of the account's forms."""
        self.tab, self.errors = (tab if tab in TABS else "place"), {}

    @rx.event
    @public
    async def set_has_hours(self, is_on: bool) -> None:
        """Trade within hours, or always."""
        self.has_hours = is_on is True

    @rx.event
    @requires()
    async def save_place(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Store name, group, agent and path."""
        changes = account_setup.AccountChanges(
            name=_typed(form, "name"),
            terminal_path=_typed(form, "terminal_path"),
            agent_id=_chosen(form, "agent_id"),
            group_id=_chosen(form, "group_id"),
        )
        async for event in self._save(actor, account_setup.change(actor, _id(self.form.id), changes)):
            yield event

    @rx.event
    @requires()
    async def save_limits(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Store the limits; hours and weekend stay."""
        async for event in self._save(actor, self._merge(actor, form, "limits")):
            yield event

    @rx.event
    @requires()
    async def save_hours(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Store hours and weekend; the limits stay."""
        given = {**form, "has_hours": self.has_hours}
        async for event in self._save(actor, self._merge(actor, given, "hours")):
            yield event

    @rx.event
    @requires()
    async def save_symbols(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Store the broker's names of symbols."""
        async for event in self._save(actor, self._map(actor, str(form.get("symbols") or ""))):
            yield event

    @rx.event
    @requires()
    async def resume(self, actor: Actor, account_id: str) -> Any:
        """Lift what the account's limits hold."""
        setup = await account_setup.resume(actor, _id(account_id))
        await self._reload(actor)
        if self.dialog == "setup":
            await self._open(actor, account_id, self.tab)
        return handlers.toast("ok", f"{account_title(setup.info)} resumed", "Its trailing drawdown begins anew.")

    @rx.event
    @public
    async def ask_remove(self) -> None:
        """Ask before the account is taken out of use."""
        self.dialog = "remove"

    @rx.event
    @requires()
    async def remove(self, actor: Actor) -> Any:
        """Take the account out of use."""
        self.is_busy = True
        yield
        try:
            await account_setup.remove(actor, _id(self.form.id))
            self.dialog = ""
            await self._reload(actor)
            yield handlers.toast("ok", f"{self.form.title} removed", "Its trades and its log stay.")
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def ask_group(self, actor: Actor, group_id: str) -> None:
        """Ask for the name of a group, a new one with an empty id."""
        found = [one for one in await account_setup.list_groups(actor) if str(one.id) == group_id]
        self.group_id, self.group_name = (str(found[0].id), found[0].name) if found else ("", "")
        self.errors, self.dialog, self.version = {}, "group", self.version + 1

    @rx.event
    @requires()
    async def save_group(self, actor: Actor, form: dict[str, Any]) -> Any:
        """Make or rename the group."""
        name = _typed(form, "group_name")
        try:
            if self.group_id:
                done = await account_setup.rename_group(actor, identifier(self.group_id, "group"), name)
            else:
                done = await account_setup.add_group(actor, name)
        except (InvalidInput, account_setup.GroupNameTaken) as refusal:
            self.errors = {"group_name": refusal.message}
            return None
        self.dialog = ""
        await self._reload(actor)
        return handlers.toast("ok", f"Group {done.name} saved")

    @rx.event
    @requires()
    async def delete_group(self, actor: Actor) -> Any:
        """Delete the group; its accounts stay."""
        await account_setup.delete_group(actor, identifier(self.group_id, "group"))
        self.dialog = ""
        await self._reload(actor)
        return handlers.toast("ok", f"Group {self.group_name} deleted", "Its accounts stay.")

    @rx.event
    @public
    async def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog, self.errors = "", {}

    async def _merge(self, actor: Actor, form: dict[str, Any], tab: str) -> AccountSetup:
        before = await account_setup.get(actor, _id(self.form.id))
        return await account_setup.set_limits(actor, before.info.id, merged(before.limits, form, tab=tab))

    async def _map(self, actor: Actor, text: str) -> AccountSetup:
        changes = account_setup.AccountChanges(symbol_map=read_symbols(text))
        return await account_setup.change(actor, _id(self.form.id), changes)

    async def _save(self, actor: Actor, work: Any) -> Any:
        self.is_busy, self.errors = True, {}
        yield
        try:
            setup = await work
            self._show(setup)
            await self._reload(actor)
            yield handlers.toast("ok", f"{account_title(setup.info)} saved", "In force at the server from now on.")
            yield handlers.reload_page_data()
        except InvalidInput as refusal:
            self.errors = handlers.problems_of(refusal)
        finally:
            self.is_busy = False

    async def _open(self, actor: Actor, account_id: str, tab: str) -> None:
        self._show(await account_setup.get(actor, _id(account_id)))
        self.tab, self.dialog, self.errors = (tab if tab in TABS else "place"), "setup", {}

    def _show(self, setup: AccountSetup) -> None:
        self.form = setup_form(setup, f"{account_title(setup.info)} {setup.info.login}")
        self.limits = limit_rows(setup)
        self.days = day_rows(setup.limits.week)
        self.has_hours = setup.limits.week is not None
        self.version += 1

    async def _reload(self, actor: Actor) -> None:
        with self._loading():
            zone = (await onboarding.get_preferences(actor)).time_zone
            found = await account_setup.list_setups(actor)
            groups = await account_setup.list_groups(actor)
            self.agents = agent_options(await agents.list_agents(actor))
            self.rows = [account_row(one, zone) for one in found]
            self.groups = [group_row(one) for one in groups]
            self.group_choices = group_options(groups)
            enabled = sum(one.info.is_enabled for one in found)
            self.enabled_words = f"{enabled} of {ENABLED_LIMIT} enabled for trading"
