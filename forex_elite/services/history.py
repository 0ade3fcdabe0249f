"""Closed trades: pages, totals, and a CSV file of any length."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache
from uuid import UUID

from forex_elite.db import history as queries
from forex_elite.db.trades import source_words
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.history import Choices, HistoryFilter, Totals
from forex_elite.domain.identity import Actor
from forex_elite.domain.paging import MAX_PAGE_SIZE, PAGE_SIZE, Page
from forex_elite.domain.permissions import Permission, needs
from forex_elite.domain.signals import TradeInfo

CSV_CHUNK = 1000
CSV_COLUMNS = (
    "account",
    "currency",
    "ticket",
    "symbol",
    "side",
    "volume_lots",
    "open_time",
    "open_price",
    "close_time",
    "close_price",
    "sl",
    "tp",
    "profit",
    "swap",
    "commission",
    "net",
    "magic",
    "source",
    "comment",
)


@needs(Permission.POSITION_READ)
async def list_closed(
    actor: Actor, wanted: HistoryFilter, *, cursor: UUID | None = None, limit: int = PAGE_SIZE
) -> Page[TradeInfo]:
    """The actor's closed trades, last closed first."""
    async with unit_of_work(actor) as uow:
        return await queries.list_closed(
            uow, actor.person_id, wanted, before=cursor, limit=max(1, min(limit, MAX_PAGE_SIZE))
        )


@needs(Permission.POSITION_READ)
async def totals(actor: Actor, wanted: HistoryFilter) -> tuple[Totals, ...]:
    """What the trades of a filter add up to, by currency: two currencies are never added."""
    async with unit_of_work(actor) as uow:
        return tuple(await queries.totals(uow, actor.person_id, wanted))


@needs(Permission.POSITION_READ)
async def choices(actor: Actor) -> Choices:
    """What the actor's closed trades can be filtered by."""
    async with unit_of_work(actor) as uow:
        return await queries.choices(uow, actor.person_id)


@needs(Permission.POSITION_READ)
async def export_csv(actor: Actor, wanted: HistoryFilter) -> AsyncIterator[bytes]:
    """The trades of a filter as CSV (RFC 4180, UTF-8, with a header), last closed first.

    Read in pages of their own transactions, so that a slow reader holds no connection. Text cells that a spreadsheet
    would take for a formula are defused with an apostrophe.
    """
    yield (",".join(CSV_COLUMNS) + "\r\n").encode()
    last: UUID | None = None
    while True:
        async with unit_of_work(actor) as uow:
            rows = await queries.rows_to_export(uow, actor.person_id, wanted, before=last, limit=CSV_CHUNK)
        if rows:
            yield "".join(map(_line, rows)).encode()
        if len(rows) < CSV_CHUNK:
            return
        last = rows[-1]["id"]


def _line(row: Row) -> str:
    return (
        f"{row['login']},{_cell(row['currency'])},{row['ticket']},{_cell(row['symbol'])},{row['figures']},{row['magic']},"
        f"{_cell(source_words(row['magic'], row['strategy_name']))},{_cell(row['comment'])}\r\n"
    )


@lru_cache(maxsize=4096)
def _cell(text: str) -> str:
    told = defused(text)
    return '"{}"'.format(told.replace('"', '""')) if any(sign in told for sign in ',"\r\n') else told


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: such a cell begins with an apostrophe (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r", "\n")) else text
