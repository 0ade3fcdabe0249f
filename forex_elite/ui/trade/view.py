"""The panel of one trade, and the button in a list that opens it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from forex_elite.ui import figures
from forex_elite.ui.components import panels
from forex_elite.ui.components.copying import copy_button
from forex_elite.ui.components.dialog import dialog
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge, side, skeleton
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.positions.live import live_result
from forex_elite.ui.trade.rows import EventRow, Fact, OrderRow, PartialCloseRow
from forex_elite.ui.trade.state import TradeState

_VIEW = TradeState.view


def open_trade(trade_id: rx.Var[str], symbol: rx.Var[str], ticket: rx.Var[str]) -> Any:
    """The event that shows a trade of a list in detail."""
    return TradeState.open(trade_id, symbol + " #" + ticket)


def trade_name(trade_id: rx.Var[str], symbol: rx.Var[str], ticket: rx.Var[str]) -> rx.Component:
    """Symbol and ticket of a row as the button that opens the trade."""
    return rx.el.button(
        rx.el.b(symbol, class_name="md"),
        rx.el.span(" #", ticket, class_name="t3 mono xs"),
        type="button",
        class_name="row-open",
        title="What happened to it",
        aria_haspopup="dialog",
        on_click=open_trade(trade_id, symbol, ticket).stop_propagation,
        custom_attrs={"data-row": ""},
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                side(_VIEW.side, _VIEW.side_tone),
                rx.el.span(_VIEW.summary, class_name="md"),
                badge(_VIEW.word, _VIEW.tone),
                class_name="row wrap",
            ),
            rx.el.div(_VIEW.origin, class_name="t3 sm ell"),
            class_name="grow",
        ),
        rx.el.div(
            rx.el.div(
                live_result(_VIEW, fallback=_VIEW.net, tone=_VIEW.net_tone),
                rx.el.span(_VIEW.currency, class_name="unit"),
                class_name="trade-net",
            ),
            rx.el.div("net", class_name="xs t3"),
            class_name="num",
        ),
        class_name="signal-head",
    )


def _event(event: rx.Var[EventRow], index: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon(event.icon, "xs"), class_name="node"),
        rx.el.span(event.name, class_name="md"),
        rx.el.span(
            rx.el.span(event.detail, class_name=event.tone),
            rx.el.span(event.who, class_name="t3 xs own-line"),
        ),
        rx.el.span(event.at, class_name="t2 num"),
        class_name=event.state,
        key=index,
    )


def _story() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "What happened",
            panels.count(TradeState.zone),
            rx.cond(_VIEW.left_out != "", panels.count("· ", _VIEW.left_out)),
        ),
        rx.el.ol(rx.foreach(_VIEW.events, _event), class_name="timeline story"),
    )


def _fact(fact: rx.Var[Fact]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(fact.label),
        rx.el.dd(
            rx.el.span(fact.value, class_name=fact.tone),
            rx.cond(fact.unit != "", rx.el.span(fact.unit, class_name="unit")),
        ),
        class_name=rx.cond(fact.is_wide, "wide", ""),
        key=fact.label,
    )


def _facts() -> rx.Component:
    reported = rx.cond(_VIEW.reported_at != "", age(_VIEW.reported_at))
    return panels.panel(
        panels.panel_head("Facts", panels.count(TradeState.zone), actions=(reported,)),
        rx.el.dl(rx.foreach(_VIEW.facts, _fact), class_name="trade-facts panel-body"),
    )


def _partial_close(part: rx.Var[PartialCloseRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(part.at, class_name="t2"),
        rx.el.td(part.volume, class_name="num"),
        rx.el.td(part.price, class_name="num"),
        rx.el.td(
            rx.el.span(part.amount, class_name=part.tone),
            rx.el.span(_VIEW.currency, class_name="unit"),
            class_name="num",
        ),
        key=part.id,
    )


def _partial_closes() -> rx.Component:
    heads = (("Closed", ""), ("Lots", "num"), ("Price", "num"), ("Result", "num"))
    return panels.panel(
        panels.panel_head("Partial closes", panels.count(TradeState.zone)),
        table("Partial closes", heads, _VIEW.partial_closes, _partial_close),
    )


def _price(label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.span(label, " ", rx.el.span(value, class_name="t2"))


def _order(order: rx.Var[OrderRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(order.title, class_name="md"),
            badge(order.word, order.tone, order.icon),
            rx.el.span(order.at, class_name="t2 sm end nowrap"),
            class_name="row wrap",
        ),
        rx.el.div(
            rx.el.span(order.by),
            rx.cond(
                order.signal_id != "",
                link("Show the alert", to="/signals?id=" + order.signal_id, class_name="link"),
            ),
            class_name="row wrap t2 sm",
        ),
        rx.cond(
            order.fill != figures.MISSING,
            rx.el.div(
                _price("Asked", order.requested),
                _price("Filled", order.fill),
                rx.cond(order.slippage != figures.MISSING, _price("Slippage", order.slippage)),
                class_name="row wrap t3 sm",
            ),
        ),
        rx.cond(order.levels != "", rx.el.div(_price("Asked for", order.levels), class_name="t3 sm")),
        rx.cond(order.stages != "", rx.el.div(order.stages, class_name="t3 xs")),
        rx.cond(order.reason != "", rx.el.div(order.reason, class_name="t2 sm")),
        key=order.id,
    )


def _orders() -> rx.Component:
    return panels.panel(
        panels.panel_head("Orders", panels.count(TradeState.zone, _VIEW.orders_note)),
        rx.cond(
            _VIEW.orders.length() > 0,
            rx.el.ul(rx.foreach(_VIEW.orders, _order), class_name="trade-orders"),
            rx.el.p("None of this installation's orders is known of it.", class_name="panel-body t3 sm"),
        ),
    )


def _shown() -> rx.Component:
    return rx.fragment(
        rx.cond(
            TradeState.error_code != "",
            panels.failed("The trade could not be loaded", TradeState.error_code, TradeState.retry),
        ),
        rx.cond(
            _VIEW.id != "",
            rx.fragment(
                _head(),
                _story(),
                _facts(),
                rx.cond(_VIEW.partial_closes.length() > 0, _partial_closes()),
                _orders(),
                rx.el.div(
                    copy_button(_VIEW.id, "Copy the id of this trade", words="Copy id", class_name="btn ghost small"),
                    class_name="row end",
                ),
            ),
            rx.cond(~TradeState.is_loaded, skeleton(12)),
        ),
    )


def trade_panel() -> rx.Component:
    """The trade that is open, over the list at its right; Esc closes it and gives the focus back to its row."""
    return dialog(
        rx.el.div(_shown(), class_name="trade-detail scroll", tab_index=0, role="region", aria_label="Trade"),
        live(["trades", "jobs"], TradeState.changed),
        is_open=TradeState.is_open,
        title=TradeState.title,
        on_close=TradeState.close,
        kind="modal drawer",
        icon_name="positions",
    )
