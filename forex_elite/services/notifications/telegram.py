"""The Telegram bot: links a chat to a person, and stops trading from it after a confirmation code.

One worker asks the Bot API for messages (long poll). A chat is trusted only once its person has linked it with a code
from the settings page, only one-to-one, and every stop is confirmed with a fresh code within a minute.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from forex_elite import clock
from forex_elite.db import notifications as queries
from forex_elite.db import people
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.identity import Actor, Role, service
from forex_elite.domain.notifications import ChannelTaken
from forex_elite.errors import DatabaseUnavailable, ForexEliteError
from forex_elite.services import kill_switch
from forex_elite.services.notifications.channels import chat_key, code_hash, link_chat
from forex_elite.settings import settings

log = logging.getLogger(__name__)

POLL_S = 25
CONFIRM_WITHIN = timedelta(seconds=60)
MOST_TRIES = 3
_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 300.0
_LONGEST_TEXT = 200
_MOST_UPDATES = 100
_WORK = service("telegram bot")

HELP = (
    "/kill stops new entries on all your accounts.\n"
    "/kill close stops new entries and closes every position.\n"
    "Both ask for a code first. The switch is lifted in the browser.\n"
    "/link CODE links this chat; the code is on the settings page."
)
NOT_LINKED = "This chat is not linked to anybody. Open Settings, Notifications in ForexElite and link it there."
AWAY = "The server cannot reach its database: nothing was done. Try again, or stop trading in the terminal."


@dataclass(frozen=True, slots=True)
class Message:
    """A text somebody wrote to the bot."""

    update_id: int
    chat_id: int
    is_private: bool
    name: str
    text: str


def read_update(update: Any) -> Message | None:
    """A text message out of what the Bot API sends; None for everything else."""
    message = update.get("message") if isinstance(update, dict) else None
    if not isinstance(message, dict):
        return None
    chat = message.get("chat")
    if not isinstance(chat, dict) or not isinstance(chat.get("id"), int) or not isinstance(message.get("text"), str):
        return None
    name = chat.get("first_name") or chat.get("title") or "you"
    return Message(
        update_id=update["update_id"],
        chat_id=chat["id"],
        is_private=chat.get("type") == "private",
        name=str(name)[:40],
        text=message["text"][:_LONGEST_TEXT].strip(),
    )


class Bot:
    """The Bot API of one bot; `base` is the address of the API."""

    def __init__(self, base: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{base.rstrip('/')}/bot{token}/", timeout=httpx.Timeout(10, read=POLL_S + 10)
        )

    async def close(self) -> None:
        """Let go of the connection."""
        await self._client.aclose()

    async def call(self, method: str, **parameters: Any) -> Any:
        """What the API answers. Raises httpx.HTTPError when it refuses or does not answer, ValueError for no JSON."""
        answer = await self._client.post(method, json=parameters)
        answer.raise_for_status()
        return answer.json().get("result")

    async def updates(self, offset: int) -> list[dict[str, Any]]:
        """Updates from `offset` on, waiting for the first."""
        found = await self.call("getUpdates", offset=offset, timeout=POLL_S, allowed_updates=["message"])
        listed = found if isinstance(found, list) else []
        return [
            one for one in listed[:_MOST_UPDATES] if isinstance(one, dict) and isinstance(one.get("update_id"), int)
        ]

    async def say(self, chat_id: int, text: str) -> None:
        """Answer in a chat."""
        await self.call("sendMessage", chat_id=chat_id, text=text)


async def serve() -> None:
    """Answer messages until cancelled; without a token there is nothing to do."""
    now = settings()
    token = now.telegram_bot_token.get_secret_value()
    if not token:
        return
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, and the bot's holds its token
    bot = Bot(now.telegram_api_url, token)
    offset, failures = 0, 0
    try:
        while True:
            try:
                for update in await bot.updates(offset):
                    await answer(bot, update)
                    offset = update["update_id"] + 1
                failures = 0
            except (httpx.HTTPError, ValueError, AttributeError) as error:
                failures += 1
                if failures == 1:
                    log.warning("Telegram's Bot API does not answer as it should: %s", type(error).__name__)
                await asyncio.sleep(min(_PAUSE_S * 2 ** (failures - 1), _LONGEST_PAUSE_S))
    finally:
        await bot.close()


async def answer(bot: Bot, update: dict[str, Any]) -> None:
    """Do what a message asks for and say so; a message that cannot be answered is not repeated."""
    message = read_update(update)
    if message is None:
        return
    try:
        words = await _act(message)
    except DatabaseUnavailable:
        words = AWAY
    except ForexEliteError as refusal:
        words = refusal.message
    except Exception:
        log.exception("a message to the bot could not be answered")
        words = "Something went wrong on the server. Look in the browser whether anything was done."
    try:
        await bot.say(message.chat_id, words)
    except httpx.HTTPError as error:
        log.warning("the bot could not answer: %s", type(error).__name__)


async def _act(message: Message) -> str:
    command, _, rest = message.text.partition(" ")
    command = command.partition("@")[0].lower()
    if not message.is_private:
        return "Write to me directly; I do nothing in groups."
    if command in {"/link", "/start"} and rest.strip():
        return await _link(message, rest.strip().upper())
    async with unit_of_work(_WORK) as uow:
        found = await queries.find_chat(uow, chat_key(message.chat_id))
    if found is None:
        return NOT_LINKED
    if command == "/kill":
        return await _ask(found, close=rest.strip().lower() == "close")
    if re.fullmatch(r"\d{6}", message.text):
        return await _confirm(found, message.text)
    return HELP


async def _link(message: Message, code: str) -> str:
    async with unit_of_work(_WORK) as uow:
        user_id = await queries.spend_code(
            uow, code_hash=code_hash("link", code), purpose="link", user_id=None, now=clock.now(), most_tries=MOST_TRIES
        )
        owner = await people.find(uow, user_id) if user_id else None
    if owner is None or not owner.is_active:
        return "This code is wrong or too old. Make a new one on the settings page."
    actor = Actor(user_id=owner.id, role=owner.role, ib_id=owner.ib_id)
    async with unit_of_work(actor) as uow:
        try:
            await link_chat(uow, actor, message.chat_id, message.name)
        except ChannelTaken as taken:
            return f"{taken.message} Unlink it there first."
    return f"This chat is linked to {owner.display_name}.\n\n{HELP}"


async def _ask(found: Row, *, close: bool) -> str:
    code = f"{secrets.randbelow(10**6):06}"
    purpose, other = ("kill-close", "kill") if close else ("kill", "kill-close")
    now = clock.now()
    async with unit_of_work(_WORK) as uow:
        for name, until in ((purpose, now + CONFIRM_WITHIN), (other, now)):  # an earlier question is off the table
            hashed = code_hash(f"{found['user_id']} {name}", code)
            await queries.put_code(uow, found["user_id"], purpose=name, code_hash=hashed, expires_at=until)
    what = "stop new entries and CLOSE EVERY POSITION" if close else "stop new entries"
    return f"Send {code} within 60 s to {what} on all accounts of {found['display_name']}."


async def _confirm(found: Row, code: str) -> str:
    for purpose in ("kill", "kill-close"):
        async with unit_of_work(_WORK) as uow:
            confirmed = await queries.spend_code(
                uow,
                code_hash=code_hash(f"{found['user_id']} {purpose}", code),
                purpose=purpose,
                user_id=found["user_id"],
                now=clock.now(),
                most_tries=MOST_TRIES,
            )
        if confirmed is None:
            continue
        actor = Actor(user_id=found["user_id"], role=Role(found["role"]), purpose="telegram")
        states = await kill_switch.throw(actor, flatten=purpose == "kill-close", address="telegram")
        cancelled = sum(state.cancelled for state in states)
        closing = sum(state.flatten_job_id is not None for state in states)
        words = f"New entries are stopped on {len(states)} account(s); {cancelled} waiting entries were cancelled."
        if purpose == "kill-close":
            words += f" Closing everything on {closing} of them."
        return f"{words} Lift the switch in the browser: {settings().url}/accounts"
    return "This code is wrong, used or too old. Nothing was stopped. Send /kill for a new one."
