"""Agents: pair, rotate, delete, prove their key, and hear their heartbeat."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agent.protocol import AccountConfig, AgentConfig, Heartbeat, HeartbeatReply
from forex_elite import bus, clock
from forex_elite.bus import topics
from forex_elite.db import agents as queries
from forex_elite.db import queue, staff
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.people import check_name
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.terminals import AgentInfo, AgentKind, WatchedAgent, is_online
from forex_elite.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from forex_elite.services import agent_release, audit, endings, guards, storable, sync

KEY_PREFIX = 8
_KEY_MEMORY_S = 5.0
NO_AGENT = "There is no such agent."
LONGEST_SEARCH = 100
STANDINGS = ("", "online", "offline", "suspended")


class AgentKeyWrong(NotSignedIn):
    """The agent's key is missing, wrong, rotated or of another agent; pair again with the key from the agents page."""

    code = "agent-key-wrong"


class OwnerSuspended(Conflict):
    """The agent's owner is suspended: it may report, and learns what to stop, but gets no log-in and no program."""

    code = "owner-suspended"


class AgentElsewhere(Conflict):
    """Another installation works with this key. Stop it, or pair this one as an agent of its own."""

    code = "agent-elsewhere"


@dataclass(frozen=True, slots=True)
class AgentCaller:
    """An agent that has proven its key, and the identity its work is stored under: its owner's."""

    id: UUID
    user_id: UUID
    kind: AgentKind
    instance: UUID | None = None
    """Which installation of the agent calls; None for programs that do not tell."""
    is_suspended: bool = False
    """Its owner is suspended: it is told to stop, may report, and is given nothing that trades."""

    @property
    def actor(self) -> Actor:
        """The owner, with no more than a user's rights."""
        return Actor(user_id=self.user_id, role=Role.USER)


_known: dict[tuple[UUID, bytes], tuple[float, AgentCaller]] = {}


def _new_key() -> tuple[str, bytes, str]:
    key = f"fe_{secrets.token_urlsafe(32)}"
    return key, hashlib.sha256(key.encode()).digest(), key[:KEY_PREFIX]


async def prove(agent_id: UUID, key: str) -> AgentCaller:
    """The agent whose key this is. Raises AgentKeyWrong.

    A proven key is remembered for a few seconds; rotation and deletion clear that memory on every worker at once.
    """
    key_hash = hashlib.sha256(key.encode()).digest()
    remembered = _known.get((agent_id, key_hash))
    if remembered is not None and remembered[0] > time.monotonic():
        return remembered[1]
    row = await repeatable(service("agent look-up"), lambda uow: queries.find_agent_by_key(uow, agent_id, key_hash))
    if row is None:
        raise AgentKeyWrong("This key does not belong to this agent. Copy the key from the agents page again.")
    caller = AgentCaller(row["id"], row["user_id"], AgentKind(row["kind"]), is_suspended=not row["is_active"])
    if len(_known) > 10_000:  # noqa: PLR2004
        _known.clear()
    _known[agent_id, key_hash] = (time.monotonic() + _KEY_MEMORY_S, caller)
    return caller


def check_active(caller: AgentCaller) -> None:
    """Raise OwnerSuspended for the agent of a suspended person."""
    if caller.is_suspended:
        raise OwnerSuspended("The owner of this agent is suspended. It may report, and has to stop what it trades.")


def forget_key(agent_id: UUID) -> None:
    """Drop what is remembered of an agent's key in this process."""
    for known in [known for known in _known if known[0] == agent_id]:
        del _known[known]


async def forget_rotated_keys() -> None:
    """Listen for ever to rotations on other workers (started with the server)."""
    async with bus.current().subscribe() as subscription:
        await subscription.add([topics.AGENT_KEYS])
        while True:
            for data in (await subscription.next()).values():
                forget_key(UUID(str(data["agent_id"])))


def tell_key_gone(uow: UnitOfWork, agent_id: UUID, user_id: UUID) -> None:
    """An agent's key is gone: forget it here, and on the other workers after the commit."""
    forget_key(agent_id)
    uow.tell(topics.AGENT_KEYS, {"agent_id": str(agent_id)})
    uow.tell(topics.of_person(user_id, "agents"), {"id": str(agent_id)})


async def look_anew(uow: UnitOfWork, user_id: UUID) -> int:
    """Have every worker look at a person's agents anew: what they may do has changed; returns how many there are."""
    found = await queries.list_agents(uow, user_id, now=clock.now())
    for agent in found:
        tell_key_gone(uow, agent.id, user_id)
    return len(found)


