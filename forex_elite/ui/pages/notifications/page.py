"""The notification centre."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.notifications import EVENTS
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.choices import tab
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import badge
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.notifications.rows import NotificationRow
from forex_elite.ui.pages.notifications.state import NotificationsState
from forex_elite.ui.shell.frame import frame


def _row(row: rx.Var[NotificationRow]) -> rx.Component:
    return rx.el.li(
        badge(row.word, row.tone, row.icon),
        rx.el.div(
            rx.el.div(
                link(rx.el.b(row.title, class_name="md"), to=row.page),
                rx.cond(row.is_unread, badge("Unread", "acc")),
                class_name="row wrap",
            ),
            rx.el.div(row.message, class_name="alert-text"),
            rx.el.div(
                age(row.at, plain=True),
                " · ",
                row.when,
                rx.cond(row.subject != "", " · " + row.subject, ""),
                class_name="t3 xs",
            ),
            rx.cond(row.told != "", rx.el.div(icon("send", "xs"), " ", row.told, class_name="t3 xs told")),
            class_name="grow",
        ),
        rx.cond(
            row.is_unread,
            icon_button("check", "Mark as read: " + row.title, on_click=NotificationsState.mark(row.id, True)),
            icon_button("undo", "Mark as unread: " + row.title, on_click=NotificationsState.mark(row.id, False)),
        ),
        class_name=rx.cond(row.is_unread, "", "over"),
        key=row.id,
    )


def _nothing() -> rx.Component:
    is_filtered = NotificationsState.only_unread | (NotificationsState.event != "")
    return rx.cond(
        is_filtered,
        panels.empty("bell", "Nothing of this kind", "Other filters may show something."),
        panels.empty(
            "bell",
            "Nothing has happened yet",
            "Fills, refused orders, silent agents and the kill switch are noted here. They can reach you by e-mail, "
            "Telegram and Discord too.",
            link("Choose channels", to="/settings/notifications", class_name="btn primary small"),
        ),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        tab("All", is_on=~NotificationsState.only_unread, on_click=NotificationsState.show("all")),
        tab(
            "Unread",
            is_on=NotificationsState.only_unread,
            on_click=NotificationsState.show("unread"),
            amount=NotificationsState.unread,
        ),
        rx.el.select(
            rx.el.option("Event: all", value=""),
            *(rx.el.option(event.title, value=event.code) for event in EVENTS),
            class_name="input filter",
            aria_label="Event",
            value=NotificationsState.event,
            on_change=NotificationsState.choose_event,
        ),
        class_name="filters",
        role="group",
        aria_label="Filters",
    )


def page() -> rx.Component:
    """What happened, newest first: read and unread, with where it was told."""
    return frame(
        panels.panel(
            panels.panel_head(
                "Notifications",
                panels.count(NotificationsState.unread, " unread"),
                actions=(
                    rx.cond(
                        NotificationsState.new_count > 0,
                        button(
                            rx.fragment(NotificationsState.new_count, " new"),
                            size="s",
                            look="primary",
                            icon_name="up",
                            on_click=NotificationsState.load,
                        ),
                    ),
                    button(
                        "Mark all read",
                        size="s",
                        icon_name="check",
                        on_click=NotificationsState.mark_all_read,
                        disabled=NotificationsState.unread == 0,
                    ),
                    link(icon("settings", "s"), "Channels", to="/settings/notifications", class_name="btn small"),
                ),
            ),
            _filters(),
            panels.listed(
                rx.el.ul(
                    rx.foreach(NotificationsState.rows, _row), class_name="alert-rows", custom_attrs={"data-hold": ""}
                ),
                NotificationsState.rows,
                NotificationsState,
                failed_words="Notifications could not be loaded",
                on_retry=NotificationsState.load,
                empty=_nothing(),
                waiting=8,
            ),
            panels.pager(NotificationsState.words, NotificationsState),
        ),
        live(["alerts"], NotificationsState.changed),
        title="Notifications",
        current="/notifications",
        class_name="health",
    )
