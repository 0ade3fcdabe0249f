"""The strategies page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.dialog import confirm
from forex_elite.ui.components.fields import switch
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.strategies.editor import address, alert_text, rules, test
from forex_elite.ui.pages.strategies.rows import StrategyRow
from forex_elite.ui.pages.strategies.state import StrategiesState
from forex_elite.ui.shell.frame import frame


def _row(row: rx.Var[StrategyRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(rx.el.b(row.name, class_name="md ell"), class_name="row"),
            rx.el.span(row.accounts, " · ", row.sizing, class_name="t2 xs ell own-line"),
            rx.el.span(row.pairs, class_name="t3 xs ell own-line"),
            type="button",
            class_name="grow strategy-open",
            on_click=StrategiesState.open_strategy(row.id),
        ),
        switch(row.name + " enabled", row.is_enabled, lambda _: StrategiesState.toggle(row.id)),
        key=row.id,
        aria_current=rx.cond(StrategiesState.chosen == row.id, "true", "false"),
    )


def _list() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Strategies",
            panels.count(rx.cond(StrategiesState.is_loaded, StrategiesState.rows.length().to_string(), "")),
            actions=(button("New", look="primary", size="s", icon_name="plus", on_click=StrategiesState.begin),),
        ),
        panels.listed(
            rx.el.ul(rx.foreach(StrategiesState.rows, _row), class_name="strategy-list scroll"),
            StrategiesState.rows,
            StrategiesState,
            failed_words="Strategies could not be loaded",
            on_retry=StrategiesState.load,
            empty=panels.empty(
                "target",
                "No strategy yet",
                "A strategy has its own secret address for TradingView, and rules every alert is held against.",
                button("Create a strategy", look="primary", size="s", on_click=StrategiesState.begin),
            ),
            waiting=4,
        ),
        class_name="strategy-side",
    )


def _confirmations() -> rx.Component:
    return rx.fragment(
        confirm(
            rx.el.p(
                "Alerts sent to the present address are answered 404 at once. Every TradingView alert of this strategy "
                "needs the new address."
            ),
            is_open=StrategiesState.dialog == "rotate",
            title="Replace the address of " + StrategiesState.form.name + "?",
            verb="Replace address",
            keep="Keep the present one",
            on_confirm=StrategiesState.rotate,
            on_close=StrategiesState.close_dialog,
            is_busy=StrategiesState.is_busy,
            icon_name="key",
        ),
        confirm(
            rx.el.p("Its address dies at once. Open positions stay open and its alerts stay in the history."),
            is_open=StrategiesState.dialog == "delete",
            title="Delete " + StrategiesState.form.name + "?",
            verb="Delete strategy",
            keep="Keep it",
            on_confirm=StrategiesState.delete,
            on_close=StrategiesState.close_dialog,
            is_busy=StrategiesState.is_busy,
            icon_name="trash",
        ),
    )


def _editor() -> rx.Component:
    is_saved = (StrategiesState.chosen != "") & (StrategiesState.chosen != "new")
    return rx.cond(
        StrategiesState.chosen == "",
        rx.cond(
            StrategiesState.is_loaded,
            panels.panel(
                panels.empty("target", "No strategy open", "Choose one from the list, or create one."),
                class_name="grow",
            ),
            panels.panel(skeleton(10)),
        ),
        rx.el.div(
            rx.el.div(rules(), class_name="col gutter"),
            rx.el.div(
                rx.cond(is_saved, rx.fragment(address(), alert_text(), test()), alert_text()), class_name="col gutter"
            ),
            class_name="strategy-editor",
        ),
    )


def _places() -> rx.Component:
    return rx.el.nav(
        link(icon("signals", "s"), "Feed", to="/signals"),
        rx.el.span(icon("target", "s"), "Strategies", class_name="on", aria_current="page"),
        class_name="seg only-phone",
        aria_label="Signals",
    )


def page() -> rx.Component:
    """All strategies, and one of them to edit, connect and try."""
    return frame(
        _places(),
        _list(),
        _editor(),
        _confirmations(),
        live(["signals", "accounts"], StrategiesState.changed),
        title="Strategies",
        current="/signals/strategies",
        class_name="strategies",
    )
