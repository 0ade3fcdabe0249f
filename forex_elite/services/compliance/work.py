"""What the makers of files are given."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from forex_elite.domain.compliance import Month
from forex_elite.domain.identity import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """The span of a report, and its account; None is all."""

    month: Month
    account_id: UUID | None

    @property
    def span(self) -> tuple[UUID | None, datetime, datetime]:
        """Account, from, until: as the queries take them."""
        return self.account_id, self.month.since, self.month.until


@dataclass(frozen=True, slots=True)
class Work:
    """A file to make for somebody; `progress` takes percent, and raises NotFound once nobody wants the file."""

    actor: Actor
    format: str
    wanted: Wanted | None
    progress: Callable[[int], Awaitable[None]]

    @property
    def report(self) -> Wanted:
        """The span; only for reports."""
        assert self.wanted is not None
        return self.wanted


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV (RFC 4180, UTF-8)."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
