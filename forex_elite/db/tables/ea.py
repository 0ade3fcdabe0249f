"""Expert Advisors as their authors keep them: projects with one draft each, versions that never change, presets."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, json, key, owner, texts

HASH = 64


def _of_project(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "project_id"], ["ea_projects.user_id", "ea_projects.id"], ondelete="CASCADE", name=name
    )


class EaProject(SQLModel, table=True):
    """A program and everything that belongs to it. `draft_revision` counts every change of its draft."""

    __tablename__ = "ea_projects"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_ea_projects_owner"),
        sa.Index("ix_ea_projects_recent", "user_id", "updated_at"),
        sa.ForeignKeyConstraint(
            ["user_id", "current_version_id"],
            ["ea_versions.user_id", "ea_versions.id"],
            ondelete="SET NULL (current_version_id)",
            name="fk_ea_projects_current_version",
            use_alter=True,
        ),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    name: str = Field(max_length=80)
    kind: str = Field(default="expert", max_length=16)
    description: str = Field(default="", max_length=2000)
    tags: list[str] = texts()
    entry: str = Field(default="", max_length=180)
    """Path of the file the compiler starts with; empty while there is none."""
    current_version_id: UUID | None = None
    last_number: int = 0
    draft_revision: int = 0
    draft_origin: str = Field(default="written", max_length=16)
    """What the draft came from, until somebody types in it."""
    draft_base_id: UUID | None = None
    """The version the draft started from."""
    draft_saved_at: datetime = instant(default_now=True)
    forked_from_id: UUID | None = None
    created_at: datetime = instant(default_now=True)
    updated_at: datetime = instant(default_now=True)
    archived_at: datetime | None = instant()


class EaDraftFile(SQLModel, table=True):
    """A file being edited, byte for byte."""

    __tablename__ = "ea_draft_files"
    __table_args__ = (
        _of_project("fk_ea_draft_files_project"),
        sa.Index("uq_ea_draft_files_path", "project_id", sa.text("lower(path)"), unique=True),
    )

    id: UUID = key()
    user_id: UUID = owner()
    project_id: UUID
    path: str = Field(max_length=180)
    sha256: str = Field(max_length=HASH)
    size: int
    encoding: str = Field(max_length=16)
    content: bytes
    previous_sha256: str | None = Field(default=None, max_length=HASH)
    previous_start: int = 0
    previous_length: int = 0
    previous_part: bytes | None = None
    """The way back over the last change (`patches.WayBack`): a change that came too late can still be told in full."""
    saved_at: datetime = instant(default_now=True)


class EaVersion(SQLModel, table=True):
    """A state of a project that never changes (trigger); only what the compiler says of it is added, once."""

    __tablename__ = "ea_versions"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_ea_versions_owner"),
        sa.UniqueConstraint("project_id", "number", name="uq_ea_versions_number"),
        _of_project("fk_ea_versions_project"),
        sa.CheckConstraint("state in ('draft', 'compiling', 'compiled', 'failed')", name="ck_ea_versions_state"),
        sa.CheckConstraint("origin in ('written', 'generated', 'imported', 'restored')", name="ck_ea_versions_origin"),
        sa.CheckConstraint("state <> 'compiled' or ex5_sha256 is not null", name="ck_ea_versions_compiled"),
        sa.ForeignKeyConstraint(
            ["user_id", "compile_job_id"],
            ["jobs.user_id", "jobs.id"],
            ondelete="SET NULL (compile_job_id)",
            name="fk_ea_versions_compile_job",
        ),
        *(
            sa.ForeignKeyConstraint(
                ["user_id", column], ["ea_artifacts.user_id", "ea_artifacts.sha256"], name=f"fk_ea_versions_{column}"
            )
            for column in ("ex5_sha256", "log_sha256")
        ),
        sa.Index("ix_ea_versions_compile_job", "compile_job_id", postgresql_where=sa.text("state = 'compiling'")),
    )

    id: UUID = key()
    user_id: UUID = owner()
    project_id: UUID
    number: int
    author: str = Field(default="", max_length=80)
    origin: str = Field(max_length=16)
    message: str = Field(default="", max_length=2000)
    parent_id: UUID | None = None
    generation_id: UUID | None = None
    entry: str = Field(max_length=180)
    sha256: str = Field(max_length=HASH)
    file_count: int
    size: int
    created_at: datetime = instant(default_now=True)
    state: str = Field(default="draft", max_length=16)
    compile_job_id: UUID | None = None
    compile_error: str = ""
    findings: list[dict[str, Any]] = json(list)
    error_count: int = 0
    warning_count: int = 0
    ex5_sha256: str | None = Field(default=None, max_length=HASH)
    ex5_size: int | None = None
    log_sha256: str | None = Field(default=None, max_length=HASH)
    compiled_at: datetime | None = instant()


class EaVersionFile(SQLModel, table=True):
    """A file of a version; its bytes are the artifact with this hash. Rows are never changed."""

    __tablename__ = "ea_version_files"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"],
            ["ea_versions.user_id", "ea_versions.id"],
            ondelete="CASCADE",
            name="fk_ea_version_files_version",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "sha256"], ["ea_artifacts.user_id", "ea_artifacts.sha256"], name="fk_ea_version_files_content"
        ),
        sa.Index("ix_ea_version_files_content", "user_id", "sha256"),
    )

    version_id: UUID = Field(primary_key=True)
    path: str = Field(primary_key=True, max_length=180)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    sha256: str = Field(max_length=HASH)
    size: int
    encoding: str = Field(max_length=16)


class EaPreset(SQLModel, table=True):
    """Named values of a project's inputs; `content` is the `.set` file as it was imported, byte for byte."""

    __tablename__ = "ea_presets"
    __table_args__ = (
        _of_project("fk_ea_presets_project"),
        sa.Index("uq_ea_presets_name", "project_id", sa.text("lower(name)"), unique=True),
    )

    id: UUID = key()
    user_id: UUID = owner()
    project_id: UUID
    name: str = Field(max_length=80)
    inputs: dict[str, Any] = json(dict)
    content: bytes | None = None
    created_at: datetime = instant(default_now=True)
    updated_at: datetime = instant(default_now=True)
