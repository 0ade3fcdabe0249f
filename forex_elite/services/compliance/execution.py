"""The best execution report: what was asked for and what was got, in price and in time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from forex_elite import clock
from forex_elite.db import compliance as queries
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.compliance import STAGES, slippage_buckets
from forex_elite.services import people
from forex_elite.services.compliance.pdf import Document, render
from forex_elite.services.compliance.work import Work, lines
from forex_elite.services.history import defused

_COLUMNS = (
    "received_at",
    "source",
    "account",
    "server",
    "broker",
    "symbol",
    "side",
    "status",
    "requested_price",
    "fill_price",
    "filled_lots",
    "slippage_points",
    "broker_order_id",
    *(f"{name}_ms" for name, _ in STAGES),
)


async def make(work: Work) -> AsyncIterator[bytes]:
    """The report as PDF, or every order as CSV."""
    if work.format != "csv":
        yield await render(await _document(work))
        return
    yield lines([_COLUMNS])
    async with unit_of_work(work.actor) as uow:
        done = 0
        async for rows in queries.stream_executions(uow, work.actor.person_id, *work.report.span):
            yield lines(map(_cells, rows))
            done += len(rows)
            await work.progress(min(95, 10 + done // 2000))


async def _document(work: Work) -> Document:
    person = await people.get_profile(work.actor)
    document = Document(
        f"Best execution report, {work.report.month}",
        f"{person.display_name}, {person.email}. Made {clock.now():%Y-%m-%d %H:%M} UTC.",
    )
    async with unit_of_work(work.actor) as uow:
        outcomes = await queries.execution_outcomes(uow, work.actor.person_id, *work.report.span)
        await work.progress(25)
        slippage = await queries.execution_slippage(uow, work.actor.person_id, *work.report.span)
        await work.progress(50)
        stages = await queries.execution_stages(uow, work.actor.person_id, *work.report.span)
    await work.progress(75)
    document.text(
        "All orders of alerts and of the order ticket that were received in the month (UTC), without test alerts. The "
        "requested price is the quote an entry was sized with; a slippage is positive where the fill was worse. "
        "Closing orders have no requested price and therefore no slippage. Times are taken by this server's clock and "
        "by the agent's, which is kept between the claim and the report."
    )
    document.heading("Outcomes")
    if not outcomes:
        document.text("There was no order in this month.")
        return document
    document.table(
        [("Outcome", "l", 2), ("Orders", "r", 1)], [[row["status"], f"{row['count']:,}"] for row in outcomes]
    )
    _slippage(document, slippage)
    document.heading("Latency of filled orders, milliseconds")
    words = dict(STAGES)
    document.table(
        [("Stage", "l", 3), *((name, "r", 1.0) for name in ("Orders", "Median", "95 %", "99 %", "Longest"))],
        [
            [words[row["stage"]], f"{row['count']:,}", *map(_ms, row["shares"] or (None,) * 3), _ms(row["longest"])]
            for row in stages
        ],
    )
    return document


def _slippage(document: Document, rows: list[Row]) -> None:
    document.heading("Slippage of filled entries, points")
    if not rows:
        document.text("No filled entry has both a requested price and a fill.")
        return
    document.table(
        [
            ("Broker", "l", 2),
            ("Symbol", "l", 1.4),
            *((name, "r", 1.0) for name in ("Entries", "Better", "Worse", "Average", "5 %", "Median", "95 %", "Worst")),
        ],
        [
            [
                row["broker"] or "All",
                row["symbol"] or "all",
                *(f"{row[name]:,}" for name in ("count", "better", "worse")),
                *(f"{value:.1f}" for value in (row["average"], *row["shares"], row["worst"])),
            ]
            for row in rows
        ],
    )
    document.heading("Distribution of slippage, all entries")
    whole = rows[0]
    document.table(
        [("Points", "l", 2), ("Entries", "r", 1), ("Share", "r", 1)],
        [
            [name, f"{count:,}", f"{100 * count / whole['count']:.1f} %"]
            for name, count in zip(slippage_buckets(), whole["buckets"], strict=True)
        ],
    )


def _cells(row: Row) -> list[Any]:
    return [
        clock.iso(row["received_at"]),
        row["source"],
        row["login"],
        defused(row["server"]),
        defused(row["broker"]),
        defused(row["symbol"] or ""),
        row["side"],
        row["status"],
        *("" if row[name] is None else f"{row[name]:f}" for name in ("requested_price", "fill_price", "filled_lots")),
        "" if row["slippage"] is None else f"{row['slippage']:f}",
        defused(row["broker_order_id"]),
        *("" if row[name] is None else f"{row[name]:.1f}" for name, _ in STAGES),
    ]


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
