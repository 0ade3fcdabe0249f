"""The accounts page: add, assign, move and remove accounts, groups, limits, symbol names, and broker passwords.

A password comes in once and leaves for one place only: the agent the account is assigned to, by its key. It is sealed
together with the account's id, so that a stored one is of no use in another row; it is in no log and no other answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from agent.protocol import Credentials
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import account_setup as queries
from forex_elite.db import guards, logs, queue
from forex_elite.db import people as person_queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.account_setup import (
    AccountGroup,
    AccountSetup,
    NewAccount,
    TerminalKind,
    check_account,
    check_password,
    check_path,
    check_startable,
    check_symbol_map,
)
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.jobs import JobType
from forex_elite.domain.limits import NAMES, Limits, check_limits, write_week, write_weekend
from forex_elite.domain.people import check_name
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services import audit, settlement, vault
from forex_elite.services import guards as agent_guards
from forex_elite.services.agents import AgentCaller

UNSET: Any = object()
"""A change that was not asked for; None is one that was."""


class AccountKnown(Conflict):
    """You have an account with this number at this server already."""

    code = "account-known"


class GroupNameTaken(Conflict):
    """You have a group with this name already."""

    code = "group-name-taken"


class NoCredentials(NotFound):
    """No password is stored for this account; its owner enters it on the accounts page."""

    code = "no-credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanges:
    """What is to be changed of an account; fields left at UNSET stay."""

    name: str = UNSET
    agent_id: UUID | None = UNSET
    group_id: UUID | None = UNSET
    password: str = UNSET
    terminal_path: str = UNSET
    symbol_map: Mapping[str, str] = UNSET

    def __repr__(self) -> str:
        """Without the password."""
        return "AccountChanges()"


def _seal(account_id: UUID, password: str) -> bytes:
    return vault.seal(orjson.dumps({"account": str(account_id), "password": password}).decode())


@needs(Permission.ACCOUNT_READ)
async def list_setups(actor: Actor) -> tuple[AccountSetup, ...]:
    """The actor's accounts with what is set about them, oldest first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_setups(uow, actor.person_id, now=clock.now()))


