"""Bring a database to the newest schema. Runs as the owner; everything else runs as role `app`."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from alembic import command
from forex_elite.db.engine import APP_ROLE, app_password

SCRIPTS = Path(__file__).resolve().parents[2] / "alembic"


def owner_url(address: str | URL) -> URL:
    """The owner's address with our driver."""
    return make_url(address).set(drivername="postgresql+psycopg")


def config(address: str | URL) -> Config:
    """Alembic's configuration, made in code: there is no ini file to keep in step."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    made.attributes["url"] = owner_url(address)
    return made


def upgrade(address: str | URL, signing_key: str, revision: str = "head") -> None:
    """Create or update the schema, and make role `app` able to log in with the derived password."""
    ensure_app_role(address, signing_key)
    command.upgrade(config(address), revision)


def downgrade(address: str | URL, revision: str) -> None:
    """Step back (tests of the last migration)."""
    command.downgrade(config(address), revision)


def ensure_app_role(address: str | URL, signing_key: str) -> None:
    """Role `app` exists once per cluster: it may log in, owns nothing, and row-level security binds it."""
    engine = create_engine(owner_url(address), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            known = connection.execute(text("select 1 from pg_roles where rolname = :name"), {"name": APP_ROLE})
            verb = "alter" if known.scalar() else "create"
            password = app_password(signing_key).replace("'", "''")
            connection.execute(
                text(
                    f"{verb} role {APP_ROLE} with login password '{password}' "
                    "nosuperuser nobypassrls nocreatedb nocreaterole noinherit"
                )
            )
    finally:
        engine.dispose()
