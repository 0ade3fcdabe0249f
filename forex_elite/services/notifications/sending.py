"""One message to one channel, through apprise, off the event loop.

The services are built from parsed fields, never from an address somebody typed: nobody can point the server at another
host. apprise says yes or no; whether a no is certain is told from how long it took, since only a request that was sent
and not answered takes as long as the time allowed for reading.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from forex_elite.domain.notifications import ChannelKind, DiscordAddress, SendResult
from forex_elite.services import mail
from forex_elite.settings import Settings, settings

log = logging.getLogger(__name__)

CONNECT_S, READ_S = 4.0, 15.0
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said: a line and a text, both plain."""

    title: str
    body: str


async def send(kind: ChannelKind, address: str, letter: Letter) -> SendResult:
    """Send, and say honestly what became of it. `address` is the e-mail address, chat, or `id/token` of Discord."""
    return await asyncio.to_thread(_send, kind, address, letter)


def _send(kind: ChannelKind, address: str, letter: Letter) -> SendResult:
    now = settings()
    if kind is ChannelKind.EMAIL and mail.relay(now) is None:
        log.warning("no SMTP_HOST is set; e-mail to %s:\n%s\n\n%s", address, letter.title, letter.body)
        return SendResult("ok", "No mail server is configured (SMTP_HOST): it was printed on the server's console.")
    if kind is ChannelKind.TELEGRAM and not now.telegram_bot_token.get_secret_value():
        return SendResult("failed", "No bot is configured on this server (TELEGRAM_BOT_TOKEN).")
    try:
        notify = _prepared(kind, now, address)
    except OSError as unreachable:
        return SendResult("failed", f"The mail server does not answer: {unreachable}."[:_LONGEST_REASON])
    with _Reasons() as reasons:
        began = time.monotonic()
        is_taken = bool(notify.notify(body=letter.body, title=letter.title))
        took = time.monotonic() - began
    if is_taken:
        return SendResult("ok")
    if took >= READ_S:
        return SendResult("unknown", "The other side did not answer in time; it may have arrived.")
    return SendResult("failed", reasons.words() or "The other side refused it.")


def _prepared(kind: ChannelKind, now: Settings, address: str) -> Any:
    match kind:
        case ChannelKind.EMAIL:
            return _email(now, address)
        case ChannelKind.TELEGRAM:
            return _telegram(now, address)
        case ChannelKind.DISCORD:
            return _discord(address)


def _email(now: Settings, address: str) -> Any:
    relay = mail.relay(now)
    assert relay is not None
    # A server that cannot be reached takes as long as one that does not answer, but has certainly taken nothing.
    socket.create_connection((relay.host, relay.port), timeout=CONNECT_S).close()
    from apprise.plugins.email import NotifyEmail  # noqa: PLC0415  apprise takes half a second to import

    plugin: Any = NotifyEmail
    return plugin(
        host=relay.host,
        smtp_host=relay.host,
        port=relay.port,
        user=quote(relay.user, safe="") or None,
        password=quote(relay.password, safe="") or None,
        from_addr=now.mail_from or mail.DEFAULT_SENDER,
        secure_mode={"none": "insecure", "starttls": "starttls", "tls": "ssl"}[relay.security],
        targets=[address],
        cto=READ_S,
        format="text",
    )


def _telegram(now: Settings, address: str) -> Any:
    from apprise.plugins.telegram import NotifyTelegram  # noqa: PLC0415

    plugin: Any = NotifyTelegram
    made = plugin(
        bot_token=now.telegram_bot_token.get_secret_value(),
        targets=[str(int(address))],
        detect_owner=False,
        cto=CONNECT_S,
        rto=READ_S,
        format="text",
    )
    made.notify_url = f"{now.telegram_api_url.rstrip('/')}/bot"
    return made


def _discord(address: str) -> Any:
    from apprise.plugins.discord import NotifyDiscord  # noqa: PLC0415

    parts = DiscordAddress(*address.split("/", 1))
    return NotifyDiscord(
        webhook_id=parts.webhook_id,
        webhook_token=parts.token,
        avatar=False,
        cto=CONNECT_S,
        rto=READ_S,
        format="text",
    )


class _Reasons(logging.Handler):
    """What apprise says about a refusal in this thread: it answers yes or no, and tells why in its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self._said: list[str] = []

    def __enter__(self) -> Self:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of our own thread."""
        if record.thread == self._thread:
            self._said.append(record.getMessage())

    def words(self) -> str:
        """All of it in one line, without the bot's token."""
        text = " ".join(" ".join(self._said).split())
        if token := settings().telegram_bot_token.get_secret_value():
            text = text.replace(token, "…")
        return text[:_LONGEST_REASON]
