"""Everything the tables hold about a person: read for their archive, and scrubbed or removed when they are erased.

Tables are found in the schema itself, so that a new one is in the archive, and erased, without a word here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

import forex_elite.db.tables  # noqa: F401  registers the schema
from forex_elite.db.cursor import stream
from forex_elite.db.unit_of_work import Row, UnitOfWork

NOT_PERSONAL = {
    "broker_quotes": "prices of instruments",
    "quote_bars": "prices of instruments",
    "candles": "prices of instruments",
    "candle_series": "which prices were fetched",
    "prepared_chunks": "pieces of files made for you, this archive among them",
}
"""Tables whose rows belong to a person without telling anything of them."""

_SECRET = re.compile(r"hash|encrypted|sealed|secret|token(?!s)|recovery|address_key|password|otp")
NO_SECRETS = {"audit_log": {"hash", "previous_hash"}}
"""Columns that look like secrets and are none."""


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with the columns of it that are handed out, and those that are secrets and are not."""

    name: str
    owner: str
    columns: tuple[tuple[str, bool], ...]
    """Name, and whether it holds bytes."""
    withheld: tuple[str, ...]


def tables() -> list[PersonalTable]:
    """Every table with rows about a person, in the order of their references."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        owner = "id" if table.name == "users" else "user_id" if "user_id" in table.columns else ""
        if not owner or table.name in NOT_PERSONAL:
            continue
        withheld = {
            column.name
            for column in table.columns
            if _SECRET.search(column.name) and column.name not in NO_SECRETS.get(table.name, set())
        }
        columns = tuple(
            (column.name, isinstance(column.type, sa.LargeBinary))
            for column in table.columns
            if column.name not in withheld
        )
        found.append(PersonalTable(table.name, owner, columns, tuple(sorted(withheld))))
    return found


def stream_rows(uow: UnitOfWork, user_id: UUID, table: PersonalTable) -> AsyncIterator[list[Row]]:
    """A person's rows of a table in batches: `document` as JSON text, `cells` as a JSON list of texts."""
    # bytes as base64
    columns = ", ".join(f"encode({name}, 'base64') as {name}" if is_bytes else name for name, is_bytes in table.columns)
    cells = ", ".join(f"t.{name}::text" for name, _ in table.columns)
    return stream(
        uow,
        f"personal {table.name}",
        f"select row_to_json(t)::text as document, to_json(array[{cells}])::text as cells "
        f"from (select {columns} from {table.name} where {table.owner} = %s) t",
        (user_id,),
    )


# --- erasure --------------------------------------------------------------------------------------------------------

KEPT = {
    "users": "the pseudonym the other records hang on",
    "consents": "proof of what was agreed to",
    "mt5_agents": "orders name the agent that carried them out",
    "mt5_accounts": "the accounts of the trades, under numbers that mean nothing",
    "trades": "transactions",
    "trade_events": "what happened to positions",
    "balance_operations": "money in and out",
    "jobs": "orders on their way to the terminal",
    "orders": "orders by hand",
    "risk_events": "limits that held",
    "tv_strategies": "what the orders of alerts came from",
    "tv_signals": "alerts that became orders",
    "signal_executions": "requested and filled",
    "ib_partners": "the other side of partners' statements",
    "ib_revenue": "partners' statements",
    "ib_payouts": "partners' payouts",
    "subscriptions": "what partners' shares were computed from",
    "leaderboard_results": "places, under the pseudonym of the board, that explain prizes",
    "audit_log": "the audit trail, whose chain must stay whole",
    "audit_heads": "the ends of the audit trail",
}
"""What the regulator may ask for in the next seven years; everything else about a person is deleted."""


def erased_tables() -> list[str]:
    """Tables whose rows of a person are deleted, those that refer to others first."""
    owned = [table.name for table in SQLModel.metadata.sorted_tables if "user_id" in table.columns]
    return [name for name in reversed(owned) if name not in KEPT]


async def lock(uow: UnitOfWork) -> None:
    """Erasures queue up, so that the last two owners cannot go at once."""
    await uow.run("select pg_advisory_xact_lock(hashtext('erasure'))")


async def count_running(uow: UnitOfWork, user_id: UUID) -> Row:
    """What goes on without us when a person is erased: open positions, experts that run."""
    row = await uow.row(
        "select (select count(*) from trades where user_id = %(user)s and not is_closed) as positions, "
        "(select count(*) from ea_deployments where user_id = %(user)s and desired <> 'stopped') as experts, "
        "(select role = 'super_admin' and not exists (select 1 from users o where o.role = 'super_admin' "
        " and o.is_active and o.id <> u.id) from users u where u.id = %(user)s) as is_last_owner",
        {"user": user_id},
    )
    assert row is not None
    return row


async def identity_of(uow: UnitOfWork, user_id: UUID) -> dict[str, object]:
    """Who a pseudonym will have been: name, address and account numbers."""
    person = await uow.row("select email, display_name, created_at from users where id = %s", (user_id,))
    accounts = await uow.rows(
        "select id::text, login, server, broker, name, label from mt5_accounts where user_id = %s", (user_id,)
    )
    assert person is not None
    return {**person, "created_at": person["created_at"].isoformat(), "accounts": [dict(row) for row in accounts]}


