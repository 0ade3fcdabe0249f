"""What the browser may see of analytics: figures with their formulas, slices, the curve and the calendar."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from forex_elite.domain.history import Analytics, Slice
from forex_elite.services.analytics import FORMULAS
from forex_elite.ui import figures
from forex_elite.ui.pages.history.rows import hold

MOST_POINTS = 240
MOST_SLICES = 12
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PERIODS = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("all", "All"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number and the formula it comes from."""

    label: str
    value: str
    unit: str
    tone: str
    formula: str


@dataclass(frozen=True, slots=True)
class Point:
    """The balance after a day."""

    day: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class SliceRow:
    """Trades that share something. `share` is the net result by the largest one of the table, -100 to 100 %."""

    key: str
    trades: str
    win_rate: str
    profit_factor: str
    expectancy: str
    expectancy_tone: str
    net: str
    tone: str
    share: float


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the calendar; empty outside the month."""

    day: str
    net: str = ""
    tone: str = ""
    trades: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar, Monday to Sunday, with its sum."""

    days: list[DayCell]
    net: str
    tone: str


def _ratio(value: float | None) -> str:
    return figures.MISSING if value is None else figures.money(value)


def figures_of(found: Analytics) -> list[Figure]:
    """The figures of one currency, each with its formula."""
    total, currency, ratios = found.total, found.currency, found.ratios
    money, signed, tone = figures.money, {"signed": True}, figures.tone
    percent = figures.percent
    rows = (
        ("Net result", money(total.net, currency, **signed), currency, tone(total.net), "net"),
        ("Win rate", percent(100 * total.win_rate, places=1), f"of {total.count:,}", "", "win_rate"),
        ("Profit factor", _ratio(total.profit_factor), "", "", "profit_factor"),
        ("Expectancy", money(total.expectancy, currency, **signed), currency, tone(total.expectancy), "expectancy"),
        ("Max drawdown", money(found.max_drawdown, currency), currency, "", "max_drawdown"),
        ("Max drawdown, daily", percent(ratios.max_drawdown_pct), "", "", "max_drawdown_pct"),
        ("Sharpe ratio", _ratio(ratios.sharpe), "a year", "", "sharpe"),
        ("Sortino ratio", _ratio(ratios.sortino), "a year", "", "sortino"),
        ("Volatility", percent(ratios.annual_volatility_pct), "a year", "", "annual_volatility_pct"),
        ("Average hold", hold(total.hold_s), "", "", "average_hold"),
    )
    return [
        Figure(label, value, "" if value == figures.MISSING else unit, shade, FORMULAS[key])
        for label, value, unit, shade, key in rows
    ]


def curve_of(found: Analytics) -> list[Point]:
    """The balance by day, thinned to what a screen can show; the first point is the start, the last always there."""
    if not found.by_day:
        return []
    balance = found.start_balance
    first = date.fromisoformat(found.by_day[0].key) - timedelta(days=1)
    points = [_point(first, balance, found.currency)]
    for day in found.by_day:
        balance += day.net
        points.append(_point(date.fromisoformat(day.key), balance, found.currency))
    step = max(1, -(-len(points) // MOST_POINTS))
    return [*points[:-1:step], points[-1]]


def _point(day: date, balance: Decimal, currency: str) -> Point:
    return Point(
        day.isoformat(), float(balance), f"{day.day} {day:%b %Y}: {figures.money(balance, currency)} {currency}"
    )


def slice_rows(slices: Sequence[Slice], currency: str, names: dict[str, str] | None = None) -> list[SliceRow]:
    """Slices as rows of a table, with bars by the largest of them."""
    largest = max((abs(one.net) for one in slices), default=Decimal(0))
    return [
        SliceRow(
            key=(names or {}).get(one.key, one.key),
            trades=f"{one.count:,}",
            win_rate=figures.percent(100 * one.win_rate, places=0),
            profit_factor=_ratio(one.profit_factor),
            expectancy=figures.money(one.expectancy, currency, signed=True),
            expectancy_tone=figures.tone(one.expectancy),
            net=figures.money(one.net, currency, signed=True),
            tone=figures.tone(one.net),
            share=round(float(one.net / largest * 100), 1) if largest else 0.0,
        )
        for one in slices
    ]


def weekday_names() -> dict[str, str]:
    """ISO weekday numbers as words."""
    return {str(number): name for number, name in enumerate(WEEKDAYS, 1)}


def hour_names(slices: Sequence[Slice]) -> dict[str, str]:
    """Hours as spans: `09:00 to 10:00`."""
    return {one.key: f"{int(one.key):02d}:00 to {(int(one.key) + 1) % 24:02d}:00" for one in slices}


def weeks_of(found: Analytics, month: str) -> list[Week]:
    """The calendar of a month (`2026-03`)."""
    year, number = (int(part) for part in month.split("-"))
    results = {day.key: day for day in found.by_day if day.key.startswith(month)}
    weeks = []
    for dates in calendar.Calendar().monthdatescalendar(year, number):
        inside = [results.get(one.isoformat()) for one in dates if one.month == number]
        net = sum((day.net for day in inside if day), Decimal(0))
        has_any = any(inside)
        weeks.append(
            Week(
                [_cell(one, number, results, found.currency) for one in dates],
                figures.money(net, found.currency, signed=True) if has_any else "",
                figures.tone(net),
            )
        )
    return weeks


def _cell(day: date, month: int, results: dict[str, Slice], currency: str) -> DayCell:
    if day.month != month:
        return DayCell("")
    result = results.get(day.isoformat())
    if result is None:
        return DayCell(str(day.day))
    words = figures.count(result.count, "trade") if result.count else "partial closes"
    return DayCell(str(day.day), figures.money(result.net, currency, signed=True), figures.tone(result.net), words)


def months_of(found: Analytics) -> list[str]:
    """Months with closed trades, oldest first."""
    return sorted({day.key[:7] for day in found.by_day})


def month_words(month: str) -> str:
    """`March 2026`."""
    return f"{date.fromisoformat(month + '-01'):%B %Y}" if month else ""
