"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes that work once.

The app's secret is encrypted at rest and shown once, while it is set up. A code is good for its own 30 seconds and one
step either way, and for one use: nothing of the same or an earlier step is taken again.
"""

from __future__ import annotations

import base64
import re
import secrets
from uuid import UUID

import pyotp
import segno

from forex_elite import clock
from forex_elite.db import credentials as queries
from forex_elite.db import people as people_queries
from forex_elite.db.unit_of_work import Row, UnitOfWork, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.people import Enrolment, SecondFactor
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import Conflict, NotFound, NotSignedIn, TooManyRequests
from forex_elite.services import attempts, audit, passwords, vault

STEP_S = 30
DRIFT_STEPS = 1
ISSUER = "ForexElite"
RECOVERY_CODES = 10
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_BYTES = 10


class OtpRequired(NotSignedIn):
    """The account asks for a second factor: log in again with the code of your authenticator app in `otp`."""

    code = "otp-required"


class OtpInvalid(NotSignedIn):
    """The code is wrong, over, or was used before; wait for the next one, or use a recovery code."""

    code = "otp-invalid"


class TooManyCodes(TooManyRequests):
    """Too many wrong codes or passwords for this account; wait a quarter of an hour."""

    code = "otp-throttled"


class SecondFactorOn(Conflict):
    """A second factor is in force already; switch it off first."""

    code = "two-factor-on"


class SecondFactorOff(Conflict):
    """No second factor is in force or being set up."""

    code = "two-factor-off"


async def prove(uow: UnitOfWork, user_id: UUID, stored: Row, code: str | None) -> None:
    """Check the second factor of somebody whose password was right, within the caller's transaction.

    Nothing is asked where none is in force. Raises OtpRequired and OtpInvalid.
    """
    if stored["otp_enabled_at"] is None:
        return
    if not code or not code.strip():
        raise OtpRequired("Enter the code of your authenticator app.", field="otp")
    if not await _is_right(uow, user_id, vault.unseal(stored["otp_sealed"]), code):
        raise OtpInvalid("That code is wrong, over, or was used before.", field="otp")


async def _is_right(uow: UnitOfWork, user_id: UUID, secret: str, code: str) -> bool:
    digits = "".join(code.split())
    if _CODE.fullmatch(digits):
        return await _take_code(uow, user_id, secret, digits)
    return await queries.take_recovery_code(uow, user_id, _recovery_hash(code), at=clock.now())


async def _take_code(uow: UnitOfWork, user_id: UUID, secret: str, digits: str) -> bool:
    totp = pyotp.TOTP(secret, interval=STEP_S)
    present = int(clock.now().timestamp()) // STEP_S
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits):
            return await queries.take_step(uow, user_id, step)
    return False


def _recovery_hash(code: str) -> bytes:
    return passwords.token_hash(re.sub(r"[^a-z2-7]", "", code.casefold()))


def _new_recovery_codes() -> tuple[str, ...]:
    """Codes of 80 random bits each, in groups of four: as good as a token, so a fast hash keeps them."""
    texts = (base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().casefold() for _ in range(RECOVERY_CODES))
    return tuple("-".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in texts)


@needs(Permission.SECURITY_MANAGE)
async def status(actor: Actor) -> SecondFactor:
    """Whether a code is asked for at log-in, and how many recovery codes are left."""
    async with unit_of_work(service("two-factor")) as uow:
        stored = await _stored(uow, actor)
        return SecondFactor(stored["otp_enabled_at"], await queries.count_recovery_codes(uow, actor.person_id))


@needs(Permission.SECURITY_MANAGE)
async def begin(actor: Actor, password: str) -> Enrolment:
    """Make a secret for an authenticator app; it counts once `confirm` was given a code of it.

    Raises WrongCredentials, TooManyCodes and SecondFactorOn.
    """
    await _check_password(actor, password)
    secret = pyotp.random_base32()
    async with unit_of_work(service("two-factor")) as uow:
        stored = await _stored(uow, actor)
        if stored["otp_enabled_at"] is not None:
            raise SecondFactorOn("A second factor is in force already. Switch it off first.")
        await queries.set_trial_factor(uow, actor.person_id, vault.seal(secret))
        await attempts.forget(uow, _subject(actor))
        person = await people_queries.find(uow, actor.person_id)
    assert person is not None
    address = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=person.email, issuer_name=ISSUER)
    picture = segno.make(address, error="m").svg_data_uri(scale=4, border=3, dark="#000", light="#fff")
    return Enrolment(secret, address, picture)


@needs(Permission.SECURITY_MANAGE)
async def confirm(actor: Actor, code: str) -> tuple[str, ...]:
    """Put the secret made before in force; returns the recovery codes, which are shown this once.

    Raises OtpInvalid, TooManyCodes, SecondFactorOn and SecondFactorOff.
    """
    await _note_try(actor)
    codes = _new_recovery_codes()
    async with unit_of_work(service("two-factor")) as uow:
        stored = await _stored(uow, actor, lock=True)
        if stored["otp_enabled_at"] is not None:
            raise SecondFactorOn("A second factor is in force already.")
        if stored["otp_sealed"] is None:
            raise SecondFactorOff("Begin with the secret: there is none to confirm.")
        digits = "".join(code.split())
        if not _CODE.fullmatch(digits) or not await _take_code(
            uow, actor.person_id, vault.unseal(stored["otp_sealed"]), digits
        ):
            raise OtpInvalid(
                "That code is wrong. Look at the app's present code, and at this device's clock.", field="code"
            )
        await queries.enable_factor(uow, actor.person_id, at=clock.now())
        await queries.replace_recovery_codes(uow, actor.person_id, [_recovery_hash(one) for one in codes])
        await attempts.forget(uow, _subject(actor))
        await audit.record(uow, actor, "people.two-factor.enable")
    return codes


@needs(Permission.SECURITY_MANAGE)
async def disable(actor: Actor, password: str, code: str) -> None:
    """Ask for no code any more. Raises WrongCredentials, OtpInvalid, TooManyCodes and SecondFactorOff."""
    await _check_password(actor, password)
    async with unit_of_work(service("two-factor")) as uow:
        await _prove_again(uow, actor, code)
        await queries.remove_factor(uow, actor.person_id)
        await audit.record(uow, actor, "people.two-factor.disable")


@needs(Permission.SECURITY_MANAGE)
async def renew_recovery_codes(actor: Actor, password: str, code: str) -> tuple[str, ...]:
    """Make new recovery codes in place of the old; raises as `disable` does."""
    await _check_password(actor, password)
    codes = _new_recovery_codes()
    async with unit_of_work(service("two-factor")) as uow:
        await _prove_again(uow, actor, code)
        await queries.replace_recovery_codes(uow, actor.person_id, [_recovery_hash(one) for one in codes])
        await audit.record(uow, actor, "people.two-factor.recovery-codes")
    return codes


async def _stored(uow: UnitOfWork, actor: Actor, *, lock: bool = False) -> Row:
    stored = await queries.find(uow, actor.person_id, lock=lock)
    if stored is None:
        raise NotFound("This account no longer exists.")
    return stored


async def _prove_again(uow: UnitOfWork, actor: Actor, code: str) -> None:
    stored = await _stored(uow, actor, lock=True)
    if stored["otp_enabled_at"] is None:
        raise SecondFactorOff("No second factor is in force.")
    if not await _is_right(uow, actor.person_id, vault.unseal(stored["otp_sealed"]), code):
        raise OtpInvalid("That code is wrong, over, or was used before.", field="code")
    await attempts.forget(uow, _subject(actor))


def _subject(actor: Actor) -> str:
    return f"two-factor {actor.person_id}"


async def _check_password(actor: Actor, password: str) -> None:
    """Note the try; it is forgotten when all of the proof was right, or guessing codes with the password were free."""
    await _note_try(actor)
    async with unit_of_work(service("two-factor")) as uow:
        stored = await _stored(uow, actor)
    if not await passwords.matches(password, stored["password_hash"]):
        raise passwords.WrongCredentials("The password is wrong.", field="password")


async def _note_try(actor: Actor) -> None:
    await attempts.note(_subject(actor), _subject(actor), TooManyCodes, "Too many wrong tries.")
