"""Log lines: what agents send of themselves, their terminals and experts, and how their owner reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from agent.protocol import LogLines
from forex_elite import clock
from forex_elite.bus import topics
from forex_elite.db import accounts as account_queries
from forex_elite.db import logs as queries
from forex_elite.db.unit_of_work import UnitOfWork, repeatable, unit_of_work
from forex_elite.domain.identity import Actor, service
from forex_elite.domain.logs import LogEntry, LogLevel, WatchedLine
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.errors import InvalidInput
from forex_elite.services import audit, storable
from forex_elite.services.agents import AgentCaller

KEPT = timedelta(days=30)
LONGEST_SEARCH = 200
MOST_DOWNLOADED = 50_000


async def store(caller: AgentCaller, lines: LogLines) -> None:
    """Keep lines of an agent and its terminals; what claims to be of another age is dated to its edge.

    A line's account is the agent's own by log-in and server; its deployment is the agent's word. Whoever watches the
    topic `logs` is told once for each message, with the accounts and deployments it was about.
    """
    if not lines.lines:
        return
    now = clock.now()
    async with unit_of_work(caller.actor) as uow:
        accounts = await account_queries.account_ids(uow, caller.id) if any(one.login for one in lines.lines) else {}
        by_login = {login: account for (login, _), account in accounts.items()}
        rows = [
            {
                "account_id": accounts.get((line.login or 0, (line.server or "").lower()))
                or (by_login.get(line.login or 0) if line.server is None else None),
                "deployment_id": line.deployment_id,
                "level": line.level,
                "source": storable.text(line.source),
                "message": storable.text(line.message),
                "at": min(max(line.at, now - KEPT), now),
            }
            for line in lines.lines
        ]
        await queries.add_logs(uow, user_id=caller.user_id, agent_id=caller.id, rows=rows)
        about = {
            name: sorted({str(row[name]) for row in rows if row[name]}) for name in ("account_id", "deployment_id")
        }
        data = {"agent_id": str(caller.id), "accounts": about["account_id"], "deployments": about["deployment_id"]}
        uow.tell(topics.of_person(caller.user_id, "logs"), data)
        uow.tell(topics.SYSTEM_LOGS)


def _levels(level: str | None) -> tuple[str, ...] | None:
    if level is None:
        return None
    try:
        return LogLevel(level).and_graver
    except ValueError as unknown:
        raise InvalidInput("Use debug, info, warning or error.", field="level") from unknown


@needs(Permission.LOG_READ)
async def list_logs(
    actor: Actor,
    *,
    account_id: UUID | None = None,
    deployment_id: UUID | None = None,
    level: str | None = None,
    cursor: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> Page[LogEntry]:
    """The actor's lines, last stored first; `level` is the mildest shown. Raises InvalidInput for an unknown level."""
    async with unit_of_work(actor) as uow:
        return await queries.list_logs(
            uow,
            actor.person_id,
            account_id=account_id,
            deployment_id=deployment_id,
            levels=_levels(level),
            before=cursor,
            limit=max(1, min(limit, MAX_PAGE_SIZE)),
        )


def as_text(entry: LogEntry) -> str:
    """A line as a file has it: time in UTC, level, account, source, message on one line."""
    at = entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = entry.message.replace("\n", " ⏎ ")
    return f"{at}\t{entry.level}\t{entry.account_login or '-'}\t{entry.source}\t{message}\n"


@needs(Permission.LOG_READ)
async def download(
    actor: Actor, *, account_id: UUID | None = None, deployment_id: UUID | None = None, level: str | None = None
) -> AsyncIterator[bytes]:
    """The newest lines as text, newest first, page by page, at most `MOST_DOWNLOADED`."""
    levels, before, left = _levels(level), None, MOST_DOWNLOADED

    async def pages() -> AsyncIterator[bytes]:
        nonlocal before, left
        while left > 0:
            async with unit_of_work(actor) as uow:
                page = await queries.list_logs(
                    uow,
                    actor.person_id,
                    account_id=account_id,
                    deployment_id=deployment_id,
                    levels=levels,
                    before=before,
                    limit=min(1000, left),
                )
            yield "".join(as_text(entry) for entry in page.items).encode()
            left -= len(page.items)
            if page.next_cursor is None:
                return
            before = UUID(page.next_cursor)

    return pages()


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which of everybody's lines staff want: parts of an e-mail address and of a message, a source, a mildest level."""

    person: str = ""
    part: str = ""
    source: str = ""
    level: str | None = None


def _filter(wanted: LogFilter) -> dict[str, Any]:
    texts = {name: getattr(wanted, name).strip()[:LONGEST_SEARCH] for name in ("person", "part", "source")}
    return {**texts, "levels": _levels(wanted.level)}


@needs(Permission.LOG_WATCH)
async def watch(
    actor: Actor, wanted: LogFilter, *, cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[WatchedLine]:
    """Everybody's lines, last stored first. Raises InvalidInput for an unknown level."""
    values = _filter(wanted)
    async with unit_of_work(actor) as uow:
        return await queries.watch(uow, **values, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE)))


@needs(Permission.LOG_WATCH)
async def export(actor: Actor, wanted: LogFilter) -> AsyncIterator[bytes]:
    """Everybody's newest lines as text with whose they are, page by page, at most `MOST_DOWNLOADED`; audited."""
    values = _filter(wanted)
    async with unit_of_work(actor) as uow:
        await audit.record(uow, actor, "admin.logs.export", after=asdict(wanted))

    async def pages() -> AsyncIterator[bytes]:
        before, left = None, MOST_DOWNLOADED
        while left > 0:
            async with unit_of_work(actor) as uow:
                page = await queries.watch(uow, **values, before=before, limit=min(1000, left))
            yield "".join(f"{line.email}\t{as_text(line.entry)}" for line in page.items).encode()
            left -= len(page.items)
            if page.next_cursor is None:
                return
            before = UUID(page.next_cursor)

    return pages()


async def clear_old() -> None:
    """Remove lines older than `KEPT`."""
    before = clock.now() - KEPT

    async def clear(uow: UnitOfWork) -> int:
        return await queries.clear_old(uow, before=before)

    await repeatable(service("upkeep"), clear)
