"""The migrations and the models are the same schema, and the last step can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import forex_elite.db.tables  # noqa: F401  registers the schema
from forex_elite.db import migrations
from tests.conftest import SECRET_KEY
from tests.db.conftest import MakeDatabase


def scripts(url: URL) -> ScriptDirectory:
    return ScriptDirectory.from_config(migrations.config(url))


def differences(connection: sa.Connection) -> list[object]:
    """What migrations and models disagree about; partitions follow from their table."""
    partitions = set(connection.execute(sa.text("select relname from pg_class where relispartition")).scalars())
    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name not in partitions},
    )
    return list(compare_metadata(context, SQLModel.metadata))


def test_the_migrations_from_empty_make_what_the_models_say(owner: Engine) -> None:
    with owner.connect() as connection:
        assert differences(connection) == []


def test_there_is_exactly_one_newest_migration(rows_url: URL) -> None:
    assert len(scripts(rows_url).get_heads()) == 1
    assert len(scripts(rows_url).get_bases()) == 1


def test_every_step_can_be_taken_back_and_taken_again(make_database: MakeDatabase) -> None:
    url = make_database("forex_elite_steps")
    newest = scripts(url).get_current_head()
    assert newest
    engine = create_engine(url, poolclass=NullPool)
    migrations.upgrade(url, SECRET_KEY)

    migrations.downgrade(url, "-1")
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() != newest
    migrations.upgrade(url, SECRET_KEY)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest
        assert differences(connection) == []
    migrations.downgrade(url, "base")

    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_every_instant_carries_its_zone(owner: Engine) -> None:
    with owner.connect() as connection:
        found = connection.execute(
            sa.text(
                "select table_name || '.' || column_name from information_schema.columns "
                "where table_schema = 'public' and data_type in ('timestamp without time zone', 'time with time zone')"
            )
        ).scalars()

        assert list(found) == []


def test_money_prices_and_lots_are_exact(owner: Engine) -> None:
    inexact = {"mt5_agents.cpu_percent", "mt5_agents.memory_percent"}  # load figures, not money
    with owner.connect() as connection:
        found = connection.execute(
            sa.text(
                "select table_name || '.' || column_name from information_schema.columns "
                "where table_schema = 'public' and data_type in ('real', 'double precision', 'money')"
            )
        ).scalars()

        assert set(found) == inexact
