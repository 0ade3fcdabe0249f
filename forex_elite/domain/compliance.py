"""Reports for the trader and the regulator: what can be asked for, and what MiFID II's RTS 22 wants to know.

RTS 22 is Commission Delegated Regulation (EU) 2017/590, Annex I, Table 2: the 65 fields of a transaction report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from forex_elite.errors import InvalidInput


class FileKind(StrEnum):
    """What can be made for a person in the background."""

    TRADING = "trading"
    EXECUTION = "best-execution"
    TRANSACTIONS = "transactions"
    PERSONAL = "personal-data"


FORMATS = {
    FileKind.TRADING: ("pdf", "csv"),
    FileKind.EXECUTION: ("pdf", "csv"),
    FileKind.TRANSACTIONS: ("pdf", "csv"),
    FileKind.PERSONAL: ("zip",),
}
TITLES = {
    FileKind.TRADING: "Monthly trading report",
    FileKind.EXECUTION: "Best execution report",
    FileKind.TRANSACTIONS: "Transaction report (RTS 22)",
    FileKind.PERSONAL: "Everything about me",
}


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC: from its first instant up to, and without, the first of the next."""

    year: int
    number: int

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1).since

    def __str__(self) -> str:
        """As `2026-11`."""
        return f"{self.year:04}-{self.number:02}"


def read_month(text: str, now: datetime) -> Month:
    """A month as `2026-11`, not in the future and not before 2000. Raises InvalidInput."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text.strip())
    if found is None or Month(int(found[1]), int(found[2])).since > now:
        raise InvalidInput("Use a month that has begun, such as 2026-11.", field="month")
    return Month(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file as its owner sees it; `size` in bytes, `progress` in percent."""

    id: UUID
    kind: FileKind
    format: str
    name: str
    parameters: dict[str, Any]
    status: str
    progress: int
    size: int
    sha256: str
    error: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


# --- best execution -------------------------------------------------------------------------------------------------

STAGES: tuple[tuple[str, str], ...] = (
    ("gate", "Received to judged by the risk gate"),
    ("queue", "Judged to queued"),
    ("claim", "Queued to taken by the agent"),
    ("send", "Taken to sent to the terminal"),
    ("fill", "Sent to filled by the broker"),
    ("report", "Filled to reported here"),
    ("total", "Received to filled"),
)
"""The way of an order, as its time stamps cut it; each with its words."""

SLIPPAGE_EDGES = (-10, -5, -1, 1, 5, 10, 20)
"""Points; a slippage of 0 lies between -1 and 1. Positive is to the trader's disadvantage."""


def slippage_buckets() -> tuple[str, ...]:
    """The names of the classes that `SLIPPAGE_EDGES` cut, best first; each contains its lower edge."""
    between = [f"{low} to {high}" for low, high in pairwise(SLIPPAGE_EDGES)]
    return (f"better than {SLIPPAGE_EDGES[0]}", *between, f"{SLIPPAGE_EDGES[-1]} and worse")


# --- RTS 22 ---------------------------------------------------------------------------------------------------------

_FIRM = "The investment firm that executes (the broker) knows this; it is not reported by the terminal."
_PERSON = "Not asked for here: the broker holds the identity documents of its client."
_NONE = "Does not apply to a client's own account that decides for itself."
_PRODUCT = "The terminal does not name it; the broker's instrument reference data does."
_NOT_THIS = "Does not apply to the spot and margin products MetaTrader trades."


@dataclass(frozen=True, slots=True)
class ReportField:
    """One field: its number and name in Table 2, whether we fill it, and from what, or why not."""

    number: int
    name: str
    is_filled: bool
    words: str


def _field(number: int, name: str, words: str, *, is_filled: bool = False) -> ReportField:
    return ReportField(number, name, is_filled, words)


def _given(number: int, name: str, words: str) -> ReportField:
    return _field(number, name, words, is_filled=True)


