"""Transactions in the fields of MiFID II's RTS 22, as far as a terminal knows them; and which fields it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from forex_elite import clock
from forex_elite.db import compliance as queries
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.compliance import RTS22
from forex_elite.services import people
from forex_elite.services.compliance.pdf import Document, render
from forex_elite.services.compliance.work import Work, lines
from forex_elite.services.history import defused

_BUYER, _SELLER = 7, 16


async def make(work: Work) -> AsyncIterator[bytes]:
    """The transactions as CSV with a column for each of the 65 fields, or as PDF what each field holds or lacks."""
    if work.format != "csv":
        yield await render(await _document(work))
        return
    yield lines([[f"{field.number} {field.name}" for field in RTS22]])
    _, since, until = work.report.span
    async with unit_of_work(work.actor) as uow:
        done = 0
        async for rows in queries.stream_transactions(uow, work.actor.person_id, *work.report.span):
            yield lines(cells for row in rows for cells in _transactions(row, since, until))
            done += len(rows)
            await work.progress(min(95, 10 + done // 2000))


async def _document(work: Work) -> Document:
    person = await people.get_profile(work.actor)
    count = 0
    _, since, until = work.report.span
    async with unit_of_work(work.actor) as uow:
        async for rows in queries.stream_transactions(uow, work.actor.person_id, *work.report.span):
            count += sum(1 for row in rows for _ in _transactions(row, since, until))
            await work.progress(50)
    given = sum(field.is_filled for field in RTS22)
    document = Document(
        f"Transaction report, {work.report.month}: fields of RTS 22",
        f"{person.display_name}, {person.email}. Made {clock.now():%Y-%m-%d %H:%M} UTC.",
    )
    document.text(
        f"{count:,} transactions of the month (each opening and each closing of a position is one; partial closings "
        "are reported with the position's last one). The CSV of the same name holds them with one column for each "
        "field of Commission Delegated Regulation (EU) 2017/590, Annex I, Table 2."
    )
    document.text(
        f"{given} of {len(RTS22)} fields are filled from what the terminals report. The others are gaps: they are left "
        "empty, and whoever submits the report, usually the executing broker, completes them. This file is therefore a "
        "basis for a transaction report and not one that can be submitted as it is."
    )
    document.heading("Fields")
    document.table(
        [("No.", "r", 0.5), ("Field", "l", 4), ("Here", "l", 0.8), ("From what, or why not", "l", 6)],
        [[str(one.number), one.name, "filled" if one.is_filled else "GAP", one.words] for one in RTS22],
    )
    return document


def _transactions(row: Row, since: datetime, until: datetime) -> Iterator[list[Any]]:
    """The opening and the closing of a position, as far as they fall into the span."""
    both: list[Any] = []
    if since <= row["open_time"] < until:
        both = _of_position(row)
        yield _cells(both, row, "O", row["open_time"], row["open_price"], is_buy=row["side"] == "buy")
    if row["close_time"] is not None and row["close_price"] and since <= row["close_time"] < until:
        both = both or _of_position(row)
        yield _cells(both, row, "C", row["close_time"], row["close_price"], is_buy=row["side"] != "buy")


def _of_position(row: Row) -> list[Any]:
    """What the two have in common; fields are numbered from 1 without a gap."""
    size = row["contract_size"]
    program = f"ALGO {row['magic']}" if row["magic"] else ""
    base, profit = defused(row["currency_base"] or ""), defused(row["currency_profit"] or "")
    found: dict[int, Any] = {
        1: "NEWT",
        30: f"{(row['volume'] * size if size else row['volume']).normalize():f}",
        31: base,
        34: profit,
        42: defused(row["symbol"]),
        44: base,
        45: profit,
        46: f"{size.normalize():f}" if size else "",
        57: program,
        59: program or "NORE",
        65: "false",
    }
    return [found.get(number, "") for number in range(1, len(RTS22) + 1)]


def _cells(both: list[Any], row: Row, part: str, at: datetime, price: Decimal, *, is_buy: bool) -> list[Any]:
    cells = both.copy()
    found = {
        2: f"{row['login']}-{row['ticket']}-{part}",
        _BUYER if is_buy else _SELLER: defused(f"{row['login']}@{row['server']}"),
        28: f"{at.astimezone(UTC).isoformat()[:19]}Z",
        33: f"{price.normalize():f}",
    }
    for number, cell in found.items():
        cells[number - 1] = cell
    return cells
