"""The monthly trading report: balances, money in and out, results, and every trade that was closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

from forex_elite import clock
from forex_elite.db import compliance as queries
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.domain.history import HistoryFilter
from forex_elite.services import history, people
from forex_elite.services.compliance.pdf import Document, render
from forex_elite.services.compliance.work import Work

_NAME, _FIGURE = 2.2, 1.0
_SUMS = [(name, "r", _FIGURE) for name in ("Trades", "Won", "Lost", "Lots", "Profit", "Swap", "Commission", "Net")]
_LINE = "{:<19} {:>12} {:>14} {:<12} {:<4} {:>10} {:<19} {:>13} {:>13} {:>11} {:>11} {:>14} {:<4}"
_HEAD = _LINE.format(
    "Closed (UTC)",
    "Account",
    "Ticket",
    "Symbol",
    "Side",
    "Lots",
    "Opened (UTC)",
    "Open price",
    "Close price",
    "Swap",
    "Commission",
    "Net",
    "",
)


async def make(work: Work) -> AsyncIterator[bytes]:
    """The report as PDF, or its trades as CSV."""
    if work.format == "csv":
        wanted = HistoryFilter(
            account_id=work.report.account_id, since=work.report.month.since, until=work.report.month.until
        )
        done = 0
        async for part in history.export_csv(work.actor, wanted):
            done += 1
            if done % 20 == 0:
                await work.progress(min(95, done))
            yield part
        return
    yield await render(await _document(work))


async def _document(work: Work) -> Document:
    person = await people.get_profile(work.actor)
    document = Document(
        f"Monthly trading report, {work.report.month}",
        f"{person.display_name}, {person.email}. Made {clock.now():%Y-%m-%d %H:%M} UTC.",
    )
    async with unit_of_work(work.actor) as uow:
        accounts = await queries.accounts(uow, work.actor.person_id, *work.report.span)
        totals = await queries.trading_totals(uow, work.actor.person_id, *work.report.span)
        expected = await queries.count_trades(uow, work.actor.person_id, *work.report.span)
    await work.progress(10)
    _summary(document, accounts, totals)
    document.heading("Closed trades")
    if expected:
        document.lines(_HEAD, _closed(work, expected))
    else:
        document.text("No trade was closed in this month.")
    return document


async def _closed(work: Work, expected: int) -> AsyncIterator[list[str]]:
    done = 0
    async with unit_of_work(work.actor) as uow:
        async for rows in queries.stream_closed(uow, work.actor.person_id, *work.report.span):
            yield [_LINE.format(*row.values()) for row in rows]
            done += len(rows)
            await work.progress(10 + min(80, 80 * done // expected))


def _summary(document: Document, accounts: list[Row], totals: list[Row]) -> None:
    names = {row["id"]: f"{row['login']} @ {row['server']}" for row in accounts}
    document.heading("Accounts")
    document.table(
        [
            ("Account", "l", _NAME),
            ("Broker", "l", _NAME),
            ("Currency", "l", 0.7),
            *((name, "r", 1.2) for name in ("Balance before", "Paid in", "Paid out", "Balance at the end")),
        ],
        [
            [
                names[row["id"]],
                row["broker"],
                row["currency"],
                *(_money(row[name]) for name in ("opening", "paid_in", "paid_out", "closing")),
            ]
            for row in accounts
        ],
    )
    document.text("Balances are the last ones reported on the days around; a dash means that none was reported.")
    for by, title in (("account", "Results by account"), ("symbol", "Results by symbol"), ("day", "Results by day")):
        found = [row for row in totals if row["by"] == by]
        if not found:
            continue
        document.heading(title)
        document.table(
            [(by.title(), "l", _NAME), ("Currency", "l", 0.7), *_SUMS],
            [
                [
                    names.get(row["account_id"], "") or row["symbol"] or f"{row['day']}",
                    row["currency"],
                    *(f"{row[name]:,}" for name in ("count", "wins", "losses")),
                    f"{row['lots']:,.2f}",
                    *(_money(row[name]) for name in ("profit", "swap", "commission", "net")),
                ]
                for row in found
            ],
        )


def _money(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:,.2f}"
