"""Users, their sessions, settings and consents, and introducing brokers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from forex_elite.db.tables.columns import instant, key, number, owner, texts


class IbPartner(SQLModel, table=True):
    """An introducing broker; `code` is what clients name when they register."""

    __tablename__ = "ib_partners"
    __table_args__ = (
        sa.CheckConstraint("state in ('applied','approved','refused','suspended')", name="ck_ib_partners_state"),
        sa.CheckConstraint("is_approved = (state = 'approved')", name="ck_ib_partners_approved"),
    )

    id: UUID = key()
    user_id: UUID = Field(
        sa_column=sa.Column(
            sa.Uuid,
            sa.ForeignKey("users.id", ondelete="CASCADE", use_alter=True, name="fk_ib_partners_user"),
            nullable=False,
            unique=True,
        )
    )
    code: str = Field(unique=True, max_length=32)
    is_approved: bool = False
    created_at: datetime = instant(default_now=True)
    state: str = Field(default="applied", max_length=16, sa_column_kwargs={"server_default": "applied"})
    about: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": ""})
    reason: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    """Why the application was refused or the partner suspended, as they are told."""
    decided_at: datetime | None = instant()
    decided_by: UUID | None = None


class User(SQLModel, table=True):
    """A person with an account here."""

    __tablename__ = "users"
    __table_args__ = (
        sa.Index("uq_users_email", sa.text("lower(email)"), unique=True),
        sa.CheckConstraint("role in ('user', 'ib', 'admin', 'super_admin')", name="ck_users_role"),
    )

    id: UUID = key()
    email: str = Field(max_length=254)
    display_name: str = Field(max_length=80)
    role: str = Field(default="user", max_length=16)
    ib_id: UUID | None = Field(default=None, foreign_key="ib_partners.id", ondelete="SET NULL", index=True)
    is_active: bool = True
    created_at: datetime = instant(default_now=True)
    onboarded_at: datetime | None = instant()


class UserCredential(SQLModel, table=True):
    """What proves a person: only the server's own work may read it. Without `otp_enabled_at` a factor is on trial."""

    __tablename__ = "user_credentials"
    __table_args__ = (
        sa.CheckConstraint("otp_enabled_at is null or otp_sealed is not null", name="ck_user_credentials_otp"),
    )

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    password_hash: str
    otp_sealed: bytes | None = None
    otp_enabled_at: datetime | None = instant()
    otp_last_step: int = Field(default=0, sa_type=sa.BigInteger)
    """The newest 30-second step whose code was taken: none before it is taken any more."""


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the second factor once; for the server's own work alone."""

    __tablename__ = "recovery_codes"

    id: UUID = key()
    user_id: UUID = owner()
    code_hash: bytes
    used_at: datetime | None = instant()


class PasswordReset(SQLModel, table=True):
    """A link that was mailed to set a new password; for the server's own work alone."""

    __tablename__ = "password_resets"

    id: UUID = key()
    user_id: UUID = owner()
    token_hash: bytes = Field(unique=True)
    created_at: datetime = instant(default_now=True)
    expires_at: datetime = Field(sa_type=sa.DateTime(timezone=True))
    used_at: datetime | None = instant()


class ApiToken(SQLModel, table=True):
    """A program's proof for a person, for some permissions only."""

    __tablename__ = "api_tokens"

    id: UUID = key()
    user_id: UUID = owner()
    name: str = Field(max_length=80)
    prefix: str = Field(max_length=16)
    token_hash: bytes = Field(unique=True)
    scopes: list[str] = texts()
    created_at: datetime = instant(default_now=True)
    expires_at: datetime | None = instant()
    last_used_at: datetime | None = instant()
    revoked_at: datetime | None = instant()


class FeatureSetting(SQLModel, table=True):
    """One thing staff may switch for the whole installation."""

    __tablename__ = "feature_settings"

    name: str = Field(primary_key=True, max_length=64)
    value: Any = Field(sa_type=JSONB, nullable=False)
    updated_at: datetime = instant(default_now=True)


class Session(SQLModel, table=True):
    """A log-in: cookie token and JWT both point here, and revoking the row ends both."""

    __tablename__ = "sessions"

    id: UUID = key()
    user_id: UUID = owner()
    token_hash: bytes = Field(unique=True)
    created_at: datetime = instant(default_now=True)
    last_seen_at: datetime = instant(default_now=True)
    expires_at: datetime = Field(sa_type=sa.DateTime(timezone=True))
    revoked_at: datetime | None = instant()
    address: str = Field(default="", max_length=64)
    user_agent: str = Field(default="", max_length=300)


class LoginAttempt(SQLModel, table=True):
    """A failed log-in, kept for throttling by e-mail and by address."""

    __tablename__ = "login_attempts"

    id: UUID = key()
    email_key: bytes = Field(index=True)
    address: str = Field(max_length=64, index=True)
    at: datetime = instant(default_now=True, index=True)


class UserSettings(SQLModel, table=True):
    """Appearance and risk preferences of a person."""

    __tablename__ = "user_settings"

    user_id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    time_zone: str = Field(default="UTC", max_length=64)
    pnl_palette: str = Field(default="classic", max_length=16)
    theme: str = Field(default="dark", max_length=16)
    default_risk_percent: Decimal = number(sa.Numeric(6, 3), Decimal("1.00"))
    max_lots: Decimal = number(sa.Numeric(16, 4), Decimal("1.00"))
    daily_loss_percent: Decimal = number(sa.Numeric(6, 3), Decimal("4.00"))
    max_open_positions: int = 10
    is_one_click: bool = False
    """Orders from the ticket leave without being asked about; nobody has this unless they chose it."""


class Consent(SQLModel, table=True):
    """A text a person agreed to, in the version that was shown."""

    __tablename__ = "consents"

    id: UUID = key()
    user_id: UUID = owner()
    kind: str = Field(max_length=32)
    version: str = Field(max_length=32)
    accepted_at: datetime = instant(default_now=True)
    address: str = Field(default="", max_length=64)