@needs(Permission.AGENT_READ)
async def list_agents(actor: Actor) -> tuple[AgentInfo, ...]:
    """The actor's agents, oldest first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_agents(uow, actor.person_id, now=clock.now()))


@needs(Permission.AGENT_WATCH)
async def watch(
    actor: Actor, *, part: str = "", standing: str = "", cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> tuple[Page[WatchedAgent], tuple[int, int]]:
    """Everybody's agents, newest first, and how many there are and are online.

    `part` is looked for in names and owners' e-mail addresses, `standing` is `online`, `offline` or `suspended` (its
    owner is). Raises InvalidInput.
    """
    if standing not in STANDINGS:
        raise InvalidInput("Use online, offline or suspended.", field="standing")
    now = clock.now()
    async with unit_of_work(actor) as uow:
        page = await staff.list_agents(
            uow,
            part=part.strip()[:LONGEST_SEARCH],
            is_online={"online": True, "offline": False}.get(standing),
            is_owner_active=False if standing == "suspended" else None,
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
            now=now,
        )
        return page, await staff.count_agents(uow, now=now)


@needs(Permission.AGENT_MANAGE)
async def create(actor: Actor, name: str, kind: AgentKind | str = AgentKind.DEDICATED) -> tuple[AgentInfo, str]:
    """Make an agent; returns it with its pairing key, which is shown this once and stored as a hash."""
    name = check_name(name, field="name")
    try:
        kind = AgentKind(kind)
    except ValueError as unknown:
        raise InvalidInput("Use dedicated or pool.", field="kind") from unknown
    key, key_hash, prefix = _new_key()
    async with unit_of_work(actor) as uow:
        agent_id = await queries.add_agent(
            uow, user_id=actor.person_id, name=name, kind=kind, key_hash=key_hash, key_prefix=prefix
        )
        made = await queries.find_agent(uow, agent_id, now=clock.now())
        await audit.record(
            uow, actor, "agents.create", subject=("agent", agent_id), after={"name": name, "kind": kind, "key": prefix}
        )
        uow.tell(topics.of_person(actor.person_id, "agents"), {"id": str(agent_id)})
    assert made is not None
    return made, key


@needs(Permission.AGENT_MANAGE)
async def rotate_key(actor: Actor, agent_id: UUID) -> str:
    """Replace an agent's key; the old one stops working at once. Raises NotFound."""
    key, key_hash, prefix = _new_key()
    async with unit_of_work(actor) as uow:
        found = await _own(uow, actor, agent_id)
        if not await queries.set_agent_key(uow, agent_id, key_hash=key_hash, key_prefix=prefix):
            raise NotFound(NO_AGENT)
        await audit.record(
            uow,
            actor,
            "agents.key.rotate",
            subject=("agent", agent_id),
            before={"key": found.key_prefix},
            after={"key": prefix},
        )
        tell_key_gone(uow, agent_id, found.user_id)
    forget_key(agent_id)
    return key


@needs(Permission.AGENT_MANAGE)
async def delete(actor: Actor, agent_id: UUID) -> None:
    """Delete an agent: its key dies, what waits for it is cancelled, its accounts show as stored. Raises NotFound."""
    async with unit_of_work(actor) as uow:
        found = await _own(uow, actor, agent_id)
        if not await queries.delete_agent(uow, agent_id, scrambled=secrets.token_bytes(32)):
            raise NotFound(NO_AGENT)
        for job in await queue.cancel_of_agent(uow, agent_id):
            await endings.settle(uow, job)
        await audit.record(
            uow,
            actor,
            "agents.delete",
            subject=("agent", agent_id),
            before={"name": found.name, "kind": found.kind},
        )
        tell_key_gone(uow, agent_id, found.user_id)
    forget_key(agent_id)


async def _own(uow: UnitOfWork, actor: Actor, agent_id: UUID) -> AgentInfo:
    """The actor's own agent: whoever held another's key would be handed the passwords of its accounts."""
    found = await queries.find_agent(uow, agent_id, now=clock.now())
    if found is None or found.user_id != actor.user_id:
        raise NotFound(NO_AGENT)
    return found


async def hear(caller: AgentCaller, beat: Heartbeat) -> HeartbeatReply:
    """Store a heartbeat; the owner's pages are told when the agent was away or its terminals changed."""
    now = clock.now()
    terminals = [storable.document(one.model_dump(mode="json", exclude={"guard"})) for one in beat.terminals]
    deployments = None
    if beat.deployments is not None:
        deployments = [storable.document(report.model_dump(mode="json")) for report in beat.deployments]

    async def store(uow: UnitOfWork) -> tuple[int, list[AccountConfig]]:
        before = await queries.note_heartbeat(
            uow,
            caller.id,
            at=now,
            version=storable.text(beat.version),
            cpu=beat.host.cpu_percent,
            memory=beat.host.memory_percent,
            terminals=terminals,
            deployments=deployments,
            instance=caller.instance,
            is_last=beat.is_last,
        )
        if before is None and caller.instance is not None:
            raise AgentElsewhere("Another installation works with this key. Stop it, or pair this one by itself.")
        if not beat.is_last:
            await sync.note_unreachable(uow, caller.user_id, caller.id, beat.terminals)
        if before and (not is_online(before["previous"], now) or before["previous_terminals"] != terminals):
            uow.tell(topics.of_person(caller.user_id, "agents"), {"id": str(caller.id)})
        if before and deployments is not None and _states(before["previous_deployments"]) != _states(deployments):
            uow.tell(topics.of_person(caller.user_id, "deployments"), {"agent_id": str(caller.id)})
        if deployments:
            proven = {one["deployment_id"]: one["proven_at"] for one in deployments if one["proven_at"]}
            uow.tell(topics.of_person(caller.user_id, "proofs"), {"agent_id": str(caller.id), "proven": proven})
        await guards.hear(uow, caller.user_id, caller.id, beat)
        if caller.is_suspended:
            await guards.hold_suspended(uow, caller.user_id)
        return await queue.count_unknown(uow, caller.id), await guards.told_to(uow, caller.id)

    unknown, told = await repeatable(caller.actor, store)
    config = AgentConfig(accounts=told, release=agent_release.program().release)
    return HeartbeatReply(server_time=now, config=config, unknown_jobs=unknown)


def _states(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What deployments do, without when it was last proven."""
    return [{name: value for name, value in report.items() if name != "proven_at"} for report in reports]
