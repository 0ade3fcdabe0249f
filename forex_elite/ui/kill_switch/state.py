"""The kill switch: whom it means, whether everything is closed too, and when it took hold where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from forex_elite.domain.automation import KillState
from forex_elite.domain.identity import Actor
from forex_elite.services import account_setup, kill_switch, onboarding
from forex_elite.ui import figures, handlers
from forex_elite.ui.identifiers import identifier
from forex_elite.ui.session import public, requires

ALL = "all"


@dataclass(frozen=True, slots=True)
class KillRow:
    """The switch of one account."""

    id: str
    title: str
    login: str
    is_on: bool
    word: str
    tone: str
    icon: str
    at_server: str
    at_agent: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom the switch may mean; the value is `all`, `group:<id>` or `account:<id>`."""

    value: str
    words: str


def kill_row(state: KillState, zone_name: str) -> KillRow:
    """A switch as its row; times to the second, in the person's zone."""
    is_on = state.killed_at is not None
    agent = "" if not is_on else figures.clock_time(state.confirmed_at, zone_name)
    if is_on and state.confirmed_at is None:
        agent = "waiting for the agent" if state.is_agent_online else "agent offline; it is told when it returns"
        agent = agent if state.has_agent else "no agent is assigned"
    word, tone, icon = ("Stopped", "crit", "kill") if is_on else ("Entries allowed", "", "")
    return KillRow(
        id=str(state.account_id),
        title=state.name,
        login=str(state.login),
        is_on=is_on,
        word=word,
        tone=tone,
        icon=icon,
        at_server=figures.clock_time(state.killed_at, zone_name) if is_on else "",
        at_agent=agent,
    )


def _target(scope: str) -> tuple[list[UUID] | None, UUID | None]:
    kind, _, text = scope.partition(":")
    if scope == ALL:
        return None, None
    target = identifier(text, "account")
    return (None, target) if kind == "group" else ([target], None)


class KillSwitchState(rx.State):
    """The dialog of the kill switch."""

    is_open: bool = False
    is_busy: bool = False
    scope: str = ALL
    scopes: list[Scope] = []
    rows: list[KillRow] = []
    is_flatten: bool = False
    is_lift_asked: bool = False
    on_count: int = 0
    off_count: int = 0
    zone: str = "UTC"

    @rx.event
    @requires()
    async def open(self, actor: Actor, scope: str) -> None:
        """Ask before anything is stopped, or show when it took hold."""
        _target(scope)
        groups = await account_setup.list_groups(actor)
        states = await kill_switch.states(actor)
        self.scopes = [
            Scope(ALL, f"All accounts ({len(states)})"),
            *(Scope(f"group:{one.id}", f"Group {one.name} ({one.account_count})") for one in groups),
            *(Scope(f"account:{one.account_id}", f"{one.name} {one.login}") for one in states),
        ]
        self.scope = scope if any(one.value == scope for one in self.scopes) else ALL
        self.is_flatten, self.is_lift_asked, self.is_open = False, False, True
        await self._reload(actor)

    @rx.event
    @requires()
    async def choose(self, actor: Actor, scope: str) -> None:
        """Mean somebody else."""
        self.is_lift_asked = False
        self.scope = scope if any(one.value == scope for one in self.scopes) else ALL
        await self._reload(actor)

    @rx.event
    @public
    async def set_flatten(self, is_on: bool) -> None:
        """Close everything too, or only stop."""
        self.is_flatten = is_on is True

    @rx.event
    @requires()
    async def throw(self, actor: Actor) -> Any:
        """Stop new entries now; the second click of a double one finds nothing left to do."""
        if not self.off_count and not self.is_flatten:
            return
        self.is_busy = True
        yield
        try:
            accounts, group = _target(self.scope)
            done = await kill_switch.throw(actor, account_ids=accounts, group_id=group, flatten=self.is_flatten)
            self.is_flatten = False
            await self._reload(actor)
            gone = sum(one.cancelled for one in done)
            words = f"{figures.count(gone, 'waiting entry', 'waiting entries')} cancelled." if gone else ""
            yield handlers.toast("warn", f"New entries are stopped on {figures.count(len(done), 'account')}", words)
            yield handlers.reload_page_data()
        finally:
            self.is_busy = False

    @rx.event
    @requires()
    async def lift(self, actor: Actor) -> Any:
        """Allow new entries again; only what was asked about before is done."""
        if not self.is_lift_asked:
            return
        self.is_lift_asked, self.is_busy = False, True
        yield
        try:
            accounts, group = _target(self.scope)
            done = await kill_switch.lift(actor, account_ids=accounts, group_id=group)
            await self._reload(actor)
            yield handlers.toast("ok", f"New entries are allowed on {figures.count(len(done), 'account')}")
            yield handlers.reload_page_data()
        finally:
            self.is_busy = False

    @rx.event
    @public
    async def ask_lift(self) -> None:
        """Ask whether entries are to be allowed again."""
        self.is_lift_asked = True

    @rx.event
    @public
    async def keep(self) -> None:
        """Leave entries stopped after all."""
        self.is_lift_asked = False

    @rx.event
    @requires()
    async def changed(self, actor: Actor, topics: list[str], is_held: bool) -> None:
        """An agent has confirmed something."""
        if self.is_open:
            await self._reload(actor)

    @rx.event
    @public
    async def close(self) -> None:
        """Leave everything as it is now."""
        self.is_open = False

    async def _reload(self, actor: Actor) -> None:
        self.zone = (await onboarding.get_preferences(actor)).time_zone
        accounts, group = _target(self.scope)
        states: Sequence[KillState] = await kill_switch.states(actor)
        if accounts is not None:
            states = [one for one in states if one.account_id in accounts]
        if group is not None:
            setups = await account_setup.list_setups(actor)
            members = {one.info.id for one in setups if one.group_id == group}
            states = [one for one in states if one.account_id in members]
        self.rows = [kill_row(one, self.zone) for one in states]
        self.on_count = sum(row.is_on for row in self.rows)
        self.off_count = len(self.rows) - self.on_count
