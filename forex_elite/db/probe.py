"""A look at a database from outside, for `forex-elite doctor`: is it there, which server, which schema."""

from __future__ import annotations

from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from forex_elite.db.migrations import config, owner_url
from forex_elite.errors import DatabaseUnavailable

PATIENCE_S = 5


@dataclass(frozen=True)
class Seen:
    """A database that answered; `revision` is None before the first migration."""

    version: str
    revision: str | None
    newest: str | None

    @property
    def is_current(self) -> bool:
        """Whether every migration has run."""
        return self.revision == self.newest


def look(address: str) -> Seen:
    """Connect as the owner and look. Raises DatabaseUnavailable with the driver's reason; changes nothing."""
    engine = create_engine(owner_url(address), poolclass=NullPool, connect_args={"connect_timeout": PATIENCE_S})
    try:
        with engine.connect() as connection:
            parts = connection.dialect.server_version_info or ()
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(str(error.__cause__ or error).strip()) from error
    finally:
        engine.dispose()
    newest = ScriptDirectory.from_config(config(address)).get_current_head()
    return Seen(".".join(str(part) for part in parts), revision, newest)
