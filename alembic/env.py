"""Runs migrations: one at a time per database, with short lock waits, in one transaction each."""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import forex_elite.db.tables  # noqa: F401  registers the schema
from alembic import context

ONE_MIGRATION_AT_A_TIME = 0x0F0E11E
"""Advisory lock: two servers starting together must not both migrate."""


def run() -> None:
    """Apply the migrations on the owner's connection."""
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '10s'"))
        connection.execute(text("set statement_timeout = '10min'"))
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": ONE_MIGRATION_AT_A_TIME})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
