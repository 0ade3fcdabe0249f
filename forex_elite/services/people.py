"""Registration, log-in and log-out, password and profile."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email

from forex_elite import clock
from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.people import Grant, Person, check_name, check_password
from forex_elite.errors import InvalidInput, NotFound, NotSignedIn, TooManyRequests
from forex_elite.services import alerts, audit, passwords, sessions

WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 8
FAILURES_PER_ADDRESS = 40


class WrongCredentials(NotSignedIn):
    """E-mail address or password is wrong; which of them is not told."""

    code = "wrong-credentials"


class LogInThrottled(TooManyRequests):
    """Too many failed log-ins for this account or from this address; wait a quarter of an hour."""

    code = "log-in-throttled"


def check_email(address: str) -> str:
    """The address in normal form, or InvalidInput saying what is wrong with it."""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise InvalidInput(f"That is not an e-mail address: {wrong}", field="email") from wrong


def _email_key(email: str) -> bytes:
    return hashlib.sha256(email.strip().casefold().encode()).digest()


async def register(
    email: str, password: str, display_name: str, *, ib_code: str | None = None, address: str = "", user_agent: str = ""
) -> Grant:
    """Make an account and log in. The first person becomes super_admin.

    Raises InvalidInput and EmailTaken.
    """
    email = check_email(email)
    name = check_name(display_name)
    check_password(password, email)
    hashed = await passwords.digest(password)
    async with unit_of_work(service("registration")) as uow:
        person = await queries.add_user(
            uow, email=email, password_hash=hashed, display_name=name, ib_code=ib_code or None
        )
        acting = Actor(user_id=person.id, role=person.role, ib_id=person.ib_id)
        await audit.record(uow, acting, "people.register", after={"role": person.role}, address=address)
        return await sessions.open_session(uow, person, address=address, user_agent=user_agent)


async def log_in(email: str, password: str, *, address: str = "", user_agent: str = "") -> Grant:
    """Check the password and open a session. Raises WrongCredentials and LogInThrottled."""
    email_key = _email_key(email)
    now = clock.now()
    async with unit_of_work(service("log-in")) as uow:
        by_email, by_address = await queries.note_attempt(
            uow, email_key=email_key, address=address, since=now - WINDOW, at=now
        )
        if by_email >= FAILURES_PER_EMAIL or by_address >= FAILURES_PER_ADDRESS:
            raise LogInThrottled(
                "Too many failed log-ins. Wait 15 minutes and try again.", retry_after_s=int(WINDOW.total_seconds())
            )
        found = await queries.find_credentials(uow, email.strip())
    person, stored = found or (None, None)
    is_right = await passwords.matches(password, stored)
    if person is None or stored is None or not is_right or not person.is_active:
        raise WrongCredentials("E-mail address or password is wrong.")
    fresh = await passwords.digest(password) if passwords.needs_rehash(stored) else None
    async with unit_of_work(service("log-in")) as uow:
        if fresh is not None:
            await queries.set_password(uow, person.id, fresh)
        await queries.forget_failures(uow, email_key=email_key)
        acting = Actor(user_id=person.id, role=person.role, ib_id=person.ib_id)
        await audit.record(uow, acting, "people.log_in", address=address)
        if not await queries.knows_device(uow, person.id, user_agent=user_agent):
            words = f"Logged in from {address or 'an unknown address'}, a browser or program not seen before."
            alerts.note_event(uow, user_id=person.id, code="logged-in", message=words, severity="warning")
        return await sessions.open_session(uow, person, address=address, user_agent=user_agent)


async def log_out(actor: Actor) -> None:
    """End the present session; ending it twice is no error."""
    if actor.session_id is not None:
        try:
            await sessions.revoke(actor, actor.session_id)
        except NotFound:
            return


async def get_profile(actor: Actor) -> Person:
    """The acting person."""
    async with unit_of_work(actor) as uow:
        found = await queries.get_credentials(uow, actor.person_id)
    if found is None:
        raise NotFound("This account no longer exists.")
    return found[0]


async def rename(actor: Actor, display_name: str) -> None:
    """Change the display name."""
    name = check_name(display_name)
    async with unit_of_work(actor) as uow:
        await queries.set_name(uow, actor.person_id, name)
        await audit.record(uow, actor, "people.rename", after={"display_name": name})


async def change_password(actor: Actor, current: str, new: str) -> int:
    """Change the password and end every other session; returns how many ended.

    Raises WrongCredentials when `current` is not the password, InvalidInput when the new one is too weak.
    """
    async with unit_of_work(actor) as uow:
        found = await queries.get_credentials(uow, actor.person_id)
    if found is None or not await passwords.matches(current, found[1]):
        raise WrongCredentials("The current password is wrong.", field="current")
    check_password(new, found[0].email)
    hashed = await passwords.digest(new)
    async with unit_of_work(actor) as uow:
        await queries.set_password(uow, actor.person_id, hashed)
        await audit.record(uow, actor, "people.password.change")
    return await sessions.revoke_others(actor)
