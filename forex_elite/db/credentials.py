"""What proves a person: password hash, second factor, recovery codes, reset links. Role `service` alone may read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork


async def add(uow: UnitOfWork, user_id: UUID, password_hash: str) -> None:
    """Give a new person their password."""
    await uow.run(
        "insert into user_credentials (user_id, password_hash, otp_last_step) values (%s, %s, 0)",
        (user_id, password_hash),
    )


async def find(uow: UnitOfWork, user_id: UUID, *, lock: bool = False) -> Row | None:
    """A person's proofs: `password_hash`, `otp_sealed`, `otp_enabled_at`."""
    return await uow.row(
        "select password_hash, otp_sealed, otp_enabled_at from user_credentials where user_id = %s"
        + (" for update" if lock else ""),
        (user_id,),
    )


async def set_password(uow: UnitOfWork, user_id: UUID, password_hash: str) -> None:
    """Replace the password hash."""
    await uow.run("update user_credentials set password_hash = %s where user_id = %s", (password_hash, user_id))


# --- second factor --------------------------------------------------------------------------------------------------


async def set_trial_factor(uow: UnitOfWork, user_id: UUID, sealed: bytes) -> None:
    """Keep a secret that counts once a code of it was given."""
    await uow.run(
        "update user_credentials set otp_sealed = %s, otp_last_step = 0 where user_id = %s and otp_enabled_at is null",
        (sealed, user_id),
    )


async def enable_factor(uow: UnitOfWork, user_id: UUID, *, at: datetime) -> None:
    """From now on a code is asked for."""
    await uow.run("update user_credentials set otp_enabled_at = %s where user_id = %s", (at, user_id))


async def remove_factor(uow: UnitOfWork, user_id: UUID) -> None:
    """Ask for no code any more; the recovery codes go too."""
    await uow.run(
        "update user_credentials set otp_sealed = null, otp_enabled_at = null, otp_last_step = 0 where user_id = %s",
        (user_id,),
    )
    await uow.run("delete from recovery_codes where user_id = %s", (user_id,))


async def take_step(uow: UnitOfWork, user_id: UUID, step: int) -> bool:
    """Whether the code of this step was not used before; from now on it is, and so are all before it."""
    touched = await uow.run(
        "update user_credentials set otp_last_step = %(step)s where user_id = %(user)s and otp_last_step < %(step)s",
        {"step": step, "user": user_id},
    )
    return touched == 1


async def replace_recovery_codes(uow: UnitOfWork, user_id: UUID, hashes: Sequence[bytes]) -> None:
    """Store new recovery codes; the old ones are worth nothing any more."""
    await uow.run("delete from recovery_codes where user_id = %s", (user_id,))
    await uow.run(
        "insert into recovery_codes (id, user_id, code_hash) "
        "select i.id, %(user)s, i.hash from unnest(%(ids)s::uuid[], %(hashes)s::bytea[]) as i (id, hash)",
        {"user": user_id, "ids": [uuid7() for _ in hashes], "hashes": list(hashes)},
    )


async def take_recovery_code(uow: UnitOfWork, user_id: UUID, code_hash: bytes, *, at: datetime) -> bool:
    """Whether this is an unused code of the person's; from now on it is used."""
    touched = await uow.run(
        "update recovery_codes set used_at = %s where user_id = %s and code_hash = %s and used_at is null",
        (at, user_id, code_hash),
    )
    return touched == 1


async def count_recovery_codes(uow: UnitOfWork, user_id: UUID) -> int:
    """How many recovery codes are left."""
    return int(
        await uow.value("select count(*) from recovery_codes where user_id = %s and used_at is null", (user_id,))
    )


# --- reset links ----------------------------------------------------------------------------------------------------


async def add_reset(uow: UnitOfWork, user_id: UUID, token_hash: bytes, *, at: datetime, expires_at: datetime) -> None:
    """Store a reset link that was asked for; earlier ones are worth nothing any more."""
    await uow.run("delete from password_resets where user_id = %s", (user_id,))
    await uow.run(
        "insert into password_resets (id, user_id, token_hash, created_at, expires_at) values (%s, %s, %s, %s, %s)",
        (uuid7(), user_id, token_hash, at, expires_at),
    )


async def find_reset(uow: UnitOfWork, token_hash: bytes, *, now: datetime) -> UUID | None:
    """Whose live, unused link this is."""
    found: UUID | None = await uow.value(
        "select user_id from password_resets where token_hash = %s and used_at is null and expires_at > %s",
        (token_hash, now),
    )
    return found


async def take_reset(uow: UnitOfWork, token_hash: bytes, *, now: datetime) -> bool:
    """Use a link up; False when somebody was faster, or its time is over."""
    touched = await uow.run(
        "update password_resets set used_at = %(now)s "
        "where token_hash = %(token)s and used_at is null and expires_at > %(now)s",
        {"now": now, "token": token_hash},
    )
    return touched == 1


async def clear_resets(uow: UnitOfWork, *, before: datetime) -> None:
    """Delete links whose time is over."""
    await uow.run("delete from password_resets where expires_at < %s", (before,))
