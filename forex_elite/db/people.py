"""Queries about people, their sessions and preferences."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db import credentials
from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.consents import Consent, outstanding
from forex_elite.domain.identity import Actor, Role
from forex_elite.domain.people import EmailTaken, Person, Preferences, SessionInfo, SignedIn

PERSON = "u.id, u.email, u.display_name, u.role, u.ib_id, u.created_at, u.onboarded_at, u.is_active"

OWN_IB = """case when u.role = 'ib' then
    (select p.id from ib_partners p where p.user_id = u.id and p.is_approved) end as own_ib_id"""
"""`users.ib_id` names the broker somebody is a client of; a broker acts under its own partnership."""


def person_of(row: Row) -> Person:
    """A row with the columns `PERSON`."""
    return Person(
        id=row["id"],
        email=row["email"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        ib_id=row["ib_id"],
        created_at=row["created_at"],
        onboarded_at=row["onboarded_at"],
        is_active=row["is_active"],
    )


async def add_user(
    uow: UnitOfWork, *, email: str, password_hash: str, display_name: str, ib_code: str | None, is_open: bool = True
) -> Person | None:
    """Insert a user; the first ever becomes super_admin (decided under a lock, so that two firsts are one).

    None, and nothing inserted, when registration is not open and this is not the first. Raises EmailTaken.
    """
    await uow.run("select pg_advisory_xact_lock(hashtext('first user'))")
    if not is_open and await uow.value("select exists (select 1 from users)"):
        return None
    if await find_by_email(uow, email):  # the lock above makes this look-up and the insert one step
        raise EmailTaken("There is an account with this e-mail address. Log in instead.", field="email")
    row = await uow.row(
        f"""
        insert into users as u (id, email, display_name, role, ib_id, is_active, created_at)
        values (%(id)s, %(email)s, %(name)s,
                case when exists (select 1 from users) then 'user' else 'super_admin' end,
                (select id from ib_partners where is_approved and lower(code) = lower(btrim(%(code)s))), true, now())
        returning {PERSON}
        """,
        {"id": uuid7(), "email": email, "name": display_name, "code": ib_code},
    )
    assert row is not None
    await credentials.add(uow, row["id"], password_hash)
    await uow.run(
        "insert into user_settings (user_id, time_zone, pnl_palette, theme, default_risk_percent, max_lots, "
        "daily_loss_percent, max_open_positions) values (%s, 'UTC', 'classic', 'dark', 1, 1, 4, 10)",
        (row["id"],),
    )
    return person_of(row)


async def find_by_email(uow: UnitOfWork, email: str) -> Person | None:
    """The person with this e-mail address, whatever its case."""
    row = await uow.row(f"select {PERSON} from users u where lower(u.email) = lower(%s)", (email,))
    return person_of(row) if row else None


async def find(uow: UnitOfWork, user_id: UUID, *, lock: bool = False) -> Person | None:
    """A person by id; with `lock` nobody else changes them until the transaction ends."""
    row = await uow.row(f"select {PERSON} from users u where u.id = %s {'for update' if lock else ''}", (user_id,))
    return person_of(row) if row else None


async def set_name(uow: UnitOfWork, user_id: UUID, name: str) -> None:
    """Replace the display name."""
    await uow.run("update users set display_name = %s where id = %s", (name, user_id))


# --- throttling -----------------------------------------------------------------------------------------------------


async def note_attempt(
    uow: UnitOfWork,
    *,
    email_key: bytes,
    address: str,
    since: datetime,
    at: datetime,
    most: int,
    most_of_address: int,
) -> bool:
    """Note an attempt on an e-mail address from a network address; False, and nothing noted, after too many since then.

    Attempts on one e-mail address queue up behind a lock, so that a burst of parallel guesses is counted.
    """
    await uow.run("select pg_advisory_xact_lock(%s)", (int.from_bytes(email_key[:8], signed=True),))
    row = await uow.row(
        "select count(*) filter (where email_key = %(key)s) as by_email, "
        "count(*) filter (where address = %(address)s) as by_address "
        "from login_attempts where at > %(since)s and (email_key = %(key)s or address = %(address)s)",
        {"key": email_key, "address": address, "since": since},
    )
    assert row is not None
    if row["by_email"] >= most or row["by_address"] >= most_of_address:
        return False
    await uow.run(
        "insert into login_attempts (id, email_key, address, at) values (%s, %s, %s, %s)",
        (uuid7(), email_key, address, at),
    )
    return True


async def forget_failures(uow: UnitOfWork, *, email_key: bytes) -> None:
    """Clear the failures of one e-mail address after a good log-in."""
    await uow.run("delete from login_attempts where email_key = %s", (email_key,))


async def clear_failures(uow: UnitOfWork, *, before: datetime) -> None:
    """Delete failures nobody counts any more."""
    await uow.run("delete from login_attempts where at < %s", (before,))


# --- sessions -------------------------------------------------------------------------------------------------------


async def add_session(
    uow: UnitOfWork, *, user_id: UUID, token_hash: bytes, expires_at: datetime, address: str, user_agent: str
) -> UUID:
    """Insert a session and return its id."""
    session_id = uuid7()
    await uow.run(
        "insert into sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, address, user_agent) "
        "values (%s, %s, %s, now(), now(), %s, %s, %s)",
        (session_id, user_id, token_hash, expires_at, address[:64], user_agent[:300]),
    )
    return session_id


async def knows_device(uow: UnitOfWork, user_id: UUID, *, user_agent: str) -> bool:
    """Whether a person has logged in with a program of this name before."""
    return bool(
        await uow.value(
            "select exists (select 1 from sessions where user_id = %s and user_agent = %s)", (user_id, user_agent[:300])
        )
    )


async def find_signed_in(
    uow: UnitOfWork, *, now: datetime, token_hash: bytes | None = None, session_id: UUID | None = None
) -> SignedIn | None:
    """Who a live session belongs to, looked up by its token's hash or by its id."""
    row = await uow.row(
        f"""
        select {PERSON}, s.id as session_id, s.last_seen_at,
               {OWN_IB}, array(select c.kind || ' ' || c.version from consents c where c.user_id = u.id) as agreed
        from sessions s join users u on u.id = s.user_id
        where {"s.token_hash" if token_hash is not None else "s.id"} = %s
          and s.revoked_at is null and s.expires_at > %s and u.is_active
        """,
        (token_hash if token_hash is not None else session_id, now),
    )
    if row is None:
        return None
    if (now - row["last_seen_at"]).total_seconds() > 60:  # noqa: PLR2004
        await uow.run("update sessions set last_seen_at = %s where id = %s", (now, row["session_id"]))
    person = person_of(row)
    actor = Actor(user_id=person.id, role=person.role, ib_id=row["own_ib_id"], session_id=row["session_id"])
    accepted = [tuple(one.split(" ", 1)) for one in row["agreed"]]
    return SignedIn(actor=actor, person=person, session_id=row["session_id"], must_agree=bool(outstanding(accepted)))


