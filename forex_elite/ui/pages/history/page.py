"""The page of closed trades."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link, plain_link
from forex_elite.ui.components.marks import badge, side
from forex_elite.ui.components.table import HELD, WALKED, table
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.history.rows import TotalRow, TradeRow
from forex_elite.ui.pages.history.state import HistoryState
from forex_elite.ui.pages.positions.tabs import tabs
from forex_elite.ui.shell.frame import account_shown, frame
from forex_elite.ui.trade.view import open_trade, trade_name, trade_panel

_HEADS = (
    (rx.fragment("Closed, ", HistoryState.zone), ""),
    ("Symbol", ""),
    ("Side", ""),
    ("Lots", "num"),
    (rx.fragment("Opened, ", HistoryState.zone), ""),
    ("Open", "num"),
    ("Close", "num"),
    ("Held", "num"),
    ("Pips", "num"),
    ("Swap", "num"),
    ("Commission", "num"),
    ("Net", "num"),
    ("Account", ""),
    ("Source", ""),
)
_WANTED = HistoryState.wanted


def _net(row: rx.Var[TradeRow]) -> rx.Component:
    return rx.cond(
        row.is_incomplete,
        badge("Figures to come", "line"),
        rx.fragment(rx.el.span(row.net, class_name=row.net_tone), rx.el.span(row.currency, class_name="unit")),
    )


def _row(row: rx.Var[TradeRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.closed, class_name="t2"),
        rx.el.td(trade_name(row.id, row.symbol, row.ticket)),
        rx.el.td(side(row.side, row.side_tone)),
        rx.el.td(row.lots, class_name="num"),
        rx.el.td(row.opened, class_name="t3"),
        rx.el.td(row.open_price, class_name="num t2"),
        rx.el.td(row.close_price, class_name="num t2"),
        rx.el.td(row.held, class_name="num t2"),
        rx.el.td(row.pips, class_name=rx.Var.create("num ") + row.pips_tone),
        rx.el.td(row.swap, class_name="num t3"),
        rx.el.td(row.commission, class_name="num t3"),
        rx.el.td(_net(row), class_name="num md"),
        rx.el.td(row.account, class_name="t2"),
        rx.el.td(row.source, class_name="t3 cell-clip", title=row.source),
        key=row.id,
        class_name="pick",
        on_click=open_trade(row.id, row.symbol, row.ticket),
    )


def _phone_row(row: rx.Var[TradeRow]) -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.el.span(
                rx.el.b(row.symbol, class_name="md"),
                side(row.side, row.side_tone),
                rx.el.span(row.lots, " lots", class_name="t2 sm"),
                class_name="row",
            ),
            rx.el.span(row.closed, " · held ", row.held, class_name="t3 xs own-line"),
            rx.el.span(row.account, " · ", row.source, class_name="t3 xs ell own-line"),
            class_name="grow",
        ),
        rx.el.span(
            rx.el.span(_net(row), class_name="md own-line"),
            rx.el.span(
                rx.el.span(row.pips, class_name=row.pips_tone),
                rx.el.span("pips", class_name="unit"),
                class_name="xs own-line",
            ),
            class_name="num",
        ),
        type="button",
        class_name="phone-row",
        aria_haspopup="dialog",
        on_click=open_trade(row.id, row.symbol, row.ticket),
        key=row.id,
    )


def _list() -> rx.Component:
    return table("Closed trades", _HEADS, HistoryState.rows, _row, _phone_row, class_name="grow", marks=HELD | WALKED)


def _select(field: str, label: str, value: rx.Var[str], *options: Any) -> rx.Component:
    return rx.el.select(
        *options,
        class_name="input filter",
        aria_label=label,
        value=value,
        on_change=lambda chosen: HistoryState.choose(field, chosen),
        custom_attrs={"data-filter": ""} if field == "symbol" else {},
    )


def _date(field: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="t3 xs"),
        rx.el.input(
            type="date",
            class_name="input filter",
            value=value,
            on_change=lambda day: HistoryState.choose(field, day),
            aria_invalid=rx.cond(HistoryState.errors.contains(field), "true", "false"),
        ),
        class_name="row",
    )


def _filters() -> rx.Component:
    option = rx.el.option
    return rx.el.div(
        _select(
            "symbol",
            "Symbol",
            _WANTED.symbol,
            option("Symbol: all", value=""),
            rx.foreach(HistoryState.symbols, lambda symbol: option(symbol, value=symbol)),
        ),
        _select(
            "side",
            "Side",
            _WANTED.side,
            option("Side: both", value=""),
            option("Buy", value="buy"),
            option("Sell", value="sell"),
        ),
        _select(
            "source",
            "Source",
            _WANTED.source,
            option("Source: all", value=""),
            rx.foreach(HistoryState.sources, lambda source: option(source[1], value=source[0])),
        ),
        _select(
            "result",
            "Result",
            _WANTED.result,
            option("Result: all", value=""),
            option("Won", value="win"),
            option("Lost", value="loss"),
            option("Even", value="flat"),
        ),
        _date("since", "From", _WANTED.since),
        _date("until", "To", _WANTED.until),
        rx.cond(
            HistoryState.is_filtered,
            button("Clear", look="ghost", size="s", icon_name="x", on_click=HistoryState.clear),
        ),
        class_name="filters",
        role="group",
        aria_label="Filters",
    )


def _total(row: rx.Var[TotalRow]) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.span(row.net, class_name=rx.Var.create("md ") + row.tone), rx.el.span(row.currency, class_name="unit")
        ),
        rx.el.span(row.words, class_name="t3 xs"),
        class_name="row wrap",
        key=row.currency,
    )


def _nothing() -> rx.Component:
    return rx.cond(
        HistoryState.is_filtered,
        panels.empty(
            "filter",
            "No trade of this kind",
            "Other filters may show some.",
            button("Show all", look="primary", size="s", on_click=HistoryState.clear),
        ),
        panels.empty(
            "clock",
            "No closed trade yet",
            "All of the terminal's history is read when an account is first paired.",
            link("Open positions", to="/positions", class_name="btn primary small"),
        ),
    )


def _panel() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            rx.el.h2("Closed trades", class_name="sr"),
            tabs("/positions/history"),
            actions=(
                rx.cond(
                    HistoryState.new_count > 0,
                    button(
                        rx.fragment(HistoryState.new_count, " new"),
                        size="s",
                        look="primary",
                        icon_name="up",
                        on_click=HistoryState.show_new,
                    ),
                ),
                plain_link(icon("download", "s"), "CSV", href=HistoryState.export, class_name="btn small"),
            ),
        ),
        _filters(),
        rx.cond(
            HistoryState.errors.length() > 0,
            rx.el.div(
                rx.foreach(HistoryState.errors.values(), rx.el.span), class_name="err filters-error", role="alert"
            ),
        ),
        rx.cond(
            HistoryState.totals.length() > 0,
            rx.el.div(
                rx.foreach(HistoryState.totals, _total),
                class_name="totals-line",
                role="group",
                aria_label="All of the filtered trades, by account currency",
            ),
        ),
        panels.listed(
            _list(),
            HistoryState.rows,
            HistoryState,
            failed_words="Closed trades could not be loaded",
            on_retry=HistoryState.retry,
            empty=_nothing(),
            waiting=16,
        ),
        panels.pager(rx.cond(HistoryState.words != "", HistoryState.words, "No trade"), HistoryState),
        class_name="grow",
    )


def page() -> rx.Component:
    """Every closed trade, last closed first, by filters and in pages; the file holds what is filtered."""
    return frame(
        _panel(),
        trade_panel(),
        live(["trades"], HistoryState.changed),
        title="History",
        current="/positions/history",
        fit=True,
        account=account_shown(),
        class_name="positions",
    )
