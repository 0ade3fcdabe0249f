"""Queries about presets."""

from __future__ import annotations

from uuid import UUID

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.projects import PresetInfo

_PRESET = "select id, project_id, name, inputs, content is not null as is_imported, updated_at from ea_presets "


def _info(row: Row) -> PresetInfo:
    return PresetInfo(
        row["id"], row["project_id"], row["name"], dict(row["inputs"]), row["is_imported"], row["updated_at"]
    )


async def list_presets(uow: UnitOfWork, user_id: UUID, project_id: UUID) -> list[PresetInfo]:
    """A project's presets by name."""
    rows = await uow.rows(
        _PRESET + "where project_id = %s and user_id = %s order by lower(name)", (project_id, user_id)
    )
    return [_info(row) for row in rows]


async def find(uow: UnitOfWork, user_id: UUID, preset_id: UUID) -> tuple[PresetInfo, bytes | None] | None:
    """A person's own preset, with the imported file's bytes."""
    row = await uow.row(
        "select id, project_id, name, inputs, content, content is not null as is_imported, updated_at "
        "from ea_presets where id = %s and user_id = %s",
        (preset_id, user_id),
    )
    return (_info(row), None if row["content"] is None else bytes(row["content"])) if row else None


async def store(
    uow: UnitOfWork, user_id: UUID, project_id: UUID, *, name: str, values: dict[str, str], content: bytes | None
) -> UUID | None:
    """Insert a preset; None when the project has one of that name."""
    found: UUID | None = await uow.value(
        "insert into ea_presets (id, user_id, project_id, name, inputs, content, created_at, updated_at) "
        "values (%s, %s, %s, %s, %s, %s, now(), now()) on conflict do nothing returning id",
        (uuid7(), user_id, project_id, name, Jsonb(values), content),
    )
    return found


async def change(uow: UnitOfWork, user_id: UUID, preset_id: UUID, *, name: str, values: dict[str, str]) -> bool:
    """Replace a preset's name and values; what was imported is no longer what it holds. False when it is gone."""
    return bool(
        await uow.run(
            "update ea_presets set name = %s, content = case when inputs = %s then content end, inputs = %s, "
            "updated_at = now() where id = %s and user_id = %s",
            (name, Jsonb(values), Jsonb(values), preset_id, user_id),
        )
    )


async def exists_name(uow: UnitOfWork, project_id: UUID, name: str, *, but: UUID) -> bool:
    """Whether another preset of the project has this name."""
    return bool(
        await uow.value(
            "select 1 from ea_presets where project_id = %s and lower(name) = lower(%s) and id <> %s",
            (project_id, name, but),
        )
    )


async def remove(uow: UnitOfWork, user_id: UUID, preset_id: UUID) -> bool:
    """Delete a preset."""
    return bool(await uow.run("delete from ea_presets where id = %s and user_id = %s", (preset_id, user_id)))
