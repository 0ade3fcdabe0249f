"""Queries about what staff may switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from forex_elite.db.unit_of_work import UnitOfWork


async def read(uow: UnitOfWork) -> dict[str, Any]:
    """Everything that was ever set, by name."""
    return {row["name"]: row["value"] for row in await uow.rows("select name, value from feature_settings")}


async def save(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Set these, by name."""
    await uow.run(
        "insert into feature_settings (name, value, updated_at) "
        "select i.name, i.value, now() from unnest(%(names)s::text[], %(values)s::jsonb[]) as i (name, value) "
        "on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at",
        {"names": list(values), "values": [Jsonb(value) for value in values.values()]},
    )


async def lock(uow: UnitOfWork) -> None:
    """Let nobody else change them until this transaction ends, so that `before` is true."""
    await uow.run("select pg_advisory_xact_lock(hashtext('feature settings'))")
