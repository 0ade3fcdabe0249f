"""Log-ins: one revocable row behind the browser's cookie and the script's bearer token."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

import jwt

from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.people import Grant, Person, SessionInfo, SignedIn
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import NotFound
from forex_elite.services import api_tokens, audit
from forex_elite.services.passwords import token_hash
from forex_elite.settings import settings

COOKIE = "fe_session"
LIFETIME = timedelta(days=14)
_ALGORITHM = "HS256"
_ISSUER = "forex-elite"


async def open_session(uow: UnitOfWork, person: Person, *, address: str, user_agent: str) -> Grant:
    """Make a session row inside the caller's transaction and return both proofs for it."""
    now = clock.now()
    token = secrets.token_urlsafe(32)
    session_id = await queries.add_session(
        uow,
        user_id=person.id,
        token_hash=token_hash(token),
        expires_at=now + LIFETIME,
        address=address,
        user_agent=user_agent,
    )
    claims = {"iss": _ISSUER, "sub": str(person.id), "sid": str(session_id), "iat": now, "exp": now + LIFETIME}
    bearer = jwt.encode(claims, settings().signing_key(), algorithm=_ALGORITHM)
    return Grant(person, session_id, token, bearer, int(LIFETIME.total_seconds()))


async def find(token: str) -> SignedIn | None:
    """Who the cookie's token belongs to; None when it is unknown, expired or revoked."""
    if not token or len(token) > 200:  # noqa: PLR2004
        return None
    return await repeatable(
        service("session look-up"),
        lambda uow: queries.find_signed_in(uow, now=clock.now(), token_hash=token_hash(token)),
    )


async def find_bearer(bearer: str) -> SignedIn | None:
    """Who a bearer token belongs to: an API token, or a session's.

    A session's row decides; the signature only saves a look-up for forgeries.
    """
    if bearer.startswith(api_tokens.PREFIX):
        return await api_tokens.find(bearer)
    try:
        claims = jwt.decode(
            bearer,
            settings().signing_key(),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            options={"require": ["exp", "sid", "sub"]},
        )
        session_id = UUID(claims["sid"])
    except (jwt.InvalidTokenError, ValueError):
        return None
    return await repeatable(
        service("session look-up"),
        lambda uow: queries.find_signed_in(uow, now=clock.now(), session_id=session_id),
    )


async def is_live(session_id: UUID) -> bool:
    """Whether a session, or an API token, has neither been revoked nor run out."""
    found = await repeatable(
        service("session look-up"),
        lambda uow: queries.find_signed_in(uow, now=clock.now(), session_id=session_id),
    )
    return found is not None or await api_tokens.is_live(session_id)


@needs(Permission.SECURITY_MANAGE)
async def list_sessions(actor: Actor) -> tuple[SessionInfo, ...]:
    """The actor's live sessions, last used first."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.list_sessions(uow, actor.person_id, now=clock.now()))


@needs(Permission.SECURITY_MANAGE)
async def revoke(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's sessions. Raises NotFound when it is not theirs or already ended."""
    async with unit_of_work(actor) as uow:
        ended = await queries.revoke_sessions(uow, actor.person_id, only=session_id)
        if not ended:
            raise NotFound("There is no such session.")
        action = "people.log_out" if session_id == actor.session_id else "people.session.revoke"
        await audit.record(uow, actor, action, subject=("session", session_id))
        _tell_ended(uow, ended)


async def revoke_all(uow: UnitOfWork, user_id: UUID) -> int:
    """End all of a person's sessions within the caller's transaction; returns how many."""
    ended = await queries.revoke_sessions(uow, user_id)
    _tell_ended(uow, ended)
    return len(ended)


@needs(Permission.SECURITY_MANAGE)
async def revoke_others(actor: Actor) -> int:
    """End all of the actor's sessions but the present one; returns how many."""
    async with unit_of_work(actor) as uow:
        ended = await queries.revoke_sessions(uow, actor.person_id, but=actor.session_id)
        _tell_ended(uow, ended)
        return len(ended)


def _tell_ended(uow: UnitOfWork, session_ids: list[UUID]) -> None:
    for session_id in session_ids:
        uow.tell(topics.session_ended(session_id))
