"""Files made in the background for one person, and people who asked to be erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, json, key


class PreparedFile(SQLModel, table=True):
    """A report or archive: asked for, being made, ready until it expires, or failed."""

    __tablename__ = "prepared_files"
    __table_args__ = (
        sa.CheckConstraint("status in ('queued','running','ready','failed')", name="ck_prepared_files_status"),
        sa.UniqueConstraint("user_id", "id", name="uq_prepared_files_owner"),
        sa.Index("ix_prepared_files_newest", "user_id", "created_at"),
        sa.Index("ix_prepared_files_work", "created_at", postgresql_where=sa.text("status in ('queued','running')")),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    kind: str = Field(max_length=24)
    format: str = Field(max_length=8)
    parameters: dict[str, Any] = json(dict)
    name: str = Field(max_length=120)
    status: str = Field(default="queued", max_length=8)
    progress: int = Field(default=0, sa_type=sa.SmallInteger)
    size: int = Field(default=0, sa_type=sa.BigInteger)
    sha256: str = Field(default="", max_length=64)
    error: str = ""
    created_at: datetime = instant(default_now=True)
    started_at: datetime | None = instant()
    """Moved on while it is being made: a file whose maker is silent is made again by another worker."""
    finished_at: datetime | None = instant()
    expires_at: datetime | None = instant()


class PreparedChunk(SQLModel, table=True):
    """A piece of a file, in order; every worker reaches it, and it goes with its file."""

    __tablename__ = "prepared_chunks"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "file_id"],
            ["prepared_files.user_id", "prepared_files.id"],
            name="fk_prepared_chunks_file",
            ondelete="CASCADE",
        ),
    )

    file_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    content: bytes


class Erasure(SQLModel, table=True):
    """Who a pseudonym was, sealed for the regulator until what the law keeps may go; the server's own, like a safe."""

    __tablename__ = "erasures"

    person_id: UUID = Field(primary_key=True)
    identity_encrypted: bytes
    erased_at: datetime = instant(default_now=True)
    keep_until: datetime = Field(sa_type=sa.DateTime(timezone=True))