@needs(Permission.ACCOUNT_READ)
async def get(actor: Actor, account_id: UUID) -> AccountSetup:
    """One account of the actor. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        return await _find(uow, actor, account_id)


async def _find(uow: UnitOfWork, actor: Actor, account_id: UUID) -> AccountSetup:
    found = await queries.find_setup(uow, account_id, actor.person_id, now=clock.now())
    if found is None:
        raise NotFound("There is no such account.")
    return found


@needs(Permission.ACCOUNT_MANAGE)
async def add(actor: Actor, new: NewAccount) -> AccountSetup:
    """Add an account; with an agent, that agent starts a terminal for it. Raises InvalidInput and AccountKnown.

    One that was removed comes back with its history. It is not enabled for trading by this.
    """
    check_account(new)
    async with unit_of_work(actor) as uow:
        await _check_places(uow, actor, new.agent_id, new.group_id)
        preferences = await person_queries.get_preferences(uow, actor.person_id)
        values = {
            "login": new.login,
            "server": new.server,
            "label": check_name(new.name, field="name") if new.name else "",
            "kind": new.kind.value,
            "terminal_path": new.terminal_path,
            "agent_id": new.agent_id,
            "group_id": new.group_id,
            "is_assigned": new.agent_id is not None,
        }
        limits = {
            "max_lots": preferences.max_lots,
            "max_open_positions": preferences.max_open_positions,
            "daily_loss_percent": preferences.daily_loss_percent,
        }
        account_id, is_known = await queries.add_account(uow, actor.person_id, values, limits)
        if is_known:
            raise AccountKnown(f"Account {new.login} at {new.server} is in your list already.", field="login")
        if new.password:
            sealed = _seal(account_id, new.password)
            await queries.store_password(uow, account_id, actor.person_id, sealed, now=clock.now())
        await _log(uow, actor, account_id, f"Account {new.login} at {new.server} added.")
        made = await _find(uow, actor, account_id)
        await _record(uow, actor, "accounts.add", account_id, after={**_audited(made), "password": bool(new.password)})
        return made


@needs(Permission.ACCOUNT_MANAGE)
async def change(actor: Actor, account_id: UUID, changes: AccountChanges) -> AccountSetup:
    """Change an account: its name, group, symbol names, password, or the agent its terminal runs at.

    Moving cancels what waits for the old agent. Raises NotFound, InvalidInput.
    """
    async with unit_of_work(actor) as uow:
        before = await _find(uow, actor, account_id)
        values: dict[str, Any] = {}
        agent_id = before.info.agent_id if changes.agent_id is UNSET else changes.agent_id
        group_id = None if changes.group_id is UNSET else changes.group_id
        await _check_places(uow, actor, None if changes.agent_id is UNSET else agent_id, group_id)
        if changes.name is not UNSET:
            values["label"] = check_name(changes.name, field="name") if changes.name.strip() else ""
        if changes.group_id is not UNSET:
            values["group_id"] = group_id
        if changes.terminal_path is not UNSET:
            values["terminal_path"] = check_path(changes.terminal_path)
        if changes.symbol_map is not UNSET:
            values["symbol_map"] = check_symbol_map(changes.symbol_map)
        if changes.agent_id is not UNSET and agent_id != before.info.agent_id:
            values |= await _move(uow, actor, before, agent_id, changes)
        if changes.password is not UNSET:
            sealed = _seal(account_id, check_password(changes.password))
            await queries.store_password(uow, account_id, actor.person_id, sealed, now=clock.now())
        if values or changes.password is not UNSET:
            await queries.update_account(uow, account_id, values or {"is_assigned": before.is_assigned})
            named = ", ".join([*sorted(values), *(["password"] if changes.password is not UNSET else [])])
            await _log(uow, actor, account_id, f"Account {before.info.login} changed: {named.replace('_', ' ')}.")
        after = await _find(uow, actor, account_id)
        was, now = audit.changes(_audited(before), _audited(after))
        if now:
            await _record(uow, actor, "accounts.change", account_id, was, now)
        if changes.password is not UNSET:
            had, has = {"password": before.has_password}, {"password": after.has_password}
            await _record(uow, actor, "accounts.password.set", account_id, had, has)
        return after


async def _move(
    uow: UnitOfWork, actor: Actor, before: AccountSetup, agent_id: UUID | None, changes: AccountChanges
) -> dict[str, Any]:
    if agent_id is not None:
        path = before.terminal_path if changes.terminal_path is UNSET else changes.terminal_path
        has_password = before.has_password if changes.password is UNSET else bool(changes.password)
        check_startable(before.kind, path, has_password=has_password)
    for job in await queue.cancel_of_account(uow, before.info.id):
        if job["type"] == JobType.TRADE:
            await settlement.settle(uow, job)
    for one in (before.info.agent_id, agent_id):
        if one is not None:
            uow.tell(topics.of_person(actor.person_id, "agents"), {"id": str(one)})
    return {"agent_id": agent_id, "is_assigned": agent_id is not None, "is_connected": False}


@needs(Permission.ACCOUNT_MANAGE)
async def remove(actor: Actor, account_id: UUID) -> None:
    """Take an account out of use: no trading, no agent, no password. Its trades and log stay. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        before = await _find(uow, actor, account_id)
        for job in await queue.cancel_of_account(uow, account_id):
            if job["type"] == JobType.TRADE:
                await settlement.settle(uow, job)
        await queries.remove_account(uow, account_id, now=clock.now())
        await _log(uow, actor, account_id, f"Account {before.info.login} at {before.info.server} removed.")
        await _record(uow, actor, "accounts.remove", account_id, _audited(before))


@needs(Permission.LIMIT_CHANGE)
async def set_limits(actor: Actor, account_id: UUID, limits: Limits) -> AccountSetup:
    """Replace an account's limits; they hold from the next order on. Raises NotFound and InvalidInput."""
    check_limits(limits)
    async with unit_of_work(actor) as uow:
        before = await _find(uow, actor, account_id)
        await queries.set_limits(uow, account_id, limits)
        await agent_guards.tell_limits(uow, actor.person_id, account_id)
        await _log(uow, actor, account_id, f"Limits of account {before.info.login} changed.")
        was, now = audit.changes(_written(before.limits), _written(limits))
        await _record(uow, actor, "accounts.limits.set", account_id, was, now)
        return await _find(uow, actor, account_id)


@needs(Permission.LIMIT_CHANGE)
async def resume(actor: Actor, account_id: UUID) -> AccountSetup:
    """Lift what the account's limits hold; the trailing drawdown begins anew. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        before = await _find(uow, actor, account_id)
        await queries.resume(uow, account_id)
        await agent_guards.tell_limits(uow, actor.person_id, account_id)
        held = "; ".join(before.holds) or "nothing was held"
        await _log(uow, actor, account_id, f"Account {before.info.login} resumed by its owner: {held}")
        await _record(uow, actor, "accounts.resume", account_id, {"held": before.holds}, {"held": ()})
        return await _find(uow, actor, account_id)


@needs(Permission.ACCOUNT_READ)
async def list_groups(actor: Actor) -> tuple[AccountGroup, ...]:
    """The actor's groups by name."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_groups(uow, actor.person_id))


@needs(Permission.ACCOUNT_MANAGE)
async def add_group(actor: Actor, name: str) -> AccountGroup:
    """Make a group. Raises GroupNameTaken and InvalidInput."""
    name = check_name(name, field="name")
    async with unit_of_work(actor) as uow:
        made = await queries.add_group(uow, actor.person_id, name)
        if made is None:
            raise GroupNameTaken(f"There is a group called {name} already.", field="name")
        await audit.record(uow, actor, "accounts.groups.add", subject=("group", made), after={"name": name})
        uow.tell(topics.of_person(actor.person_id, "accounts"), {})
    return AccountGroup(made, name)


