"""The page of analytics."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.services.analytics import FORMULAS
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import icon_button
from forex_elite.ui.components.choices import segments, tab
from forex_elite.ui.components.curve import equity_curve
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.analytics.charts import net_bar
from forex_elite.ui.pages.analytics.rows import PERIODS, DayCell, Figure, SliceRow, Week
from forex_elite.ui.pages.analytics.state import AnalyticsState
from forex_elite.ui.pages.positions.tabs import tabs
from forex_elite.ui.shell.frame import account_shown, frame

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _figure(figure: rx.Var[Figure]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(figure.label, class_name="stat-label"),
        rx.el.dd(
            rx.el.span(figure.value, class_name=figure.tone),
            rx.cond(figure.unit != "", rx.el.span(figure.unit, class_name="unit")),
            class_name="stat-value",
        ),
        rx.el.dd(figure.formula, class_name="xs t3 formula"),
        class_name="stat",
        key=figure.label,
    )


def _slice(row: rx.Var[SliceRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.key, scope="row", class_name="slice-key"),
        rx.el.td(row.trades, class_name="num t2"),
        rx.el.td(row.win_rate, class_name="num t2"),
        rx.el.td(row.profit_factor, class_name="num t2 not-phone"),
        rx.el.td(row.expectancy, class_name=rx.Var.create("num not-phone ") + row.expectancy_tone),
        rx.el.td(row.net, class_name=rx.Var.create("num md ") + row.tone),
        rx.el.td(net_bar(row.share, row.tone), class_name="not-phone"),
        key=row.key,
    )


def _slices(title: str, note: Any, rows: rx.Var[list[SliceRow]]) -> rx.Component:
    heads = (
        ("", ""),
        ("Trades", "num"),
        ("Won", "num"),
        ("Profit factor", "num not-phone"),
        ("Expectancy", "num not-phone"),
        ("Net", "num"),
    )
    return panels.panel(
        panels.panel_head(title, panels.count(note)),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(
                            rx.el.th(
                                name or title,
                                rx.fragment(", ", AnalyticsState.currency)
                                if name in {"Net", "Expectancy"}
                                else rx.fragment(),
                                class_name=look,
                                scope="col",
                            )
                            for name, look in heads
                        ),
                        rx.el.td(class_name="not-phone"),
                    )
                ),
                rx.el.tbody(rx.foreach(rows, _slice)),
                class_name="compact slices",
            ),
            class_name="table-wrap",
            tab_index=0,
            role="region",
            aria_label=title,
        ),
    )


def _day(cell: rx.Var[DayCell]) -> rx.Component:
    return rx.el.td(
        rx.cond(
            cell.day != "",
            rx.fragment(
                rx.el.span(cell.day, class_name="t3 xs"),
                rx.cond(
                    cell.net != "",
                    rx.fragment(
                        rx.el.span(cell.net, class_name=rx.Var.create("day-net ") + cell.tone),
                        rx.el.span(cell.trades, class_name="t3 xs not-phone"),
                    ),
                ),
            ),
        ),
        class_name=rx.cond(cell.day != "", rx.Var.create("day ") + cell.tone, "day outside"),
    )


def _week(week: rx.Var[Week]) -> rx.Component:
    return rx.el.tr(
        rx.foreach(week.days, _day),
        rx.el.td(rx.el.span(week.net, class_name=week.tone), class_name="num week-net not-phone"),
    )


def _calendar() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Calendar",
            panels.count(
                AnalyticsState.month_words, ", ", AnalyticsState.currency, ", by closing day, ", AnalyticsState.zone
            ),
            actions=(
                icon_button(
                    "up",
                    "Month before",
                    on_click=AnalyticsState.choose_month(-1),
                    disabled=~AnalyticsState.has_earlier,
                ),
                icon_button(
                    "down", "Month after", on_click=AnalyticsState.choose_month(1), disabled=~AnalyticsState.has_later
                ),
            ),
        ),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(rx.el.th(day, scope="col") for day in _DAYS),
                        rx.el.th("Week", class_name="num not-phone", scope="col"),
                    )
                ),
                rx.el.tbody(rx.foreach(AnalyticsState.weeks, _week)),
                class_name="calendar",
            ),
            class_name="table-wrap",
            tab_index=0,
            role="region",
            aria_label="Calendar",
        ),
    )


def _nothing() -> rx.Component:
    return panels.panel(
        panels.empty(
            "chart",
            "No closed trade in this period",
            "Choose a longer period, or another account above.",
            link("Closed trades", to="/positions/history", class_name="btn primary small"),
        )
    )


def _found() -> rx.Component:
    return rx.fragment(
        panels.panel(
            rx.el.h2("Figures", class_name="sr"),
            rx.el.dl(rx.foreach(AnalyticsState.figures, _figure), class_name="figures"),
            rx.cond(AnalyticsState.note != "", panels.banner("info", "info", AnalyticsState.note)),
        ),
        panels.panel(
            panels.panel_head(
                "Equity by closed trades",
                panels.count(AnalyticsState.currency, ", days in ", AnalyticsState.zone, class_name="ell"),
            ),
            equity_curve(AnalyticsState.curve, AnalyticsState.curve_words),
            rx.el.p(FORMULAS["start_balance"], ". ", FORMULAS["daily_return"], ".", class_name="hint curve-note"),
        ),
        _calendar(),
        rx.el.div(
            _slices("By symbol", "best first", AnalyticsState.by_symbol),
            _slices("By EA and strategy", "by magic number", AnalyticsState.by_source),
            _slices("By weekday", rx.fragment("of the opening, ", AnalyticsState.zone), AnalyticsState.by_weekday),
            _slices("By hour", rx.fragment("of the opening, ", AnalyticsState.zone), AnalyticsState.by_hour),
            class_name="grid slice-grid",
        ),
    )


def _controls() -> rx.Component:
    currencies = rx.el.div(
        rx.foreach(
            AnalyticsState.currencies,
            lambda one: tab(one, is_on=AnalyticsState.currency == one, on_click=AnalyticsState.choose_currency(one)),
        ),
        class_name="tabs",
        role="group",
        aria_label="Account currency",
    )
    return panels.panel(
        panels.panel_head(
            rx.el.h2("Analytics", class_name="sr"),
            tabs("/positions/analytics"),
            actions=(
                rx.cond(AnalyticsState.is_busy, icon("spinner", "s", "Examining", class_name="spin")),
                rx.cond(AnalyticsState.currencies.length() > 1, currencies),
                segments(PERIODS, AnalyticsState.period, AnalyticsState.choose_period, label="Period"),
            ),
        ),
        rx.cond(
            AnalyticsState.error_code != "",
            panels.failed("Analytics could not be computed", AnalyticsState.error_code, AnalyticsState.retry),
        ),
        class_name="analytics-head",
    )


def page() -> rx.Component:
    """What the closed trades say, by account currency; each number beside the formula it is."""
    return frame(
        _controls(),
        rx.cond(
            AnalyticsState.is_loaded,
            rx.cond(
                AnalyticsState.figures.length() > 0, _found(), rx.cond(AnalyticsState.error_code == "", _nothing())
            ),
            skeleton(16),
        ),
        live(["accounts"], AnalyticsState.changed),
        title="Analytics",
        current="/positions/analytics",
        account=account_shown(),
        class_name="analytics",
    )
