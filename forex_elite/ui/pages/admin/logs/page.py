"""The page of everybody's log lines, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.fields import switch
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import plain_link
from forex_elite.ui.components.marks import badge
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.admin.logs.rows import LineRow
from forex_elite.ui.pages.admin.logs.state import LogsState
from forex_elite.ui.pages.admin.parts import admin_frame, select_filter, text_filter

_LEVELS = (
    ("", "Level: all"),
    ("info", "Info and graver"),
    ("warning", "Warnings and errors"),
    ("error", "Errors"),
)
_HEAD = (("Time", ""), ("Level", ""), ("Person", ""), ("Account", ""), ("Source", ""), ("Message", ""))


def _row(row: rx.Var[LineRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.at, class_name="t2 nowrap"),
        rx.el.td(badge(row.level, row.tone)),
        rx.el.td(row.email, class_name="t2"),
        rx.el.td(row.account, class_name="t2"),
        rx.el.td(row.source, class_name="t3"),
        rx.el.td(row.message, class_name="log-message"),
        key=row.id,
    )


def _phone_row(row: rx.Var[LineRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(badge(row.level, row.tone), rx.el.span(row.at, class_name="t3 xs"), class_name="row wrap"),
            rx.el.div(row.message, class_name="sm log-message"),
            rx.el.div(row.email, " · ", row.source, class_name="t3 xs ell"),
            class_name="grow",
        ),
        class_name="phone-row",
        key=row.id,
    )


def _filters() -> rx.Component:
    return rx.el.div(
        text_filter("Person", lambda text: LogsState.look_for("person", text).debounce(250)),
        text_filter("Words in the message", lambda text: LogsState.look_for("part", text).debounce(250)),
        text_filter("Source", lambda text: LogsState.look_for("source", text).debounce(250)),
        select_filter("Level", LogsState.level, _LEVELS, LogsState.choose_level),
        class_name="filters",
        role="group",
        aria_label="Filters",
    )


def _panel() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "System logs",
            panels.count("times in ", LogsState.zone),
            actions=(
                rx.el.label(
                    "Live",
                    switch("Show new lines", LogsState.is_following, LogsState.follow),
                    class_name="row",
                ),
                plain_link(icon("download", "s"), "Export", href=LogsState.export, class_name="btn small"),
            ),
        ),
        _filters(),
        panels.listed(
            table("Log lines", _HEAD, LogsState.rows, _row, _phone_row),
            LogsState.rows,
            LogsState,
            failed_words="The lines could not be loaded",
            on_retry=LogsState.load,
            empty=panels.empty("terminal", "No such line", "Agents send their lines here; they are kept for 30 days."),
            waiting=12,
        ),
        panels.pager("Last stored first", LogsState),
    )


def page() -> rx.Component:
    """Lines of all agents, terminals and experts, by filters, as they come."""
    return admin_frame(_panel(), live(["system-logs"], LogsState.changed), title="System logs", current="/admin/logs")
