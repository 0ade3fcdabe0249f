"""The page of the audit log, for staff."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.pages.admin.audit.rows import RecordRow
from forex_elite.ui.pages.admin.audit.state import AuditState
from forex_elite.ui.pages.admin.parts import admin_frame, text_filter


def _values(label: str, text: rx.Var[str]) -> rx.Component:
    return rx.cond(
        text != "",
        rx.el.div(
            rx.el.div(label, class_name="label"),
            rx.el.pre(text, class_name="code boxed", tab_index=0, aria_label=label),
            class_name="grow",
        ),
    )


def _record(row: rx.Var[RecordRow]) -> rx.Component:
    is_open = AuditState.open_id == row.id
    has_more = (row.before != "") | (row.after != "")
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.b(row.action, class_name="md mono"),
                rx.el.span(row.subject, class_name="t2 sm"),
                class_name="row wrap",
            ),
            rx.el.div(row.who, " (", row.role, ") · ", row.at, " · from ", row.address, class_name="t3 xs"),
            rx.cond(
                is_open,
                rx.el.div(
                    _values("Before", row.before), _values("After", row.after), class_name="row wrap audit-values"
                ),
            ),
            class_name="grow",
        ),
        icon_button("filter", "Only this person's: " + row.action, on_click=AuditState.choose_person(row.user_id)),
        rx.cond(
            has_more,
            icon_button(
                "down",
                "Before and after: " + row.action,
                on_click=AuditState.toggle(row.id),
                aria_expanded=is_open,
            ),
        ),
        key=row.id,
    )


def _panel() -> rx.Component:
    return panels.panel(
        panels.panel_head("Audit log", panels.count("append only, hash-chained · times in ", AuditState.zone)),
        rx.el.div(
            text_filter("Action, such as admin.", lambda text: AuditState.choose_action(text).debounce(250)),
            rx.cond(
                AuditState.person != "",
                button(
                    "One person's; show everybody's",
                    size="s",
                    look="ghost",
                    icon_name="x",
                    on_click=AuditState.choose_person(""),
                ),
            ),
            class_name="filters",
            role="group",
            aria_label="Filters",
        ),
        panels.listed(
            rx.el.ul(rx.foreach(AuditState.rows, _record), class_name="lines"),
            AuditState.rows,
            AuditState,
            failed_words="The audit log could not be loaded",
            on_retry=AuditState.load,
            empty=panels.empty("file", "No such record", "Take the filters off to see all that was done."),
            waiting=10,
        ),
        panels.pager("Newest first", AuditState),
    )


def page() -> rx.Component:
    """Who did what to whose things, when and from where, with before and after."""
    return admin_frame(_panel(), title="Audit log", current="/admin/audit")
