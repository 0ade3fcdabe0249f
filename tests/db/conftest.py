"""A migrated database of the database tests' own, apart from the one the other layers write to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool

from forex_elite.db import migrations
from forex_elite.db.embedded import EmbeddedPostgres
from forex_elite.db.engine import app_url
from tests.conftest import SECRET_KEY
from tests.db.rows import Person, fill

MakeDatabase = Callable[[str], URL]


@pytest.fixture(scope="session")
def make_database(postgres: EmbeddedPostgres) -> MakeDatabase:
    """Makes an empty database in the cluster of this test run; returns its address as the owner."""

    def make(name: str) -> URL:
        with psycopg.connect(postgres.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'create database "{name}"'.encode())
        return migrations.owner_url(postgres.owner_url).set(database=name)

    return make


@pytest.fixture(scope="session")
def rows_url(make_database: MakeDatabase) -> URL:
    """A migrated database, as its owner."""
    url = make_database("forex_elite_rows")
    migrations.upgrade(url, SECRET_KEY)
    return url


@pytest.fixture(scope="session")
def owner(rows_url: URL) -> Iterator[Engine]:
    """Connections as the owner of the database."""
    engine = create_engine(rows_url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def app_dsn(rows_url: URL) -> str:
    """How role `app` reaches the database."""
    return app_url(rows_url.render_as_string(hide_password=False), SECRET_KEY).render_as_string(hide_password=False)


@pytest.fixture
def app(app_dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as role `app`, without any identity; what a test does is rolled back."""
    with psycopg.connect(app_dsn) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def people(owner: Engine) -> dict[str, Person]:
    """Alice and Bob own a row of every kind, Charlie owns nothing, Ivy is the IB whose only client Alice is."""
    with owner.begin() as connection:
        return fill(connection)
