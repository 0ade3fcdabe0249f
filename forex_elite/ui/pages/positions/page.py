"""The page of open positions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import side
from forex_elite.ui.components.table import HELD, WALKED, table
from forex_elite.ui.live.live import age, live, live_price
from forex_elite.ui.pages.positions.bulk import bulk_dialog
from forex_elite.ui.pages.positions.bulk_state import BulkState
from forex_elite.ui.pages.positions.dialogs import dialogs
from forex_elite.ui.pages.positions.live import floating_totals, level_cell, live_figure, live_result
from forex_elite.ui.pages.positions.rows import PositionRow
from forex_elite.ui.pages.positions.state import PositionsState
from forex_elite.ui.pages.positions.tabs import tabs
from forex_elite.ui.shell.frame import account_shown, frame
from forex_elite.ui.trade.view import open_trade, trade_name, trade_panel

_HEADS = (
    ("Symbol", ""),
    ("Side", ""),
    ("Lots", "num"),
    (rx.fragment("Opened, ", PositionsState.zone), ""),
    ("Open", "num"),
    ("Now", "num"),
    ("SL", "num"),
    ("TP", "num"),
    ("Pips", "num"),
    ("P&L", "num"),
    ("Account", ""),
    ("Source", ""),
    ("Actions", "num sticky-end"),
)


def _name(row: rx.Var[PositionRow]) -> rx.Var[str]:
    return row.symbol + " #" + row.ticket


def _profit(row: rx.Var[PositionRow]) -> rx.Component:
    return live_result(row, fallback=row.profit, tone=row.profit_tone)


def _pips(row: rx.Var[PositionRow]) -> rx.Component:
    return live_figure(
        row.symbol,
        row.quote,
        base=row.pips_base,
        per_price=row.pips_per_price,
        places=1,
        fallback=row.pips,
        tone=row.pips_tone,
    )


def _level(row: rx.Var[PositionRow], which: str) -> rx.Component:
    label = ("Stop loss of " if which == "sl" else "Take profit of ") + _name(row)
    return level_cell(
        row.sl if which == "sl" else row.tp,
        label,
        lambda text: PositionsState.save_level(row.id, which, text),
        disabled=row.doing != "",
    )


def _actions(row: rx.Var[PositionRow]) -> rx.Component:
    return rx.cond(
        row.doing != "",
        rx.el.span(
            rx.cond(row.doing != "Closed", icon("spinner", "xs", class_name="spin")),
            row.doing,
            class_name="row end t3 xs",
            role="status",
        ),
        rx.el.div(
            rx.el.button(
                icon("shield", "s"),
                rx.cond(row.protection != "", rx.el.span(row.protection, class_name="xs"), rx.fragment()),
                type="button",
                class_name=rx.cond(row.protection != "", "btn ghost small protected", "btn ghost square small"),
                aria_label=rx.cond(
                    row.protection != "",
                    "Protection of " + _name(row) + ": " + row.protection_words,
                    "Protect " + _name(row),
                ),
                title=rx.cond(row.protection != "", row.protection_words, "Break-even and trailing stop"),
                on_click=PositionsState.ask_protect(row.id),
            ),
            icon_button("swap", "Close by: " + _name(row), on_click=PositionsState.ask_close_by(row.id)),
            button("Close", size="s", on_click=PositionsState.ask_close(row.id), aria_label="Close " + _name(row)),
            class_name="row row-actions",
        ),
    )


def _booked(row: rx.Var[PositionRow]) -> rx.Component:
    return rx.cond(
        row.booked != "",
        rx.el.span(row.booked, " booked", class_name="t3 xs own-line", title="What partial closes of it came to"),
    )


def _row(row: rx.Var[PositionRow]) -> rx.Component:
    fault = rx.cond(row.fault != "", rx.el.div(icon("alert", "xs"), row.fault, class_name="row-fault xs"))
    return rx.el.tr(
        rx.el.td(trade_name(row.id, row.symbol, row.ticket), fault),
        rx.el.td(side(row.side, row.side_tone)),
        rx.el.td(row.lots, class_name="num"),
        rx.el.td(row.opened, class_name="t2"),
        rx.el.td(row.open_price, class_name="num t2"),
        rx.el.td(live_price(row.symbol, row.digits, row.now_price, row.quote), class_name="num quote-cell"),
        rx.el.td(_level(row, "sl"), class_name="num"),
        rx.el.td(_level(row, "tp"), class_name="num"),
        rx.el.td(_pips(row), class_name="num"),
        rx.el.td(_profit(row), rx.el.span(row.currency, class_name="unit"), _booked(row), class_name="num md"),
        rx.el.td(row.account, class_name="t2"),
        rx.el.td(row.source, class_name="t3 cell-clip", title=row.source),
        rx.el.td(_actions(row), class_name="sticky-end"),
        key=row.id,
        class_name=rx.cond(row.fault != "", "faulty", rx.cond(row.doing != "", "dim", "")),
    )


def _phone_row(row: rx.Var[PositionRow]) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.el.span(
                rx.el.span(
                    rx.el.b(row.symbol, class_name="md"),
                    side(row.side, row.side_tone),
                    rx.el.span(row.lots, " lots", class_name="t2 sm nowrap"),
                    class_name="row",
                ),
                rx.el.span(row.open_price, " · ", row.account, class_name="t3 xs own-line"),
                class_name="grow",
            ),
            rx.el.span(
                rx.el.span(_profit(row), rx.el.span(row.currency, class_name="unit"), class_name="md own-line"),
                rx.el.span(_pips(row), rx.el.span("pips", class_name="unit"), class_name="xs own-line"),
                _booked(row),
                class_name="num",
            ),
            type="button",
            class_name="position-line",
            aria_haspopup="dialog",
            on_click=open_trade(row.id, row.symbol, row.ticket),
        ),
        rx.el.div(
            rx.el.span("SL ", _level(row, "sl"), class_name="t3 xs"),
            rx.el.span("TP ", _level(row, "tp"), class_name="t3 xs"),
            rx.el.span(class_name="grow"),
            _actions(row),
            class_name="position-line",
        ),
        rx.cond(row.fault != "", rx.el.div(icon("alert", "xs"), row.fault, class_name="row crit-text xs")),
        class_name="phone-row stacked",
        key=row.id,
    )


def _list() -> rx.Component:
    return table(
        "Open positions", _HEADS, PositionsState.rows, _row, _phone_row, class_name="grow", marks=HELD | WALKED
    )


def _nothing() -> rx.Component:
    return panels.empty(
        "positions",
        "No open position",
        "Positions of all your accounts appear here as soon as a terminal reports them, within a second.",
        link("See closed trades", to="/positions/history", class_name="btn small"),
        link("Agents", to="/agents", class_name="btn primary small"),
    )


def _totals() -> rx.Component:
    return rx.cond(
        PositionsState.groups.length() > 0,
        panels.panel(rx.el.h2("Floating results", class_name="sr"), floating_totals(PositionsState.groups)),
    )


def _panel() -> rx.Component:
    several: tuple[Any, ...] = (
        rx.cond(PositionsState.total > 0, age(PositionsState.oldest_at)),
        rx.cond(
            PositionsState.total > 0,
            button("Close several…", look="danger-line", size="s", on_click=BulkState.ask),
        ),
    )
    return panels.panel(
        panels.panel_head(rx.el.h2("Open positions", class_name="sr"), tabs("/positions"), actions=several),
        panels.listed(
            _list(),
            PositionsState.rows,
            PositionsState,
            failed_words="Positions could not be loaded",
            on_retry=PositionsState.load,
            empty=_nothing(),
            waiting=12,
        ),
        panels.pager(rx.cond(PositionsState.words != "", PositionsState.words, "No position"), PositionsState),
        class_name="grow",
    )


def page() -> rx.Component:
    """Every open position, live, with what can be done about it."""
    return frame(
        _totals(),
        _panel(),
        dialogs(),
        bulk_dialog(),
        trade_panel(),
        live(PositionsState.topics, PositionsState.changed, every_s=15),
        title="Positions",
        current="/positions",
        fit=True,
        account=account_shown(),
        class_name="positions",
    )
