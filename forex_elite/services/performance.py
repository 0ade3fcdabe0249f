"""Standings of many accounts at once, by arrays: what `domain.leaderboard` defines for one account and one day.

A row of an array is an account, a column one of its kept days; growth is a logarithm, so that days add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from forex_elite.db.standings import Span
from forex_elite.db.unit_of_work import Row
from forex_elite.domain.leaderboard import DRAWDOWN_FLOOR, FEWEST_TRADES, RUIN, Period, cut

CURVE_DAYS = 31
_EPOCH = date(2000, 1, 1)
_DAY_US = 86_400_000_000
_MOST_GROWTH = 18.0
"""The logarithm a return is cut at, so that its column holds it (65 million times the stake)."""
_MOST_LEVEL = 12.0
"""The same for a point of a curve, an integer with 10,000 at the start."""
_FIGURES = 4
_DIGITS = 6
_CENTS = 4

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Days:
    """The kept days of accounts; `low` is infinite where money was moved, for there it says nothing."""

    exists: Flags
    day: NDArray[np.int64]
    opened: Floats
    close: Floats
    growth: Floats
    low: Floats
    paid: Floats


def entries(pasts: Sequence[Row], flows: Iterable[Row], spans: Sequence[Span]) -> list[Row]:
    """The lines of the boards these accounts' pasts (`db.standings.pasts`) come to; none without a trading day."""
    if not pasts:
        return []
    days = _read(pasts)
    _value_moves(days, pasts, flows)
    trades = np.fromstring(",".join(past["trades"] for past in pasts), dtype=np.int64, sep=",")
    by_period = trades.reshape(len(pasts), len(spans), _FIGURES)
    since = np.array([(past["since"] - _EPOCH).days for past in pasts])
    return [
        entry
        for place, span in enumerate(spans)
        for entry in _of_period(days, pasts, since, span, by_period[:, place].tolist())
    ]


def _read(pasts: Sequence[Row]) -> _Days:
    kept = np.array([past["kept"] for past in pasts])
    shape = (len(pasts), max(1, int(kept.max())))
    exists = np.arange(shape[1]) < kept[:, None]

    def spread(name: str, numbers: str) -> Floats:
        spreading = np.zeros(shape)
        spreading[exists] = np.frombuffer(b"".join(past[name] for past in pasts if past["kept"]), numbers)
        return spreading

    day = (spread("days", ">i8") // _DAY_US).astype(np.int64)
    close, lowest = spread("closes", ">f8"), spread("lows", ">f8")
    opened = np.empty(shape)
    opened[:, 0] = [float(past["opened"] or 0) for past in pasts]
    opened[:, 1:] = close[:, :-1]
    is_worth = exists & (opened > 0)
    stake = np.where(is_worth, opened, 1.0)
    growth = np.where(is_worth, np.log(np.maximum(close / stake, RUIN)), 0.0)
    low = np.where(is_worth, np.log(np.maximum(lowest / stake, RUIN)), np.inf)
    return _Days(exists, day, opened, close, growth, low, np.zeros(shape))


def _value_moves(days: _Days, pasts: Sequence[Row], flows: Iterable[Row]) -> None:
    """Put right what days on which money was moved grew by.

    A move on a day that was not read is of a moment later; it is noted, and belongs to the next time.
    """
    places = {past["account_id"]: place for place, past in enumerate(pasts)}
    moves: dict[tuple[int, int], list[tuple[Decimal, Decimal | None]]] = {}
    for flow in flows:
        row = places.get(flow["account_id"], -1)
        kept = days.day[row, : pasts[row]["kept"]]
        column = int(np.searchsorted(kept, flow["day"]))
        if row >= 0 and column < len(kept) and kept[column] == flow["day"]:
            moves.setdefault((row, column), []).append((flow["amount"], flow["worth_before"]))
    for at, moved in moves.items():
        pieces = cut(Decimal(repr(float(days.opened[at]))), Decimal(repr(float(days.close[at]))), moved)
        days.growth[at] = sum(math.log(piece.factor) for piece in pieces)
        days.low[at] = np.inf
        days.paid[at] = float(sum(amount for amount, _ in moved))


def _of_period(
    days: _Days, pasts: Sequence[Row], since: NDArray[np.int64], span: Span, trades: Sequence[Sequence[int]]
) -> Iterator[Row]:
    period, start, end = span
    is_in = days.exists & (days.day >= since[:, None]) & _within(days.day, start, end)
    level = np.cumsum(np.where(is_in, days.growth, 0.0), axis=1)
    peak = np.zeros_like(level)
    peak[:, 1:] = np.maximum(np.maximum.accumulate(level, axis=1)[:, :-1], 0.0)
    fall = np.where(is_in, np.minimum(level, level - days.growth + days.low) - peak, 0.0).min(axis=1)
    gained = ((np.exp(np.minimum(level[:, -1], _MOST_GROWTH)) - 1) * 100).round(_DIGITS)
    drawdown = ((1 - np.exp(np.minimum(fall, 0.0))) * 100).round(_DIGITS)
    ratio = (gained / np.maximum(drawdown, DRAWDOWN_FLOOR)).round(_DIGITS)
    has_equity = is_in.any(axis=1)
    first = is_in.argmax(axis=1)
    last = is_in.shape[1] - 1 - is_in[:, ::-1].argmax(axis=1)
    every = np.arange(len(pasts))
    paid = np.where(is_in, days.paid, 0.0).sum(axis=1)
    profit = np.where(has_equity, days.close[every, last] - days.opened[every, first] - paid, 0.0).round(_CENTS)
    curve = np.rint(np.exp(np.minimum(level, _MOST_LEVEL)) * 10_000).astype(np.int64)
    figures = zip(
        *(column.tolist() for column in (gained, profit, ratio, drawdown, has_equity, first, last)), strict=True
    )
    for place, (past, numbers, (traded, count, won, held)) in enumerate(zip(pasts, figures, trades, strict=True)):
        if not traded:
            continue
        return_pct, result, risk_adjusted, drawdown_pct, is_known, opening, closing = numbers
        shown = curve[place, max(opening, closing + 1 - CURVE_DAYS) : closing + 1] if is_known else curve[place, :0]
        yield {
            "period": period.value,
            "starts_on": start,
            **{name: past[name] for name in ("user_id", "account_id", "kind", "currency", "entered_at")},
            "return_pct": return_pct,
            "profit": result,
            "risk_adjusted": risk_adjusted,
            "drawdown_pct": drawdown_pct,
            "trades": count,
            "won": won,
            "held": held,
            "curve": shown.tolist(),
            "reason": _reason(past, period, start, has_equity=is_known, trades=count, held=held),
        }


def _within(day: NDArray[np.int64], start: date, end: date) -> Flags:
    return (day >= (start - _EPOCH).days) & (day < (end - _EPOCH).days)


def _reason(past: Row, period: Period, start: date, *, has_equity: bool, trades: int, held: int) -> str:
    """Why an account has no place in a period, by the codes of `domain.leaderboard.REASONS`; empty when it has."""
    if not past["is_verified"]:
        return "unverified"
    if past["counted_from"] > start and period is not Period.ALL:
        return "entered-later"
    if not has_equity:
        return "no-equity"
    if held < FEWEST_TRADES[period]:
        return "few-trades"
    return "quick-trades" if held * 2 < trades else ""