@needs(Permission.ACCOUNT_MANAGE)
async def rename_group(actor: Actor, group_id: UUID, name: str) -> AccountGroup:
    """Rename a group. Raises NotFound, GroupNameTaken and InvalidInput."""
    name = check_name(name, field="name")
    async with unit_of_work(actor) as uow:
        before = await _group(uow, actor, group_id)
        done = await queries.rename_group(uow, group_id, actor.person_id, name)
        if done is None:
            raise GroupNameTaken(f"There is a group called {name} already.", field="name")
        if not done:
            raise NotFound("There is no such group.")
        was, now = {"name": before.name}, {"name": name}
        await audit.record(uow, actor, "accounts.groups.rename", subject=("group", group_id), before=was, after=now)
        uow.tell(topics.of_person(actor.person_id, "accounts"), {})
        return replace(before, name=name)


@needs(Permission.ACCOUNT_MANAGE)
async def delete_group(actor: Actor, group_id: UUID) -> None:
    """Delete a group; its accounts stay. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        before = await _group(uow, actor, group_id)
        if not await queries.delete_group(uow, group_id, actor.person_id):
            raise NotFound("There is no such group.")
        was = {"name": before.name, "accounts": before.account_count}
        await audit.record(uow, actor, "accounts.groups.delete", subject=("group", group_id), before=was)
        uow.tell(topics.of_person(actor.person_id, "accounts"), {})


async def credentials(caller: AgentCaller, account_id: UUID) -> Credentials:
    """The log-in of an account, for the agent it is assigned to, in the installation that works with its key.

    Every hand-over is written to the owner's log. Raises NotFound for any other agent, account or installation, and
    NoCredentials where no password is stored.
    """
    async with unit_of_work(caller.actor) as uow:
        row = await queries.sealed_password(uow, account_id, caller.id, caller.instance)
        if row is None or caller.instance is None:
            raise NotFound("This agent has no such account.")
        if row["password_encrypted"] is None and row["kind"] != TerminalKind.SIMULATOR:
            raise NoCredentials("No password is stored for this account.")
        password = ""
        if row["password_encrypted"] is not None:
            opened = orjson.loads(vault.unseal(row["password_encrypted"]))
            if opened["account"] != str(account_id):
                raise NoCredentials("The stored password belongs to another account; enter it again.")
            password = opened["password"]
        await logs.add_log(
            uow,
            user_id=caller.user_id,
            agent_id=caller.id,
            account_id=account_id,
            source="credentials",
            message=f"The log-in of account {row['login']} at {row['server']} was handed to its agent.",
        )
        await audit.record(
            uow,
            service("credentials"),  # an agent asked, no person did
            "accounts.credentials.hand_over",
            user_id=caller.user_id,
            subject=("account", account_id),
            after={"agent": caller.id, "installation": caller.instance, "version": row["version"] or 0},
        )
    return Credentials(login=row["login"], server=row["server"], password=password, version=row["version"] or 0)


async def _check_places(uow: UnitOfWork, actor: Actor, agent_id: UUID | None, group_id: UUID | None) -> None:
    if agent_id is not None and not await queries.exists_agent(uow, agent_id, actor.person_id):
        raise InvalidInput("There is no such agent.", field="agent_id")
    if group_id is not None and not await guards.exists_group(uow, group_id, actor.person_id):
        raise InvalidInput("There is no such group.", field="group_id")


async def _group(uow: UnitOfWork, actor: Actor, group_id: UUID) -> AccountGroup:
    for group in await queries.list_groups(uow, actor.person_id):
        if group.id == group_id:
            return group
    raise NotFound("There is no such group.")


def _audited(setup: AccountSetup) -> dict[str, Any]:
    return {
        "login": setup.info.login,
        "server": setup.info.server,
        "name": setup.label,
        "group": setup.group_name,
        "agent": setup.info.agent_id,
        "terminal_path": setup.terminal_path,
        "symbol_map": setup.symbol_map,
    }


def _written(limits: Limits) -> dict[str, Any]:
    return {
        **{name: limits.figures.get(name) for name in NAMES},
        "week": write_week(limits.week),
        "weekend": write_weekend(limits.weekend),
    }


async def _record(
    uow: UnitOfWork,
    actor: Actor,
    action: str,
    account_id: UUID,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(uow, actor, action, subject=("account", account_id), before=before, after=after)


async def _log(uow: UnitOfWork, actor: Actor, account_id: UUID, words: str) -> None:
    await logs.add_log(uow, user_id=actor.person_id, account_id=account_id, source="accounts", message=words)
    uow.tell(topics.of_person(actor.person_id, f"account:{account_id}"), {"id": str(account_id)})
    uow.tell(topics.of_person(actor.person_id, "accounts"), {"id": str(account_id)})
