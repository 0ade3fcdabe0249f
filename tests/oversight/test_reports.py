"""Reports: what they hold, in whose hands, and what becomes of them."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from forex_elite import clock
from forex_elite.domain.compliance import RTS22, SLIPPAGE_EDGES, FileKind, Month, read_month, slippage_buckets
from forex_elite.errors import DatabaseUnavailable, InvalidInput
from forex_elite.services.compliance import files
from forex_elite.services.compliance.letters import fitting
from forex_elite.services.compliance.pdf import Document, render
from tests.oversight.conftest import acting
from tests.world import Member, account_ids, buy, make_strategy, pair, send_alert

pytestmark = pytest.mark.usefixtures("running")
NOW = datetime.now(UTC)
MONTH = f"{NOW:%Y-%m}"


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select set_config('app.role', 'service', false)")
        yield connection


def add_trade(owner: psycopg.Connection[Any], member: Member, account_id: str, ticket: int, **more: Any) -> None:
    at = more.pop("at", Month(NOW.year, NOW.month).since + timedelta(hours=1))
    row = {
        "symbol": "EURUSD",
        "side": "buy",
        "volume": 0.5,
        "open_price": 1.1,
        "close_price": 1.101,
        "profit": 50,
        "swap": -1,
        "commission": -3.5,
        "magic": 0,
        **more,
    }
    owner.execute(
        "insert into trades (id, user_id, account_id, ticket, symbol, side, volume, open_price, open_time, sl, tp, "
        "current_price, close_price, close_time, profit, swap, commission, magic, comment, is_closed, reported_at) "
        "values (uuidv7(), %(user)s, %(account)s, %(ticket)s, %(symbol)s, %(side)s, %(volume)s, %(open_price)s, "
        "%(at)s::timestamptz - interval '10 minutes', 0, 0, 0, %(close_price)s, %(at)s, %(profit)s, %(swap)s, "
        "%(commission)s, %(magic)s, '', true, now())",
        {"user": member.id, "account": account_id, "ticket": ticket, "at": at, **row},
    )


async def make(member: Member, kind: str, file_format: str, **more: Any) -> tuple[dict[str, Any], bytes]:
    """Ask for a file, have it made, download it."""
    asked = await member.post("/api/files", {"kind": kind, "format": file_format, **more})
    assert asked.status_code == 202, asked.text
    await files.make_next()
    await files.finished()
    (info,) = [one for one in (await member.get("/api/files")).json()["items"] if one["id"] == asked.json()["id"]]
    assert info["status"] == "ready", info
    answer = await member.get(f"/api/files/{info['id']}/content")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == info["size"]
    assert answer.headers["content-disposition"] == f'attachment; filename="{info["name"]}"'
    return info, answer.content


def written(pdf: bytes) -> str:
    """What the pages of a PDF say."""
    assert pdf.startswith(b"%PDF-")
    return b"".join(zlib.decompress(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)).decode(
        "cp1252"
    )


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


async def test_a_monthly_report_holds_the_trades_of_its_month_alone(
    alice: Member, bob: Member, owner: psycopg.Connection[Any]
) -> None:
    await pair(alice)
    await pair(bob)
    (account,), (other,) = await account_ids(alice), await account_ids(bob)
    add_trade(owner, alice, account, 1, profit=12_345.678, close_price=1.12345)
    add_trade(owner, alice, account, 2, at=Month(NOW.year, NOW.month).since - timedelta(seconds=1))
    add_trade(owner, bob, other, 3)

    _, content = await make(alice, "trading", "csv", month=MONTH)
    assert [(row["ticket"], row["net"]) for row in table(content)] == [("1", "12341.1780")]

    info, pdf = await make(alice, "trading", "pdf", month=MONTH, account_id=account)
    line = next(line for line in written(pdf).split("(") if "EURUSD" in line and " buy " in line)
    assert re.sub(r" +", " ", line).startswith(f"{MONTH}-01 01:00:00 ")
    assert (
        re.sub(r" +", " ", line)
        .split(" 1 EURUSD ")[1]
        .startswith(f"buy 0.50 {MONTH}-01 00:50:00 1.1 1.12345 -1.00 -3.50 12,341.18 USD")
    )
    assert info["name"] == f"forexelite-trading-{MONTH}.pdf"


async def test_the_transaction_report_has_all_65_fields_and_a_line_for_each_side_of_a_trade(
    alice: Member, owner: psycopg.Connection[Any]
) -> None:
    vps = await pair(alice)
    (account,) = await account_ids(alice)
    add_trade(owner, alice, account, 77, side="sell", magic=12)

    assert [field.number for field in RTS22] == list(range(1, 66))
    _, content = await make(alice, "transactions", "csv", month=MONTH)
    opened, closed = table(content)
    client = f"{vps.logins[0]}@Demo-Server"
    assert (opened["2 Transaction reference number"], closed["2 Transaction reference number"]) == (
        f"{vps.logins[0]}-77-O",
        f"{vps.logins[0]}-77-C",
    )
    assert (opened["16 Seller identification code"], opened["7 Buyer identification code"]) == (client, "")
    assert (closed["16 Seller identification code"], closed["7 Buyer identification code"]) == ("", client)
    assert (opened["30 Quantity"], opened["31 Quantity currency"], opened["34 Price currency"]) == (
        "50000",
        "EUR",
        "USD",
    )
    assert (opened["33 Price"], closed["33 Price"]) == ("1.1", "1.101")
    assert opened["59 Execution within firm"] == "ALGO 12"
    gaps = [f"{field.number} {field.name}" for field in RTS22 if not field.is_filled]
    assert {opened[name] for name in gaps} == {""}

    _, pdf = await make(alice, "transactions", "pdf", month=MONTH)
    assert pdf.startswith(b"%PDF-")


async def test_best_execution_compares_what_was_asked_with_what_was_got(alice: Member) -> None:
    vps = await pair(alice)
    strategy = await make_strategy(alice)
    for price in (1.10012, 1.10008):
        await send_alert(alice.client, strategy, buy())
        job = await vps.claim()
        assert job is not None
        result = {"price": price, "volume_lots": 0.1, "order": 5, "requested_price": 1.1001}
        await vps.finish(job, result=result)

    _, content = await make(alice, "best-execution", "csv", month=MONTH)
    rows = table(content)
    assert [(row["requested_price"][:6], float(row["slippage_points"])) for row in rows] == [
        ("1.1001", 2.0),
        ("1.1001", -2.0),
    ]
    assert all(float(row["gate_ms"]) >= 0 and float(row["claim_ms"]) >= 0 for row in rows)

    _, pdf = await make(alice, "best-execution", "pdf", month=MONTH)
    assert pdf.startswith(b"%PDF-")


async def test_a_file_is_nobody_elses_and_goes_when_its_time_is_over(
    alice: Member, bob: Member, charlie: Member, owner: psycopg.Connection[Any]
) -> None:
    info, _ = await make(alice, "trading", "csv", month=MONTH)
    for stranger in (bob, charlie):
        assert (await stranger.get(f"/api/files/{info['id']}/content")).status_code == 404
        assert (await stranger.delete(f"/api/files/{info['id']}")).status_code == 404
        assert (await stranger.get("/api/files")).json()["items"] == []

    clock.shift(timedelta(days=8))
    try:
        assert (await alice.get(f"/api/files/{info['id']}/content")).status_code == 404
        await files.clear_expired()
    finally:
        clock.shift(timedelta(0))
    assert owner.execute("select 1 from prepared_chunks where file_id = %s", (info["id"],)).fetchall() == []
    done = (await alice.get("/api/audit", action="files.")).json()["items"]
    assert {entry["action"] for entry in done} == {"files.request", "files.download"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "trading", "format": "zip", "month": MONTH}, 422),
        ({"kind": "trading", "format": "pdf", "month": "2026-13"}, 422),
        ({"kind": "trading", "format": "pdf", "month": "2999-01"}, 422),
        ({"kind": "personal-data", "format": "pdf"}, 422),
        ({"kind": "everything", "format": "pdf"}, 422),
    ],
)
async def test_what_cannot_be_made_is_refused_at_once(alice: Member, body: dict[str, Any], status: int) -> None:
    assert (await alice.post("/api/files", body)).status_code == status


async def test_an_account_of_another_is_no_account(alice: Member, bob: Member) -> None:
    await pair(bob)
    (theirs,) = await account_ids(bob)
    answer = await alice.post("/api/files", {"kind": "trading", "format": "csv", "month": MONTH, "account_id": theirs})
    assert answer.status_code == 404


async def test_five_files_at_once_are_enough_and_one_that_waits_can_be_taken_back(charlie: Member) -> None:
    asked = [
        (await charlie.post("/api/files", {"kind": "trading", "format": "csv", "month": MONTH})).json()
        for _ in range(files.MOST_OPEN)
    ]
    refused = await charlie.post("/api/files", {"kind": "trading", "format": "csv", "month": MONTH})
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-files")
    assert (await charlie.get(f"/api/files/{asked[0]['id']}/content")).json()["code"] == "file-not-ready"
    for one in asked:
        assert (await charlie.delete(f"/api/files/{one['id']}")).status_code == 204


async def test_a_file_whose_maker_died_has_failed_and_says_so(alice: Member, owner: psycopg.Connection[Any]) -> None:
    asked = await files.request(acting(alice), FileKind.TRADING, "csv", month=MONTH)
    owner.execute(
        "update prepared_files set status = 'running', started_at = now() - interval '6 minutes' where id = %s",
        (asked.id,),
    )
    await files.make_next()
    await files.finished()
    (found,) = await files.list_files(acting(alice))
    assert (found.id, found.status) == (asked.id, "failed")
    assert "Ask for it again" in found.error


async def batches(*parts: list[str]) -> AsyncIterator[list[str]]:
    for part in parts:
        yield part


async def test_what_befalls_the_reading_befalls_the_document() -> None:
    async def broken() -> AsyncIterator[list[str]]:
        yield ["a line"]
        raise DatabaseUnavailable("away")

    document = Document("Title", "")
    document.lines("head", broken())
    with pytest.raises(DatabaseUnavailable):
        await render(document)


async def test_a_document_of_many_pages_in_any_script_is_laid_out() -> None:
    document = Document("Отчёт €", "Zoë")
    document.heading("Lines")
    document.table([("A", "l", 1), ("B", "r", 2)], [["long " * 80, "1"], ["", "2"]] * 60)
    document.lines("head", batches([f"line {number}" for number in range(500)], ["the last"]))
    document.lines("head", batches())
    document.text("The end.")
    pdf = await render(document)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") > 5
    assert b"+NotoSans" in pdf, "the title's letters come along"
    assert b"+IBMPlexMono" not in pdf, "and no font that nothing is written in"


@pytest.mark.parametrize(
    ("text", "written", "font"),
    [
        ("Zoë, 5 €", "Zoë, 5 €", "Helvetica"),
        ("Отчёт за ноябрь", "Отчёт за ноябрь", "NotoSans"),
        ("Łódź · Σύνολο · Tiền ₫", "Łódź · Σύνολο · Tiền ₫", "NotoSans"),
        ("Broker 東京", "Broker ??", "NotoSans"),
        ("שלום, Zoë", "????, Zoë", "NotoSans"),
    ],
)
def test_letters_are_written_as_they_are_and_others_never_wrongly(text: str, written: str, font: str) -> None:
    assert fitting(text, "Helvetica") == (written, font)


def test_months_and_classes_of_slippage() -> None:
    assert Month(2026, 12).until == datetime(2027, 1, 1, tzinfo=UTC)
    assert str(read_month("2026-02", datetime(2026, 2, 1, tzinfo=UTC))) == "2026-02"
    with pytest.raises(InvalidInput):
        read_month("2026-03", datetime(2026, 2, 28, tzinfo=UTC))
    assert len(slippage_buckets()) == len(SLIPPAGE_EDGES) + 1
    assert Decimal(SLIPPAGE_EDGES[0]) < 0 < SLIPPAGE_EDGES[-1]