async def list_sessions(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[SessionInfo]:
    """The live sessions of a person, last used first."""
    rows = await uow.rows(
        "select id, created_at, last_seen_at, expires_at, address, user_agent from sessions "
        "where user_id = %s and revoked_at is null and expires_at > %s order by last_seen_at desc",
        (user_id, now),
    )
    return [SessionInfo(**row, is_current=row["id"] == uow.actor.session_id) for row in rows]


async def revoke_sessions(
    uow: UnitOfWork, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None
) -> list[UUID]:
    """Revoke a person's live sessions: one, all, or all but one. Returns those that were live."""
    rows = await uow.rows(
        "update sessions set revoked_at = now() where user_id = %(user)s and revoked_at is null "
        "and (%(only)s::uuid is null or id = %(only)s) and (%(but)s::uuid is null or id <> %(but)s) returning id",
        {"user": user_id, "only": only, "but": but},
    )
    return [row["id"] for row in rows]


# --- preferences ----------------------------------------------------------------------------------------------------


async def get_preferences(uow: UnitOfWork, user_id: UUID) -> Preferences:
    """Risk preferences, appearance and the last accepted disclaimer."""
    row = await uow.row(
        """
        select s.time_zone, s.pnl_palette, s.theme, s.default_risk_percent, s.max_lots, s.daily_loss_percent,
               s.max_open_positions, s.is_one_click, coalesce(c.version, '') as disclaimer_version,
               c.accepted_at as disclaimer_accepted_at
        from user_settings s
        left join lateral (
            select version, accepted_at from consents
            where user_id = s.user_id and kind = 'disclaimer' order by accepted_at desc limit 1
        ) c on true
        where s.user_id = %s
        """,
        (user_id,),
    )
    return Preferences(**row) if row else Preferences()


async def save_preferences(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> None:
    """Store the given settings; keys are columns of `user_settings`."""
    await uow.run(
        "update user_settings set time_zone = %(time_zone)s, pnl_palette = %(pnl_palette)s, theme = %(theme)s, "
        "default_risk_percent = %(default_risk_percent)s, max_lots = %(max_lots)s, "
        "daily_loss_percent = %(daily_loss_percent)s, max_open_positions = %(max_open_positions)s "
        "where user_id = %(user_id)s",
        {**values, "user_id": user_id},
    )


async def set_one_click(uow: UnitOfWork, user_id: UUID, *, on: bool) -> None:
    """Whether orders from the ticket leave without being asked about."""
    await uow.run("update user_settings set is_one_click = %s where user_id = %s", (on, user_id))


async def add_consent(uow: UnitOfWork, user_id: UUID, *, kind: str, version: str, address: str) -> None:
    """Record an accepted text."""
    await uow.run(
        "insert into consents (id, user_id, kind, version, accepted_at, address) values (%s, %s, %s, %s, now(), %s)",
        (uuid7(), user_id, kind, version, address[:64]),
    )


async def list_consents(uow: UnitOfWork, user_id: UUID) -> list[Consent]:
    """What a person agreed to, newest first."""
    rows = await uow.rows(
        "select kind, version, accepted_at, address from consents where user_id = %s order by accepted_at desc, kind",
        (user_id,),
    )
    return [Consent(**row) for row in rows]


async def mark_onboarded(uow: UnitOfWork, user_id: UUID) -> None:
    """Note that onboarding is complete; the first time counts."""
    await uow.run("update users set onboarded_at = coalesce(onboarded_at, now()) where id = %s", (user_id,))
