"""A forgotten password: a link by e-mail, good once and for half an hour.

The link is built from PUBLIC_URL alone; what a request says of its host is never looked at. Whether an address has an
account is not told, neither by the answer nor by how long it takes: the message leaves after the answer.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import timedelta

from forex_elite import clock
from forex_elite.db import credentials
from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import service
from forex_elite.domain.people import Person, check_password
from forex_elite.errors import ForexEliteError, InvalidInput
from forex_elite.services import api_tokens, attempts, audit, mail, passwords, people, sessions
from forex_elite.services.passwords import token_hash
from forex_elite.settings import settings

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=30)
MOST_MAILS = 3
"""To one address in a quarter of an hour; more are answered alike and not sent."""

_under_way: set[asyncio.Task[None]] = set()


class ResetLinkOver(InvalidInput):
    """The link was used, has run out, or was replaced by a newer one; ask for another."""

    code = "reset-link-over"


async def ask(email: str, *, address: str = "") -> None:
    """Send a link to the person with this e-mail address, if there is one; the caller cannot tell."""
    if not await attempts.is_within_limits(f"reset {email}", address, most=MOST_MAILS):
        return
    task = asyncio.create_task(_send(email.strip()), name="password-reset")
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


async def sent() -> None:
    """Wait until every link that was asked for has left (before a worker stops)."""
    await asyncio.gather(*_under_way)


async def _send(email: str) -> None:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    try:
        async with unit_of_work(service("password reset")) as uow:
            person = await queries.find_by_email(uow, email)
            if person is None or not person.is_active:
                return
            await credentials.add_reset(uow, person.id, token_hash(token), at=now, expires_at=now + LIFETIME)
        await mail.send(person.email, "Set a new password for ForexElite", _words(person, token))
    except ForexEliteError as failure:
        log.error("a reset link was not sent: %s", failure.code, exc_info=failure)  # noqa: TRY400 - the cause is given


def _words(person: Person, token: str) -> str:
    minutes = int(LIFETIME.total_seconds() // 60)
    return (
        f"Hello {person.display_name},\n\n"
        f"somebody asked for a new password for your ForexElite account. If it was you, open this within {minutes} "
        "minutes; it works once:\n\n"
        f"{settings().url}/reset#token={token}\n\n"
        "All your sessions and API tokens end when the new password is set. If it was not you, do nothing: your "
        "password stays as it is.\n"
    )


async def reset(token: str, new: str, *, address: str = "") -> None:
    """Set a new password by a link's token and end all sessions and API tokens; the second factor stays in force.

    Raises ResetLinkOver, and InvalidInput for a weak password (the link is then still good).
    """
    now = clock.now()
    hashed_token = token_hash(token)
    async with unit_of_work(service("password reset")) as uow:
        user_id = await credentials.find_reset(uow, hashed_token, now=now)
        person = await queries.find(uow, user_id) if user_id else None
    if person is None or not person.is_active:
        raise ResetLinkOver("This link was used or has run out. Ask for a new one.", field="token")
    check_password(new, person.email)
    hashed = await passwords.digest(new)
    async with unit_of_work(service("password reset")) as uow:
        if not await credentials.take_reset(uow, hashed_token, now=now):
            raise ResetLinkOver("This link was used or has run out. Ask for a new one.", field="token")
        await credentials.set_password(uow, person.id, hashed)
        await sessions.revoke_all(uow, person.id)
        await api_tokens.revoke_all(uow, person.id)
        await attempts.forget(uow, person.email)
        await audit.record(uow, people.acting_as(person), "people.password.reset", address=address)
