"""Everything about a person as one archive (GDPR, articles 15 and 20): JSON and CSV, streamed table by table."""

from __future__ import annotations

import asyncio
import io
import tempfile
import zipfile
from collections.abc import AsyncIterator
from typing import IO

import orjson

from forex_elite import clock
from forex_elite.db import personal as queries
from forex_elite.db.personal import PersonalTable
from forex_elite.db.unit_of_work import Row, unit_of_work
from forex_elite.services.compliance.work import Work, lines
from forex_elite.services.history import defused

_SPOOLED = 4 << 20


class _Stream(io.RawIOBase):
    """Where the archive is written: what has been written is taken away piece by piece."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Yes; it cannot be sought, so the archive describes each file after its content."""
        return True

    def write(self, data: object) -> int:
        """Take bytes."""
        view = memoryview(data)  # type: ignore[arg-type]
        self._waiting += view
        return view.nbytes

    def take(self) -> bytes:
        """What has been written since the last time."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


async def make(work: Work) -> AsyncIterator[bytes]:
    """The archive. Each table is one snapshot; compression runs in a thread."""
    target = _Stream()
    tables = queries.tables()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _explain(work, tables))
        for place, table in enumerate(tables):
            async for part in _table(work, archive, target, table):
                yield part
            await work.progress(100 * (place + 1) // len(tables))
    yield target.take()


async def _table(work: Work, archive: zipfile.ZipFile, target: _Stream, table: PersonalTable) -> AsyncIterator[bytes]:
    with tempfile.SpooledTemporaryFile(_SPOOLED) as spool:
        spool.write(lines([[name for name, _ in table.columns]]))
        with archive.open(f"{table.name}.json", "w", force_zip64=True) as written:
            count = 0
            async with unit_of_work(work.actor) as uow:
                async for rows in queries.stream_rows(uow, work.actor.person_id, table):
                    await asyncio.to_thread(_write, written, spool, rows, is_first=count == 0)
                    count += len(rows)
                    yield target.take()
                    await work.progress(1)
            written.write(b"\n]\n" if count else b"[]\n")
        spool.seek(0)
        with archive.open(f"{table.name}.csv", "w", force_zip64=True) as written:
            while piece := spool.read(1 << 20):
                await asyncio.to_thread(written.write, piece)
                yield target.take()


def _write(written: IO[bytes], spool: IO[bytes], rows: list[Row], *, is_first: bool) -> None:
    documents = ",\n".join(row["document"] for row in rows)
    written.write((("[\n" if is_first else ",\n") + documents).encode())
    spool.write(lines([["" if cell is None else defused(cell) for cell in orjson.loads(row["cells"])] for row in rows]))


def _explain(work: Work, tables: list[PersonalTable]) -> str:
    withheld = "\n".join(f"  {table.name}: {', '.join(table.withheld)}" for table in tables if table.withheld)
    left_out = "\n".join(f"  {name}: {why}" for name, why in queries.NOT_PERSONAL.items())
    return (
        f"Everything ForexElite holds about you, made {clock.iso(clock.now())}.\n\n"
        "Every table is there twice: as JSON, exact, and as CSV for spreadsheets (UTF-8; cells that a spreadsheet "
        "would take for a formula begin with an apostrophe). Times carry their offset, money is in the account's "
        "currency, volumes are lots, bytes are base64.\n\n"
        "Left out because they are keys to your account rather than facts about you:\n"
        f"{withheld}\n\nLeft out because they tell nothing about you:\n{left_out}\n\n"
        f"Person: {work.actor.person_id}\n"
    )
