"""Queries about projects."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from forex_elite.db.unit_of_work import Row, UnitOfWork
from forex_elite.domain.ea.projects import Origin, ProjectInfo, ProjectKind
from forex_elite.domain.paging import Page

_PROJECT = """
    select p.*, v.number as current_number, v.state as current_state,
           (select count(*) from ea_versions o where o.project_id = p.id) as version_count,
           (select count(*) from ea_deployments d where d.project_id = p.id and d.desired <> 'stopped')
           as running_count
    from ea_projects p left join ea_versions v on v.id = p.current_version_id
"""


def project_info(row: Row) -> ProjectInfo:
    """A project's row."""
    return ProjectInfo(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        kind=ProjectKind(row["kind"]),
        description=row["description"],
        tags=tuple(row["tags"]),
        entry=row["entry"],
        current_version_id=row["current_version_id"],
        current_number=row["current_number"],
        current_state=row["current_state"],
        version_count=row["version_count"],
        running_count=row["running_count"],
        draft_revision=row["draft_revision"],
        draft_origin=Origin(row["draft_origin"]),
        draft_base_id=row["draft_base_id"],
        draft_saved_at=row["draft_saved_at"],
        forked_from_id=row["forked_from_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        archived_at=row["archived_at"],
    )


async def find(uow: UnitOfWork, user_id: UUID, project_id: UUID) -> ProjectInfo | None:
    """A person's own project."""
    row = await uow.row(_PROJECT + "where p.id = %s and p.user_id = %s", (project_id, user_id))
    return project_info(row) if row else None


async def lock(uow: UnitOfWork, user_id: UUID, project_id: UUID) -> Row | None:
    """The project's own row, held until the transaction ends: its changes come one after the other."""
    return await uow.row("select * from ea_projects where id = %s and user_id = %s for update", (project_id, user_id))


async def list_projects(
    uow: UnitOfWork, user_id: UUID, *, archived: bool, tag: str, query: str, before: UUID | None, limit: int
) -> Page[ProjectInfo]:
    """A person's projects, last made first; `query` is looked for in names and descriptions."""
    rows = await uow.rows(
        _PROJECT
        + """
        where p.user_id = %(user)s and (p.archived_at is not null) = %(archived)s
          and (%(tag)s = '' or %(tag)s = any(p.tags))
          and (%(query)s = '' or strpos(lower(p.name || ' ' || p.description), lower(%(query)s)) > 0)
          and (%(before)s::uuid is null or p.id < %(before)s)
        order by p.id desc limit %(limit)s
        """,
        {"user": user_id, "archived": archived, "tag": tag, "query": query, "before": before, "limit": limit + 1},
    )
    items = tuple(project_info(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def list_tags(uow: UnitOfWork, user_id: UUID) -> list[str]:
    """All tags of a person's projects, in their order."""
    rows = await uow.rows("select distinct unnest(tags) as tag from ea_projects where user_id = %s", (user_id,))
    return sorted(row["tag"] for row in rows)


async def count(uow: UnitOfWork, user_id: UUID) -> int:
    """How many projects a person has, archived ones too."""
    return int(await uow.value("select count(*) from ea_projects where user_id = %s", (user_id,)))


async def add(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> UUID:
    """Insert a project without files or versions."""
    project_id = uuid7()
    await uow.run(
        """
        insert into ea_projects (id, user_id, name, kind, description, tags, entry, last_number, draft_revision,
            draft_origin, draft_saved_at, forked_from_id, created_at, updated_at)
        values (%(id)s, %(user_id)s, %(name)s, %(kind)s, %(description)s, %(tags)s, '', 0, 0, %(draft_origin)s,
            now(), %(forked_from_id)s, now(), now())
        """,
        {**values, "id": project_id, "user_id": user_id},
    )
    return project_id


async def save(uow: UnitOfWork, user_id: UUID, project_id: UUID, values: dict[str, Any]) -> bool:
    """Change what is given of name, description, kind, tags, entry and `archived`."""
    archived = values.get("archived")
    return bool(
        await uow.run(
            """
            update ea_projects set name = coalesce(%(name)s, name), kind = coalesce(%(kind)s, kind),
                description = coalesce(%(description)s, description), tags = coalesce(%(tags)s, tags),
                entry = coalesce(%(entry)s, entry), updated_at = now(),
                archived_at = case when %(archived)s::boolean is null then archived_at
                                   when %(archived)s then coalesce(archived_at, now()) end
            where id = %(id)s and user_id = %(user)s
            """,
            {
                **{name: values.get(name) for name in ("name", "kind", "description", "tags", "entry")},
                "archived": archived,
                "id": project_id,
                "user": user_id,
            },
        )
    )


async def touch_draft(
    uow: UnitOfWork, project_id: UUID, *, entry: str, origin: Origin, base_id: UUID | None = None
) -> int:
    """Count a change of the draft; returns its new revision. Without `base_id` its base stays."""
    return int(
        await uow.value(
            "update ea_projects set draft_revision = draft_revision + 1, draft_saved_at = now(), updated_at = now(), "
            "entry = %s, draft_origin = %s, draft_base_id = coalesce(%s, draft_base_id) where id = %s "
            "returning draft_revision",
            (entry, origin.value, base_id, project_id),
        )
    )
