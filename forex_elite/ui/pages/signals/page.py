"""The signals page: the feed on the left, one alert on the right."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.choices import tab
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, side
from forex_elite.ui.components.table import HELD, WALKED, table
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.signals.detail import detail
from forex_elite.ui.pages.signals.rows import SignalRow
from forex_elite.ui.pages.signals.state import SignalsState
from forex_elite.ui.shell.frame import frame

_TABS = (
    ("all", "All", ""),
    ("executed", "Executed", ""),
    ("refused", "Refused", ""),
    ("duplicate", "Duplicate", "not-phone"),
    ("unknown", "Unknown", ""),
    ("pending", "Pending", "not-phone"),
)


_HEADS = (
    (rx.fragment("Received, ", SignalsState.zone), ""),
    ("Strategy", ""),
    ("Action", ""),
    ("Symbol", ""),
    ("Result", ""),
    ("Detail", ""),
    ("To fill", "num"),
)


def _figure(row: rx.Var[SignalRow]) -> rx.Component:
    return rx.fragment(row.to_fill, rx.cond(row.to_fill_unit != "", rx.el.span(row.to_fill_unit, class_name="unit")))


def _row(row: rx.Var[SignalRow]) -> rx.Component:
    is_open = SignalsState.view.id == row.id
    return rx.el.tr(
        rx.el.td(
            rx.el.button(
                row.received,
                type="button",
                class_name="mono t2 row-open",
                on_click=SignalsState.open_signal(row.id).stop_propagation,
                custom_attrs={"data-row": ""},
            )
        ),
        rx.el.td(
            rx.el.div(
                rx.el.span(row.strategy, class_name="ell"),
                rx.cond(row.is_test, badge("Test", "line")),
                class_name="row",
            ),
            class_name="cell-clip",
        ),
        rx.el.td(side(row.action, row.side_tone)),
        rx.el.td(rx.el.b(row.symbol, class_name="md")),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(row.detail, class_name="t2 cell-fill", title=row.detail),
        rx.el.td(_figure(row), class_name="num"),
        key=row.id,
        class_name=rx.cond(row.is_dim, "pick dim", "pick"),
        aria_current=rx.cond(is_open, "true", "false"),
        on_click=SignalsState.open_signal(row.id),
    )


def _phone_row(row: rx.Var[SignalRow]) -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.el.span(
                side(row.action, row.side_tone),
                rx.el.b(row.symbol, class_name="md"),
                rx.el.span(row.strategy, class_name="t3 xs ell"),
                class_name="row",
            ),
            rx.el.span(row.detail, class_name="xs t2 ell own-line"),
            class_name="grow",
        ),
        rx.el.span(
            badge(row.word, row.tone, row.icon),
            rx.el.span(
                row.clock,
                rx.cond(row.to_fill_unit != "", rx.fragment(" · ", row.to_fill, " ", row.to_fill_unit)),
                class_name="xs t3 own-line under",
            ),
            class_name="num",
        ),
        type="button",
        key=row.id,
        class_name="phone-row",
        aria_current=rx.cond(SignalsState.view.id == row.id, "true", "false"),
        on_click=SignalsState.open_signal(row.id),
    )


def _list() -> rx.Component:
    return table("Signals", _HEADS, SignalsState.rows, _row, _phone_row, class_name="grow", marks=HELD | WALKED)


def _nothing() -> rx.Component:
    is_filtered = (SignalsState.tab != "all") | (SignalsState.strategy_id != "")
    return rx.cond(
        is_filtered,
        panels.empty(
            "filter",
            "No alert of this kind",
            "Other filters may show some.",
            button("Show all", look="primary", size="s", on_click=SignalsState.choose_tab("all")),
        ),
        panels.empty(
            "signals",
            "No signals yet",
            "Create a strategy and paste its address into a TradingView alert. "
            "The first one shows up here within a second.",
            link("Set up a strategy", to="/signals/strategies", class_name="btn primary small"),
        ),
    )


def _strategy_filter() -> rx.Component:
    return rx.el.select(
        rx.el.option("Strategy: all", value=""),
        rx.foreach(SignalsState.choices, lambda choice: rx.el.option(choice[1], value=choice[0])),
        class_name="input filter",
        aria_label="Strategy",
        value=SignalsState.strategy_id,
        on_change=SignalsState.choose_strategy,
        custom_attrs={"data-filter": ""},
    )


def _feed() -> rx.Component:
    tabs = [
        tab(
            label,
            is_on=SignalsState.tab == name,
            on_click=SignalsState.choose_tab(name),
            amount=SignalsState.counts[name],
            class_name=look,
        )
        for name, label, look in _TABS
    ]
    return panels.panel(
        rx.el.div(
            rx.el.h2("Feed", class_name="sr"),
            rx.el.div(*tabs, class_name="tabs", role="group", aria_label="Alerts of today by result"),
            rx.el.div(
                rx.cond(
                    SignalsState.new_count > 0,
                    button(
                        rx.fragment(SignalsState.new_count, " new"),
                        size="s",
                        look="primary",
                        icon_name="up",
                        on_click=SignalsState.show_new,
                    ),
                ),
                _strategy_filter(),
                class_name="row end not-phone",
            ),
            class_name="panel-head",
        ),
        panels.listed(
            _list(),
            SignalsState.rows,
            SignalsState,
            failed_words="Signals could not be loaded",
            on_retry=SignalsState.retry,
            empty=_nothing(),
            waiting=18,
        ),
        panels.pager(
            rx.fragment(
                SignalsState.words,
                rx.cond(
                    SignalsState.speed != "",
                    rx.el.span("To fill today: ", SignalsState.speed, class_name="not-phone pager-note"),
                ),
            ),
            SignalsState,
        ),
        class_name="feed-list",
    )


def _places() -> rx.Component:
    return rx.el.nav(
        rx.el.span(icon("signals", "s"), "Feed", class_name="on", aria_current="page"),
        link(icon("target", "s"), "Strategies", to="/signals/strategies"),
        class_name="seg only-phone",
        aria_label="Signals",
    )


def page() -> rx.Component:
    """Every alert that came in, newest first, and one of them from webhook to fill."""
    return frame(
        _places(),
        _feed(),
        detail(),
        live(["signals", "trades"], SignalsState.changed),
        title="Signals",
        current="/signals",
        fit=True,
        class_name="signals",
    )
