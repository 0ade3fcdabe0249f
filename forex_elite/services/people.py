"""Registration, log-in and log-out, password and profile."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from forex_elite.db import credentials, partners
from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.people import Grant, Person, check_name, check_password
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput, NotAllowed, NotFound, TooManyRequests
from forex_elite.services import alerts, attempts, audit, features, passwords, sessions, two_factor
from forex_elite.services.passwords import WrongCredentials


class LogInThrottled(TooManyRequests):
    """Too many failed log-ins for this account or from this address; wait a quarter of an hour."""

    code = "log-in-throttled"


class RegistrationClosed(NotAllowed):
    """Nobody can register here at present; ask the owner of this installation."""

    code = "registration-closed"


def check_email(address: str) -> str:
    """The address in normal form, or InvalidInput saying what is wrong with it."""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise InvalidInput(f"That is not an e-mail address: {wrong}", field="email") from wrong


def acting_as(person: Person) -> Actor:
    """The person as the actor of what is told about them before they have a session."""
    return Actor(user_id=person.id, role=person.role, ib_id=person.ib_id)


async def register(
    email: str,
    password: str,
    display_name: str,
    *,
    ib_code: str | None = None,
    address: str = "",
    user_agent: str = "",
    by_operator: bool = False,
) -> Grant:
    """Make an account and log in. The first person becomes super_admin; `ib_code` names who brought the person in.

    Whoever has the command line (`by_operator`) may where registration is closed. Raises InvalidInput, EmailTaken and
    RegistrationClosed.
    """
    email = check_email(email)
    name = check_name(display_name)
    check_password(password, email)
    hashed = await passwords.digest(password)
    is_open = by_operator or (await features.current()).is_registration_open
    async with unit_of_work(service("registration")) as uow:
        if ib_code and not await partners.is_code_of_partner(uow, ib_code):
            raise InvalidInput("No partner has this code. Correct it, or leave it empty.", field="ib_code")
        person = await queries.add_user(
            uow, email=email, password_hash=hashed, display_name=name, ib_code=ib_code or None, is_open=is_open
        )
        if person is None:
            raise RegistrationClosed("Registration is closed here. Ask the owner of this installation.")
        await audit.record(uow, acting_as(person), "people.register", after={"role": person.role}, address=address)
        return await sessions.open_session(uow, person, address=address, user_agent=user_agent)


async def log_in(
    email: str, password: str, *, otp: str | None = None, address: str = "", user_agent: str = ""
) -> Grant:
    """Check the password and, where one is in force, the second factor; then open a session.

    Raises WrongCredentials, OtpRequired, OtpInvalid and LogInThrottled.
    """
    await attempts.note(email, address, LogInThrottled, "Too many failed log-ins.")
    async with unit_of_work(service("log-in")) as uow:
        person = await queries.find_by_email(uow, email.strip())
        stored = await credentials.find(uow, person.id) if person else None
    is_right = await passwords.matches(password, stored["password_hash"] if stored else None)
    if person is None or stored is None or not is_right or not person.is_active:
        raise WrongCredentials("E-mail address or password is wrong.")
    fresh = await passwords.digest(password) if passwords.needs_rehash(stored["password_hash"]) else None
    async with unit_of_work(service("log-in")) as uow:
        await two_factor.prove(uow, person.id, stored, otp)
        if fresh is not None:
            await credentials.set_password(uow, person.id, fresh)
        await attempts.forget(uow, email)
        await audit.record(uow, acting_as(person), "people.log_in", address=address)
        if not await queries.knows_device(uow, person.id, user_agent=user_agent):
            words = f"Logged in from {address or 'an unknown address'}, a browser or program not seen before."
            alerts.note_event(uow, user_id=person.id, code="logged-in", message=words, severity="warning")
        return await sessions.open_session(uow, person, address=address, user_agent=user_agent)


@needs(Permission.PROFILE_READ)
async def log_out(actor: Actor) -> None:
    """End the present session; ending it twice is no error."""
    if actor.session_id is not None:
        try:
            await sessions.revoke(actor, actor.session_id)
        except NotFound:
            return


@needs(Permission.PROFILE_READ)
async def get_profile(actor: Actor) -> Person:
    """The acting person."""
    async with unit_of_work(actor) as uow:
        found = await queries.find(uow, actor.person_id)
    if found is None:
        raise NotFound("This account no longer exists.")
    return found


@needs(Permission.PROFILE_CHANGE)
async def rename(actor: Actor, display_name: str) -> None:
    """Change the display name."""
    name = check_name(display_name)
    async with unit_of_work(actor) as uow:
        await queries.set_name(uow, actor.person_id, name)
        await audit.record(uow, actor, "people.rename", after={"display_name": name})


@needs(Permission.SECURITY_MANAGE)
async def change_password(actor: Actor, current: str, new: str) -> int:
    """Change the password and end every other session; returns how many ended.

    Raises WrongCredentials when `current` is not the password, InvalidInput when the new one is too weak.
    """
    async with unit_of_work(service("password change")) as uow:
        person = await queries.find(uow, actor.person_id)
        stored = await credentials.find(uow, actor.person_id)
    if person is None or stored is None or not await passwords.matches(current, stored["password_hash"]):
        raise WrongCredentials("The current password is wrong.", field="current")
    check_password(new, person.email)
    hashed = await passwords.digest(new)
    async with unit_of_work(service("password change")) as uow:
        await credentials.set_password(uow, actor.person_id, hashed)
        await audit.record(uow, actor, "people.password.change")
    return await sessions.revoke_others(actor)
