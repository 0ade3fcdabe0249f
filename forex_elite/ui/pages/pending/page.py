"""The page of pending orders."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui import figures
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import side
from forex_elite.ui.components.table import HELD, WALKED, table
from forex_elite.ui.live.live import live, live_price
from forex_elite.ui.pages.pending.rows import PendingRow
from forex_elite.ui.pages.pending.state import PendingState
from forex_elite.ui.pages.positions.live import level_cell
from forex_elite.ui.pages.positions.tabs import tabs
from forex_elite.ui.shell.frame import account_shown, frame

_HEADS = (
    ("Symbol", ""),
    ("Order", ""),
    ("Lots", "num"),
    ("Price", "num"),
    ("Now", "num"),
    ("SL", "num"),
    ("TP", "num"),
    (rx.fragment("Placed, ", PendingState.zone), ""),
    ("Account", ""),
    ("Actions", "num sticky-end"),
)
_LABELS = {"price": "Price of ", "sl": "Stop loss of ", "tp": "Take profit of "}


def _name(row: rx.Var[PendingRow]) -> rx.Var[str]:
    return row.symbol + " #" + row.ticket


def _level(row: rx.Var[PendingRow], which: str) -> rx.Component:
    value = {"price": row.price, "sl": row.sl, "tp": row.tp}[which]
    return level_cell(
        value,
        _LABELS[which] + _name(row),
        lambda text: PendingState.save_level(row.id, which, text),
        disabled=row.doing != "",
    )


def _now(row: rx.Var[PendingRow]) -> rx.Component:
    return live_price(row.symbol, row.digits, figures.MISSING, row.quote)


def _actions(row: rx.Var[PendingRow]) -> rx.Component:
    return rx.cond(
        row.doing != "",
        rx.el.span(
            rx.cond(row.doing != "Gone", icon("spinner", "xs", class_name="spin")),
            row.doing,
            class_name="row end t3 xs",
            role="status",
        ),
        button("Cancel", size="s", on_click=PendingState.ask_cancel(row.id), aria_label="Cancel " + _name(row)),
    )


def _fault(row: rx.Var[PendingRow]) -> rx.Component:
    return rx.cond(row.fault != "", rx.el.div(icon("alert", "xs"), row.fault, class_name="row crit-text xs"))


def _row(row: rx.Var[PendingRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.b(row.symbol, class_name="md"), rx.el.span(" #", row.ticket, class_name="t3 mono xs"), _fault(row)
        ),
        rx.el.td(rx.el.span(side(row.side, row.side_tone), rx.el.span(row.kind, class_name="t2"), class_name="row")),
        rx.el.td(row.lots, class_name="num"),
        rx.el.td(_level(row, "price"), class_name="num"),
        rx.el.td(_now(row), class_name="num quote-cell"),
        rx.el.td(_level(row, "sl"), class_name="num"),
        rx.el.td(_level(row, "tp"), class_name="num"),
        rx.el.td(row.placed, class_name="t2"),
        rx.el.td(row.account, class_name="t2"),
        rx.el.td(_actions(row), class_name="num sticky-end"),
        key=row.id,
        class_name=rx.cond(row.fault != "", "faulty", rx.cond(row.doing != "", "dim", "")),
    )


def _phone_row(row: rx.Var[PendingRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.b(row.symbol, class_name="md"),
                    side(row.side, row.side_tone),
                    rx.el.span(row.kind, " ", row.lots, " lots", class_name="t2 sm nowrap"),
                    class_name="row",
                ),
                rx.el.div(row.account, " · now ", _now(row), class_name="t3 xs"),
                class_name="grow",
            ),
            _actions(row),
            class_name="position-line",
        ),
        rx.el.div(
            rx.el.span("At ", _level(row, "price"), class_name="t3 xs"),
            rx.el.span("SL ", _level(row, "sl"), class_name="t3 xs"),
            rx.el.span("TP ", _level(row, "tp"), class_name="t3 xs"),
            class_name="position-line",
        ),
        _fault(row),
        class_name="phone-row stacked",
        key=row.id,
    )


def _list() -> rx.Component:
    return table("Pending orders", _HEADS, PendingState.rows, _row, _phone_row, class_name="grow", marks=HELD | WALKED)


def _nothing() -> rx.Component:
    return panels.empty(
        "clock",
        "No pending order",
        "Limit and stop orders of all your accounts wait here until the market reaches them.",
        link("Place an order", to="/trading", class_name="btn primary small"),
    )


def _cancelling() -> rx.Component:
    subject = PendingState.subject
    return dialog(
        body(
            rx.el.p(
                rx.el.b(subject.side, " ", subject.kind, " ", subject.lots, " lots ", subject.symbol),
                " waits at ",
                rx.el.b(subject.price),
                "; ticket ",
                subject.ticket,
                " on ",
                subject.account,
                ".",
            )
        ),
        foot(
            button("Keep it waiting", on_click=PendingState.dismiss),
            button("Cancel the order", look="danger", on_click=PendingState.cancel, is_busy=PendingState.is_busy),
        ),
        is_open=PendingState.is_asking,
        title="Cancel " + subject.symbol + " " + subject.kind + "?",
        on_close=PendingState.dismiss,
        icon_name="triangle",
        tone="crit",
    )


def page() -> rx.Component:
    """Every pending order, with what can be done about it."""
    return frame(
        panels.panel(
            panels.panel_head(
                rx.el.h2("Pending orders", class_name="sr"),
                tabs("/positions/pending"),
                actions=(link("New order", to="/trading", class_name="btn small"),),
            ),
            panels.listed(
                _list(),
                PendingState.rows,
                PendingState,
                failed_words="Pending orders could not be loaded",
                on_retry=PendingState.load,
                empty=_nothing(),
                waiting=12,
            ),
            panels.pager(rx.cond(PendingState.words != "", PendingState.words, "No pending order"), PendingState),
            class_name="grow",
        ),
        _cancelling(),
        live(PendingState.topics, PendingState.changed, every_s=15),
        title="Pending orders",
        current="/positions/pending",
        fit=True,
        account=account_shown(),
        class_name="positions",
    )
