"""The forms of one account: how they start, and how what was typed becomes limits, hours and symbol names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from forex_elite.domain.account_setup import AccountSetup
from forex_elite.domain.limits import (
    NAMES,
    Limit,
    LimitAction,
    Limits,
    TradingHours,
    Week,
    Weekend,
    WeekendAction,
    read_time,
)
from forex_elite.errors import InvalidInput
from forex_elite.ui.automation.rows import read_figure

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LABELS = {
    "max_lots": ("Largest position", "lots"),
    "max_open_positions": ("Open positions", "positions"),
    "max_loss_per_trade": ("Loss per trade", ""),
    "daily_loss": ("Daily loss", ""),
    "daily_loss_percent": ("Daily loss", "%"),
    "daily_target": ("Daily target", ""),
    "daily_target_percent": ("Daily target", "%"),
    "trailing_drawdown": ("Trailing drawdown", ""),
    "trailing_drawdown_percent": ("Trailing drawdown", "%"),
}
"""Name and unit of each limit; without a unit it is money of the account."""
ACTIONS = (
    (LimitAction.STOP_ENTRIES.value, "Stop new entries"),
    (LimitAction.CLOSE_ONLY.value, "Close only"),
    (LimitAction.CLOSE_ALL.value, "Close all and stop"),
)
WEEKEND = (("none", "Trade on"), ("stop", "Stop new entries"), ("flatten", "Close everything and stop"))
_WINDOW = re.compile(r"(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)")  # noqa: RUF001  # people write both
_WHOLE_DAY = TradingHours(time(0), time(0))


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit as its fields start."""

    name: str
    label: str
    unit: str
    value: str
    action: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """The trading hours of one weekday as its field starts."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class SetupForm:
    """Everything else about one account as the fields start."""

    id: str = ""
    title: str = ""
    login: str = ""
    server: str = ""
    name: str = ""
    kind: str = "mt5"
    terminal_path: str = ""
    agent_id: str = ""
    agent_away: str = ""
    """The name of its agent where that one does not answer."""
    group_id: str = ""
    has_password: bool = False
    symbols: str = ""
    has_hours: bool = False
    weekend: str = "none"
    since_day: str = "4"
    since: str = "20:00"
    until_day: str = "6"
    until: str = "22:00"
    holds: tuple[str, ...] = ()
    has_own_limits: bool = False


def setup_form(setup: AccountSetup, title: str) -> SetupForm:
    """An account as its forms start."""
    weekend = setup.limits.weekend or Weekend(WeekendAction.STOP)
    return SetupForm(
        id=str(setup.info.id),
        title=title,
        login=str(setup.info.login),
        server=setup.info.server,
        name=setup.label,
        kind=setup.kind.value,
        terminal_path=setup.terminal_path,
        agent_id=str(setup.info.agent_id or ""),
        agent_away=setup.info.agent_name if setup.info.agent_id and not setup.is_agent_online else "",
        group_id=str(setup.group_id or ""),
        has_password=setup.has_password,
        symbols="\n".join(f"{name} = {broker}" for name, broker in sorted(setup.symbol_map.items())),
        has_hours=setup.limits.week is not None,
        weekend="none" if setup.limits.weekend is None else weekend.action.value,
        since_day=str(weekend.since_day),
        since=f"{weekend.since:%H:%M}",
        until_day=str(weekend.until_day),
        until=f"{weekend.until:%H:%M}",
        holds=setup.holds,
        has_own_limits=setup.has_own_limits,
    )


def limit_rows(setup: AccountSetup) -> list[LimitRow]:
    """Every limit, set or not."""
    rows = []
    for name, (label, unit) in LABELS.items():
        limit = setup.limits.figures.get(name)
        value = "" if limit is None else f"{limit.value:g}" if limit.value < 1e6 else f"{limit.value:.2f}"  # noqa: PLR2004
        action = LimitAction.STOP_ENTRIES if limit is None else limit.action
        rows.append(LimitRow(name, label, unit or setup.info.currency, value, action.value))
    return rows


def day_rows(week: Week | None) -> list[DayRow]:
    """The seven days; while there are no hours yet, they start with working days round the clock."""
    rows = []
    for day, label in enumerate(DAYS):
        windows = ((_WHOLE_DAY,) if day < 5 else ()) if week is None else week.get(day, ())  # noqa: PLR2004
        text = ", ".join(f"{one.since:%H:%M}-{one.until:%H:%M}" for one in windows)
        rows.append(DayRow(f"day-{day}", label, text))
    return rows


def read_figures(form: Mapping[str, Any]) -> dict[str, Limit]:
    """The limits as typed. Raises InvalidInput."""
    figures: dict[str, Limit] = {}
    for name in NAMES:
        value = read_figure(str(form.get(name) or ""), name)
        if value is None:
            continue
        try:
            action = LimitAction(str(form.get(f"{name}-action", LimitAction.STOP_ENTRIES.value)))
        except ValueError as unknown:
            raise InvalidInput("Choose what happens at this limit.", field=name) from unknown
        figures[name] = Limit(value, action)
    return figures


def read_hours(form: Mapping[str, Any]) -> tuple[Week | None, Weekend | None]:
    """Trading hours and weekend as typed, UTC. Raises InvalidInput."""
    week: dict[int, tuple[TradingHours, ...]] | None = None
    if form.get("has_hours"):
        week = {}
        for day in range(7):
            text = str(form.get(f"day-{day}") or "").strip()
            if text:
                week[day] = _windows(text, f"day-{day}")
        if not week:
            raise InvalidInput(
                "Without any hours the account would never trade; switch them off instead.", field="day-0"
            )
    choice = str(form.get("weekend") or "none")
    if choice == "none":
        return week, None
    try:
        weekend = Weekend(
            WeekendAction(choice),
            int(form["since_day"]),
            read_time(str(form["since"]).strip(), "since"),
            int(form["until_day"]),
            read_time(str(form["until"]).strip(), "until"),
        )
    except (KeyError, ValueError) as unreadable:
        raise InvalidInput("Choose when the weekend begins and ends.", field="weekend") from unreadable
    return week, weekend


def _windows(text: str, field: str) -> tuple[TradingHours, ...]:
    found = []
    for part in text.split(","):
        window = _WINDOW.fullmatch(part.strip())
        if window is None:
            raise InvalidInput("Write hours as 07:00-20:00, several separated by commas.", field=field)
        found.append(TradingHours(read_time(window[1], field), read_time(window[2], field)))
    return tuple(found)


def read_symbols(text: str) -> dict[str, str]:
    """One `EURUSD = EURUSD.r` a line. Raises InvalidInput."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, sign, broker = (part.strip() for part in line.partition("="))
        if not (sign and name and broker):
            raise InvalidInput(f"Line {number}: write the signal's name = the broker's name.", field="symbols")
        if name.upper() in found:
            raise InvalidInput(f"Line {number}: {name.upper()} is mapped twice.", field="symbols")
        found[name.upper()] = broker
    return found


def merged(limits: Limits, form: Mapping[str, Any], *, tab: str) -> Limits:
    """The limits with what one form changed of them; the other form's part stays. Raises InvalidInput."""
    if tab == "limits":
        return Limits(figures=read_figures(form), week=limits.week, weekend=limits.weekend)
    week, weekend = read_hours(form)
    return Limits(figures=limits.figures, week=week, weekend=weekend)
