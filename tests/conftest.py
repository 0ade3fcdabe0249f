"""What every layer's tests may use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from forex_elite.db import embedded
from forex_elite.db.embedded import EmbeddedPostgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this test run's own, empty, at default durability; gone without a trace afterwards."""
    server = embedded.start(tmp_path_factory.mktemp("home"))
    yield server
    server.stop()
    shutil.rmtree(server.place.folder)
