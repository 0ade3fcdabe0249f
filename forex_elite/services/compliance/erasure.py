"""Erasure (GDPR, article 17): the person goes; what the law keeps for the regulator stays under a pseudonym."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import orjson

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import credentials, people, personal
from forex_elite.db.unit_of_work import repeatable, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict
from forex_elite.services import agents, audit, passwords, vault
from forex_elite.services.passwords import WrongCredentials

KEPT_FOR = timedelta(days=7 * 366)
"""Seven years: how long orders, transactions and the audit trail are kept."""
KEEP = (
    "Trades, orders and the alerts they came from, money paid in and out, and their times, under account numbers that "
    "mean nothing",
    "The versions of the texts you agreed to, and when",
    "The audit trail as it was written, with the network addresses in it: changing it would break its chain",
    "Your name, e-mail address and account numbers, sealed with a key outside the database, so that a regulator's "
    "question can be answered; the seal is destroyed after seven years",
)
"""What stays, in words for the person who asks."""


class LastOwner(Conflict):
    """You are the only owner of this installation; make somebody else one first."""

    code = "last-owner"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What goes on in the terminals without anybody here watching it."""

    positions: int
    experts: int


@needs(Permission.SECURITY_MANAGE)
async def consequences(actor: Actor) -> Consequences:
    """What the actor should close or stop first."""
    async with unit_of_work(actor) as uow:
        row = await personal.count_running(uow, actor.person_id)
    return Consequences(row["positions"], row["experts"])


@needs(Permission.SECURITY_MANAGE)
async def erase(actor: Actor, password: str, *, address: str = "") -> None:
    """Erase the actor, who proves it with the password; all their sessions and keys end with it.

    Raises WrongCredentials, LastOwner. Nothing brings anything back.
    """
    person_id = actor.person_id
    async with unit_of_work(service("erasure")) as uow:
        found = await credentials.find(uow, person_id)
    if not await passwords.matches(password, found["password_hash"] if found else None):
        raise WrongCredentials("The password is wrong.", field="password")
    now = clock.now()
    async with unit_of_work(service("erasure")) as uow:
        await personal.lock(uow)
        if (await personal.count_running(uow, person_id))["is_last_owner"]:
            raise LastOwner("You are the only owner of this installation. Make somebody else one first.")
        sealed = vault.seal(orjson.dumps(await personal.identity_of(uow, person_id)).decode())
        await personal.keep_identity(uow, person_id, sealed=sealed, at=now, until=now + KEPT_FOR)
        ended = await people.revoke_sessions(uow, person_id)
        await personal.cancel_jobs(uow, person_id, now)
        await audit.record(uow, actor, "people.erase", user_id=person_id, address=address)
        keys = await personal.erase(uow, person_id, now=now)
        for session_id in ended:
            uow.tell(topics.session_ended(session_id))
        for agent_id in keys:
            agents.tell_key_gone(uow, agent_id, person_id)


async def forget_identities() -> None:
    """Destroy the seals of people of whom nothing must be kept any more."""
    await repeatable(service("erasure"), lambda uow: personal.forget_identities(uow, now=clock.now()))
