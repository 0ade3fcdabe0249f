"""Queries about API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.people import OWN_IB, PERSON, person_of
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.identity import Actor
from forex_elite.domain.people import SignedIn, TokenInfo
from forex_elite.domain.permissions import scopes_with_reads

_COLUMNS = "id, name, prefix, scopes, created_at, expires_at, last_used_at"
_LIVE = "revoked_at is null and (expires_at is null or expires_at > %(now)s)"
_SEEN_EVERY_S = 60


def _token(row: Row) -> TokenInfo:
    return TokenInfo(**{**row, "scopes": tuple(row["scopes"])})


async def add(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> TokenInfo:
    """Insert a token; `values` are its columns name, prefix, token_hash, scopes and expires_at."""
    row = await uow.row(
        "insert into api_tokens (id, user_id, name, prefix, token_hash, scopes, created_at, expires_at) values "
        "(%(id)s, %(user)s, %(name)s, %(prefix)s, %(token_hash)s, %(scopes)s, now(), %(expires_at)s) "
        f"returning {_COLUMNS}",
        {**values, "id": uuid7(), "user": user_id},
    )
    assert row is not None
    return _token(row)


async def list_live(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[TokenInfo]:
    """A person's tokens that still work, newest first."""
    rows = await uow.rows(
        f"select {_COLUMNS} from api_tokens where user_id = %(user)s and {_LIVE} order by id desc",
        {"user": user_id, "now": now},
    )
    return [_token(row) for row in rows]


async def find_signed_in(uow: UnitOfWork, token_hash: bytes, *, now: datetime) -> SignedIn | None:
    """Who a token speaks for, with its scopes; notes that it was used, at most once a minute."""
    row = await uow.row(
        f"""
        select {PERSON}, t.id as token_id, t.scopes, t.last_used_at, {OWN_IB}
        from api_tokens t join users u on u.id = t.user_id
        where t.token_hash = %(hash)s and {_LIVE} and u.is_active
        """,
        {"hash": token_hash, "now": now},
    )
    if row is None:
        return None
    if row["last_used_at"] is None or (now - row["last_used_at"]).total_seconds() > _SEEN_EVERY_S:
        await uow.run("update api_tokens set last_used_at = %s where id = %s", (now, row["token_id"]))
    person = person_of(row)
    actor = Actor(person.id, person.role, row["own_ib_id"], scopes=scopes_with_reads(frozenset(row["scopes"])))
    return SignedIn(actor=actor, person=person, session_id=row["token_id"])


async def is_live(uow: UnitOfWork, token_id: UUID, *, now: datetime) -> bool:
    """Whether a token has neither been revoked nor run out."""
    return bool(
        await uow.value(f"select 1 from api_tokens where id = %(id)s and {_LIVE}", {"id": token_id, "now": now})
    )


async def revoke(uow: UnitOfWork, user_id: UUID, *, only: UUID | None = None) -> list[TokenInfo]:
    """Revoke a person's live tokens: one, or all. Returns those that were live."""
    rows = await uow.rows(
        "update api_tokens set revoked_at = now() where user_id = %(user)s and revoked_at is null "
        f"and (%(only)s::uuid is null or id = %(only)s) returning {_COLUMNS}",
        {"user": user_id, "only": only},
    )
    return [_token(row) for row in rows]
