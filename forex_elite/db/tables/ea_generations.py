"""What was asked of the language model, every word it answered, and what it cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, json, key, number, owner


class EaGeneration(SQLModel, table=True):
    """One request to write or change a project's program, with its end. Tokens are what the endpoint said it used."""

    __tablename__ = "ea_generations"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_ea_generations_owner"),
        sa.Index("ix_ea_generations_usage", "user_id", "created_at"),
        sa.Index("ix_ea_generations_running", "touched_at", postgresql_where=sa.text("status = 'running'")),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["ea_projects.user_id", "ea_projects.id"],
            ondelete="CASCADE",
            name="fk_ea_generations_project",
        ),
        sa.CheckConstraint("(status = 'running') = (ended_at is null)", name="ck_ea_generations_ended"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    project_id: UUID = Field(index=True)
    task: str = Field(max_length=16)
    prompt: str
    base_version_id: UUID | None = None
    model: str = Field(max_length=120)
    status: str = Field(default="running", max_length=16)
    code: str = Field(default="", max_length=48)
    message: str = ""
    rounds: int = 0
    last_seq: int = 0
    version_id: UUID | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    charged_tokens: int = 0
    """Counted against the person's day; nothing when the endpoint was unavailable or refused."""
    cost: Decimal = number(sa.Numeric(14, 6))
    """In the currency of the operator's prices."""
    created_at: datetime = instant(default_now=True)
    touched_at: datetime = instant(default_now=True)
    ended_at: datetime | None = instant()


class EaGenerationEvent(SQLModel, table=True):
    """One step of a generation, in order: what the page follows live and what is kept of it."""

    __tablename__ = "ea_generation_events"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "generation_id"],
            ["ea_generations.user_id", "ea_generations.id"],
            ondelete="CASCADE",
            name="fk_ea_generation_events_generation",
        ),
    )

    generation_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    user_id: UUID = owner()
    kind: str = Field(max_length=16)
    data: dict[str, Any] = json(dict)
    at: datetime = instant(default_now=True)
