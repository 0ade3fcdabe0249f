"""The panel of open positions."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.marks import price_range, side, skeleton
from forex_elite.ui.components.table import HELD, table
from forex_elite.ui.live.live import age, live_price
from forex_elite.ui.pages.overview.rows import PositionRow
from forex_elite.ui.pages.overview.state import OverviewState

_CURRENCY = OverviewState.positions_head.currency
_HEADS = (
    ("Symbol", ""),
    ("Side", ""),
    ("Lots", "num"),
    ("Open", "num"),
    ("Now", "num"),
    ("SL to TP", ""),
    ("Pips", "num"),
    (rx.fragment("P&L", rx.cond(_CURRENCY != "", rx.fragment(", ", _CURRENCY), rx.fragment())), "num"),
    ("Account", ""),
    ("Source", ""),
)


def _range(row: rx.Var[PositionRow]) -> rx.Component:
    bar = price_range(
        left=row.range_left, width=row.range_width, start=row.range_open, tone=row.range_tone, label=row.range_words
    )
    return rx.cond(row.has_range, bar, rx.el.span(row.range_words, class_name="t3 xs"))


def _row(row: rx.Var[PositionRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.symbol, class_name="md")),
        rx.el.td(side(row.side, row.side_tone)),
        rx.el.td(row.lots, class_name="num"),
        rx.el.td(row.open_price, class_name="num t2"),
        rx.el.td(live_price(row.symbol, row.digits, row.now_price, row.now_of), class_name="num quote-cell"),
        rx.el.td(_range(row)),
        rx.el.td(row.pips, class_name=rx.Var.create("num ") + row.pips_tone),
        rx.el.td(
            row.profit,
            rx.cond(OverviewState.positions_head.currency == "", rx.el.span(row.currency, class_name="unit")),
            class_name=rx.Var.create("num md ") + row.profit_tone,
        ),
        rx.el.td(row.account, class_name="t2"),
        rx.el.td(row.source, class_name="t3 cell-fill", title=row.source),
        key=row.id,
    )


def _phone_row(row: rx.Var[PositionRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.b(row.symbol, class_name="md"),
                side(row.side, row.side_tone),
                rx.el.span(row.lots, " lots", class_name="t2 sm"),
                class_name="row",
            ),
            rx.el.div(row.open_price, " to ", row.now_price, " · ", row.account, class_name="t3 xs"),
            class_name="grow",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.span(row.profit, class_name=row.profit_tone),
                rx.el.span(row.currency, class_name="unit"),
                class_name="md",
            ),
            rx.el.div(
                rx.el.span(row.pips, class_name=row.pips_tone), rx.el.span("pips", class_name="unit"), class_name="xs"
            ),
            class_name="num",
        ),
        class_name="phone-row",
        key=row.id,
    )


def _list() -> rx.Component:
    return table("Open positions", _HEADS, OverviewState.positions, _row, _phone_row, marks=HELD)


def positions() -> rx.Component:
    """Open positions with their floating result, as reported."""
    head = OverviewState.positions_head
    total = OverviewState.positions_total
    return panels.panel(
        panels.panel_head(
            "Open positions",
            panels.count(rx.cond(OverviewState.is_loaded, total.to_string(), "")),
            rx.cond(
                total > 0,
                panels.count(
                    "· floating ",
                    rx.el.span(head.floating, class_name=head.floating_tone),
                    rx.el.span(head.currency, class_name="unit"),
                    class_name="not-phone",
                ),
            ),
            actions=(rx.cond(total > 0, age(head.oldest_at)),),
        ),
        rx.cond(
            OverviewState.is_loaded,
            rx.cond(
                total > 0,
                _list(),
                panels.empty(
                    "positions", "No open position", "Positions appear here as soon as a terminal reports them."
                ),
            ),
            skeleton(7),
        ),
        rx.cond(
            total > OverviewState.positions.length(),
            rx.el.div(
                "The first ", OverviewState.positions.length(), " of ", total, " are shown.", class_name="panel-foot"
            ),
        ),
    )
