"""A fake server, and an agent that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agent.fake_server import FakeServer
from tests.agent.running_agent import RunningAgent


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer() as server:
        yield server


@pytest.fixture
async def agent(server: FakeServer, tmp_path: Path) -> AsyncIterator[RunningAgent]:
    agent = RunningAgent(server, tmp_path)
    await agent.start()
    yield agent
    await agent.stop()
