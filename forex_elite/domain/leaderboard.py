"""What the leaderboard ranks, and how: returns without deposits, drawdown, who may be ranked, and how ties end.

`services.performance` computes the same for all accounts at once; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

BOARD_SIZE = 100
"""How many places are shown, and frozen when a period closes; one's own place is always told."""
MIN_HOLD = timedelta(seconds=60)
"""A trade held shorter than this does not count as one."""
SETTLES_AFTER = timedelta(minutes=15)
"""So long after its end a period closes, for agents to report its last trades."""
VALUED_BEFORE = timedelta(seconds=60)
"""A snapshot values an account before a deposit only when it is older than this: clocks differ, snapshots are binned
to 30 s."""
DRAWDOWN_FLOOR = 1.0
"""Percentage points: a smaller drawdown counts as this much, so that one lucky trade is no infinite ratio."""
RUIN = 1e-6
"""What is left of an account whose equity fell to nothing or below, as a factor; its logarithm must exist."""
EVER = date(2000, 1, 1)
"""Where the period of all time begins, for every table and key."""


class AccountClass(StrEnum):
    """Real money and play money are never on one board; contest accounts are play money."""

    LIVE = "live"
    DEMO = "demo"


class Period(StrEnum):
    """A day, a week from Monday (ISO 8601), a calendar month, all in UTC; or everything since entering."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"


class Measure(StrEnum):
    """What a board is ordered by."""

    RETURN = "return"
    PROFIT = "profit"
    RISK_ADJUSTED = "risk_adjusted"


CLOSING = (Period.DAY, Period.WEEK, Period.MONTH)
"""Periods that end; prizes are given for these."""
FEWEST_TRADES = {Period.DAY: 3, Period.WEEK: 5, Period.MONTH: 10, Period.ALL: 20}

FORMULAS = {
    "return": "Time-weighted return on equity: equity at the end / equity at the start of every stretch between "
    "valuations, multiplied; an account is valued at the end of each day and before each deposit or withdrawal "
    "(CFA Institute, GIPS: time-weighted rate of return)",
    "profit": "Change of the equity less deposits, withdrawals, credits, corrections and bonuses, in the account's "
    "currency; each currency has its own board",
    "risk_adjusted": "Return / largest drawdown of the period, at least 1 percentage point (Calmar ratio of Young "
    "1991, not annualised)",
    "drawdown": "Largest fall of the time-weighted value from its peak, floating losses included (lowest reported "
    "equity of each day without deposits)",
    "winners": "Trades with a positive result after swap and commission / all closed trades",
    "trades": "Positions closed in the period; those held under 60 s do not count towards the minimum",
    "ties": "Equal figures: the smaller drawdown is ahead, then more trades, then who entered earlier",
    "periods": "Days from 00:00 UTC, weeks from Monday, calendar months; figures are brought up to date every 5 min "
    "for accounts that closed trades",
    "verified": "Reported by an agent, balance equal to the sum of all deals, no correction by hand since entering",
}

REASONS = {
    "unverified": "The account is not verified: it must be reported by an agent, its balance must equal the sum of its "
    "deals, and nothing may have been corrected by hand.",
    "entered-later": "You entered after this period began. You are ranked from the next one on.",
    "no-equity": "No equity was reported in this period.",
    "few-trades": "Too few closed trades that were held for at least 60 s.",
    "quick-trades": "More than half of the trades were held for less than 60 s.",
    "no-trades": "No trade was closed in this period yet.",
}
"""Why somebody who entered has no place, by code."""


def begins(period: Period, day: date) -> date:
    """The first day of the period that `day` lies in."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case _:
            return EVER


def ends(period: Period, start: date) -> date:
    """The first day after the period that begins on `start`."""
    match period:
        case Period.DAY:
            return start + timedelta(days=1)
        case Period.WEEK:
            return start + timedelta(days=7)
        case Period.MONTH:
            return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        case _:
            return date.max


def closes_at(period: Period, start: date) -> datetime:
    """When the period that begins on `start` is closed and its prizes are given."""
    return datetime.combine(ends(period, start), datetime.min.time(), UTC) + SETTLES_AFTER


@dataclass(frozen=True, slots=True)
class Worth:
    """What an account was worth at an instant, in its currency."""

    at: datetime
    equity: Decimal