def _party(first: int, who: str) -> list[ReportField]:
    given = _given(
        first, f"{who} identification code", f"Account number @ server where the account is the {who.lower()}."
    )
    return [
        given,
        _field(first + 1, f"Country of the branch for the {who.lower()}", _FIRM),
        *(_field(first + 2 + n, f"{who}: {what}", _PERSON) for n, what in enumerate(_NAMES)),
        _field(first + 5, f"{who} decision maker code", _NONE),
        *(_field(first + 6 + n, f"{who} decision maker: {what}", _NONE) for n, what in enumerate(_NAMES)),
    ]


_NAMES = ("first name(s)", "surname(s)", "date of birth")

RTS22: tuple[ReportField, ...] = (
    _given(1, "Report status", "NEWT: every line is a new transaction."),
    _given(2, "Transaction reference number", "Account number, position ticket, O for opening or C for closing."),
    _field(3, "Trading venue transaction identification code", _FIRM),
    _field(4, "Executing entity identification code", "The broker's LEI; only its name is reported."),
    _field(5, "Investment firm covered by Directive 2014/65/EU", _FIRM),
    _field(6, "Submitting entity identification code", "Whoever submits the report adds its LEI."),
    *_party(7, "Buyer"),
    *_party(16, "Seller"),
    _field(25, "Transmission of order indicator", _FIRM),
    _field(26, "Transmitting firm identification code for the buyer", _NONE),
    _field(27, "Transmitting firm identification code for the seller", _NONE),
    _given(28, "Trading date time", "As the terminal reported it, turned into UTC, to the second."),
    _field(29, "Trading capacity", _FIRM),
    _given(30, "Quantity", "Lots times the contract size; lots where the contract size is not reported."),
    _given(31, "Quantity currency", "The symbol's base currency, where reported."),
    _field(32, "Derivative notional increase/decrease", _NOT_THIS),
    _given(33, "Price", "The reported opening or closing price."),
    _given(34, "Price currency", "The symbol's profit currency, where reported."),
    _field(35, "Net amount", "Applies to debt instruments only."),
    _field(36, "Venue", _FIRM),
    _field(37, "Country of the branch membership", _FIRM),
    _field(38, "Up-front payment", _NOT_THIS),
    _field(39, "Up-front payment currency", _NOT_THIS),
    _given(40, "Complex trade component id", "Empty: there are no complex trades."),
    _field(41, "Instrument identification code", _PRODUCT),
    _given(42, "Instrument full name", "The broker's name of the symbol."),
    _field(43, "Instrument classification", _PRODUCT),
    _given(44, "Notional currency 1", "The symbol's base currency, where reported."),
    _given(45, "Notional currency 2", "The symbol's profit currency, where reported."),
    _given(46, "Price multiplier", "The contract size, where reported."),
    _field(47, "Underlying instrument code", _PRODUCT),
    _field(48, "Underlying index name", _PRODUCT),
    _field(49, "Term of the underlying index", _PRODUCT),
    *(
        _field(number, name, _NOT_THIS)
        for number, name in enumerate(
            (
                "Option type",
                "Strike price",
                "Strike price currency",
                "Option exercise style",
                "Maturity date",
                "Expiry date",
            ),
            50,
        )
    ),
    _field(56, "Delivery type", _PRODUCT),
    _given(57, "Investment decision within firm", "ALGO and the magic number for orders of programs; else empty."),
    _field(58, "Country of the branch responsible for the person making the investment decision", _FIRM),
    _given(
        59, "Execution within firm", "ALGO and the magic number for orders of programs; NORE where a person clicked."
    ),
    _field(60, "Country of the branch supervising the person responsible for the execution", _FIRM),
    _field(61, "Waiver indicator", _FIRM),
    _field(62, "Short selling indicator", "Applies to shares and sovereign debt only."),
    _field(63, "OTC post-trade indicator", _FIRM),
    _field(64, "Commodity derivative indicator", _FIRM),
    _given(65, "Securities financing transaction indicator", "false: none of these transactions is one."),
)
