"""How people are told of what happened: their channels, their choices, and what waits to be sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, key, texts


class NotificationChannel(SQLModel, table=True):
    """Where a person is told: one of each kind. The address is encrypted with a key outside the database.

    `address_key` is a keyed hash by which a chat is found again; nobody else can link the same chat.
    """

    __tablename__ = "notification_channels"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "id", name="uq_notification_channels_owner"),
        sa.UniqueConstraint("user_id", "kind", name="uq_notification_channels_kind"),
        sa.UniqueConstraint("address_key", name="uq_notification_channels_address"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    kind: str = Field(max_length=12)
    address_encrypted: bytes = b""
    address_key: bytes | None = None
    hint: str = Field(default="", max_length=64)
    events: list[str] = texts()
    is_enabled: bool = True
    created_at: datetime = instant(default_now=True)
    last_sent_at: datetime | None = instant()
    last_error: str = ""


class NotificationSettings(SQLModel, table=True):
    """When a person is not to be disturbed: minutes of the day in their time zone, none without both."""

    __tablename__ = "notification_settings"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    quiet_from: int | None = Field(default=None, sa_type=sa.SmallInteger)
    quiet_until: int | None = Field(default=None, sa_type=sa.SmallInteger)
    time_zone: str = Field(default="UTC", max_length=64)
    critical_always: bool = True


class NotificationCode(SQLModel, table=True):
    """A short-lived code: to link a chat, or to confirm what was asked for from one."""

    __tablename__ = "notification_codes"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "purpose", name="uq_notification_codes_purpose"),
        sa.Index("ix_notification_codes_hash", "code_hash"),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    purpose: str = Field(max_length=16)
    code_hash: bytes
    expires_at: datetime = Field(sa_type=sa.DateTime(timezone=True))
    tries: int = 0
    used_at: datetime | None = instant()


class NotificationDelivery(SQLModel, table=True):
    """One message to one channel, made in the transaction of its alert; an alert is sent to a channel at most once.

    pending → sending → sent | failed | unknown (handed over, no answer: never sent again) | pending (to try again).
    """

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        sa.CheckConstraint(
            "status in ('pending','sending','sent','failed','unknown')", name="ck_notification_deliveries_status"
        ),
        sa.CheckConstraint(
            "(status in ('sent','failed','unknown')) = (finished_at is not null)",
            name="ck_notification_deliveries_finished",
        ),
        sa.CheckConstraint("status <> 'sending' or claimed_at is not null", name="ck_notification_deliveries_claimed"),
        sa.ForeignKeyConstraint(
            ["user_id", "channel_id"],
            ["notification_channels.user_id", "notification_channels.id"],
            name="fk_notification_deliveries_channel",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("channel_id", "alert_id", name="uq_notification_deliveries_once"),
        sa.Index(
            "ix_notification_deliveries_due",
            "not_before",
            postgresql_where=sa.text("status in ('pending','sending')"),
        ),
    )

    id: UUID = key()
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    channel_id: UUID
    alert_id: UUID
    event: str = Field(max_length=48)
    severity: str = Field(default="warning", max_length=8)
    message: str
    status: str = Field(default="pending", max_length=8)
    attempts: int = 0
    not_before: datetime = instant(default_now=True)
    claimed_at: datetime | None = instant()
    finished_at: datetime | None = instant()
    error: str = ""
    created_at: datetime = instant(default_now=True)
