"""A server with a Telegram bot, whose Bot API stands beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from forex_elite.domain.identity import Actor, Role
from forex_elite.settings import Settings, settings
from tests.oversight.bot_api import TOKEN, BotApi
from tests.world import Member


def acting(member: Member) -> Actor:
    return Actor(user_id=UUID(member.id), role=Role.USER)


@pytest.fixture
async def bot_api(configured: Settings, running: None) -> AsyncIterator[BotApi]:
    api = BotApi()
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    api.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        patch.setenv("TELEGRAM_API_URL", api.url)
        settings.cache_clear()
        yield api
    settings.cache_clear()
    server.close()
