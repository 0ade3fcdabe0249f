"""What the domain makes of an account's past, to hold computed standings against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from forex_elite.domain.leaderboard import RUIN, Day, Flow, Worth, stretches


def days_of(
    closes: Sequence[Worth],
    flows: Sequence[Flow],
    seen: Sequence[Worth],
    lows: Mapping[date, Decimal],
    span: tuple[date, date],
) -> list[Day]:
    """The days from the first of `span` until before its second; `closes` begin with the value before the first day."""
    pieces = stretches(closes, flows, seen)
    found = []
    for before, close in pairwise(sorted(closes, key=lambda one: one.at)):
        day = close.at.date()
        if not span[0] <= day < span[1]:
            continue
        factor, result = 1.0, Decimal(0)
        for piece in (one for ended_at, one in pieces if ended_at == close.at):
            factor, result = factor * piece.factor, result + piece.result
        says_nothing = before.equity <= 0 or any(before.at < flow.at <= close.at for flow in flows)
        low = None if says_nothing else max(float(lows[day] / before.equity), RUIN)
        found.append(Day(day, factor, low, result))
    return found
