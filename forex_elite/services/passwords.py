"""Password hashing: Argon2id through passlib's API, off the event loop because it is slow on purpose."""

from __future__ import annotations

import asyncio
import hashlib

from passlib.context import CryptContext

from forex_elite.errors import NotSignedIn

_context = CryptContext(schemes=["argon2"], argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1)
# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two iterations, one lane

_NOBODY = _context.hash("nobody has this password")


class WrongCredentials(NotSignedIn):
    """E-mail address or password is wrong; which of them is not told."""

    code = "wrong-credentials"


async def digest(password: str) -> str:
    """Hash a new password."""
    return await asyncio.to_thread(_context.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Compare with a stored hash; without one as much time is spent, so that timing tells nothing."""
    verified = await asyncio.to_thread(_context.verify, password, stored or _NOBODY)
    return bool(verified) and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the stored hash has older parameters than today's."""
    return bool(_context.needs_update(stored))


def token_hash(token: str) -> bytes:
    """Hash of a random token of ours; its entropy makes a slow hash needless."""
    return hashlib.sha256(token.encode()).digest()