@dataclass(frozen=True, slots=True)
class Flow:
    """Money paid in (positive) or out (negative)."""

    at: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one valuation to the next: `opened` after what is paid at its start, `closed` before what is at its end.

    `paid_in` and `paid_out` (positive) were moved in between, where nobody valued the account.
    """

    opened: Decimal
    closed: Decimal
    paid_in: Decimal = Decimal(0)
    paid_out: Decimal = Decimal(0)

    @property
    def result(self) -> Decimal:
        """What trading changed."""
        return self.closed + self.paid_out - self.opened - self.paid_in

    @property
    def factor(self) -> float:
        """Value at the end by value at the start; 1 when nothing was at stake."""
        stake = self.opened + self.paid_in
        return max(float((self.closed + self.paid_out) / stake), RUIN) if stake > 0 else 1.0


def stretches(
    closes: Iterable[Worth], flows: Iterable[Flow], snapshots: Iterable[Worth] = ()
) -> list[tuple[datetime, Stretch]]:
    """Cut an account's history where it was valued: at the ends of days, and before every deposit and withdrawal.

    Each comes with the end of its day. `closes` are the base and the last value of every day, in any order; a flow is
    valued by the newest snapshot of its day that is older than VALUED_BEFORE and younger than the flow before it.
    Time-weighted return (GIPS).
    """
    days = sorted(closes, key=lambda one: one.at)
    moved = sorted((one for one in flows if days and days[0].at < one.at <= days[-1].at), key=lambda one: one.at)
    seen = sorted(snapshots, key=lambda one: one.at)
    found: list[tuple[datetime, Stretch]] = []
    for start, end in pairwise(days):
        moves = [
            (one.amount, _value_before(one, moved, seen, days[0].at)) for one in moved if start.at < one.at <= end.at
        ]
        found += [(end.at, piece) for piece in cut(start.equity, end.equity, moves)]
    return found


def cut(opened: Decimal, closed: Decimal, moves: Iterable[tuple[Decimal, Decimal | None]]) -> list[Stretch]:
    """Cut a day at its deposits and withdrawals: amounts, each with what the account was worth before, where known."""
    found: list[Stretch] = []
    paid_in = paid_out = Decimal(0)
    for amount, before in moves:
        if before is None:
            paid_in, paid_out = paid_in + max(amount, Decimal(0)), paid_out - min(amount, Decimal(0))
            continue
        found.append(Stretch(opened, before, paid_in, paid_out))
        opened, paid_in, paid_out = before + amount, Decimal(0), Decimal(0)
    return [*found, Stretch(opened, closed, paid_in, paid_out)]


def _value_before(flow: Flow, moved: Sequence[Flow], seen: Sequence[Worth], base: datetime) -> Decimal | None:
    place = next(n for n, one in enumerate(moved) if one is flow)
    after = max(base, moved[place - 1].at if place else base)
    day = flow.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    fitting = [one for one in seen if after < one.at and day <= one.at <= flow.at - VALUED_BEFORE]
    return fitting[-1].equity if fitting else None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an account: its factor, its lowest value by its first (None when money was moved), and its result."""

    day: date
    factor: float
    low: float | None
    result: Decimal


@dataclass(frozen=True, slots=True)
class Performance:
    """Return and drawdown in percent, result in the account's currency, and return by drawdown."""

    return_pct: float
    drawdown_pct: float
    risk_adjusted: float
    profit: Decimal


def sum_up(days: Iterable[Day]) -> Performance:
    """What days come to, in whatever order they are given."""
    level = peak = 1.0
    fall = 0.0
    profit = Decimal(0)
    for one in sorted(days, key=lambda each: each.day):
        lowest = min(level * one.factor, level * one.low if one.low is not None else level * one.factor)
        fall = max(fall, 1 - lowest / peak)
        level *= one.factor
        peak = max(peak, level)
        profit += one.result
    gained = (level - 1) * 100
    return Performance(gained, fall * 100, gained / max(fall * 100, DRAWDOWN_FLOOR), profit)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person on a board, with what decides their place."""

    user_id: UUID
    figure: Decimal
    drawdown_pct: Decimal
    trades: int
    entered_at: datetime


def ranked(entries: Iterable[Entry]) -> list[Entry]:
    """Entries from first place on: the larger figure, the smaller drawdown, more trades, entered earlier.

    The last resort is the person's id, which is older for who registered earlier: no two share a place, and the order
    in which entries arrive decides nothing.
    """
    return sorted(
        entries, key=lambda one: (-one.figure, one.drawdown_pct, -one.trades, one.entered_at, one.user_id.int)
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """How a person takes part: under which name, with which account, and from which day (UTC) on it counts."""

    pseudonym: str = ""
    account_id: UUID | None = None
    is_shown: bool = False
    entered_at: datetime | None = None
    counted_from: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of a board; `rank` is None for somebody without a place, whom `reason` tells why."""

    rank: int | None
    pseudonym: str
    currency: str
    return_pct: Decimal
    profit: Decimal
    risk_adjusted: Decimal
    drawdown_pct: Decimal
    trades: int
    won: int
    curve: tuple[int, ...]
    """The value by days, 10,000 at the start; at most the last 31 days."""
    refreshed_at: datetime
    is_own: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardKey:
    """Which board; `currency` matters for profit alone, `starts_on` is the first day of the period."""

    kind: AccountClass
    period: Period
    measure: Measure
    starts_on: date
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Prize:
    """What a place on a board is worth when its period closes. Profit boards are those of the prize's currency."""

    id: UUID
    kind: AccountClass
    period: Period
    measure: Measure
    rank: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Award:
    """A prize somebody won, as it was frozen."""

    kind: AccountClass
    period: Period
    starts_on: date
    measure: Measure
    rank: int
    pseudonym: str
    amount: Decimal
    currency: str
    figures: dict[str, str]
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """A page of a board with the actor's own line, and who all is ranked."""

    key: BoardKey
    items: tuple[Standing, ...]
    own: Standing | None
    profile: Profile
    total: int
    currencies: tuple[str, ...]
    prizes: tuple[Prize, ...]
    refreshed_at: datetime | None
    next_cursor: str | None
