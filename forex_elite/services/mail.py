"""Mail by SMTP, with what the environment names; without a server it is printed on the console, for development."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from forex_elite.errors import ForexEliteError
from forex_elite.settings import Settings, settings

TIMEOUT_S = 20.0
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
DEFAULT_SENDER = "forex-elite@localhost"


class MailNotSent(ForexEliteError):
    """The mail server could not be reached or refused the message; look at the SMTP settings and try again."""

    code = "mail-not-sent"
    status = 503


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our messages."""

    host: str
    port: int
    user: str
    password: str
    security: str
    """`tls` from the first byte, `starttls` before anything is said, or `none`."""


def relay(configured: Settings) -> Relay | None:
    """The mail server that is configured, by `SMTP_URL` or `SMTP_HOST` and its companions; None without one."""
    if url := configured.smtp_url.get_secret_value():
        parts = urlsplit(url)
        security = "tls" if parts.scheme == "smtps" else configured.smtp_security
        return Relay(
            parts.hostname or "localhost",
            parts.port or _PORTS[security],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            security,
        )
    if not configured.smtp_host:
        return None
    security = configured.smtp_security
    return Relay(
        configured.smtp_host,
        configured.smtp_port or _PORTS[security],
        configured.smtp_user,
        configured.smtp_password.get_secret_value(),
        security,
    )


def compose(to: str, subject: str, text: str, *, html: str = "") -> EmailMessage:
    """A message as it is sent; `to` is one address that was checked before."""
    sender = settings().mail_from or DEFAULT_SENDER
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


async def send(to: str, subject: str, text: str, *, html: str = "") -> None:
    """Send one message of plain text, with `html` as its alternative, to one address. Raises MailNotSent.

    Takes as long as the mail server does, up to `TIMEOUT_S` a step: nobody should wait for it inside a transaction.
    """
    message = compose(to, subject, text, html=html)
    server = relay(settings())
    if server is None:
        sys.stdout.write(
            f"\n--- mail to {to}: {message['Subject']}\n{text}\n--- (SMTP_URL or SMTP_HOST would send it)\n"
        )
        sys.stdout.flush()
        return
    try:
        await asyncio.to_thread(_deliver, server, message)
    except (OSError, smtplib.SMTPException) as failure:
        raise MailNotSent(f"The mail server at {server.host}:{server.port} did not take the message.") from failure


def _deliver(server: Relay, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    with connection:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)
