"""Mail over real SMTP to a server of this test's own, and on the console without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from email import message_from_string

import pytest

from forex_elite.services import mail
from forex_elite.settings import Settings, settings


class Mailbox:
    """The least an SMTP server must say; keeps what it is given."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.messages: list[str] = []
        self.recipients: list[str] = []
        self.refuses = refuses

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            word = line.upper()
            if word.startswith("RCPT TO:"):
                self.recipients.append(line[8:].strip("<>"))
                writer.write(b"550 no such person\r\n" if self.refuses else b"250 ok\r\n")
            elif word == "DATA":
                writer.write(b"354 go on\r\n")
                await writer.drain()
                self.messages.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                writer.write(b"250 ok\r\n")
            elif word == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()


@pytest.fixture
async def mailbox(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Mailbox]]:
    servers: list[asyncio.Server] = []
    boxes: list[Mailbox] = []

    async def start(box: Mailbox) -> Mailbox:
        server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
        servers.append(server)
        boxes.append(box)
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        monkeypatch.setenv("SMTP_SECURITY", "none")
        monkeypatch.setenv("MAIL_FROM", "ForexElite <desk@example.com>")
        settings.cache_clear()
        return box

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()
    monkeypatch.undo()
    settings.cache_clear()


async def test_a_message_arrives_with_its_headers_and_both_bodies(mailbox: Callable[..., Mailbox]) -> None:
    box = await mailbox(Mailbox())

    await mail.send("marta@example.com", "A loss\nlimit", "Reached.", html="<p>Reached.</p>")

    assert box.recipients == ["marta@example.com"]
    message = message_from_string(box.messages[0])
    assert message["Subject"] == "A loss limit"
    assert message["From"] == "ForexElite <desk@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


async def test_a_refusal_is_told_without_the_password(mailbox: Callable[..., Mailbox]) -> None:
    await mailbox(Mailbox(refuses=True))

    with pytest.raises(mail.MailNotSent) as refused:
        await mail.send("marta@example.com", "Hello", "Hello")

    assert "127.0.0.1" in refused.value.message


async def test_without_a_server_it_is_printed(configured: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await mail.send("marta@example.com", "Hello", "The text itself.")

    told = capsys.readouterr().out
    assert "marta@example.com" in told
    assert "The text itself." in told


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"smtp_url": "smtps://me:p%40ss@mx.example.com"}, mail.Relay("mx.example.com", 465, "me", "p@ss", "tls")),
        ({"smtp_url": "smtp://mx.example.com:2525"}, mail.Relay("mx.example.com", 2525, "", "", "starttls")),
        (
            {"smtp_host": "mx.example.com", "smtp_user": "me", "smtp_password": "p", "smtp_security": "none"},
            mail.Relay("mx.example.com", 25, "me", "p", "none"),
        ),
        ({}, None),
    ],
)
def test_the_server_is_read_from_the_environments_names(values: dict[str, str], expected: mail.Relay | None) -> None:
    assert mail.relay(Settings(**values)) == expected  # type: ignore[arg-type]
