"""API tokens: a program's proof for a person, for some permissions, until it is revoked or runs out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import api_tokens as queries
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.people import SignedIn, TokenInfo, check_name
from forex_elite.domain.permissions import SCOPES, Permission, needs
from forex_elite.errors import Conflict, InvalidInput, NotFound
from forex_elite.services import audit
from forex_elite.services.passwords import token_hash

PREFIX = "fe_pat_"
"""Tells a token from a session's bearer, and finds leaked ones in files."""
SHOWN = 12
MOST = 50
LONGEST_DAYS = 3650


class TooManyTokens(Conflict):
    """There are as many live tokens as one person may have; revoke one first."""

    code = "too-many-tokens"


def check_scopes(scopes: Sequence[str]) -> list[str]:
    """The scopes, each once, in the order of the permissions. Raises InvalidInput."""
    known = [scope.value for scope in SCOPES]
    unknown = sorted(set(scopes) - set(known))
    if unknown:
        raise InvalidInput(f"There is no such scope for a token: {unknown[0][:64]}", field="scopes")
    if not scopes:
        raise InvalidInput("Choose at least one scope.", field="scopes")
    return [scope for scope in known if scope in set(scopes)]


@needs(Permission.SECURITY_MANAGE)
async def list_tokens(actor: Actor) -> tuple[TokenInfo, ...]:
    """The actor's live tokens, newest first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_live(uow, actor.person_id, now=clock.now()))


@needs(Permission.SECURITY_MANAGE)
async def create(actor: Actor, name: str, scopes: Sequence[str], *, days: int | None = None) -> tuple[TokenInfo, str]:
    """Make a token, good for so many days or until revoked; the text is told this once.

    Raises InvalidInput and TooManyTokens.
    """
    named = check_name(name, "name")
    wanted = check_scopes(scopes)
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(f"Use 1 to {LONGEST_DAYS} days.", field="days")
    token = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    async with unit_of_work(actor) as uow:
        if len(await queries.list_live(uow, actor.person_id, now=now)) >= MOST:
            raise TooManyTokens(f"There are {MOST} tokens already. Revoke one first.")
        info = await queries.add(
            uow,
            actor.person_id,
            {
                "name": named,
                "prefix": token[:SHOWN],
                "token_hash": token_hash(token),
                "scopes": wanted,
                "expires_at": None if days is None else now + timedelta(days=days),
            },
        )
        await audit.record(uow, actor, "people.token.create", subject=("api token", info.id), after=_audited(info))
    return info, token


@needs(Permission.SECURITY_MANAGE)
async def revoke(actor: Actor, token_id: UUID) -> None:
    """End a token at once. Raises NotFound when it is not the actor's or has ended."""
    async with unit_of_work(actor) as uow:
        ended = await queries.revoke(uow, actor.person_id, only=token_id)
        if not ended:
            raise NotFound("There is no such token.")
        tell_ended(uow, ended)
        await audit.record(
            uow, actor, "people.token.revoke", subject=("api token", token_id), before=_audited(ended[0])
        )


async def revoke_all(uow: UnitOfWork, user_id: UUID) -> int:
    """End all of a person's tokens within the caller's transaction; returns how many."""
    ended = await queries.revoke(uow, user_id)
    tell_ended(uow, ended)
    return len(ended)


def tell_ended(uow: UnitOfWork, ended: Sequence[TokenInfo]) -> None:
    """Close the sockets these tokens opened."""
    for info in ended:
        uow.tell(topics.session_ended(info.id))


async def find(token: str) -> SignedIn | None:
    """Who a token speaks for; None when it is unknown, over or revoked."""
    return await repeatable(
        service("token look-up"),
        lambda uow: queries.find_signed_in(uow, token_hash(token), now=clock.now()),
    )


async def is_live(token_id: UUID) -> bool:
    """Whether a token has neither been revoked nor run out."""
    return await repeatable(service("token look-up"), lambda uow: queries.is_live(uow, token_id, now=clock.now()))


def _audited(info: TokenInfo) -> dict[str, object]:
    return {"name": info.name, "prefix": info.prefix, "scopes": info.scopes, "expires_at": info.expires_at}
