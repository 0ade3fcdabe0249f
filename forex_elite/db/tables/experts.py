"""Files of Expert Advisors, by their content."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, key, owner


class Artifact(SQLModel, table=True):
    """A source, a compiled expert, a log or a report: named by its SHA-256, never changed, one row per owner."""

    __tablename__ = "ea_artifacts"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "sha256", name="uq_ea_artifacts_content"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_ea_artifacts_sha256"),
        sa.CheckConstraint("size = octet_length(content)", name="ck_ea_artifacts_size"),
    )

    id: UUID = key()
    user_id: UUID = owner()
    sha256: str = Field(max_length=64)
    kind: str = Field(default="file", max_length=16)
    size: int
    content: bytes
    created_at: datetime = instant(default_now=True)
