"""Counting tries at something that can be guessed: a password, a code, a reset link for somebody's address."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from forex_elite import clock
from forex_elite.db import people as queries
from forex_elite.db.unit_of_work import UnitOfWork, unit_of_work
from forex_elite.domain.identity import service
from forex_elite.errors import TooManyRequests

WINDOW = timedelta(minutes=15)
PER_SUBJECT = 8
PER_ADDRESS = 40


def key_of(subject: str) -> bytes:
    """What is counted under, so that no address lies in the table."""
    return hashlib.sha256(subject.strip().casefold().encode()).digest()


async def is_within_limits(subject: str, address: str, *, most: int = PER_SUBJECT) -> bool:
    """Note a try about this subject from this network address; False after too many in a quarter of an hour."""
    now = clock.now()
    async with unit_of_work(service("attempts")) as uow:
        return await queries.note_attempt(
            uow,
            email_key=key_of(subject),
            address=address,
            since=now - WINDOW,
            at=now,
            most=most,
            most_of_address=PER_ADDRESS,
        )


async def note(subject: str, address: str, refusal: type[TooManyRequests], words: str) -> None:
    """Note a try, or raise this refusal with how long to wait."""
    if not await is_within_limits(subject, address):
        raise refusal(f"{words} Wait 15 minutes and try again.", retry_after_s=int(WINDOW.total_seconds()))


async def forget(uow: UnitOfWork, subject: str) -> None:
    """Forget the tries about this subject: this one was right."""
    await queries.forget_failures(uow, email_key=key_of(subject))