_TELLING = (
    ("tv_signals", "reason", "text"),
    ("tv_signals", "checks", "jsonb"),
    ("signal_executions", "reason", "text"),
    ("signal_executions", "checks", "jsonb"),
    ("orders", "reason", "text"),
    ("orders", "checks", "jsonb"),
    ("risk_events", "message", "text"),
)
"""Words of the server in which account numbers stand."""

_SCRUB = (
    # a number that says nothing, and none twice: (user, login, server) is unique
    "update mt5_accounts set login = -(row_number), name = '', label = '', terminal_path = '', symbol_map = '{}', "
    "ea_settings = '{}', agent_id = null, removed_at = coalesce(removed_at, %(now)s), is_assigned = false, "
    "is_enabled_for_trading = false, killed_at = coalesce(killed_at, %(now)s), sync_error = '' "
    "from (select id as numbered, row_number() over (order by id) from mt5_accounts where user_id = %(user)s) n "
    "where n.numbered = mt5_accounts.id and user_id = %(user)s",
    "update mt5_agents set name = 'erased', pairing_key_hash = sha256(uuid_send(gen_random_uuid())), "
    "pairing_key_prefix = '', terminals = '[]', deployments = '[]', instance = null, "
    "deleted_at = coalesce(deleted_at, %(now)s) where user_id = %(user)s",
    "update tv_strategies set name = 'erased', secret_hash = sha256(uuid_send(gen_random_uuid())), "
    "secret_encrypted = '', secret_prefix = '', is_enabled = false, deleted_at = coalesce(deleted_at, %(now)s) "
    "where user_id = %(user)s",
    "update tv_signals set body = '', content_type = '', source_address = '', read_as = '' where user_id = %(user)s",
    "update trades set comment = '' where user_id = %(user)s and comment <> ''",
    "update consents set address = '' where user_id = %(user)s",
    "update ib_partners set code = 'erased-' || left(id::text, 8) || right(id::text, 8), is_approved = false, "
    "state = case state when 'approved' then 'suspended' else state end, about = '', reason = '' "
    "where user_id = %(user)s",
    "update users set email = 'erased-' || id || '@erased.invalid', display_name = 'Erased person', "
    "is_active = false, ib_id = null where id = %(user)s",
)


async def cancel_jobs(uow: UnitOfWork, user_id: UUID, now: datetime) -> int:
    """Nothing of a person's is carried out any more."""
    return await uow.run(
        "update jobs set status = 'cancelled', finished_at = %s, lease_token = null, lease_expires_at = null "
        "where user_id = %s and status = 'pending'",
        (now, user_id),
    )


async def erase(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> list[UUID]:
    """Delete what need not be kept and take the person out of the rest; returns the agents whose keys are void.

    Runs as the server's own work.
    """
    accounts = [row["id"] for row in await uow.rows("select id from mt5_accounts where user_id = %s", (user_id,))]
    agents = [row["id"] for row in await uow.rows("select id from mt5_agents where user_id = %s", (user_id,))]
    for name in erased_tables():
        columns = SQLModel.metadata.tables[name].primary_key.columns
        # the series are indexed by account or agent, not by person
        by = next((key for key in ("account_id", "agent_id") if key in columns), "")
        narrowed = f" and {by} = any(%(ids)s)" if by else ""
        await uow.run(
            f"delete from {name} where user_id = %(user)s{narrowed}",
            {"user": user_id, "ids": accounts if by == "account_id" else agents},
        )
    numbers = await uow.value("select string_agg(login::text, '|') from mt5_accounts where user_id = %s", (user_id,))
    for table, column, kind in _TELLING if numbers else ():
        await uow.run(
            f"update {table} set {column} = regexp_replace({column}::text, %(numbers)s, 'erased', 'g')::{kind} "
            f"where user_id = %(user)s and {column}::text ~ %(numbers)s",
            {"user": user_id, "numbers": rf"\m({numbers})\M"},
        )
    await uow.run("delete from jobs where user_id = %s and type <> 'trade'", (user_id,))
    await uow.run_all([(statement, {"user": user_id, "now": now}) for statement in _SCRUB])
    return agents


async def keep_identity(uow: UnitOfWork, person_id: UUID, *, sealed: bytes, at: datetime, until: datetime) -> None:
    """Keep, sealed, who a pseudonym was."""
    await uow.run(
        "insert into erasures (person_id, identity_encrypted, erased_at, keep_until) values (%s, %s, %s, %s) "
        "on conflict (person_id) do nothing",
        (person_id, sealed, at, until),
    )


async def forget_identities(uow: UnitOfWork, *, now: datetime) -> int:
    """Forget who pseudonyms were once nothing of theirs must be kept."""
    return await uow.run("delete from erasures where keep_until < %s", (now,))
