"""`forex-elite doctor`: what is configured, what answers, what is missing. Looks only; starts and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import redis
import typer
from rich.console import Console
from rich.table import Table

from forex_elite.cli import chromium, claims, frontend
from forex_elite.db import embedded, probe
from forex_elite.errors import ForexEliteError
from forex_elite.services import mail
from forex_elite.settings import Settings, settings

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (22, 22)
OTHERS_MAY_READ = 0o077

Verdict = Literal["ok", "note", "problem"]
SIGNS: dict[Verdict, str] = {"ok": "[green]✓[/green]", "note": "[yellow]·[/yellow]", "problem": "[red]✗[/red]"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; only a `problem` makes the command fail."""

    subject: str
    verdict: Verdict
    text: str


def doctor() -> None:
    """Print every finding; exit code 1 when one of them is a problem."""
    findings = [finding for look in LOOKS for finding in look(settings())]
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(SIGNS[finding.verdict], finding.subject, finding.text)
    Console(highlight=False, soft_wrap=True).print(table)
    if any(finding.verdict == "problem" for finding in findings):
        raise typer.Exit(1)


def programs(_: Settings) -> Iterator[Finding]:
    """Python, Node, the built pages, the browser of the tests."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= OLDEST_PYTHON
    yield Finding("Python", "ok" if fits else "problem", python if fits else f"{python}: 3.11 or newer is needed")
    yield _node()
    if frontend.is_built(frontend.fingerprint()):
        yield Finding("Pages", "ok", "built")
    else:
        yield Finding("Pages", "note", "not built yet, or changed since: the next start builds them")
    browser = chromium.find()
    yield Finding(
        "Browser", "ok" if browser else "note", str(browser or f"none; only tests need one ({chromium.HOW_TO_INSTALL})")
    )


def _node() -> Finding:
    node = shutil.which("node", path=str(Path(sys.executable).parent))
    if node is None:
        return Finding("Node", "problem", "missing from the virtual environment: run `make setup`")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    version = said.stdout.strip()
    numbers = tuple(int(part) for part in version.lstrip("v").split(".")[:2] if part.isdecimal())
    if numbers < OLDEST_NODE:
        return Finding("Node", "problem", f"{version or 'does not run'}: 22.22 or newer is needed, run `make setup`")
    return Finding("Node", "ok", version)


def data_folder(chosen: Settings) -> Iterator[Finding]:
    """The data folder and the secret in it."""
    home = chosen.home
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding("Data folder", "problem", f"{home}: {nearest} is not writable for this user")
    else:
        yield Finding(
            "Data folder", "ok" if home.exists() else "note", f"{home}{'' if home.exists() else ' (not yet)'}"
        )
    key = home / "secret.key"
    if chosen.secret_key.get_secret_value():
        yield Finding("Secret key", "ok", "from SECRET_KEY")
    elif not key.exists():
        yield Finding("Secret key", "note", f"not made yet: the first start writes {key}")
    elif key.stat().st_mode & OTHERS_MAY_READ:
        yield Finding("Secret key", "problem", f"other users can read {key}: chmod 600 it and rotate it")
    else:
        yield Finding("Secret key", "ok", f"{key}, readable by its owner alone")


def database(chosen: Settings) -> Iterator[Finding]:
    """PostgreSQL: the server named by DATABASE_URL, or the embedded one."""
    if address := chosen.database_url:
        where = "from DATABASE_URL"
    else:
        folder = embedded.folder_for(chosen.home)
        running = embedded.address_if_running(chosen.home)
        if running is None:
            state = "stopped" if (folder / "data").exists() else "not made yet"
            yield Finding("PostgreSQL", "ok", f"embedded, {state}, in {folder}")
            return
        address, where = running, f"embedded, running, in {folder}"
    try:
        seen = probe.look(address)
    except ForexEliteError as error:
        yield Finding("PostgreSQL", "problem", f"{where}: {error.message}")
        return
    yield Finding("PostgreSQL", "ok", f"{seen.version}, {where}")
    if seen.is_current:
        yield Finding("Schema", "ok", f"up to date ({seen.revision})")
    else:
        yield Finding("Schema", "note", f"{seen.revision or 'empty'}, newest is {seen.newest}: the next start migrates")


def redis_server(chosen: Settings) -> Iterator[Finding]:
    """Redis, when several servers share the work."""
    if not chosen.redis_url:
        yield Finding("Redis", "ok", "REDIS_URL is not set: one server process, nothing to share")
        return
    client = redis.Redis.from_url(chosen.redis_url, socket_connect_timeout=probe.PATIENCE_S)
    try:
        client.ping()
    except redis.RedisError as error:
        yield Finding("Redis", "problem", f"REDIS_URL does not answer: {error}")
    else:
        yield Finding("Redis", "ok", "REDIS_URL answers")
    finally:
        client.close()


def address(chosen: Settings) -> Iterator[Finding]:
    """The port, and what TradingView and agents will call."""
    try:
        claims.port(chosen.host, chosen.port).close()
    except claims.PortTaken as taken:
        yield Finding("Port", "note", f"{taken.message} (fine if it is ForexElite itself)")
    else:
        yield Finding("Port", "ok", f"{chosen.port} on {chosen.host} is free")
    if chosen.public_url:
        secure = chosen.public_url.startswith("https://")
        text = chosen.url if secure else f"{chosen.url}: TradingView and agents should reach it by https"
        yield Finding("Public address", "ok" if secure else "note", text)
    else:
        yield Finding("Public address", "note", "PUBLIC_URL is not set: TradingView and remote agents need one")


def language_model(chosen: Settings) -> Iterator[Finding]:
    """The model that writes Expert Advisors."""
    missing = [
        name
        for name, value in (
            ("LLM_BASE_URL", chosen.llm_base_url),
            ("LLM_API_KEY", chosen.llm_api_key.get_secret_value()),
            ("LLM_MODEL", chosen.llm_model),
        )
        if not value
    ]
    if missing:
        yield Finding("Language model", "note", f"off: {', '.join(missing)} not set")
    else:
        yield Finding("Language model", "ok", f"{chosen.llm_model} at {chosen.llm_base_url}")


def mail_server(chosen: Settings) -> Iterator[Finding]:
    """Whether mail leaves this machine."""
    server = mail.relay(chosen)
    if server is None:
        yield Finding("Mail", "note", "no SMTP_URL or SMTP_HOST: reset links and notices are printed on the console")
    elif server.security == "none":
        yield Finding("Mail", "note", f"{server.host}:{server.port}, in clear")
    else:
        yield Finding("Mail", "ok", f"{server.host}:{server.port}, {server.security}")


def telegram_bot(chosen: Settings) -> Iterator[Finding]:
    """Whether people can be told, and stop trading, by Telegram."""
    has_bot = bool(chosen.telegram_bot_token.get_secret_value())
    words = "TELEGRAM_BOT_TOKEN is set" if has_bot else "off: TELEGRAM_BOT_TOKEN is not set"
    yield Finding("Telegram bot", "ok" if has_bot else "note", words)


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    programs,
    data_folder,
    database,
    redis_server,
    address,
    language_model,
    mail_server,
    telegram_bot,
)
